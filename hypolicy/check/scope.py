"""What expressions may refer to, and what is found to be missing while they are built."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import define, field

from hypolicy.check.typed import VERSION, unmet
from hypolicy.diagnostics.diagnostic import Place

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from hypolicy.check.symbols import Symbols
    from hypolicy.check.typed import Known, Needs, Typed
    from hypolicy.rules import tree as rules
    from hypolicy.rules.calendar import Period
    from hypolicy.source.text import Span
    from hypolicy.syntax.tree import Block

_USES_SHOWN = 3


@define
class Scope:
    """Concepts are resolved on demand, so that their order is free."""

    symbols: Symbols
    term: Period
    facts: dict[str, rules.Fact] = field(factory=dict)
    parameters: dict[str, rules.Parameter] = field(factory=dict)
    tables: dict[str, rules.Table] = field(factory=dict)
    readings: dict[str, rules.Reading] = field(factory=dict)
    concepts: dict[str, Typed] = field(factory=dict)
    concept_nodes: dict[str, rules.Concept] = field(factory=dict)
    used_concepts: set[str] = field(factory=set)
    used_readings: set[str] = field(factory=set)
    resolve_concept: Callable[[str], Typed] | None = None
    # How many levels of expressions, concepts unfolded, are being built.
    level: int = 0
    _unguarded: dict[tuple[str, Span], tuple[rules.Origin, list[Span]]] = field(factory=dict)

    def report(
        self, code: str, *places: Place | Span, clause: str = "", suggestion: str = "", **facts: object
    ) -> None:
        self.symbols.collector.report(code, *places, clause=clause, suggestion=suggestion, **facts)

    def is_name(self, word: str) -> bool:
        """Whether a word has a value: a fact, a concept or a parameter."""
        return word in self.facts or word in self.parameters or word in self.symbols.all("概念")

    def names(self) -> Iterable[str]:
        return [*self.facts, *self.parameters, *self.symbols.all("概念")]

    def must_know(self, needs: Needs, known: Known, use: Span, governing: str = "") -> rules.Origin | None:
        """Note every optional fact that is read without being asked for.

        Gives the first place that needs a version where none is selected.
        """
        missing = unmet(needs, known, governing)
        for need, origins in missing.items():
            for origin in origins if need != VERSION else ():
                uses = self._unguarded.setdefault((need, origin.span), (origin, []))[1]
                inside = use.source is origin.span.source and use.start <= origin.span.start < use.end
                if not inside and use not in uses:
                    uses.append(use)
        return next(iter(missing.get(VERSION, ())), None)

    def tell_records(self, name: str, facts: Iterable[rules.Fact], block: Block) -> None:
        """Report facts of several kinds of record in one item."""
        records = list(dict.fromkeys(fact.record for fact in facts))
        if len(records) > 1:
            shown = "、".join(f"「{record}」" for record in records)
            self.report("HY506", block.head.span, clause=block.clause, name=name, records=shown)

    def tell_unguarded(self) -> None:
        """One message for each place that reads an optional fact, with the rules that come to it unprepared."""
        for (fact, span), (origin, uses) in self._unguarded.items():
            also = [Place(use, "这里用到它，前面也没有先问") for use in uses[:_USES_SHOWN]]
            self.report("HY306", Place(span), *also, clause=origin.clause, fact=fact)
