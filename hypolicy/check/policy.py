"""The document as written to the policy that it means: names first, then values, concepts, items and cases.

A mistake does not stop the pass. What has no meaning is left out, and whoever needs it keeps silent about it.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from typing import TYPE_CHECKING, Final

from attrs import define, field

from hypolicy.check.cases import CaseChecker
from hypolicy.check.concepts import ConceptChecker
from hypolicy.check.expressions import Expressions
from hypolicy.check.figures import FigureChecker
from hypolicy.check.groups import GroupChecker
from hypolicy.check.items import Defaults, ItemChecker
from hypolicy.check.ledger import LedgerChecker
from hypolicy.check.once import Once
from hypolicy.check.periods import ParameterChecker, Timeline
from hypolicy.check.scope import Scope
from hypolicy.check.symbols import Symbols
from hypolicy.check.tables import TableChecker
from hypolicy.check.typed import Unresolved
from hypolicy.check.vocabulary import VocabularyChecker
from hypolicy.check.words import cut_wrong
from hypolicy.rules import tree as rules
from hypolicy.rules.amendment import Amendment, Transition
from hypolicy.rules.calendar import Period
from hypolicy.source.text import Span
from hypolicy.syntax import tree

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hypolicy.amendments.documents import AmendingDocument
    from hypolicy.diagnostics.diagnostic import Collector
    from hypolicy.source.folder import PolicyFolder
    from hypolicy.syntax.tree import Name
    from hypolicy.syntax.words import Vocabulary

# Stands for a term that could not be read: it begins on the last of all days, so that nothing is missing in it.
_NO_TERM: Final = Period(date.max)


def check(
    document: tree.Document,
    vocabulary: Vocabulary,
    folder: PolicyFolder,
    collector: Collector,
    amending: Sequence[AmendingDocument] = (),
) -> rules.Policy | None:
    """The policy, or None where its head is missing. Diagnostics go to the collector.

    `amending` are the documents that have made the document what it is.
    """
    cut_wrong(vocabulary, collector)
    return _Checker(document, vocabulary, folder, collector, amending).policy()


@define
class _Checker:
    document: tree.Document
    vocabulary: Vocabulary
    folder: PolicyFolder
    collector: Collector
    amending: Sequence[AmendingDocument] = ()
    symbols: Symbols = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.symbols = Symbols(
            self.collector, self.vocabulary.words, self.document.lost, self.document.unknown
        )
        self.symbols.declare_all(self.document)

    def policy(self) -> rules.Policy | None:
        head = self.head()
        said = self.said(head)
        term = self.term(head)
        words = VocabularyChecker(self.symbols, self.collector)
        records = words.records(self.document)
        timeline = Timeline(self.collector, term)
        scope = Scope(self.symbols, term, facts=records.facts)
        scope.parameters = ParameterChecker(self.symbols, timeline).parameters()
        scope.tables = TableChecker(
            self.symbols, self.collector, words, self.folder, timeline, records.facts
        ).tables()
        scope.readings = words.readings()
        ConceptChecker(self.symbols, scope).resolve_all()
        groups = GroupChecker(self.symbols, scope)
        groups.declare()
        ledgers = LedgerChecker(self.symbols, scope, groups, None)
        ledgers.year_date = self.year_date(said, ledgers)
        items = ItemChecker(
            self.symbols, scope, Defaults(_first(said, "适用日"), ledgers.year_date), groups, ledgers
        )
        items.ledger = ledgers.ledger(self.document)
        items.limits = ledgers.limits()
        items.gather_gates(self.document)
        benefits = items.benefits()
        figures = FigureChecker(self.symbols, scope, records)
        kinds = figures.record_kinds(self.document)
        checks, computations = figures.checks(), figures.computations()
        dimensions = tuple(
            fact for name in said.get("汇总维度", ()) if (fact := ledgers.fact(name, "")) is not None
        )
        clauses = self.clauses()
        numbers = frozenset(clause.number for clause in clauses) | {""}
        cases = CaseChecker(self.symbols, self.folder, scope, kinds, numbers).cases()
        amendments = tuple(self.amendment(document, scope) for document in self.amending)
        scope.tell_unguarded()
        self.unused(scope)
        if head is None or not isinstance(head.head, tree.PolicyHead):
            return None
        return rules.Policy(
            head.head.name.text,
            _text(said, "文号"),
            term,
            tuple(kinds.values()),
            tuple(scope.readings.values()),
            tuple(scope.parameters.values()),
            tuple(scope.tables.values()),
            tuple(scope.concept_nodes.values()),
            tuple(groups.funds.values()),
            tuple(groups.groups.values()),
            benefits,
            items.ledger,
            items.limits,
            checks,
            computations,
            dimensions,
            cases,
            self.quotes(),
            _text(said, "官方文本"),
            tuple(name.text for name in said.get("上位文件", ())),
            clauses,
            amendments,
        )

    # ------------------------------------------------------------------------------------------------ head

    def head(self) -> tree.Block | None:
        heads = [block for block in self.document.blocks if isinstance(block.head, tree.PolicyHead)]
        once = Once(self.collector, "")
        for head in heads:
            once.only("政策", head.head.span)
        if not heads and not self.document.lost:
            self.collector.report("HY501", missing="政策「…」。")
        if not self.symbols.all("记录") and not self.document.lost:
            self.collector.report("HY501", missing="记录「…」：以…为键。")
        return heads[0] if heads else None

    def said(self, head: tree.Block | None) -> dict[str, tuple[Name, ...]]:
        """The statements of the head, each said once, by their first word."""
        once = Once(self.collector, "")
        out: dict[str, tuple[Name, ...]] = {}
        for line in head.lines if head is not None else ():
            match line:
                case tree.Statement(word, names) | tree.Naming(word, names):
                    if once.only(word, line.span):
                        out[word] = names
                case tree.Term():
                    once.only("施行期", line.span)
                case tree.RankLine():
                    once.only("位阶", line.span)
                case _:
                    pass
        return out

    def term(self, head: tree.Block | None) -> Period:
        lines = [line for line in head.lines if isinstance(line, tree.Term)] if head is not None else []
        if not lines:
            if head is not None and not head.damaged:
                self.collector.report("HY501", head.head.span, missing="施行期")
            return _NO_TERM
        validity = lines[0].validity
        if validity.end is not None and validity.end < validity.start:
            self.collector.report("HY409", validity.span)
            return _NO_TERM
        return Period(validity.start, validity.end)

    def year_date(self, said: dict[str, tuple[Name, ...]], ledgers: LedgerChecker) -> rules.Fact | None:
        name = _first(said, "汇总年度")
        return ledgers.day(name, "") if name is not None else None

    def clauses(self) -> tuple[rules.Clause, ...]:
        """Each clause once, in the order of first mention; a passage runs to the next heading of its file."""
        headings = [block.head for block in self.document.blocks if isinstance(block.head, tree.Heading)]
        ends: dict[Span, int] = {}
        following: dict[str, int] = {}
        for span in reversed([heading.span for heading in headings]):
            ends[span] = following.get(str(span.source.path), len(span.source.text))
            following[str(span.source.path)] = span.start
        titles: dict[str, str] = {}
        passages: dict[str, list[Span]] = {}
        for heading in headings:
            span = heading.span
            titles.setdefault(heading.clause, heading.title)
            passages.setdefault(heading.clause, []).append(Span(span.source, span.start, ends[span]))
        return tuple(rules.Clause(n, title, tuple(passages[n])) for n, title in titles.items())

    def amendment(self, document: AmendingDocument, scope: Scope) -> Amendment:
        """What an amending document means, beside what it has changed."""
        line, began = document.transition, None
        if line is not None and line.began is not None:
            with suppress(Unresolved):
                began = Expressions(scope, "").date(tree.Word(line.began.text, span=line.began.span)).expr
        grounds = (
            one for one in document.head.lines if isinstance(one, tree.Statement) and one.word == "上位文件"
        )
        return Amendment(
            document.title,
            document.number,
            document.rank,
            document.day,
            document.state,
            Transition(line.word) if line is not None else Transition.NEW,
            began,
            tuple(name.text for ground in grounds for name in ground.texts),
            rules.Origin("", document.head.head.span),
        )

    # ------------------------------------------------------------------------------------------ the whole

    def unused(self, scope: Scope) -> None:
        if self.collector.has_errors:
            return
        for name, reading in scope.readings.items():
            if name not in scope.used_readings and not reading.fixed:
                self.collector.report("HY211", reading.origin.span, reading=name)
        for name, concept in scope.concept_nodes.items():
            if name not in scope.used_concepts:
                self.collector.report("HY213", concept.origin.span, word=name)

    def quotes(self) -> tuple[rules.Quote, ...]:
        out = []
        for block in self.document.blocks:
            treatment, note = "规则", ""
            match block.head:
                case tree.NotComputable(text):
                    treatment, note = "非计算", text
                case tree.Delegation(name, ground):
                    treatment, note = "委托", f"{name}：{ground}"
                case _:
                    pass
            out += [rules.Quote(block.clause, q.text, q.span, treatment, note) for q in block.quotes]
        return tuple(out)


def _first(said: dict[str, tuple[Name, ...]], word: str) -> Name | None:
    names = said.get(word, ())
    return names[0] if names else None


def _text(said: dict[str, tuple[Name, ...]], word: str) -> str:
    name = _first(said, word)
    return name.text if name is not None else ""
