"""Trainings: months and renewals as the calendar has them, and nobody's life depends on anybody else's."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from simulation.small import edited, made, small

from hypolicy.rules import calendar
from hypolicy_simulator.behaviour.frame import NONE, Chance, Frame, People, day_number
from hypolicy_simulator.behaviour.months import (
    BEYOND,
    LOOPS,
    add_months,
    later,
    month_table,
    renewed,
    start_table,
)
from hypolicy_simulator.behaviour.steps import kernel
from hypolicy_simulator.behaviour.trainings import NUMBER, Behaviour
from hypolicy_simulator.chance.worlds import MIDDLE, World, parameters
from hypolicy_simulator.population.persons import Persons
from hypolicy_simulator.run.records import records_frame
from hypolicy_simulator.scenario.check import YEAR

if TYPE_CHECKING:
    from pathlib import Path

    import polars as pl

DAYS = st.dates(date(1890, 1, 1), date(2210, 12, 31))


def number(moment: date) -> np.ndarray:
    return np.array([day_number(moment)])


@settings(max_examples=80, deadline=None)
@given(DAYS, st.integers(-60, 60))
def test_months_are_added_as_the_rules_do(day: date, months: int) -> None:
    assert add_months(number(day), np.array([months]))[0] == day_number(calendar.add_months(day, months))


@settings(max_examples=80, deadline=None)
@given(DAYS, st.integers(1, 40), DAYS)
def test_a_contract_is_renewed_until_the_day(first: date, months: int, until: date) -> None:
    found = int(renewed(number(first), np.array([months]), number(until))[0])
    starts = [calendar.add_months(first, months * times) for times in range(3900 // months + 1)]
    held = [start for start in starts if start <= until]
    assert found == (day_number(max(held)) if held else NONE)


def test_what_is_not_given_makes_what_rests_on_it_not_given() -> None:
    none = np.array([NONE])
    assert renewed(none, np.array([3]), number(date(2020, 1, 1)))[0] == NONE
    assert renewed(number(date(2020, 1, 1)), none, number(date(2021, 1, 1)))[0] == NONE


def test_a_loop_takes_months_as_columns_do_or_leaves_them() -> None:
    """On single days, as Python runs the text of the loops."""
    tables = (month_table(), start_table())
    loops: dict[str, Any] = {"at": int}
    exec(LOOPS, loops)  # noqa: S102 - our own text
    rng, left = np.random.default_rng(3), 0
    for first, until in rng.integers(day_number(date(1899, 1, 1)), day_number(date(2202, 1, 1)), (400, 2)):
        months = np.array([int(rng.integers(-60, 60))])
        for name, asked in (("later", (first, months[0], 1)), ("renewed", (first, months[0], until))):
            found = int(loops[name](*asked, *tables))
            left += found == BEYOND
            columns = [np.array([each]) for each in asked]
            expected = later(*columns[:2], 1) if name == "later" else renewed(*columns)
            assert found in (BEYOND, int(expected[0]))
    assert 0 < left < 40


def test_a_loop_gives_the_columns_that_numpy_gives() -> None:
    """The text of the loop as Python itself runs it, on the first trainings."""
    checked, _, behaviour = small()
    whole = behaviour.trainings(3, MIDDLE).take(np.arange(150))
    names = [name for step in checked.scenario.training_steps for name in step.names]
    given = {name: column for name, column in whole.columns.items() if name in (YEAR, NUMBER)}
    frame = Frame(whole.elements, given, whole.who, whole.of_persons)

    def run_as_python(text: str, name: str, inputs: list[Any], outputs: list[Any]) -> int:
        space: dict[str, Any] = {}
        exec(text, space)  # noqa: S102 - our own text
        with np.errstate(over="ignore"):
            return int(space[name](*inputs, *outputs))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("hypolicy_simulator.behaviour.code.worth_compiling", lambda _: True)
        patch.setattr("hypolicy_simulator.behaviour.code.compiled_loop", run_as_python)
        assert kernel(checked.scenario.training_steps, checked).run(frame, Chance(behaviour.seed, 3, MIDDLE))
    for name in names:
        assert frame.columns[name].tolist() == whole.columns[name].tolist(), name


def test_kinds_of_people_say_which_names_each_training_has() -> None:
    """Names of persons, of trainings, of both, and none; flags of persons as bits."""
    people = People({"甲": np.array([0, 1, 1, -1]), "乙": np.array([1, 1, 0, 0])})
    own = np.array([1, 0, 0, 1, 1])
    frame = Frame(np.arange(5, dtype=np.uint64), {"丙": own}, np.array([3, 1, 0, 2, 1]), people)
    for names in (("甲", "乙"), ("丙",), ("乙", "丙", "甲"), ()):
        kind, has = frame.kinds(names)
        assert has[kind].T.tolist() == [(frame[name] == 1).tolist() for name in names]
        assert len(has) == len({tuple(row) for row in has.tolist()})
    assert frame.flags(("甲", "乙")).tolist() == [0, 3, 2, 1, 3]
    assert people.known == {"乙"}


# --- invariance -------------------------------------------------------------------------------------------------


def records(behaviour: Behaviour, replicate: int = 0) -> pl.DataFrame:
    return records_frame(behaviour.checked, behaviour.trainings(replicate, MIDDLE)).drop(
        "记录编号", "学员编号"
    )


def test_parts_of_the_population_do_what_they_do_in_the_whole() -> None:
    """Cut into 1, 2 and 7 parts, and in another order: the same trainings."""
    checked, population, behaviour = small()
    whole = records(behaviour).sort(pl_columns := records(behaviour).columns)
    people = population.persons
    for parts in (2, 7):
        order = np.random.default_rng(1).permutation(len(people))
        pieces = []
        for rows in np.array_split(order, parts):
            piece = Persons({n: c[rows] for n, c in people.columns.items()}, people.elements[rows])
            pieces.append(records(Behaviour(checked, piece, 7)))
        together = pieces[0].vstack(pieces[1])
        for piece in pieces[2:]:
            together = together.vstack(piece)
        assert together.sort(pl_columns).equals(whole)


def test_replicates_differ_and_each_is_what_it_was() -> None:
    _, _, behaviour = small()
    assert records(behaviour, 1).equals(records(behaviour, 1))
    assert not records(behaviour, 1).equals(records(behaviour, 2))


def test_a_step_more_changes_no_other(tmp_path: Path) -> None:
    more = '[[training_step]]\nname = "路费"\nrate = "合格.csv"\n\n[[training_step]]\nname = "合格"'
    edits = [
        ("情景.toml", '[[training_step]]\nname = "合格"', more),
        ("情景.toml", 'groups = ["困难", "在职"]', 'groups = ["困难", "在职", "路费"]'),
    ]
    _, _, other = made(edited(tmp_path, edits))
    assert records(other).equals(records(small()[2]))


def test_wanted_columns_are_those_of_the_whole() -> None:
    _, _, behaviour = small()
    whole, some = behaviour.trainings(0, MIDDLE), behaviour.trainings(0, MIDDLE, {"发证日期"})
    assert (whole["发证日期"] == some["发证日期"]).all()
    assert "合同起始日期" not in some.columns


def test_numbers_of_records_are_their_own() -> None:
    _, _, behaviour = small()
    numbers = behaviour.trainings(0, MIDDLE)[NUMBER]
    assert len(np.unique(numbers)) == len(numbers)


# --- rates ------------------------------------------------------------------------------------------------------


def test_nobody_who_trained_stays_away_when_rates_rise() -> None:
    _, _, behaviour = small()
    names = parameters(behaviour.checked.scenario)
    assert names == ("参训.csv", "合格.csv", "发证日期")
    before: set[int] = set()
    for quantile in (0.05, 0.3, 0.5, 0.8, 0.99):
        frame = behaviour.trainings(0, World({"参训.csv": quantile}))
        now = set(frame[NUMBER].tolist())
        assert before <= now
        before = now


@pytest.mark.parametrize(("working", "rate"), [(0, 0.40), (1, 0.30)])
def test_rates_are_those_of_the_file(working: int, rate: float) -> None:
    """First trainings of a year, over 200 replicates."""
    _, population, behaviour = small()
    group = population.persons.columns["在职"] == working
    took = 0
    for replicate in range(200):
        frame = behaviour.trainings(replicate, MIDDLE, set())
        assert frame.who is not None
        first = np.unique(frame["年度"] * len(group) + frame.who)
        took += int(group[first % len(group)].sum())
    trials = 200 * 2 * int(group.sum())
    assert abs(took / trials - rate) < 4.9 * np.sqrt(rate * (1 - rate) / trials)
