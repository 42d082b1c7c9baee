"""Who is who: every declared name, with what it is and where it was born."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeVar

from attrs import define, field

from hypolicy.diagnostics.diagnostic import Place
from hypolicy.diagnostics.suggest import closest
from hypolicy.syntax import tree

if TYPE_CHECKING:
    from hypolicy.diagnostics.diagnostic import Collector
    from hypolicy.source.text import Span
    from hypolicy.syntax.tree import Name

KINDS: Final[dict[type, str]] = {
    tree.Record: "记录",
    tree.Enum: "枚举",
    tree.Fact: "事实",
    tree.Fund: "资金",
    tree.Group: "补贴组",
    tree.GroupByReading: "补贴组",
    tree.Concept: "概念",
    tree.ConceptByReading: "概念",
    tree.PeriodWord: "期间",
    tree.PeriodByReading: "期间",
    tree.Reading: "口径",
    tree.FixedReading: "口径",
    tree.Parameter: "参数",
    tree.DelegatedParameter: "参数",
    tree.Fulfilment: "落实",
    tree.Table: "表",
    tree.Benefit: "补贴",
    tree.Limit: "限制",
    tree.Check: "核查或目标",
    tree.Computation: "测算",
    tree.Template: "参照用例",
    tree.WorkedCase: "用例",
    tree.Holder: "归集",
}
# Labels of these stand in 「」 only and are no words, so they may share a name with a word.
_OWN_SPACE: Final = frozenset({"口径", "限制", "参照用例", "用例", "记录", "落实"})

D = TypeVar("D")


@define
class Symbols:
    """Declarations by kind and name; words of the common space by name."""

    collector: Collector
    by_kind: dict[str, dict[str, tree.Block]] = field(factory=dict)
    words: dict[str, tuple[str, Span]] = field(factory=dict)

    def declare(self, block: tree.Block) -> None:
        kind = KINDS.get(type(block.head))
        name: Name | None = getattr(block.head, "name", None)
        if kind is None or name is None:
            return
        space = self.by_kind.setdefault(kind, {})
        if name.text in space:
            self._twice(name, space[name.text].head.span)
            return
        space[name.text] = block
        if kind not in _OWN_SPACE:
            self.declare_word(name, kind)

    def declare_word(self, name: Name, kind: str) -> None:
        if name.text in self.words:
            self._twice(name, self.words[name.text][1])
        else:
            self.words[name.text] = (kind, name.span)

    def _twice(self, name: Name, first: Span) -> None:
        self.collector.report("HY203", Place(name.span, "第二次"), Place(first, "第一次"), word=name.text)

    def all(self, kind: str) -> dict[str, tree.Block]:
        return self.by_kind.get(kind, {})

    def find(self, kind: str, name: Name, clause: str = "") -> tree.Block | None:
        """The declaration of that kind; what else the name is, or what is near it, is reported."""
        block = self.all(kind).get(name.text)
        if block is not None:
            return block
        self.missing(kind, name, list(self.all(kind)), clause)
        return None

    def missing(self, wanted: str, name: Name, candidates: list[str], clause: str = "") -> None:
        """Report a name that is not what is wanted here."""
        actual = self.words.get(name.text)
        near = closest(name.text, candidates)
        suggestion = f"是否「{near[0]}」？" if near else ""
        if actual is not None and actual[0] != wanted:
            self.collector.report(
                "HY205",
                Place(name.span),
                Place(actual[1], "在这里声明"),
                clause=clause,
                suggestion=suggestion,
                word=name.text,
                actual=actual[0],
                wanted=wanted,
            )
        elif not self.known_unknown(name):
            self.collector.report(
                "HY206", name.span, clause=clause, suggestion=suggestion, word=name.text, wanted=wanted
            )

    def known_unknown(self, name: Name) -> bool:
        """Whether the lexer has already reported this word, so that it is told once."""
        return any(
            d.code == "HY201" and d.places and d.places[0].span == name.span for d in self.collector.found
        )


def head(block: tree.Block, kind: type[D]) -> D:
    """The head of a block whose kind the symbol table has settled."""
    found: Any = block.head
    assert isinstance(found, kind)
    return found
