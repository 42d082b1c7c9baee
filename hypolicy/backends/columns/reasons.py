"""Codes of reasons, and back: one whole number says why an item came out as it did.

The compiled rules write such a number for each record; here it becomes the reasons that the exact evaluator gives.

- denied: one digit for each condition, of its own base: 0 where it holds (or was not asked), 1 where it fails, above
  that the site that had no value. 0 as a whole: the amount is not above zero.
- granted: the case, the uplifts that hold with the versions of their rates, and whether a cap has cut.
- pending: above zero, an even number for a place in a list and an odd one for a site that had no value; below zero,
  an even number for cases that meet and an odd one for uplifts that do.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from attrs import define, field, frozen

from hypolicy.backends.columns.coding import reached
from hypolicy.rules import tree
from hypolicy.rules.outcome import Decision, Reason, Status, percent_text
from hypolicy.rules.sentences import Sentence

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hypolicy.backends.columns.faults import Site
    from hypolicy.rules.outcome import Settings

NOT_APPLICABLE, GRANTED, DENIED, PENDING = range(4)
STATUSES: Final = (Status.NOT_APPLICABLE, Status.GRANTED, Status.DENIED, Status.PENDING)

# Codes and a status beside them fit into one machine word.
_MOST_CODES: Final = 1 << 60
# The texts of the keys that a look-up asked for.
Keys = Callable[[tree.Lookup], tuple[str, ...]]


class TooManyReasonsError(Exception):
    """More combinations of reasons than one number can tell apart."""


@frozen
class Digit:
    """A condition in the code of a denial; `case` is empty where it is one of the item itself."""

    place: int
    base: int
    reason: Reason
    case: str


@frozen
class Rate:
    """The rate of an uplift in each version, and its digit: `versions` above one has one."""

    values: tuple[Fraction, ...]
    place: int


@define
class ItemReasons:
    """The codes of one item, as they are allotted while it is compiled."""

    benefit: tree.Benefit
    stacking: tree.Stacking | None
    grounds: tuple[tuple[str, ...], ...]
    digits: list[Digit] = field(factory=list)
    pending: list[Reason] = field(factory=list)
    rates: list[Rate] = field(factory=list)
    # Filled in when the item is compiled: the sites by number, from 1.
    sites: list[Site] = field(factory=list)
    _places: int = 1

    @property
    def clause(self) -> str:
        return self.benefit.origin.clause

    # ------------------------------------------------------------------------------------------ allotting

    def digit(self, base: int, reason: Reason, case: str = "") -> int:
        """The place of a new digit."""
        place = self._places
        self.digits.append(Digit(place, base, reason, case))
        self._places *= base
        if self._places > _MOST_CODES:
            raise TooManyReasonsError
        return place

    def left_open(self, reason: Reason) -> int:
        """The code of an item that is pending for this reason."""
        self.pending.append(reason)
        return 2 * len(self.pending)

    def uplift(self, values: Sequence[Fraction]) -> int:
        """The place of an uplift's version in the code of an amount, after a bit for each uplift."""
        place = self._uplift_places()
        self.rates.append(Rate(tuple(values), place))
        return place

    def _uplift_places(self) -> int:
        last = self.rates[-1] if self.rates else None
        return 1 << len(self.benefit.uplifts) if last is None else last.place * len(last.values)

    @property
    def capped(self) -> int:
        """The place of the cap's digit in the code of an amount."""
        return self._uplift_places()

    @property
    def cases(self) -> int:
        """The place of the case in the code of an amount."""
        return 2 * self.capped

    # -------------------------------------------------------------------------------------------- reading

    def decision(self, status: int, why: int, fen: int, keys: Keys) -> Decision:
        match STATUSES[status]:
            case Status.GRANTED:
                return self.granted(why, fen)
            case Status.DENIED:
                reasons = tuple(self.denied(why, keys)) or (Reason(Sentence.NOT_ABOVE_ZERO(), self.clause),)
            case Status.PENDING:
                reasons = (self.open(why, keys),)
            case _:
                reasons = ()
        clauses = tuple(dict.fromkeys(reason.clause for reason in reasons if reason.clause))
        return Decision(STATUSES[status], 0, reasons, clauses)

    def granted(self, why: int, fen: int) -> Decision:
        case = why // self.cases
        name = self.benefit.cases[case].name
        said = [Sentence.CASE(case=name)] if name else []
        rates = self.held(why)
        if rates:
            said.append(Sentence.UPLIFT(rate=percent_text(self.together(rates))))
        if why // self.capped % 2:
            said.append(Sentence.CAPPED())
        text = "，".join(said) or Sentence.CONDITIONS_HOLD()
        return Decision(Status.GRANTED, fen, (Reason(text, self.clause),), self.grounds[case])

    def held(self, why: int) -> list[Fraction]:
        """The rates of the uplifts that hold."""
        return [
            rate.values[why // rate.place % len(rate.values)]
            for bit, rate in enumerate(self.rates)
            if why >> bit & 1
        ]

    def together(self, rates: Sequence[Fraction]) -> Fraction:
        match self.stacking:
            case tree.Stacking.SUM:
                return sum(rates, Fraction(0))
            case tree.Stacking.PRODUCT:
                factor = Fraction(1)
                for rate in rates:
                    factor *= 1 + rate
                return factor - 1
            case tree.Stacking.LOWEST:
                return min(rates)
            case _:
                return max(rates)

    def denied(self, why: int, keys: Keys) -> Iterator[Reason]:
        for digit in self.digits:
            state = why // digit.place % digit.base
            if not state:
                continue
            reason = digit.reason if state == 1 else self.without_value(self.sites[state - 2], keys)
            if digit.case and len(self.benefit.cases) > 1:
                reason = Reason(Sentence.IN_CASE(case=digit.case, reason=reason.text), reason.clause)
            yield reason

    def open(self, why: int, keys: Keys) -> Reason:
        if why > 0:
            place, of_site = divmod(why, 2)
            return self.without_value(self.sites[place - 1], keys) if of_site else self.pending[place - 1]
        held, of_uplifts = divmod(-why, 2)
        if of_uplifts:
            rates = "、".join(Sentence.UPLIFT(rate=percent_text(rate)) for rate in self.held(held))
            return Reason(Sentence.UPLIFTS_EXCLUDE(uplifts=rates), self.clause)
        names = "、".join(
            f"「{case.name}」" for bit, case in enumerate(self.benefit.cases) if held >> bit & 1
        )
        return Reason(Sentence.CASES_MEET(cases=names), self.clause)

    def without_value(self, site: Site, keys: Keys) -> Reason:
        if site.lookup is None:
            return Reason(Sentence.BY_ZERO(), self.clause)
        texts = "、".join(keys(site.lookup))
        return Reason(Sentence.NO_ROW(table=site.lookup.table.name, keys=texts), self.clause)

    def asks(self, status: int, why: int) -> tuple[tree.Lookup, ...]:
        """The look-ups whose keys the reasons name."""
        if status == DENIED:
            states = [why // digit.place % digit.base for digit in self.digits]
            sites = [self.sites[state - 2] for state in states if state > 1]
        elif status == PENDING and why > 0 and why % 2:
            sites = [self.sites[why // 2 - 1]]
        else:
            sites = []
        return tuple(site.lookup for site in sites if site.lookup is not None)


class NestedLookupError(Exception):
    """A key of a table that is itself looked up: its text is not kept for the reasons."""

    def __init__(self, expr: tree.Expr) -> None:
        super().__init__()
        self.expr = expr


def key_source(expr: tree.Expr, settings: Settings) -> tree.Fact | str:
    """The fact that a key of a table is, or the text itself."""
    for node in reached(expr, settings):
        match node:
            case tree.FactRef(fact):
                return fact
            case tree.Literal(str(text)):
                return text
            case tree.ConceptRef() | tree.ByReading():
                pass
            case _:
                break
    raise NestedLookupError(expr)
