"""Many settings at once against each of them by itself; and what a parameter or a reading reaches."""

from __future__ import annotations

import ast
import builtins
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from columns.agreement import of_random_scenarios, sums
from differential.test_agreement import policy, rows

from hypolicy.backends.columns import classes, scenarios
from hypolicy.backends.columns.machine import PlainMachine
from hypolicy.backends.columns.program import canonical_frame, compile_policy
from hypolicy.backends.columns.reach import Reach, reach_of
from hypolicy.backends.columns.scenarios import Scenarios
from hypolicy.rules.outcome import Settings

if TYPE_CHECKING:
    from pathlib import Path

    import polars as pl
    import pytest

    from hypolicy.rules.tree import Policy

# Policies whose first benefit is left to other rules, and whose amounts are constant by their bounds alone.
PECULIAR = (1_000_002, 107, 408)
CONDITIONS, AMOUNTS, LEDGER = Reach.CONDITIONS, Reach.AMOUNTS, Reach.LEDGER


def never_set_before(text: str) -> set[str]:
    """Variables that are read above every line that sets them: Numba minds even where no row comes there."""
    tree = ast.parse(text)
    names = [node for node in ast.walk(tree) if isinstance(node, ast.Name)]
    names.sort(key=lambda node: (node.lineno, node.col_offset))
    known = {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)} | set(dir(builtins))
    known |= {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    found = set()
    for name in names:
        if isinstance(name.ctx, ast.Store):
            known.add(name.id)
        elif name.id not in known:
            found.add(name.id)
    return found


def test_random_policies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    texts, call = set(), PlainMachine.call

    def seen(self: PlainMachine, text: str, *arguments: Any) -> Any:
        texts.add(text)
        return call(self, text, *arguments)

    monkeypatch.setattr(PlainMachine, "call", seen)
    seeds = (*range(17), *PECULIAR)
    found = {seed: of_random_scenarios(seed, tmp_path / str(seed)) for seed in seeds}
    assert {seed: told for seed, told in found.items() if told} == {}
    assert list(found.values()).count("") >= 15
    assert texts
    assert set().union(*map(never_set_before, texts)) == set()


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


def test_scenarios_of_amounts_go_over_the_rows_once_and_then_over_classes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    runs: list[range] = []
    priced: list[int] = []
    notes, prices = scenarios._Family._notes, classes.Priced.prices

    def counting(self: Any, kernel: Any, run: Any, number: int) -> Any:
        def counted(number: int, rows: range, outputs: Any) -> Any:
            runs.append(rows)
            return run(number, rows, outputs)

        return notes(self, kernel, counted, number)

    def pricing(self: classes.Priced, numbers: list[int]) -> Any:
        priced.append(len(self.every))
        return prices(self, numbers)

    monkeypatch.setattr(scenarios._Family, "_notes", counting)
    monkeypatch.setattr(classes.Priced, "prices", pricing)
    frame = canonical_frame(policy().records[0], rows()[:2000])
    settings = [Settings({}, {"生活费日标准": Fraction(n)}) for n in (10, 20, 30)]
    population = Scenarios(policy(), frame)
    first = list(map(sums, population.totals(settings)))
    assert runs == [range(2000)]
    assert 0 < priced[0] < 1200
    assert list(map(sums, population.on(frame).totals(settings))) == first


def test_sums_beyond_a_machine_word(monkeypatch: pytest.MonkeyPatch) -> None:
    """They are Python's own integers: here where already a few payments are held to be too many."""
    frame = canonical_frame(policy().records[0], rows()[:500])
    settings = [Settings({}, {"生活费日标准": Fraction(n)}) for n in (10, 20)]
    expected = list(map(sums, Scenarios(policy(), frame).totals(settings)))
    monkeypatch.setattr(classes, "_MOST", 1000)
    assert list(map(sums, Scenarios(policy(), frame).totals(settings))) == expected
