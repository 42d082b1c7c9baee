"""What each clause costs, whichever is written first: Shapley values of the parts of a policy.

A part is a case of a benefit, an uplift, a cap or a limit on the ledger. Taking parts in in some order, each adds
something to the bill (a limit takes away); what it adds depends on those before it. Its Shapley value is the average
over all orders (Shapley 1953), so the values of all parts add up to the whole bill and no order is preferred.

The game is not played out for every set of parts. Without the ledger a benefit's amounts depend on its own parts
alone; and whom the limits refuse depends only on the parts that decide who is paid at all, as long as no cap runs over
several payments. So few programs are run, and all sets are sums of what they gave; and those with limits are run on
the trainings alone of which a limit may refuse any, whichever parts there are.
"""

from __future__ import annotations

from itertools import combinations
from math import factorial
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl
from attrs import evolve, field, frozen

from hypolicy.rules import tree
from hypolicy.rules.outcome import fen_text
from hypolicy.rules.types import BOOL
from hypolicy_simulator.run.decide import decider

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from hypolicy.rules.outcome import Settings
    from hypolicy.rules.tree import Benefit, Policy
    from hypolicy_simulator.arrays import Fen, Held, Rows
    from hypolicy_simulator.behaviour.frame import Frame
    from hypolicy_simulator.run.decide import Decider
    from hypolicy_simulator.run.model import Model
    from hypolicy_simulator.scenario.check import Checked

# All sets of so many parts are summed; more would be too many.
MOST_PARTS: Final = 16


@frozen
class Part:
    """`benefit` is the place of its benefit, None for a limit; `decides`: whether it tells who is paid at all."""

    clause: str
    name: str
    benefit: int | None
    decides: bool
    origin: tree.Origin = field(repr=False)


Coalition = frozenset[Part]


def parts_of(policy: Policy) -> list[Part]:
    """In the order of the policy."""
    out = []
    for place, benefit in enumerate(policy.benefits):
        if benefit.delegated_to:
            continue
        named = len(benefit.cases) > 1
        for case in benefit.cases:
            name = f"{benefit.name}（{case.name}）" if named else benefit.name
            out.append(Part(benefit.origin.clause, name, place, True, case.origin))
        for uplift in benefit.uplifts:
            out.append(
                Part(uplift.origin.clause, uplift.origin.text.partition("：")[0], place, False, uplift.origin)
            )
        if benefit.cap is not None:
            out.append(
                Part(benefit.cap.origin.clause, benefit.cap.origin.text, place, False, benefit.cap.origin)
            )
    out += [Part(limit.origin.clause, limit.name, None, True, limit.origin) for limit in policy.limits]
    return out


def clauses(model: Model) -> pl.DataFrame | None:
    """Replicate 0, all years: the share of each part, and what is saved by taking it away from the whole policy.

    None where the policy cannot be taken apart: it has too many parts, or a cap that runs over several payments.
    """
    own = model.own
    parts = parts_of(own.checked.policy)
    if len(parts) > MOST_PARTS or _caps_run(own.checked.policy, own.settings):
        return None
    game = Game(own.checked, own.settings, own.central().frame, parts, own.limits.decider)
    every = frozenset(parts)
    shares = shapley(parts, game.value)
    return pl.DataFrame(
        {
            "条款": [part.clause for part in parts],
            "内容": [part.name for part in parts],
            "分担的支出": [fen_text(share) for share in shares],
            "去掉后支出的变化": [fen_text(game.value(every - {part}) - game.value(every)) for part in parts],
        }
    )


