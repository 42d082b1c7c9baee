"""Groups of items, words for periods, and funds: what benefits and limits refer to by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from attrs import define, field

from hypolicy.check.symbols import Symbols, head
from hypolicy.check.vocabulary import each_option, find_reading
from hypolicy.diagnostics.diagnostic import Place
from hypolicy.rules import tree as rules
from hypolicy.syntax import tree
from hypolicy.syntax.tree import Name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from hypolicy.check.scope import Scope
    from hypolicy.syntax.literals import Quantity
    from hypolicy.syntax.tree import Block

T = TypeVar("T")


@define
class GroupChecker:
    """Groups and periods may stand for others; each is resolved when first asked for."""

    symbols: Symbols
    scope: Scope
    funds: dict[str, rules.Fund] = field(factory=dict)
    groups: dict[str, rules.Group] = field(factory=dict)
    periods: dict[str, rules.PeriodChoice] = field(factory=dict)
    _resolving: list[str] = field(factory=list)
    _failed: set[str] = field(factory=set)

    def declare(self) -> None:
        for name in self.symbols.all("补贴组"):
            self._resolved(name, "补贴组", self.groups, self._group)
        # In the order of writing, whatever the order in which they asked for each other.
        self.groups = {name: self.groups[name] for name in self.symbols.all("补贴组") if name in self.groups}
        for name in self.symbols.all("期间"):
            self._resolved(name, "期间", self.periods, self._period_word)
        for name, block in self.symbols.all("资金").items():
            written = head(block, tree.Fund)
            only = self.group(written.only_for, block.clause) if written.only_for else None
            self.funds[name] = rules.Fund(name, only, rules.Origin(block.clause, written.span))

    def _resolved(
        self, name: str, kind: str, known: dict[str, T], resolve: Callable[[str, Block], T | None]
    ) -> T | None:
        """What a name stands for; a circle is reported with all its members."""
        if name in known or name in self._failed:
            return known.get(name)
        block = self.symbols.all(kind)[name]
        if name in self._resolving:
            chain = " → ".join([*self._resolving[self._resolving.index(name) :], name])
            self.scope.report("HY210", block.head.span, clause=block.clause, word=name, chain=chain)
            self._failed.update(self._resolving)
            return None
        self._resolving.append(name)
        found = resolve(name, block)
        self._resolving.pop()
        if found is None:
            self._failed.add(name)
        elif name not in self._failed:
            known[name] = found
        return known.get(name)

    # ---------------------------------------------------------------------------------------------- groups

    def group(self, name: Name, clause: str) -> rules.Group | None:
        if name.text in self.symbols.all("补贴组"):
            return self._resolved(name.text, "补贴组", self.groups, self._group)
        if name.text in self.symbols.all("补贴"):
            block = self.symbols.all("补贴")[name.text]
            return rules.Group(name.text, (name.text,), rules.Origin(block.clause, block.head.span))
        candidates = [*self.symbols.all("补贴组"), *self.symbols.all("补贴")]
        self.symbols.missing("补贴或补贴组", name, candidates, clause)
        return None

    def _group(self, name: str, block: Block) -> rules.Group | None:
        origin = rules.Origin(block.clause, block.head.span)
        match block.head:
            case tree.Group(_, members):
                names = self._members(members, block.clause)
                return None if names is None else rules.Group(name, names, origin)
            case tree.GroupByReading(_, reading_name, options):
                reading = self.reading(reading_name, block.clause)
                members_of = [(option.text, self._members(m, block.clause)) for option, m in options]
                if reading is None or not self._complete(reading, options, block):
                    return None
                known = tuple((option, names) for option, names in members_of if names is not None)
                if len(known) < len(members_of):
                    return None
                return rules.Group(name, rules.GroupByReading(reading, known), origin)
            case _:
                return None

    def _members(self, names: Iterable[Name], clause: str) -> tuple[str, ...] | None:
        """Items by name; a group among them stands for its members."""
        out: list[str] = []
        good = True
        for name in names:
            group = self.group(name, clause)
            if group is None:
                good = False
            elif isinstance(group.members, rules.GroupByReading):
                places = (Place(name.span), Place(group.origin.span, "在这里按口径规定"))
                self.scope.report("HY517", *places, clause=clause, word=name, where="另一个补贴组中")
                good = False
            else:
                out += group.members
        return tuple(dict.fromkeys(out)) if good else None

    def reading(self, name: Name, clause: str) -> rules.Reading | None:
        self.scope.used_readings.add(name.text)
        return find_reading(self.symbols, self.scope.readings, name, clause)

    def _complete(self, reading: rules.Reading, options: Sequence[tuple[Name, object]], block: Block) -> bool:
        names = [option for option, _ in options]
        return each_option(self.symbols, reading, names, block.head, block.clause)

    # --------------------------------------------------------------------------------------------- periods

    def period(self, written: tree.PeriodKind, clause: str) -> rules.PeriodChoice | None:
        if written.length is not None:
            return self._rolling(written, written.length, clause)
        if written.name in _PERIODS:
            return rules.PeriodKind(written.name)
        if written.name in self.symbols.all("期间"):
            return self._resolved(written.name, "期间", self.periods, self._period_word)
        name = Name(written.name, written.span)
        self.symbols.missing("期间", name, [*_PERIODS, *self.symbols.all("期间")], clause)
        return None

    def _period_word(self, name: str, block: Block) -> rules.PeriodChoice | None:
        match block.head:
            case tree.PeriodWord(_, kind):
                return self.period(kind, block.clause)
            case tree.PeriodByReading(_, reading_name, options):
                reading = self.reading(reading_name, block.clause)
                kinds = [(option.text, self._plain(kind, block.clause)) for option, kind in options]
                if reading is None or not self._complete(reading, options, block):
                    return None
                known = tuple((option, kind) for option, kind in kinds if kind is not None)
                return rules.PeriodByReading(reading, known) if len(known) == len(kinds) else None
            case _:
                return None

    def _rolling(self, written: tree.PeriodKind, length: Quantity, clause: str) -> rules.Rolling | None:
        months = {"个月": 1, "年": 12}.get(str(length.unit))
        if months is None or not length.whole or length.number < 1:
            self.scope.report("HY309", written.span, clause=clause)
            return None
        return rules.Rolling(int(length.number) * months)

    def _plain(self, written: tree.PeriodKind, clause: str) -> rules.FixedPeriod | None:
        """A period that does not itself depend on a reading."""
        found = self.period(written, clause)
        if isinstance(found, rules.PeriodByReading):
            self.scope.report(
                "HY517", written.span, clause=clause, word=written.name, where="另一个按口径规定的期间中"
            )
            return None
        return found


_PERIODS = frozenset(kind.value for kind in rules.PeriodKind)
