"""Who is who: every declared name, with what it is and where it was born."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeVar

from attrs import define, field

from hypolicy.diagnostics.diagnostic import Place
from hypolicy.diagnostics.suggest import did_you_mean
from hypolicy.syntax import tree

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from hypolicy.diagnostics.diagnostic import Collector
    from hypolicy.source.text import Span
    from hypolicy.syntax.tree import Block, Document, Name

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
    tree.Gate: "共同条件",
    tree.Limit: "限制",
    tree.Check: "核查或目标",
    tree.Computation: "测算",
    tree.Template: "参照用例",
    tree.WorkedCase: "用例",
}
# Labels of these stand in 「」 only and are no words, so they may share a name with a word.
_OWN_SPACE: Final = frozenset({"口径", "共同条件", "限制", "参照用例", "用例", "记录", "落实"})
# A label of an enumeration may stand where these stand, so it cannot be one of them.
_VALUES: Final = frozenset({"事实", "概念", "参数"})

D = TypeVar("D")


@define
class Symbols:
    """Declarations by kind and name; words of the common space by name; labels with their enumeration.

    `born` are all names that the files seem to declare, `lost` those whose sentences could not be read, `unknown`
    the places of words that nobody declares: whoever misses one of these has been told why.
    """

    collector: Collector
    born: Mapping[str, Span] = field(factory=dict)
    lost: frozenset[str] = frozenset()
    unknown: frozenset[tuple[str, int]] = frozenset()
    by_kind: dict[str, dict[str, Block]] = field(factory=dict)
    words: dict[str, tuple[str, Span]] = field(factory=dict)
    labels: dict[str, tuple[str, Span]] = field(factory=dict)

    def declare_all(self, document: Document) -> None:
        for block in document.blocks:
            self._declare(block)
            match block.head:
                case tree.Ledger():
                    for line in block.lines:
                        if isinstance(line, tree.Holder):
                            self._declare_word(line.name, "归集")
                case tree.Table(_, _, columns):
                    self._declare_columns(columns)
                case tree.Enum(name, _, labels) | tree.Fact(name, tuple() as labels):
                    self._declare_labels(name, [label.name for label in labels])
                case _:
                    pass
        for label, (enum, span) in self.labels.items():
            kind, place = self.words.get(label, ("", span))
            if kind in _VALUES:
                places = (Place(place), Place(span, "在这里是取值"))
                self.collector.report("HY216", *places, word=label, enum=enum, kind=kind)

    def _declare(self, block: Block) -> None:
        kind = KINDS.get(type(block.head))
        name: Name | None = getattr(block.head, "name", None)
        if kind is None or name is None:
            return
        space = self.by_kind.setdefault(kind, {})
        if name.text in space:
            first: Any = space[name.text].head
            self.twice(name, first.name.span)
            return
        space[name.text] = block
        if kind not in _OWN_SPACE:
            self._declare_word(name, kind)

    def _declare_word(self, name: Name, kind: str) -> None:
        known = self.words.get(name.text)
        if known is None:
            self.words[name.text] = (kind, name.span)
        elif (known[0], kind) != ("列", "列"):
            self.twice(name, known[1])

    def _declare_columns(self, columns: Iterable[tree.Column]) -> None:
        """Tables may share the names of their columns; one table may not use a name twice."""
        own: dict[str, Name] = {}
        for column in columns:
            if column.name.text in own:
                self.twice(column.name, own[column.name.text].span)
            else:
                own[column.name.text] = column.name
                self._declare_word(column.name, "列")

    def _declare_labels(self, enum: Name, labels: Iterable[Name]) -> None:
        seen: dict[str, Name] = {}
        for label in labels:
            if label.text in seen:
                self.twice(label, seen[label.text].span)
            seen.setdefault(label.text, label)
            self.labels.setdefault(label.text, (enum.text, label.span))

    def twice(self, name: Name, first: Span) -> None:
        self.collector.report("HY203", Place(name.span, "第二次"), Place(first, "第一次"), word=name.text)

    def all(self, kind: str) -> dict[str, Block]:
        return self.by_kind.get(kind, {})

    def find(self, kind: str, name: Name, clause: str = "") -> Block | None:
        """The declaration of that kind; what else the name is, or what is near it, is reported."""
        block = self.all(kind).get(name.text)
        if block is None:
            self.missing(kind, name, self.all(kind), clause)
        return block

    def missing(
        self,
        wanted: str,
        name: Name,
        candidates: Iterable[str],
        clause: str = "",
        *,
        kinds: Iterable[str] = (),
    ) -> None:
        """Report a name that is not what is wanted here, unless it has been reported for what it is.

        `kinds` are the kinds that would do; a name of one of them has a mistake of its own.
        """
        if self.is_reported(name):
            return
        kind, born = self.words.get(name.text, ("", None))
        enum, label_born = self.labels.get(name.text, ("", None))
        if kind in (kinds or (wanted,)):
            return
        if kind or enum:
            what = kind or f"「{enum}」的取值"
            place = born or label_born
            also = () if place is None else (Place(place, "在这里声明"),)
            self.collector.report(
                "HY205", name.span, *also, clause=clause, word=name.text, actual=what, wanted=wanted
            )
            return
        suggestion = did_you_mean(name.text, candidates)
        self.collector.report(
            "HY206", name.span, clause=clause, suggestion=suggestion, word=name.text, wanted=wanted
        )

    def is_reported(self, name: Name) -> bool:
        """Whether somebody has already complained of this name, or of the sentence that was to declare it."""
        word = name.text
        if word in self.lost or (word in self.born and word not in self.words and word not in self.labels):
            return True
        return (str(name.span.source.path), name.span.start) in self.unknown


def head(block: Block, kind: type[D]) -> D:
    """The head of a block whose kind the symbol table has settled."""
    found: Any = block.head
    assert isinstance(found, kind)
    return found