def shapley(parts: list[Part], value: Callable[[Coalition], int]) -> list[int]:
    """In fen, rounded such that they add up to the value of all parts together."""
    count = len(parts)
    exact = []
    for part in parts:
        others = [each for each in parts if each is not part]
        total = 0
        for size in range(count):
            weight = factorial(size) * factorial(count - 1 - size)
            for some in combinations(others, size):
                before = frozenset(some)
                total += weight * (value(before | {part}) - value(before))
        exact.append(total)
    whole = [total // factorial(count) for total in exact]
    left = value(frozenset(parts)) - value(frozenset()) - sum(whole)
    for place in sorted(range(count), key=lambda place: -(exact[place] % factorial(count)))[:left]:
        whole[place] += 1
    return whole


@frozen
class Game:
    """What each set of parts would cost, of the same trainings."""

    checked: Checked
    settings: Settings
    frame: Frame = field(repr=False)
    parts: list[Part] = field(repr=False)
    whole: Decider = field(repr=False)
    _amounts: dict[Coalition, Fen] = field(factory=dict, repr=False)
    _refused: dict[Coalition, Held] = field(factory=dict, repr=False)
    _values: dict[Coalition, int] = field(factory=dict, repr=False)
    _doubt: list[Rows] = field(factory=list, repr=False)

    def value(self, some: Coalition) -> int:
        """The bill in fen under these parts alone."""
        if some not in self._values:
            refused = self.refused(some)
            self._values[some] = sum(
                int(self.amounts(own)[~refused[benefit]].sum()) for benefit, own in self.by_benefit(some)
            )
        return self._values[some]

    def by_benefit(self, some: Coalition) -> Iterator[tuple[int, Coalition]]:
        """The parts of each benefit that has any case among them."""
        for benefit in range(len(self.checked.policy.benefits)):
            own = frozenset(part for part in some if part.benefit == benefit)
            if any(part.decides for part in own):
                yield benefit, own

    def amounts(self, own: Coalition) -> Fen:
        """What some parts of one benefit give, before the ledger."""
        if own not in self._amounts:
            [place] = {part.benefit for part in own}
            assert place is not None
            policy = reduced(self.checked.policy, own)
            if not policy.earlier:
                policy, place = evolve(policy, benefits=policy.benefits[place : place + 1]), 0
            self._amounts[own] = self.decide(policy, self.frame)[place]
        return self._amounts[own]

    def refused(self, some: Coalition) -> Held:
        """Whom the limits refuse, by benefit and training."""
        limits = [part for part in some if part.benefit is None]
        if not limits:
            return np.zeros((len(self.checked.policy.benefits), len(self.frame)), bool)
        telling = frozenset(part for part in some if part.decides)
        if telling not in self._refused:
            refused = np.zeros((len(self.checked.policy.benefits), len(self.frame)), bool)
            rows = self.in_doubt()
            paid = self.decide(reduced(self.checked.policy, telling), self.frame.take(rows))
            for benefit, own in self.by_benefit(telling):
                refused[benefit, rows] = (self.amounts(own)[rows] > 0) & (paid[benefit] == 0)
            self._refused[telling] = refused
        return self._refused[telling]

    def in_doubt(self) -> Rows:
        """The trainings of which a limit may refuse any payment, under whichever parts."""
        if not self._doubt:
            asked = np.zeros((len(self.checked.policy.benefits), len(self.frame)), bool)
            for benefit in range(len(asked)):
                cases = [part for part in self.parts if part.benefit == benefit and part.decides]
                for size in range(1, len(cases) + 1):
                    for some in combinations(cases, size):
                        asked[benefit] |= self.amounts(frozenset(some)) > 0
            everyone = np.arange(len(self.frame))
            # What another edition of the policy grants is not among these amounts.
            earlier = self.checked.policy.earlier
            self._doubt.append(everyone if earlier else self.whole.in_doubt(self.frame, asked))
        return self._doubt[0]

    def decide(self, policy: Policy, frame: Frame) -> Fen:
        return decider(evolve(self.checked, policy=policy), self.settings).decide(frame)


def _caps_run(policy: Policy, settings: Settings) -> bool:
    caps = [benefit.cap for benefit in policy.benefits if benefit.cap is not None]
    return any(settings.period(cap.period) is not tree.PeriodKind.EACH for cap in caps)


def reduced(policy: Policy, some: Coalition) -> Policy:
    """The policy with these parts alone; a benefit without a case applies to nobody."""
    kept = {id(part.origin) for part in some}
    return evolve(
        policy,
        benefits=tuple(_reduced(benefit, kept) for benefit in policy.benefits),
        limits=tuple(limit for limit in policy.limits if id(limit.origin) in kept),
    )


def _reduced(benefit: Benefit, kept: set[int]) -> Benefit:
    if benefit.delegated_to:
        return benefit
    cases = tuple(case for case in benefit.cases if id(case.origin) in kept)
    if not cases:
        nobody = tree.Literal(False, BOOL, benefit.origin)
        return evolve(benefit, applies=nobody, uplifts=(), cap=None)
    uplifts = tuple(uplift for uplift in benefit.uplifts if id(uplift.origin) in kept)
    cap = benefit.cap if benefit.cap is not None and id(benefit.cap.origin) in kept else None
    return evolve(benefit, cases=cases, uplifts=uplifts, cap=cap)
