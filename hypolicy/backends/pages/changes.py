"""What has changed: the wording, the standards, the rules, and the worked cases, before and after."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Final

from attrs import frozen

from hypolicy.backends.pages.cases import story_page
from hypolicy.rules.amendment import Transition
from hypolicy.rules.difference import ChangeKind
from hypolicy.rules.difference_words import by_clause
from hypolicy.rules.phrases import value_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hypolicy.backends.pages.cases import Circumstance, Result, StoryPage
    from hypolicy.backends.pages.matter import Changed
    from hypolicy.rules.difference import Change
    from hypolicy.rules.stories import Story
    from hypolicy.rules.tree import Policy

# 新旧衔接, as a citizen would be told it.
TRANSITIONS: Final[dict[Transition, str]] = {
    Transition.NEW: "适用日在这一天以后的，按新的规定（从新）。",
    Transition.OLD: "适用日在这一天以后、但在此以前已经开始的，仍按原来的规定（从旧）。",
    Transition.BETTER: "适用日在这一天以后、但在此以前已经开始的，按新旧规定中金额较多的一种（取有利）。",
}


@frozen
class Piece:
    """Words that stay, go (`tag` is del) or come (ins)."""

    words: str
    tag: str = ""


@frozen
class WordingChange:
    """The official text of a clause, before and after in one; `ended` and `begun` for clauses that only one has."""

    number: str
    title: str
    pieces: tuple[Piece, ...]
    ended: bool
    begun: bool


@frozen
class ValueChange:
    name: str
    clause: str
    before: str
    after: str


@frozen
class ResultChange:
    """One item of one record of a case, before and after; None where it is no item of that edition.

    `own` is what the record has by itself among several.
    """

    label: str
    own: tuple[Circumstance, ...]
    before: Result | None
    after: Result | None

    @property
    def item(self) -> str:
        told = self.after or self.before
        return told.item if told is not None else ""


@frozen
class CaseChange:
    story: StoryPage
    results: tuple[ResultChange, ...]


@frozen
class ChangePage:
    changed: Changed
    wording: tuple[WordingChange, ...]
    values: tuple[ValueChange, ...]
    rules: tuple[tuple[str, tuple[Change, ...]], ...]
    cases: tuple[CaseChange, ...]


def change_page(changed: Changed) -> ChangePage:
    cases = (
        CaseChange(story_page(changed.after, after), tuple(_results(changed, before, after)))
        for before, after in changed.stories
    )
    # What differs in the explanation alone is no change to show.
    told = tuple(case for case in cases if case.results)
    return ChangePage(
        changed, tuple(_wording(changed)), tuple(_values(changed)), tuple(_rules(changed)), told
    )


def _rules(changed: Changed) -> Iterator[tuple[str, tuple[Change, ...]]]:
    """The changes of rules by clause; those of the wording stand by themselves."""
    for clause, changes in by_clause(changed.difference):
        kept = tuple(change for change in changes if change.kind is not ChangeKind.CLAUSE)
        if kept:
            yield clause, kept


def _wording(changed: Changed) -> Iterator[WordingChange]:
    before, after = _texts(changed.before), _texts(changed.after)
    titles = {clause.number: clause.title for clause in (*changed.before.clauses, *changed.after.clauses)}
    for number, title in titles.items():
        old, new = before.get(number, ""), after.get(number, "")
        if old != new:
            yield WordingChange(
                number, title, tuple(_pieces(old, new)), number not in after, number not in before
            )


def _texts(policy: Policy) -> dict[str, str]:
    """The official text of each clause that is quoted."""
    out: dict[str, str] = {}
    for quote in policy.quotes:
        out[quote.clause] = out.get(quote.clause, "") + "".join(quote.text.split())
    return out


# A number changes as a whole; otherwise every character is by itself.
_TOKENS: Final = re.compile(r"[\d.,]+%?|.", re.DOTALL)


def _pieces(old: str, new: str) -> Iterator[Piece]:
    before, after = _TOKENS.findall(old), _TOKENS.findall(new)
    for tag, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            yield Piece("".join(before[a:b]))
            continue
        if b > a:
            yield Piece("".join(before[a:b]), "del")
        if d > c:
            yield Piece("".join(after[c:d]), "ins")


def _values(changed: Changed) -> Iterator[ValueChange]:
    """Parameters that become others on the day; other versions have no day, their rules tell it all."""
    if changed.day is None:
        return
    before = {one.name: one for one in changed.before.parameters}
    for parameter in changed.after.parameters:
        old = before.get(parameter.name)
        was = (
            next((v.value for v in old.versions if changed.day in v.period), None)
            if old is not None
            else None
        )
        now = next((v.value for v in parameter.versions if changed.day in v.period), None)
        if was is not None and now is not None and was != now:
            kind = parameter.type
            yield ValueChange(
                parameter.name, parameter.origin.clause, value_text(was, kind), value_text(now, kind)
            )


def _results(changed: Changed, old_story: Story, new_story: Story) -> Iterator[ResultChange]:
    """The items of a case that come out otherwise."""
    before, after = story_page(changed.before, old_story), story_page(changed.after, new_story)
    for old, new in zip(before.records, after.records, strict=True):
        was = {result.item: result for result in old.results}
        now = {result.item: result for result in new.results}
        for item in {**was, **now}:
            one, other = was.get(item), now.get(item)
            if _said(one) != _said(other):
                yield ResultChange(new.label, new.own, one, other)


def _said(result: Result | None) -> tuple[str, ...]:
    return () if result is None else (result.status, result.amount, result.reason)
