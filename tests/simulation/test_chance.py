"""Draws: even, independent, functions of what they are for and of nothing else."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations

import numpy as np
import pytest

from hypolicy_simulator.chance.keyed import ONE, draws, key_of, mix, occasions, threshold, within
from hypolicy_simulator.chance.worlds import World
from hypolicy_simulator.scenario.tree import Uncertain

PEOPLE = mix(np.arange(200_000, dtype=np.uint64))
# One in a million of such tests would fail by chance; the draws are fixed, so these either always fail or never.
FAR = 4.9
GOLDEN = [5267436120836918900, 4235871989118880973, 2135790206083730705]


def uniform(*key: object) -> np.ndarray:
    seed, stream, replicate = key
    return draws(PEOPLE, seed, stream, replicate) / ONE  # type: ignore[arg-type]


def test_draws_are_what_they_were() -> None:
    """Any change of these numbers changes the results of every run that was ever recorded."""
    assert [int(each) for each in draws(PEOPLE[:3], 7, "参训", 0)] == GOLDEN
    assert key_of("甲", 1) == 4700066797747380560


@pytest.mark.parametrize(
    "key", [(1, "甲", 0), (1, "乙", 0), (2, "甲", 0), (1, "甲", 1), (2**62, "培训类型", 999)]
)
@pytest.mark.parametrize("bits", [1, 8, 12])
def test_first_bits_are_even(key: tuple[int, str, int], bits: int) -> None:
    cells = (draws(PEOPLE, *key) >> np.uint64(63 - bits)).astype(int)
    expected = len(PEOPLE) / 2**bits
    square = float(((np.bincount(cells, minlength=2**bits) - expected) ** 2 / expected).sum())
    freedom = 2**bits - 1
    assert abs(square - freedom) / np.sqrt(2 * freedom) < FAR


def test_streams_replicates_seeds_and_neighbours_are_independent() -> None:
    keys = [(1, "甲", 0), (1, "乙", 0), (1, "甲", 1), (1, "甲", 2), (2, "甲", 0), (3, "甲", 0)]
    series = [uniform(*key) for key in keys]
    series.append(np.roll(series[0], 1))
    series.append(draws(occasions(PEOPLE, 1), 1, "甲", 0) / ONE)
    series.append(draws(occasions(PEOPLE, 2), 1, "甲", 0) / ONE)
    for one, other in combinations(series, 2):
        correlation = np.corrcoef(one, other)[0, 1]
        assert abs(correlation) * np.sqrt(len(PEOPLE)) < FAR
        joint = np.histogram2d(one, other, 16, [[0, 1], [0, 1]])[0]
        expected = len(PEOPLE) / 256
        square = float(((joint - expected) ** 2 / expected).sum())
        assert abs(square - 255) / np.sqrt(2 * 255) < FAR


def test_one_person_over_replicates_is_even_and_without_memory() -> None:
    person = PEOPLE[:1]
    series = np.array([int(draws(person, 5, "甲", replicate)[0]) for replicate in range(4000)]) / ONE
    assert abs(series.mean() - 0.5) * np.sqrt(12 * 4000) < FAR
    assert abs(np.corrcoef(series[:-1], series[1:])[0, 1]) * np.sqrt(4000) < FAR


def test_draws_of_some_are_those_of_all() -> None:
    some = np.array([5, 3, 199_999, 3])
    assert (draws(PEOPLE[some], 1, "甲", 3) == draws(PEOPLE, 1, "甲", 3)[some]).all()


def test_a_rate_of_nought_is_never_and_of_one_always() -> None:
    drawn = draws(PEOPLE, 1, "甲", 0)
    assert not (drawn < np.uint64(threshold(Fraction(0)))).any()
    assert (drawn < np.uint64(threshold(Fraction(1)))).all()
    assert threshold(Fraction(1, 2)) == threshold(0.5) == ONE // 2


def test_whole_numbers_are_even_and_within() -> None:
    numbers = 3 + within(draws(PEOPLE, 1, "甲", 0), np.int64(7))
    counts = np.bincount(numbers)
    assert counts[:3].sum() == 0
    assert len(counts) == 10
    assert abs(counts[3:] - len(PEOPLE) / 7).max() < FAR * np.sqrt(len(PEOPLE) / 7)


def test_worlds_have_the_quantiles_that_were_written() -> None:
    rate = Uncertain(Fraction(1, 10), Fraction(1, 5), Fraction(1, 2))
    assert World().rate(rate, "甲") == Fraction(1, 5)
    assert World({"乙": 0.9}).rate(rate, "甲") == Fraction(1, 5)
    for quantile, value in ((0.05, 0.1), (0.5, 0.2), (0.95, 0.5)):
        assert float(World({"甲": quantile}).rate(rate, "甲")) == pytest.approx(value)
        assert float(World({"甲": quantile}).factor(rate, "甲")) == pytest.approx(value)
    rising = [float(World({"甲": q / 100}).rate(rate, "甲")) for q in range(1, 100)]
    assert rising == sorted(rising)
    sure = Uncertain(Fraction(1), Fraction(1), Fraction(1))
    assert World({"甲": 0.001}).rate(sure, "甲") == 1
