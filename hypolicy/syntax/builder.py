"""Lark's tree of one sentence to the tree as written: declarations and lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from lark import Token, v_args

from hypolicy.syntax import tree
from hypolicy.syntax.amendment_builder import AmendmentBuilder
from hypolicy.syntax.tree import Name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lark.tree import Meta

    from hypolicy.syntax.expression_builder import Children


@v_args(meta=True)
class Builder(AmendmentBuilder):
    """Builds one sentence."""

    # ------------------------------------------------------------------------------------------ declarations

    def sentence(self, meta: Meta, c: Children) -> Any:
        return c[0]

    def heading(self, meta: Meta, c: Children) -> tree.Heading:
        return tree.Heading(str(c[0]), str(c[1]) if len(c) > 1 else "", span=self._span(meta))

    def policy(self, meta: Meta, c: Children) -> tree.PolicyHead:
        return tree.PolicyHead(self._name(c[0]), span=self._span(meta))

    def include(self, meta: Meta, c: Children) -> tree.Include:
        return tree.Include(self._name(c[0]), span=self._span(meta))

    def record(self, meta: Meta, c: Children) -> tree.Record:
        return tree.Record(self._name(c[0]), self._name(c[1]), span=self._span(meta))

    def section(self, meta: Meta, c: Children) -> tree.Section:
        return tree.Section(self._name(c[0]), span=self._span(meta))

    def labels(self, meta: Meta, c: Children) -> tuple[tree.Label, ...]:
        return tuple(c)

    def label(self, meta: Meta, c: Children) -> tree.Label:
        code = self._name(c[1]) if len(c) > 1 else None
        return tree.Label(self._name(c[0]), code, span=self._span(meta))

    def enum(self, meta: Meta, c: Children) -> tree.Enum:
        return tree.Enum(self._name(c[0]), False, c[1], span=self._span(meta))

    def rising_enum(self, meta: Meta, c: Children) -> tree.Enum:
        return tree.Enum(self._name(c[0]), True, c[1], span=self._span(meta))

    def simple_type(self, meta: Meta, c: Children) -> tree.TypeName:
        return tree.TypeName(self._name(c[0]), span=self._span(meta))

    def whole_type(self, meta: Meta, c: Children) -> tree.TypeName:
        span = self._span(meta)
        return tree.TypeName(Name("整数", span), self._name(c[0]) if c else None, span=span)

    def inline_enum(self, meta: Meta, c: Children) -> tuple[tree.Label, ...]:
        return tuple(c)

    def optional(self, meta: Meta, c: Children) -> tuple[str, str]:
        return "optional", str(c[0]) if c else ""

    def column_optional(self, meta: Meta, c: Children) -> tuple[str, str]:
        return "column_optional", ""

    def column_name(self, meta: Meta, c: Children) -> tuple[str, Name]:
        return "column", self._name(c[0])

    def personal(self, meta: Meta, c: Children) -> tuple[str, str]:
        return "personal", ""

    def note(self, meta: Meta, c: Children) -> tuple[str, str]:
        return "note", str(c[0])

    def asked(self, meta: Meta, c: Children) -> tuple[str, Name]:
        return "question", self._name(c[0])

    def fact(self, meta: Meta, c: Children) -> tree.Fact:
        said = dict(cast("Sequence[tuple[str, Any]]", c[2:]))
        return tree.Fact(
            self._name(c[0]),
            c[1],
            optional="optional" in said,
            absent_meaning=said.get("optional", ""),
            column_optional="column_optional" in said,
            column=said.get("column"),
            personal="personal" in said,
            note=said.get("note", ""),
            question=said.get("question"),
            span=self._span(meta),
        )

    def validation(self, meta: Meta, c: Children) -> tree.Validation:
        return tree.Validation(self._name(c[0]), c[1], span=self._span(meta))

    def notice(self, meta: Meta, c: Children) -> tree.Notice:
        return tree.Notice(self._name(c[0]), c[1], span=self._span(meta))

    def overlap_notice(self, meta: Meta, c: Children) -> tree.OverlapNotice:
        return tree.OverlapNotice(*self._names(c), span=self._span(meta))

    def unit(self, meta: Meta, c: Children) -> tree.UnitDeclaration:
        return tree.UnitDeclaration(self._name(c[0]), span=self._span(meta))

    def fund(self, meta: Meta, c: Children) -> tree.Fund:
        return tree.Fund(self._name(c[0]), span=self._span(meta))

    def fund_only_for(self, meta: Meta, c: Children) -> tree.Fund:
        return tree.Fund(self._name(c[0]), self._name(c[1]), span=self._span(meta))

    def members(self, meta: Meta, c: Children) -> tuple[Name, ...]:
        return self._names(c)

    def group(self, meta: Meta, c: Children) -> tree.Group:
        return tree.Group(self._name(c[0]), c[1], span=self._span(meta))

    def members_option(self, meta: Meta, c: Children) -> tuple[Name, Any]:
        return self._name(c[0]), c[1]

    def group_by_reading(self, meta: Meta, c: Children) -> tree.GroupByReading:
        return tree.GroupByReading(self._name(c[0]), self._name(c[1]), tuple(c[2:]), span=self._span(meta))

    def denial(self, meta: Meta, c: Children) -> str:
        return str(c[0])

    def concept(self, meta: Meta, c: Children) -> tree.Concept:
        return tree.Concept(self._name(c[0]), c[1], c[2] if len(c) > 2 else "", span=self._span(meta))

    def option(self, meta: Meta, c: Children) -> tuple[Name, Any]:
        return self._name(c[0]), c[1]

    def concept_by_reading(self, meta: Meta, c: Children) -> tree.ConceptByReading:
        options = tuple(child for child in c[2:] if not isinstance(child, str))
        denial = c[-1] if isinstance(c[-1], str) else ""
        return tree.ConceptByReading(
            self._name(c[0]), self._name(c[1]), options, denial, span=self._span(meta)
        )

    def each_time(self, meta: Meta, c: Children) -> tree.PeriodKind:
        return tree.PeriodKind("每次", span=self._span(meta))

    def each_year(self, meta: Meta, c: Children) -> tree.PeriodKind:
        return tree.PeriodKind("每自然年", span=self._span(meta))

    def within_term(self, meta: Meta, c: Children) -> tree.PeriodKind:
        return tree.PeriodKind("施行期内", span=self._span(meta))

    def unlimited(self, meta: Meta, c: Children) -> tree.PeriodKind:
        return tree.PeriodKind("不限期", span=self._span(meta))

    def rolling(self, meta: Meta, c: Children) -> tree.PeriodKind:
        return tree.PeriodKind("每滚动", self._quantity(c[0]), span=self._span(meta))

    def named_period(self, meta: Meta, c: Children) -> tree.PeriodKind:
        return tree.PeriodKind(str(c[0]), span=self._span(meta))

    def period_option(self, meta: Meta, c: Children) -> tuple[Name, Any]:
        return self._name(c[0]), c[1]

    def period_word(self, meta: Meta, c: Children) -> tree.PeriodWord:
        return tree.PeriodWord(self._name(c[0]), c[1], span=self._span(meta))

    def period_by_reading(self, meta: Meta, c: Children) -> tree.PeriodByReading:
        return tree.PeriodByReading(self._name(c[0]), self._name(c[1]), tuple(c[2:]), span=self._span(meta))

    def reading(self, meta: Meta, c: Children) -> tree.Reading:
        return tree.Reading(self._name(c[0]), self._names(c[1:]), span=self._span(meta))

    def fixed_reading(self, meta: Meta, c: Children) -> tree.FixedReading:
        return tree.FixedReading(
            self._name(c[0]), self._name(c[1]), self._names(c[2:]), span=self._span(meta)
        )

    def validity(self, meta: Meta, c: Children) -> tree.Validity:
        end = self._day(c[1]) if len(c) > 1 else None
        return tree.Validity(self._day(c[0]), end, span=self._span(meta))

    def version(self, meta: Meta, c: Children) -> tree.Version:
        ground = str(c[2]) if len(c) > 2 else ""
        return tree.Version(c[0], self._quantity(c[1]), ground, span=self._span(meta))

    def parameter(self, meta: Meta, c: Children) -> tree.Parameter:
        return tree.Parameter(self._name(c[0]), tuple(c[1:]), span=self._span(meta))

    def delegated_parameter(self, meta: Meta, c: Children) -> tree.DelegatedParameter:
        word, bound = (str(c[2]), self._quantity(c[3])) if len(c) > 2 else ("", None)
        return tree.DelegatedParameter(self._name(c[0]), str(c[1]), word, bound, span=self._span(meta))

    def fulfilment(self, meta: Meta, c: Children) -> tree.Fulfilment:
        return tree.Fulfilment(self._name(c[0]), tuple(c[1:]), span=self._span(meta))

    def names(self, meta: Meta, c: Children) -> tuple[Name, ...]:
        return self._names(c)

    def column(self, meta: Meta, c: Children) -> tree.Column:
        return tree.Column(self._name(c[0]), c[1], span=self._span(meta))

    def row_keys(self, meta: Meta, c: Children) -> tuple[Name, ...]:
        return self._names(c)

    def keys_row(self, meta: Meta, c: Children) -> tree.Row:
        return tree.Row(c[0], (), span=self._span(meta))

    def values_row(self, meta: Meta, c: Children) -> tree.Row:
        keys, *cells = c
        return tree.Row(keys, tuple(self._value(cell) for cell in cells), span=self._span(meta))

    def file_entry(self, meta: Meta, c: Children) -> tree.Entry:
        return tree.Entry(c[0], None, self._name(c[1]), span=self._span(meta))

    def dated_entry(self, meta: Meta, c: Children) -> tree.Entry:
        return tree.Entry(c[0], c[1], None, span=self._span(meta))

    def row_entry(self, meta: Meta, c: Children) -> tree.Entry:
        return tree.Entry(None, c[0], None, span=self._span(meta))

    def table(self, meta: Meta, c: Children) -> tree.Table:
        columns = tuple(child for child in c[2:] if isinstance(child, tree.Column))
        entries = tuple(child for child in c[2:] if isinstance(child, tree.Entry))
        return tree.Table(self._name(c[0]), c[1], columns, entries, span=self._span(meta))

    def benefit(self, meta: Meta, c: Children) -> tree.Benefit:
        return tree.Benefit(self._name(c[0]), span=self._span(meta))

    def gate(self, meta: Meta, c: Children) -> tree.Gate:
        kind, name, group, condition, *rest = c
        denial = next((child for child in rest if not isinstance(child, Token)), "")
        ground = next((str(child) for child in rest if isinstance(child, Token)), "")
        return tree.Gate(
            kind.type == "K_PENDING",
            self._name(name),
            self._name(group),
            condition,
            denial,
            ground,
            span=self._span(meta),
        )

    def ledger(self, meta: Meta, c: Children) -> tree.Ledger:
        return tree.Ledger(span=self._span(meta))

    def limit(self, meta: Meta, c: Children) -> tree.Limit:
        return tree.Limit(self._name(c[0]), span=self._span(meta))

    def delegation(self, meta: Meta, c: Children) -> tree.Delegation:
        return tree.Delegation(self._name(c[0]), str(c[1]), span=self._span(meta))

    def not_computable(self, meta: Meta, c: Children) -> tree.NotComputable:
        return tree.NotComputable(str(c[0]), span=self._span(meta))

    def check(self, meta: Meta, c: Children) -> tree.Check:
        overall = isinstance(c[2], Token) and c[2].type == "K_OVERALL"
        return tree.Check(str(c[0]), self._name(c[1]), overall, c[-1], span=self._span(meta))

    def computation(self, meta: Meta, c: Children) -> tree.Computation:
        return tree.Computation(self._name(c[0]), c[1], span=self._span(meta))

    def template(self, meta: Meta, c: Children) -> tree.Template:
        return tree.Template(self._name(c[0]), span=self._span(meta))

    def worked_case(self, meta: Meta, c: Children) -> tree.WorkedCase:
        return tree.WorkedCase(self._name(c[0]), span=self._span(meta))

    # ------------------------------------------------------------------------------------------------- lines

    def _statement(self, word: str, meta: Meta, c: Children) -> tree.Statement:
        return tree.Statement(word, self._names(c), span=self._span(meta))

    def number(self, meta: Meta, c: Children) -> tree.Statement:
        return self._statement("文号", meta, c)

    def official_text(self, meta: Meta, c: Children) -> tree.Statement:
        return self._statement("官方文本", meta, c)

    def grounds(self, meta: Meta, c: Children) -> tree.Statement:
        return self._statement("上位文件", meta, c)

    def reason(self, meta: Meta, c: Children) -> tree.Statement:
        return self._statement("理由", meta, c)

    def question(self, meta: Meta, c: Children) -> tree.Statement:
        return self._statement("问题", meta, c)

    def delegated(self, meta: Meta, c: Children) -> tree.Statement:
        return self._statement("委托", meta, c)

    def _naming(self, word: str, meta: Meta, names: tuple[Name, ...]) -> tree.Naming:
        return tree.Naming(word, names, span=self._span(meta))

    def governing_date(self, meta: Meta, c: Children) -> tree.Naming:
        return self._naming("适用日", meta, self._names(c))

    def year_date(self, meta: Meta, c: Children) -> tree.Naming:
        return self._naming("汇总年度", meta, self._names(c))

    def dimensions(self, meta: Meta, c: Children) -> tree.Naming:
        return self._naming("汇总维度", meta, c[0])

    def booked_fund(self, meta: Meta, c: Children) -> tree.Naming:
        return self._naming("资金", meta, self._names(c))

    def order(self, meta: Meta, c: Children) -> tree.Naming:
        return self._naming("次序", meta, c[0])

    def ledger_year(self, meta: Meta, c: Children) -> tree.Naming:
        return self._naming("台账年度", meta, self._names(c))

    def party(self, meta: Meta, c: Children) -> tuple[Name | None]:
        token = c[0]
        return (None if token.type == "K_SELF" else self._name(token),)

    def _parties(self, word: str, meta: Meta, c: Children) -> tree.Parties:
        return tree.Parties(word, tuple(party for (party,) in c), span=self._span(meta))

    def payees(self, meta: Meta, c: Children) -> tree.Parties:
        return self._parties("发给", meta, c)

    def applicants(self, meta: Meta, c: Children) -> tree.Parties:
        return self._parties("申请", meta, c)

    def advance(self, meta: Meta, c: Children) -> tree.Parties:
        return self._parties("垫付", meta, c)

    def term(self, meta: Meta, c: Children) -> tree.Term:
        return tree.Term(c[0], span=self._span(meta))

    def applies(self, meta: Meta, c: Children) -> tree.Applies:
        return tree.Applies(c[0], span=self._span(meta))

    def condition(self, meta: Meta, c: Children) -> tree.ConditionLine:
        return tree.ConditionLine(c[0], span=self._span(meta))

    def amount(self, meta: Meta, c: Children) -> tree.Amount:
        return tree.Amount(c[-1], span=self._span(meta))

    def case(self, meta: Meta, c: Children) -> tree.Case:
        return tree.Case(self._name(c[0]), c[1], c[-1], span=self._span(meta))

    def uplift(self, meta: Meta, c: Children) -> tree.Uplift:
        rate = self._quantity(c[0]) if c[0].type == "QUANTITY" else self._name(c[0])
        return tree.Uplift(rate, c[1], span=self._span(meta))

    def stacking(self, meta: Meta, c: Children) -> tree.StackingLine:
        return tree.StackingLine(self._name(c[0]), False, span=self._span(meta))

    def stacking_by_reading(self, meta: Meta, c: Children) -> tree.StackingLine:
        return tree.StackingLine(self._name(c[0]), True, span=self._span(meta))

    def cap(self, meta: Meta, c: Children) -> tree.Cap:
        return tree.Cap(self._name(c[0]), c[1], str(c[2]), self._quantity(c[3]), span=self._span(meta))

    def rounding(self, meta: Meta, c: Children) -> tree.Rounding:
        return tree.Rounding(str(c[0])[-1], str(c[1]), span=self._span(meta))

    def exclusion(self, meta: Meta, c: Children) -> tree.Exclusion:
        return tree.Exclusion(self._name(c[0]), self._name(c[1]), span=self._span(meta))

    def otherwise(self, meta: Meta, c: Children) -> tree.Otherwise:
        return tree.Otherwise(span=self._span(meta))

    def holder(self, meta: Meta, c: Children) -> tree.Holder:
        return tree.Holder(self._name(c[0]), self._name(c[1]), span=self._span(meta))

    def covers(self, meta: Meta, c: Children) -> tree.Covers:
        return tree.Covers(self._name(c[0]), self._name(c[1]) if len(c) > 1 else None, span=self._span(meta))

    def no_repeat(self, meta: Meta, c: Children) -> tree.NoRepeat:
        return tree.NoRepeat(c[0], c[1], span=self._span(meta))

    def count_limit(self, meta: Meta, c: Children) -> tree.CountLimit:
        return tree.CountLimit(c[0], str(c[1]), self._quantity(c[2]), span=self._span(meta))

    def no_lower(self, meta: Meta, c: Children) -> tree.NoLower:
        return tree.NoLower(c[0], self._name(c[1]), span=self._span(meta))

    def not_together(self, meta: Meta, c: Children) -> tree.NotTogether:
        return tree.NotTogether(c[0], span=self._span(meta))

    def linked(self, meta: Meta, c: Children) -> tree.Linked:
        return tree.Linked(self._name(c[0]), span=self._span(meta))

    def refer(self, meta: Meta, c: Children) -> tree.Refer:
        return tree.Refer(self._name(c[0]), span=self._span(meta))

    def assume_fact(self, meta: Meta, c: Children) -> tree.AssumeFact:
        return tree.AssumeFact(self._name(c[0]), self._value(c[1]), span=self._span(meta))

    def assume_absent(self, meta: Meta, c: Children) -> tree.AssumeAbsent:
        return tree.AssumeAbsent(self._name(c[0]), span=self._span(meta))

    def assume_cell(self, meta: Meta, c: Children) -> tree.AssumeCell:
        table, *keys, column, value = c
        return tree.AssumeCell(
            self._name(table),
            self._names(keys),
            self._name(column),
            self._value(value),
            span=self._span(meta),
        )

    def assumptions(self, meta: Meta, c: Children) -> tuple[tree.Assumption, ...]:
        return tuple(c)

    def assume(self, meta: Meta, c: Children) -> tree.Assume:
        return tree.Assume(tuple(c), False, span=self._span(meta))

    def assume_each(self, meta: Meta, c: Children) -> tree.Assume:
        return tree.Assume(tuple(c), True, span=self._span(meta))

    def use_table(self, meta: Meta, c: Children) -> tree.UseTable:
        return tree.UseTable(self._name(c[0]), self._name(c[1]), span=self._span(meta))

    def use_value(self, meta: Meta, c: Children) -> tree.UseValue:
        return tree.UseValue(self._name(c[0]), self._quantity(c[1]), span=self._span(meta))

    def adopt(self, meta: Meta, c: Children) -> tree.Adopt:
        return tree.Adopt(self._name(c[0]), self._name(c[1]), span=self._span(meta))

    def clauses(self, meta: Meta, c: Children) -> tuple[str, ...]:
        return tuple(str(token) for token in c)

    def granted(self, meta: Meta, c: Children) -> tree.Result:
        clauses = c[2] if len(c) > 2 else ()
        return tree.Result(self._name(c[0]), self._quantity(c[1]), "准予", "", clauses, span=self._span(meta))

    def not_granted(self, meta: Meta, c: Children) -> tree.Result:
        clauses = c[-1] if not isinstance(c[-1], Token) else ()
        reason = next((str(child) for child in c if isinstance(child, Token) and child.type == "STRING"), "")
        return tree.Result(self._name(c[0]), None, str(c[1]), reason, clauses, span=self._span(meta))

    def nothing(self, meta: Meta, c: Children) -> tree.Result:
        return tree.Result(None, None, "", "", c[0] if c else (), span=self._span(meta))

    def results(self, meta: Meta, c: Children) -> tuple[tree.Result, ...]:
        return tuple(c)

    def due(self, meta: Meta, c: Children) -> tree.Due:
        return tree.Due(tuple(c), False, span=self._span(meta))

    def due_each(self, meta: Meta, c: Children) -> tree.Due:
        return tree.Due(tuple(c), True, span=self._span(meta))
