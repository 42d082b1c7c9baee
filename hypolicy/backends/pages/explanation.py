"""An explanation as one page for people to read: nothing is loaded from elsewhere, and nothing runs in it."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

from hypolicy.backends.pages.templating import templates
from hypolicy.rules.narration_text import plain_sentence
from hypolicy.rules.outcome import Status

if TYPE_CHECKING:
    from jinja2 import Template

    from hypolicy.rules.narration import Narrative

_TONES: Final[dict[Status, str]] = {
    Status.GRANTED: "granted",
    Status.DENIED: "denied",
    Status.PENDING: "pending",
    Status.NOT_APPLICABLE: "apart",
}


def explanation_page(told: Narrative) -> str:
    """The whole page. Whatever comes from data is escaped."""
    readings = tuple(dict.fromkeys(line for one in told.items for line in one.readings))
    return _template().render(told=told, tones=_TONES, sentence=plain_sentence, readings=readings)


@cache
def _template() -> Template:
    return templates("hypolicy.backends.pages").get_template("explanation.html")
