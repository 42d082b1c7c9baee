"""One comparison for every use: the exact evaluator against the compiled engine, decision by decision."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from random import Random
from typing import TYPE_CHECKING, Any

from attrs import evolve
from strategies.random_batches import random_history, random_rows
from strategies.random_policies import PolicyWriter, loaded, random_policy

from hypolicy.backends.columns.program import Jit, Wanted, canonical_frame, compile_policy
from hypolicy.backends.columns.scenarios import Scenarios
from hypolicy.backends.exact.evaluate import Evaluator
from hypolicy.check.exactness import may_break_the_fen
from hypolicy.diagnostics.refusal import Refusal
from hypolicy.rules.amendment import Amendment, Rank, State, Transition
from hypolicy.rules.outcome import Settings, Status
from hypolicy.rules.tree import Edition, FactRef

if TYPE_CHECKING:
    from pathlib import Path

    from hypolicy.backends.columns.program import Program, Totals
    from hypolicy.rules.outcome import Decided, Entry
    from hypolicy.rules.tree import Policy

Rows = Sequence[Sequence[Any]]
# What may be refused: a number that the compiler cannot bound.
TOO_LARGE = {"HY850"}
SIZES = (2, 3, 7, 1000)


def difference(program: Program, rows: Rows, history: Sequence[Entry], chunks: int) -> str:
    """Empty where both agree on everything: decisions, the entries granted, and sums; at once, and in chunks with a
    ledger that passes by counting what no limit can reach.

    Without `chunks` only at once, so that less is compiled.
    """
    policy, kind = program.policy, program.kind
    expected = Evaluator(policy, program.settings).decide(rows, history, kind.name)
    frame = canonical_frame(kind, rows)
    decided = program.decide(frame, history)
    for number, (mine, theirs) in enumerate(zip(decided.decisions(), expected.rows, strict=True)):
        for benefit, one, other in zip(policy.benefits, mine, theirs, strict=True):
            if one != other:
                return f"row {number} {benefit.name}: {one} against {other}"
    if decided.settled.entries() != list(expected.granted):
        return "the entries granted differ"
    if sums(decided.settled.totals) != expected_sums(expected, rows):
        return "totals differ"
    if not chunks:
        return ""
    program.screen_from = 0
    run = program.start(history, Wanted.GRANTED)
    for chunk in frame.iter_slices(chunks):
        assert run.feed(chunk) is None
    settled = run.finish()
    if sums(settled.totals) != sums(decided.settled.totals):
        return "totals alone differ"
    if settled.entries() != list(expected.granted):
        return "the entries granted in chunks differ"
    return ""


def sums(totals: Totals) -> tuple[dict[Any, tuple[int, int]], list[list[int]]]:
    cells = {(c.year, c.dimensions, c.item): (c.count, c.fen) for c in totals.cells()}
    return cells, totals.statuses.tolist()


def expected_sums(decided: Decided, rows: Rows) -> tuple[dict[Any, tuple[int, int]], list[list[int]]]:
    policy = decided.policy
    counts: Counter[Any] = Counter()
    amounts: Counter[Any] = Counter()
    statuses = [[0, 0, 0, 0] for _ in policy.benefits]
    order = (Status.NOT_APPLICABLE, Status.GRANTED, Status.DENIED, Status.PENDING)
    for row, decisions in zip(rows, decided.rows, strict=True):
        for item, decision in enumerate(decisions):
            statuses[item][order.index(decision.status)] += 1
            if decision.status is Status.GRANTED:
                year = policy.benefits[item].year_date
                dimensions = tuple(row[fact.index] for fact in policy.dimensions)
                cell = (row[year.index].year if year is not None else 0, dimensions, item)
                counts[cell] += 1
                amounts[cell] += decision.fen
    return {cell: (counts[cell], amounts[cell]) for cell in counts}, statuses


def of_random_policy(
    seed: int, folder: Path, count: int = 30, jit: Jit = Jit.NEVER, most_items: int = 4
) -> str | None:
    """The first difference on a random policy; None where it is refused for a number that is too large."""
    rng = Random(seed)
    return _of_policy(loaded(random_policy(rng, most_items), folder), rng, count, jit)


def of_random_editions(seed: int, folder: Path, count: int = 30) -> str | None:
    """The same of a policy before which there was another one, with items of the same names among others."""
    rng = Random(seed)
    writers = [PolicyWriter(rng, 3)]
    writers.append(PolicyWriter(rng, 3, writers[0].optional))
    latest, earlier = (loaded(w.write(), folder / str(n)) for n, w in enumerate(writers))
    began = next(fact for fact in latest.records[0].facts if fact.name == "开班日")
    transition = rng.choice((Transition.NEW, Transition.OLD))
    origin = latest.benefits[0].origin
    amendment = Amendment(
        "修订",
        "1号",
        Rank.CITY_DOCUMENT,
        rng.choice((date(2020, 7, 1), date(2021, 1, 1))),
        State.IN_FORCE,
        transition,
        None if transition is Transition.NEW else FactRef(began, origin),
        (),
        origin,
    )
    names = {benefit.name for benefit in latest.benefits}
    gone = [evolve(benefit, repealed=True) for benefit in earlier.benefits if benefit.name not in names]
    policy = evolve(latest, benefits=(*latest.benefits, *gone), earlier=(Edition(earlier, (amendment,)),))
    return _of_policy(policy, rng, count, Jit.NEVER)


def _of_policy(policy: Policy, rng: Random, count: int, jit: Jit) -> str | None:
    settings = Settings({reading.name: rng.choice(reading.options) for reading in policy.readings})
    try:
        program = compile_policy(policy, settings, jit=jit)
    except Refusal as refusal:
        others = {diagnostic.code for diagnostic in refusal.diagnostics} - TOO_LARGE
        return f"refused: {others}" if others else None
    history = random_history(rng, policy, rng.choice((0, 0, 3, 10)))
    chunks = rng.choice(SIZES) if jit is Jit.NEVER else 0
    return difference(program, random_rows(rng, policy, count), history, chunks)


def of_random_scenarios(seed: int, folder: Path, jit: Jit = Jit.NEVER) -> str | None:
    """Many settings at once on the population of a random policy against each of them by itself."""
    rng = Random(seed)
    policy = loaded(random_policy(rng, 3), folder)
    history = random_history(rng, policy, rng.choice((0, 5)))
    frame = canonical_frame(policy.records[0], random_rows(rng, policy, 50))
    settings = [_random_settings(rng, policy) for _ in range(5)]
    try:
        alone = [compile_policy(policy, each).decide(frame, history).settled.totals for each in settings]
        together = Scenarios(policy, frame, history, jit=jit).totals(settings)
    except Refusal:
        return None
    for number, (one, other) in enumerate(zip(together, alone, strict=True)):
        if sums(one) != sums(other):
            return f"scenario {number} differs: {settings[number]}"
    return ""


def _random_settings(rng: Random, policy: Policy) -> Settings:
    """Options, and multiples of the values of some parameters, such as leave amounts in whole fen."""
    readings = {each.name: rng.choice(each.options) for each in policy.readings if rng.random() < 0.6}
    chosen = [each for each in policy.parameters if each.versions and rng.random() < 0.7]
    values = {each.name: each.versions[-1].value * rng.choice((0, 1, 2, 3)) for each in chosen}
    if any(benefit.rounding is None and may_break_the_fen(benefit, values) for benefit in policy.benefits):
        values = {}
    return Settings(readings, values)
