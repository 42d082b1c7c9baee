"""The document as written to the policy that it means: names first, then values, concepts, items and cases."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import define, field

from hypolicy.check.cases import CaseChecker
from hypolicy.check.expressions import (
    NOTHING,
    Expressions,
    Scope,
    Typed,
    Unresolved,
    by_reading,
    unmet,
)
from hypolicy.check.items import Defaults, ItemChecker
from hypolicy.check.symbols import Symbols
from hypolicy.check.versions import VersionChecker
from hypolicy.check.vocabulary import Records, VocabularyChecker, each_option, find_reading, with_checks
from hypolicy.check.words import cut_wrong
from hypolicy.diagnostics.diagnostic import Place
from hypolicy.rules import tree as rules
from hypolicy.rules.calendar import Period
from hypolicy.rules.facts import facts_of
from hypolicy.syntax import tree
from hypolicy.syntax.tree import Name

if TYPE_CHECKING:
    from hypolicy.diagnostics.diagnostic import Collector
    from hypolicy.source.folder import PolicyFolder
    from hypolicy.syntax.words import Vocabulary


def check(
    document: tree.Document, vocabulary: Vocabulary, folder: PolicyFolder, collector: Collector
) -> rules.Policy | None:
    """The policy, or None where its head is missing. Diagnostics go to the collector."""
    cut_wrong(vocabulary, collector)
    return _Checker(document, folder, collector).policy()


@define
class _Checker:
    document: tree.Document
    folder: PolicyFolder
    collector: Collector
    symbols: Symbols = field(init=False)
    resolving: list[str] = field(factory=list)
    failed: set[str] = field(factory=set)

    def __attrs_post_init__(self) -> None:
        self.symbols = Symbols(self.collector)
        for block in self.document.blocks:
            self.symbols.declare(block)
            if isinstance(block.head, tree.Ledger):
                for line in block.lines:
                    if isinstance(line, tree.Holder):
                        self.symbols.declare_word(line.name, "归集")
            if isinstance(block.head, tree.Table):
                for column in block.head.columns:
                    self.symbols.declare_word(column.name, "列")

    def policy(self) -> rules.Policy | None:
        heads = [block for block in self.document.blocks if isinstance(block.head, tree.PolicyHead)]
        if not heads:
            self.collector.report("HY501", missing="政策「…」。")
            return None
        for extra in heads[1:]:
            self.collector.report("HY503", extra.head.span, heads[0].head.span, word="政策")
        head = heads[0]
        term = self.term(head)
        if term is None:
            return None
        words = VocabularyChecker(self.symbols, self.collector)
        records = words.records(self.document)
        versions = VersionChecker(
            self.symbols, self.collector, words, self.folder, term, records.facts
        )
        scope = Scope(self.symbols, term, facts=records.facts)
        scope.parameters = versions.parameters()
        scope.tables = versions.tables()
        scope.readings = words.readings()
        scope.resolve_concept = lambda name: self.concept(name, scope)
        for name in self.symbols.all("概念"):
            self.try_concept(name, scope)
        items = ItemChecker(self.symbols, self.collector, scope, self.defaults(head, records))
        items.declare(self.document)
        ledger = items.ledger(self.document)
        limits = items.limits()
        benefits = items.benefits()
        kinds = self.record_kinds(records, scope)
        checks, computations = self.checks(scope, items), self.computations(scope, items)
        names = [*(b.name for b in benefits), *(c.name for c in checks), *(c.name for c in computations)]
        cases = CaseChecker(
            self.symbols,
            self.collector,
            self.folder,
            records.facts,
            scope.parameters,
            scope.tables,
            scope.readings,
            kinds,
            tuple(names),
        ).cases()
        self.unused(scope)
        said = self.statements(head)
        return rules.Policy(
            head.head.name.text,  # type: ignore[union-attr]
            said.get("文号", ("",))[0],
            term,
            tuple(kinds.values()),
            tuple(scope.readings.values()),
            tuple(scope.parameters.values()),
            tuple(scope.tables.values()),
            tuple(scope.concept_nodes.values()),
            tuple(items.funds.values()),
            tuple(items.groups.values()),
            benefits,
            ledger,
            limits,
            checks,
            computations,
            self.dimensions(head, items),
            cases,
            self.quotes(),
            said.get("官方文本", ("",))[0],
            said.get("上位文件", ()),
        )

    # ------------------------------------------------------------------------------------------------ head

    def statements(self, head: tree.Block) -> dict[str, tuple[str, ...]]:
        return {
            line.word: tuple(text.text for text in line.texts)
            for line in head.lines
            if isinstance(line, tree.Statement)
        }

    def term(self, head: tree.Block) -> Period | None:
        lines = [line for line in head.lines if isinstance(line, tree.Term)]
        if not lines:
            self.collector.report("HY501", head.head.span, missing="施行期")
            return None
        for extra in lines[1:]:
            self.collector.report("HY503", Place(extra.span), Place(lines[0].span), word="施行期")
        validity = lines[0].validity
        if validity.end is not None and validity.end < validity.start:
            self.collector.report("HY409", validity.span)
            return None
        return Period(validity.start, validity.end)

    def namings(self, head: tree.Block, word: str) -> tuple[Name, ...]:
        for line in head.lines:
            if isinstance(line, tree.Naming) and line.word == word:
                return line.names
        return ()

    def defaults(self, head: tree.Block, records: Records) -> Defaults:
        governing = self.namings(head, "适用日")
        year = self.namings(head, "汇总年度")
        fact = None
        if year:
            fact = records.facts.get(year[0].text)
            if fact is None:
                self.symbols.missing("事实", year[0], list(records.facts))
        return Defaults(governing[0] if governing else None, fact)

    def dimensions(self, head: tree.Block, items: ItemChecker) -> tuple[rules.Fact, ...]:
        facts = [items.fact(name, "") for name in self.namings(head, "汇总维度")]
        return tuple(fact for fact in facts if fact is not None)

    # -------------------------------------------------------------------------------------------- concepts

    def try_concept(self, name: str, scope: Scope) -> None:
        try:
            self.concept(name, scope)
        except Unresolved:
            return

    def concept(self, name: str, scope: Scope) -> Typed:
        """A concept's meaning, resolved when first asked for; a circle is reported with all its members."""
        if name in scope.concepts:
            return scope.concepts[name]
        if name in self.failed:
            raise Unresolved
        block = self.symbols.all("概念")[name]
        if name in self.resolving:
            chain = [*self.resolving[self.resolving.index(name) :], name]
            self.collector.report(
                "HY210", block.head.span, clause=block.clause, word=name, chain=" → ".join(chain)
            )
            raise Unresolved
        self.resolving.append(name)
        try:
            typed, denial = self.concept_body(block, scope)
        except Unresolved:
            self.failed.add(name)
            raise
        finally:
            self.resolving.pop()
        origin = rules.Origin(block.clause, block.head.span)
        scope.concept_nodes[name] = rules.Concept(name, typed.type, typed.expr, denial, origin)
        scope.concepts[name] = typed
        return typed

    def concept_body(self, block: tree.Block, scope: Scope) -> tuple[Typed, str]:
        expressions = Expressions(scope, block.clause)
        match block.head:
            case tree.Concept(_, body, denial):
                return expressions.build(body), denial
            case tree.ConceptByReading(_, reading_name, options, denial) as written:
                scope.used.add(f"口径:{reading_name.text}")
                reading = find_reading(self.symbols, scope.readings, reading_name, block.clause)
                if reading is None or not each_option(
                    self.symbols, reading, list(options), written, block.clause
                ):
                    raise Unresolved
                typed = [(option.text, expressions.build(body)) for option, body in options]
                if any(part.type != typed[0][1].type for _, part in typed):
                    self.collector.report(
                        "HY311", written.span, clause=block.clause, reading=reading.name
                    )
                    raise Unresolved
                return by_reading(reading, typed, rules.Origin(block.clause, written.span)), denial
            case _:
                raise Unresolved

    # ------------------------------------------------------------------------- validations, notices, checks

    def record_kinds(self, records: Records, scope: Scope) -> dict[str, rules.RecordKind]:
        validations: dict[str, list[rules.Validation]] = {name: [] for name in records.kinds}
        notices: dict[str, list[rules.Notice]] = {name: [] for name in records.kinds}
        for block in self.document.blocks:
            origin = rules.Origin(block.clause, block.head.span)
            try:
                match block.head:
                    case tree.Validation(message, condition):
                        typed = self.standalone(condition, block, scope)
                        facts = facts_of(typed.expr)
                        column = next(iter(facts.values()), None)
                        if column is None:
                            self.collector.report("HY517", condition.span, word=message, where="校验")
                            continue
                        validation = rules.Validation(message.text, typed.expr, column, origin)
                        validations[column.record].append(validation)
                    case tree.Notice(message, condition):
                        typed = self.standalone(condition, block, scope)
                        facts = facts_of(typed.expr)
                        record = next(iter(facts.values())).record if facts else next(iter(notices), "")
                        notices[record].append(rules.Notice(message.text, typed.expr, None, origin))
                    case tree.OverlapNotice(message, holder, start, end):
                        names = (holder, start, end)
                        found = [scope.facts.get(name.text) for name in names]
                        for name, fact in zip(names, found, strict=True):
                            scope.used.add(name.text)
                            if fact is None:
                                self.symbols.missing("事实", name, list(scope.facts), block.clause)
                        key, first, last = found
                        if key is not None and first is not None and last is not None:
                            notices[key.record].append(
                                rules.Notice(message.text, None, (key, first, last), origin)
                            )
                    case _:
                        pass
            except Unresolved:
                continue
        return {
            name: with_checks(kind, validations[name], notices[name]) for name, kind in records.kinds.items()
        }

    def standalone(self, condition: tree.Expr, block: tree.Block, scope: Scope) -> Typed:
        """A condition with nothing before it: whatever it needs is missing."""
        typed = Expressions(scope, block.clause).condition(condition)
        self.known(typed, block.clause, condition)
        return typed

    def known(self, typed: Typed, clause: str, node: tree.Expr) -> None:
        for need in sorted(unmet(typed.needs, NOTHING)):
            if need.startswith("@"):
                self.collector.report(
                    "HY517", node.span, clause=clause, word="参数和表", where="没有适用日的地方"
                )
            else:
                self.collector.report("HY306", node.span, clause=clause, fact=need)

    def checks(self, scope: Scope, items: ItemChecker) -> tuple[rules.Check, ...]:
        out = []
        for name, block in self.symbols.all("核查或目标").items():
            written = block.head
            assert isinstance(written, tree.Check)
            try:
                typed = self.standalone(written.condition, block, scope)
            except Unresolved:
                continue
            record = items.record_of(facts_of(typed.expr).values(), written, name, block.clause)
            kind = rules.CheckKind(written.word)
            origin = rules.Origin(block.clause, written.span)
            out.append(rules.Check(name, kind, record, typed.expr, written.overall, origin))
        return tuple(out)

    def computations(self, scope: Scope, items: ItemChecker) -> tuple[rules.Computation, ...]:
        out = []
        for name, block in self.symbols.all("测算").items():
            written = block.head
            assert isinstance(written, tree.Computation)
            try:
                typed = Expressions(scope, block.clause).money(written.amount)
                self.known(typed, block.clause, written.amount)
            except Unresolved:
                continue
            record = items.record_of(facts_of(typed.expr).values(), written, name, block.clause)
            out.append(
                rules.Computation(name, record, typed.expr, rules.Origin(block.clause, written.span))
            )
        return tuple(out)

    # ------------------------------------------------------------------------------------------ the whole

    def unused(self, scope: Scope) -> None:
        if self.collector.has_errors:
            return
        for name, reading in scope.readings.items():
            if f"口径:{name}" not in scope.used and not reading.fixed:
                self.collector.report("HY211", reading.origin.span, reading=name)
        for name, concept in scope.concept_nodes.items():
            if name not in scope.used:
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
