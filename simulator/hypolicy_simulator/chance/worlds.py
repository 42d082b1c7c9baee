"""Worlds: what every uncertain figure of a scenario is in one of them.

Each table of rates, and each factor, is one parameter: where it lies between its low and its high value is told by one
number from 0 to 1 (a quantile), for all of its rows. In the middle world every figure is exactly what was written. In
another one a rate is drawn on the logit scale, a factor on the log scale, from two halves of normal distributions
that join at the middle value, such that the low and high values are the 5% and 95% quantiles.
"""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import TYPE_CHECKING, Final

from attrs import field, frozen

from hypolicy_simulator.scenario import tree

if TYPE_CHECKING:
    from collections.abc import Mapping
    from fractions import Fraction

    from hypolicy_simulator.scenario.tree import Scenario, Uncertain

ELASTICITY: Final = "参训弹性"
_NORMAL: Final = NormalDist()
_AT_95: Final = _NORMAL.inv_cdf(0.95)


@frozen
class World:
    """`quantiles` by parameter; a parameter that is not there has its middle value."""

    quantiles: Mapping[str, float] = field(factory=dict)

    def rate(self, value: Uncertain, parameter: str) -> Fraction | float:
        if parameter not in self.quantiles or value.certain:
            return value.middle
        low, middle, high = (_logit(float(each)) for each in (value.low, value.middle, value.high))
        return 1 / (1 + math.exp(-_between(low, middle, high, self.quantiles[parameter])))

    def factor(self, value: Uncertain, parameter: str) -> Fraction | float:
        if parameter not in self.quantiles or value.certain:
            return value.middle
        low, middle, high = (math.log(float(each)) for each in (value.low, value.middle, value.high))
        return math.exp(_between(low, middle, high, self.quantiles[parameter]))

    def elasticity(self, value: Uncertain) -> float:
        """May be nought; so it is drawn on a scale of its own, and never falls below nought."""
        if ELASTICITY not in self.quantiles or value.certain:
            return float(value.middle)
        low, middle, high = (float(each) for each in (value.low, value.middle, value.high))
        return max(0.0, _between(low, middle, high, self.quantiles[ELASTICITY]))


MIDDLE: Final = World()


def _logit(rate: float) -> float:
    return math.log(rate / (1 - rate))


def _between(low: float, middle: float, high: float, quantile: float) -> float:
    normal = _NORMAL.inv_cdf(quantile) / _AT_95
    return middle + normal * (high - middle if normal > 0 else middle - low)


def parameters(scenario: Scenario, *, responds: bool = False) -> tuple[str, ...]:
    """The uncertain figures of a scenario: names of files of rates, and of steps with a factor.

    `responds`: whether there is an amendment that people may respond to.
    """
    names = [
        table.file
        for table in (scenario.takeup.rate, scenario.takeup.again)
        if not all(rate.value.certain for rate in table.rows)
    ]
    for step in scenario.training_steps:
        match step.way:
            case tree.Happens(table) if not all(rate.value.certain for rate in table.rows):
                names.append(table.file)
            case tree.Add(amount=tree.Between(stretch=stretch)) if (
                stretch is not None and not stretch.certain
            ):
                names.append(step.names[0])
            case _:
                pass
    elasticity = scenario.takeup.elasticity
    if responds and elasticity is not None and not elasticity.certain:
        names.append(ELASTICITY)
    return tuple(dict.fromkeys(names))
