"""The words of decisions and explanations, as data for the runtime: written once, in `rules`, and read by all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypolicy.rules import edition_words, ledger_words, narration, nearest_words, wording
from hypolicy.rules.outcome import Status
from hypolicy.rules.payees import PERSON
from hypolicy.rules.rounding import RoundingMode
from hypolicy.rules.sentences import Sentence
from hypolicy.rules.trace import Absence
from hypolicy.source.limits import MAX_CHANGED_FACTS, MAX_COUNT, MAX_MONEY_FEN, MAX_TRIES, MAX_WAYS

if TYPE_CHECKING:
    from enum import Enum

    from hypolicy.backends.javascript.code import Data


def words() -> Data:
    """Every table of words, by the names of its members; and the limits that words and searches keep to."""
    return {
        "sentences": _members(Sentence),
        "steps": {kind.__name__: list(both) for kind, both in wording.SENTENCES.items()},
        "phrases": {kind.__name__: phrase for kind, phrase in wording.PHRASES.items()},
        "comparisons": {
            comparison.name: {sort.name: word for sort, word in sorts.items()}
            for comparison, sorts in wording.READINGS.items()
        },
        "opposites": {one.name: other.name for one, other in wording.OPPOSITE.items()},
        "nouns": wording.NOUNS,
        "statuses": _members(Status),
        "absences": _members(Absence),
        "roundings": _members(RoundingMode),
        "stackings": {mode.name: word for mode, word in narration.STACKING_WORDS.items()},
        "places": {place.name: word for place, word in narration.PLACE_WORDS.items()},
        "falls": {fall.name: sentence for fall, sentence in edition_words.SENTENCES.items()},
        "rules": {kind.name: list(both) for kind, both in ledger_words.RULE_SENTENCES.items()},
        "periods": {kind.name: word for kind, word in ledger_words.PERIOD_WORDS.items()},
        "numbers": nearest_words.NUMBERS,
        "andAlso": nearest_words.AND_ALSO,
        "person": PERSON,
        "limits": {
            "count": MAX_COUNT,
            "moneyFen": MAX_MONEY_FEN,
            "changedFacts": MAX_CHANGED_FACTS,
            "tries": MAX_TRIES,
            "ways": MAX_WAYS,
        },
    }


def _members(kind: type[Enum]) -> dict[str, str]:
    return {name: member.value for name, member in kind.__members__.items()}
