"""The same policy in other words shows no difference; one edit shows what every record of a small world shows."""

from __future__ import annotations

from functools import cache
from random import Random
from typing import TYPE_CHECKING, Final

from difference.brute import (
    SMALL,
    WORLD,
    confirmed,
    differing_items,
    effects_of,
    items_with,
    policy_of,
    results,
    shown,
)
from difference.rewriting import edited, edits, names_of, renamed, reordered, shuffled, sources_of
from format.relayout import Relayout
from hypothesis import given
from hypothesis import strategies as st
from thoroughness import seeds_tried

from hypolicy.difference.compare import compare
from hypolicy.rules.difference import Verdict
from hypolicy.source.text import SourceText

if TYPE_CHECKING:
    from hypolicy.rules.tree import Policy

few = seeds_tried(6)
seeds = st.integers(0, 2**32)
READINGS: Final[tuple[dict[str, str], ...]] = ({}, {"残疾怎样算": "算"})


@cache
def small() -> tuple[list[SourceText], Policy]:
    sources = sources_of(SMALL)
    policy = policy_of(sources)
    assert policy is not None
    return sources, policy


@cache
def known_results() -> list[list[dict[str, tuple[object, int]]]]:
    return [list(results(small()[1], WORLD, readings)) for readings in READINGS]


@few
@given(seeds)
def test_other_words_for_the_same_policy_are_no_difference(seed: int) -> None:
    """Words renamed, declarations and lists in another order, all laid out anew."""
    random = Random(seed)
    sources, policy = small()
    chosen = random.sample(names_of(policy), 3)
    names = {name: f"新{place}号{name}" for place, name in enumerate(chosen)}
    sources = [SourceText(source.path, reordered(source.text, random)) for source in sources]
    sources = [shuffled(source, random) for source in renamed(sources, names)]
    relayout = Relayout.of(sources)
    written = policy_of([relayout.relaid(source, random) for source in sources])
    assert written is not None
    told = compare(policy, written)
    assert told.changes == ()
    assert {(one.before, one.after) for one in told.renamings} == set(names.items())


@few
@given(seeds)
def test_an_edit_shows_what_every_record_shows(seed: int) -> None:
    """Each item that some record gets otherwise has an example; what is proved the same is the same on all."""
    random = Random(seed)
    sources, policy = small()
    every = edits(sources)
    made, changed = "", None
    while changed is None:
        one = edited(sources, random.choice(every))
        made, changed = one.what, policy_of(one.sources)
    told = compare(policy, changed)
    differing: set[str] = set()
    for known, readings in zip(known_results(), READINGS, strict=True):
        differing |= differing_items(known, results(changed, WORLD, readings))  # type: ignore[arg-type]
    indirect = {item for change in told.changes for item in change.indirect}
    assert differing <= shown(told) | indirect, made
    assert not differing & items_with(told, Verdict.SAME), made
    assert not (told.same and differing), made
    items = {benefit.name for benefit in policy.benefits}
    for effect in effects_of(told):
        if effect.item in items and effect.example is not None:
            assert confirmed(effect.example, policy, changed), made
            assert effect.example.alone is None, made
