"""Many settings at once against each of them by itself; and what a parameter or a reading reaches."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from columns.agreement import of_random_scenarios, sums
from differential.test_agreement import policy, rows

from hypolicy.backends.columns import scenarios
from hypolicy.backends.columns.program import canonical_frame, compile_policy
from hypolicy.backends.columns.reach import Reach, reach_of
from hypolicy.backends.columns.scenarios import Scenarios
from hypolicy.rules.outcome import Settings

if TYPE_CHECKING:
    from pathlib import Path

    import polars as pl
    import pytest

    from hypolicy.rules.tree import Policy

CONDITIONS, AMOUNTS, LEDGER = Reach.CONDITIONS, Reach.AMOUNTS, Reach.LEDGER


def test_random_policies(tmp_path: Path) -> None:
    found = {seed: of_random_scenarios(seed, tmp_path / str(seed)) for seed in range(20)}
    assert {seed: told for seed, told in found.items() if told} == {}
    assert list(found.values()).count("") >= 15


def by_itself(made: Policy, frame: pl.DataFrame, settings: Settings) -> object:
    return sums(compile_policy(made, settings).decide(frame).settled.totals)


def test_values_and_options_of_the_regulation() -> None:
    """Amounts alone, an option that only the ledger asks, one of conditions, and a rate of zero."""
    made, frame = policy(), canonical_frame(policy().records[0], rows()[:2000])
    rates = [Settings({}, {"生活费日标准": Fraction(20 * times)}) for times in (1, 0, 2)]
    options = [
        Settings({name: option}) for name, option in (("次数含安全补贴", "否"), ("执行期判断", "开班日期"))
    ]
    settings = [*rates, *options]
    together = list(map(sums, Scenarios(made, frame).totals(settings)))
    assert together == [by_itself(made, frame, each) for each in settings]
    assert len({str(each) for each in together}) >= 4


def test_what_the_parameters_and_readings_of_the_regulation_reach() -> None:
    reached = reach_of(policy())
    assert reached["生活费日标准"] == {AMOUNTS}
    assert reached["安全培训课时标准"] == {
        AMOUNTS,
        LEDGER,
    }  # its item may have a cap that runs over several payments
    assert reached["执行期判断"] == {CONDITIONS}
    assert reached["上浮叠加"] == {AMOUNTS}
    assert reached["重复享受期限"] == {LEDGER}
    assert reached["金额取整"] == frozenset()


def test_of_many_scenarios_of_amounts_only_rows_with_an_amount_are_looked_at_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    heights: list[int] = []
    prepared = scenarios._Family._prepared

    def counting(self: Any, frame: pl.DataFrame, kernel: Any) -> Any:
        heights.append(frame.height)
        return prepared(self, frame, kernel)

    monkeypatch.setattr(scenarios._Family, "_prepared", counting)
    frame = canonical_frame(policy().records[0], rows()[:2000])
    Scenarios(policy(), frame).totals([Settings({}, {"生活费日标准": Fraction(n)}) for n in (10, 20, 30)])
    whole, again = heights
    assert whole == 2000
    assert 0 < again < 1200
