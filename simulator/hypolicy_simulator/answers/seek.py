"""The other way round: with so much money, how high may a rate be.

The draws are the same for every value, so that what is spent moves with the rate alone. Where it never falls as the
rate rises, halving the interval finds the highest rate that the money pays for; that it never falls is looked at on a
grid.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Final

import polars as pl
from attrs import define, evolve, field

from hypolicy.check.exactness import may_break_the_fen
from hypolicy.diagnostics.diagnostic import Diagnostic
from hypolicy.diagnostics.refusal import Refusal
from hypolicy.diagnostics.suggest import closest
from hypolicy.rules.outcome import fen_text
from hypolicy.rules.units import RATIO
from hypolicy_simulator.answers.intervals import decimals
from hypolicy_simulator.answers.persons import chance_of, fen_by_person
from hypolicy_simulator.run.model import Arm

if TYPE_CHECKING:
    from hypolicy.rules.tree import Parameter
    from hypolicy_simulator.run.limits import Admitted
    from hypolicy_simulator.run.model import Model

_GRID: Final = 5
_DOUBLINGS: Final = 8


@define
class _Spending:
    """What is spent at each value that was tried; values are whole numbers of steps."""

    model: Model
    parameter: Parameter
    step: Fraction
    tried: dict[int, Admitted] = field(factory=dict)

    def at(self, steps: int) -> int:
        if steps not in self.tried:
            own = self.model.own
            values = {**own.settings.parameters, self.parameter.name: steps * self.step}
            settings = evolve(own.settings, parameters=values)
            if any(b.rounding is None and may_break_the_fen(b, values) for b in own.checked.policy.benefits):
                names = "、".join(b.name for b in own.checked.policy.benefits if b.rounding is None)
                raise Refusal(Diagnostic("HY915", {"name": names}))
            self.tried[steps] = Arm(own.checked, settings, own.seed, own.behaviour, other=own).central()
        return int(self.tried[steps].fen.sum())


def require_sought(model: Model, name: str, budget: int | None) -> None:
    """Raises Refusal where there is nothing of this name to be sought, or no budget to seek it by (or one too many)."""
    if not name or (is_fund(model, name) and budget is None):
        return
    if is_fund(model, name):
        raise Refusal(Diagnostic("HY753", {"name": name}))
    _parameter(model, name)
    if budget is None:
        raise Refusal(Diagnostic("HY752", {"name": name}))


def is_fund(model: Model, name: str) -> bool:
    """Whether this is a fund that can run out."""
    return any(fund.name == name and fund.sources for fund in model.own.checked.scenario.funds)


def seek(model: Model, name: str, budget: int) -> pl.DataFrame:
    """Every value tried on replicate 0, all years, and the highest that does not spend more than `budget` (in fen).

    Raises Refusal where even nought spends more, or where no value spends as much.
    """
    parameter = _parameter(model, name)
    step = Fraction(1, 1000) if parameter.type.unit == RATIO else Fraction(1, 100)
    spending = _Spending(model, parameter, step)
    if spending.at(0) > budget:
        raise Refusal(Diagnostic("HY750", {"name": name, "spent": fen_text(spending.at(0))}))
    high = max(1, int(parameter.versions[-1].value / step) if parameter.versions else 1)
    for _ in range(_DOUBLINGS):
        if spending.at(high) > budget:
            break
        high *= 2
    else:
        raise Refusal(Diagnostic("HY751", {"name": name, "spent": fen_text(spending.at(high))}))
    low, top = 0, high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if spending.at(middle) <= budget else (low, middle)
    for number in range(1, _GRID):
        spending.at(top * number // _GRID)
    values = sorted(spending.tried)
    spent = [spending.at(value) for value in values]
    slope = (spending.at(top) - spending.at(0)) / top / 100
    error = chance_of(fen_by_person(model, spending.tried[low]))
    return pl.DataFrame(
        {
            "参数": [name] * len(values),
            "值": [_value_text(value * step, parameter) for value in values],
            "支出": [fen_text(each) for each in spent],
            "答案": ["是" if value == low else "" for value in values],
            "机会误差": [
                decimals(float(error) / slope * float(step)) if value == low else "" for value in values
            ],
            "单调": ["是" if spent == sorted(spent) else "否"] * len(values),
        }
    )


def _parameter(model: Model, name: str) -> Parameter:
    known = {each.name: each for each in model.own.checked.policy.parameters}
    if name not in known:
        funds = [fund.name for fund in model.own.checked.scenario.funds if fund.sources]
        near = closest(name, [*known, *funds])
        suggestion = f"是否「{near[0]}」？" if near else ""
        names = f"{'、'.join(known)}。有限的资金：{'、'.join(funds) or '没有'}"
        raise Refusal(Diagnostic("HY754", {"name": name, "names": names}, suggestion=suggestion))
    return known[name]


def _value_text(value: Fraction, parameter: Parameter) -> str:
    unit = parameter.type.unit
    return f"{float(value * 100):g}%" if unit == RATIO else f"{float(value):g}{unit}"
