"""Is there a record on which two conditions, or two numbers, come out otherwise? For checks, faults and remarks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from attrs import define, field

from hypolicy.backends.exact.compile import Compiler
from hypolicy.difference.question import SIZES, Finding, Found
from hypolicy.difference.regions import RegionMaker
from hypolicy.proof.lowering import Lowering
from hypolicy.proof.search import Search, Verdict
from hypolicy.rules import tree
from hypolicy.rules.difference import Aspect
from hypolicy.rules.operators import Comparison
from hypolicy.rules.types import BOOL, BoolType

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from hypolicy.difference.side import Readings, Side
    from hypolicy.rules.normal_form import Form

_MOST_BRANCHES: Final = 2_000
_MOST_LEAVES: Final = 100


@define
class StatementQuestion:
    """Two expressions of one type on records of one kind, of which every condition in `common` holds.

    They depend on no version. Readings are at their defaults first, then open.
    """

    kind: tree.RecordKind
    sides: tuple[Side, Side]
    exprs: tuple[tree.Expr, tree.Expr]
    common: Sequence[tree.Expr] = ()
    _unseen: dict[str, None] = field(factory=dict)

    def ask(self) -> Finding:
        for pinned in (True, False):
            self._unseen = {}
            for goals in self.questions(pinned):
                found = self.search(goals, pinned)
                if found is not None:
                    return Finding(found)
        return Finding(None, tuple(self._unseen))

    def questions(self, pinned: bool) -> Iterator[list[Form]]:
        makers = [
            RegionMaker(side.forms, Lowering(None, side.options({}) if pinned else {})) for side in self.sides
        ]
        common = [makers[0].of(expr).inside for expr in self.common]
        if isinstance(self.exprs[0].type, BoolType):
            first, second = (maker.of(expr) for maker, expr in zip(makers, self.exprs, strict=True))
            yield [*common, second.inside, first.outside]
            yield [*common, first.inside, second.outside]
        else:
            unequal = tree.Compare(Comparison.UNEQUAL, *self.exprs, self.exprs[1].origin, BOOL)
            yield [*common, makers[0].of(unequal).inside]

    def search(self, goals: list[Form], pinned: bool) -> Found | None:
        def confirm(record: Sequence[Any], readings: Mapping[str, str]) -> bool:
            values = self.values(record, {} if pinned else {**self.sides[0].defaults, **readings})
            return values is not None and values[0] != values[1]

        search = Search(
            self.kind, self.sides[0].forms, sizes=SIZES, first=self.sides[0].defaults,
            most_branches=_MOST_BRANCHES, most_leaves=_MOST_LEAVES,
        )  # fmt: skip
        answer = search.ask(goals, confirm)
        if answer.verdict is Verdict.POSSIBLE:
            chosen = {} if pinned else {**self.sides[0].defaults, **answer.readings}
            return Found(answer.witness, chosen, Aspect.RESULT)
        self._unseen |= dict.fromkeys(answer.unseen)
        return None

    def values(self, record: Sequence[Any], readings: Readings) -> tuple[Any, Any] | None:
        """What the two come to; None where one of them cannot be asked, or the record is not one of those meant."""
        try:
            compilers = [Compiler(side.settings(readings)) for side in self.sides]
            if not all(compilers[0].function(expr)(record, None) for expr in self.common):
                return None
            first, second = (
                compiler.function(expr)(record, None)
                for compiler, expr in zip(compilers, self.exprs, strict=True)
            )
        except Exception:  # as in `judge`
            return None
        return first, second
