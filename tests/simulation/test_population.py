"""Persons from margins: every count exact, contradictions named, and people who stay who they are."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from simulation.small import small

from hypolicy_simulator.chance.keyed import mix
from hypolicy_simulator.population.conflicts import contradiction, least_change, possible
from hypolicy_simulator.population.fit import fit
from hypolicy_simulator.population.integers import ELASTIC, Table, integers
from hypolicy_simulator.population.margins import Counted, apportion
from hypolicy_simulator.population.persons import persons
from hypolicy_simulator.population.report import fit_frame, independent_pairs

if TYPE_CHECKING:
    from hypolicy_simulator.arrays import Counts, Rows


def margin(name: str, rows: Rows, counts: list[Fraction] | Counts) -> Counted:
    return Counted.of(name, rows, [Fraction(count) for count in counts])


def table_of(margins: list[Counted], cells: int, seed: int = 0) -> Table:
    elements = mix(np.arange(cells, dtype=np.uint64))
    return integers(fit(margins, cells).weights, margins, elements, seed)


def random_case(number: int) -> tuple[list[Counted], int]:
    """Overlapping margins of a random table of whole numbers, of all degrees of sparsity."""
    rng = np.random.default_rng(number)
    sizes = rng.integers(2, 6, rng.integers(3, 5))
    cells = np.array(np.unravel_index(np.arange(int(np.prod(sizes))), sizes)).T
    there = rng.random(len(cells)) < (1.0, 0.7, 0.4, 0.2)[number % 4]
    cells = cells[there] if there.any() else cells
    persons = rng.multinomial(rng.choice([40, 400, 44_100]), rng.dirichlet(np.full(len(cells), 0.3)))
    pairs = list(combinations(range(len(sizes)), 2))
    chosen = [pairs[place] for place in rng.choice(len(pairs), min(len(pairs), 3), replace=False)]
    if number % 5 == 0 and len(sizes) == 4:
        chosen.append((0, 1, 2))
    margins = []
    for dims in chosen:
        rows = np.ravel_multi_index(cells[:, dims].T, sizes[list(dims)])
        counts = np.bincount(rows, persons, int(np.prod(sizes[list(dims)]))).astype(int)
        margins.append(margin(str(dims), rows, counts))
    return margins, len(cells)


@pytest.mark.parametrize("first", range(0, 200, 50))
def test_every_count_of_200_random_tables_is_exact(first: int) -> None:
    for number in range(first, first + 50):
        margins, cells = random_case(number)
        table = table_of(margins, cells)
        assert table.exact, number
        assert (table.persons >= 0).all()
        for each in margins:
            assert (each.sums(table.persons.astype(float)) == each.targets).all(), number


def test_the_seed_chooses_among_equally_near_tables() -> None:
    cells = np.arange(36)
    margins = [
        margin(name, rows, [Fraction(9)] * 6) for name, rows in (("行", cells // 6), ("列", cells % 6))
    ]
    tables = [table_of(margins, 36, seed) for seed in (1, 1, 2)]
    assert (tables[0].persons == tables[1].persons).all()
    assert (tables[0].persons != tables[2].persons).any()
    assert all(table.exact for table in tables)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.fractions(0, 1000, max_denominator=97), min_size=1, max_size=12))
def test_scaled_counts_are_rounded_to_a_neighbour_and_so_is_their_total(shares: list[Fraction]) -> None:
    rows = np.arange(len(shares))
    counted = margin("甲", rows, shares)
    table = table_of([counted], len(shares))
    assert table.exact
    assert all(abs(int(n) - share) < 1 for n, share in zip(table.persons, shares, strict=True))
    assert abs(int(table.persons.sum()) - sum(shares)) < 1


@settings(max_examples=50, deadline=None)
@given(st.lists(st.fractions(0, 1000, max_denominator=97), min_size=1, max_size=12))
def test_apportioned_shares_have_their_rounded_total(shares: list[Fraction]) -> None:
    whole = apportion(shares)
    assert abs(sum(whole) - sum(shares)) <= Fraction(1, 2)
    assert all(abs(n - share) < 1 for n, share in zip(whole, shares, strict=True))


def test_where_no_whole_table_has_the_margins_the_miss_is_told() -> None:
    """Three cells, any two of which sum to 1: a half each, and no whole numbers."""
    pairs = [(0, 0, -1), (0, -1, 0), (-1, 0, 0)]
    margins = [margin(str(n), np.array(rows), [Fraction(1)]) for n, rows in enumerate(pairs)]
    assert possible(margins, 3)
    table = table_of(margins, 3)
    assert table.method == ELASTIC
    assert not table.exact
    assert sum(int(abs(miss).sum()) for miss in table.misses) == 1


# --- contradictions ---------------------------------------------------------------------------------------------


def test_a_contradiction_of_two_among_many_is_found() -> None:
    margins, cells = random_case(8)
    assert possible(margins, cells)
    wrong = margin(
        "错", margins[1].rows, [Fraction(int(t)) + (n == 0) for n, t in enumerate(margins[1].targets)]
    )
    found = contradiction([*margins, wrong], cells)
    assert len(found) == 2
    assert wrong in found
    changes = least_change(found, cells)
    assert sum(abs(change.persons) for change in changes) == 1


def test_a_contradiction_of_three_is_irreducible() -> None:
    """A total, and two parts of it that are too small."""
    everyone, part = np.zeros(4, int), np.array([0, 0, -1, -1])
    margins = [
        margin("合计", everyone, [Fraction(100)]),
        margin("不相干", np.array([0, -1, 0, -1]), [Fraction(10)]),
        margin("前一半", part, [Fraction(40)]),
        margin("后一半", part[::-1], [Fraction(50)]),
    ]
    assert [each.file for each in contradiction(margins, 4)] == ["合计", "前一半", "后一半"]


# --- persons ----------------------------------------------------------------------------------------------------


def test_persons_are_as_many_as_the_files_say() -> None:
    checked, population, _ = small()
    columns = population.persons.columns
    county, working, poor = (columns[name] for name in ("县", "在职", "困难"))
    assert np.bincount(county).tolist() == [300, 200, 100]
    assert int(working.sum()) in (300, 301)
    assert np.bincount(working, poor).tolist() == [90, 30]
    assert ((columns["行业"] == 0) == (working == 0)).all()
    frame = fit_frame(checked, population)
    assert frame["出入"].to_list() == [0] * 6
    assert independent_pairs(checked) == [("县", "在职"), ("县", "行业")]


def test_persons_stay_who_they_are_when_others_come() -> None:
    """One cell grows: everybody else is there still, with the keys of their draws and what they are."""
    checked, population, _ = small()
    counts = population.table.persons.copy()
    counts[3] += 50
    larger = persons(checked, population.support, counts, 7)
    assert len(larger) == len(population.persons) + 50
    old, new = (
        dict(zip(each.elements.tolist(), each.columns["行业"], strict=True))
        for each in (population.persons, larger)
    )
    assert old.items() <= new.items()
