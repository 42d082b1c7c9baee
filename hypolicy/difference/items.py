"""Edits of items: what they ask for, what they pay, and from where; and items that are new or gone."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

from attrs import define, evolve, field

from hypolicy.difference import structure
from hypolicy.difference.conditions import ConditionChange
from hypolicy.difference.edits import Edit, altering_benefit
from hypolicy.difference.expressions import alike, changes, defined, said, shortened
from hypolicy.rules import tree
from hypolicy.rules.difference import ChangeKind
from hypolicy.rules.narration import PLACE_WORDS, STACKING_WORDS
from hypolicy.rules.payees import PERSON
from hypolicy.rules.phrases import listed, percent, yuan_text
from hypolicy.rules.types import BOOL

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from hypolicy.difference.edits import Pair
    from hypolicy.rules.normal_form import Forms

_PAID_ELSEWHERE: Final = "结果和金额不变，改变的是从哪里列支"
_PAID_TO: Final = "结果和金额不变，改变的是发给谁"
_APPLICANTS: Final = "申请人只作登记，不影响审定"
_YEAR: Final = "结果和金额不变，改变的是汇总到哪一年"


def items(pair: Pair) -> Iterator[Edit]:
    kept = {benefit.name for benefit in pair.matches.benefits.values()}
    for old in pair.before.benefits:
        if old.name not in kept:
            yield _gone(old)
    for new in pair.after.benefits:
        first = pair.matches.benefits.get(new.name)
        if first is None:
            yield _new(pair, new)
        elif first.repealed or new.repealed:
            yield from _repealed(first, new)
        else:
            yield from _Item(pair, first, pair.into.benefit(new)).edits()


def _gone(benefit: tree.Benefit) -> Edit:
    def alter(policy: tree.Policy) -> tree.Policy:
        left = tuple(one for one in policy.benefits if one.name != benefit.name)
        return evolve(policy, benefits=left)

    sentence = f"删去补贴「{benefit.name}」"
    clause = benefit.origin.clause
    return Edit(ChangeKind.BENEFIT, clause, benefit.name, (sentence,), _words(benefit.origin), "", alter)


def _repealed(old: tree.Benefit, new: tree.Benefit) -> Iterator[Edit]:
    """An item that one of the policies keeps only for the records of an earlier edition."""
    if old.repealed is new.repealed:
        return
    sentence = f"{'废止' if new.repealed else '恢复'}补贴「{old.name}」"
    alter = altering_benefit(old.name, lambda benefit: evolve(benefit, repealed=new.repealed))
    yield Edit(ChangeKind.BENEFIT, old.origin.clause, old.name, (sentence,), _words(old.origin), "", alter)


def _new(pair: Pair, benefit: tree.Benefit) -> Edit:
    made = pair.into.benefit(benefit)

    def alter(policy: tree.Policy) -> tree.Policy:
        return evolve(policy, benefits=(*policy.benefits, made))

    sentence = f"新增补贴「{benefit.name}」"
    clause = benefit.origin.clause
    return Edit(ChangeKind.BENEFIT, clause, benefit.name, (sentence,), "", _words(benefit.origin), alter)


def _words(origin: tree.Origin) -> str:
    return shortened(origin.text)


@define
class _Item:
    """One item in both policies; the second one as the first policy would write it."""

    pair: Pair
    old: tree.Benefit
    new: tree.Benefit
    forms: Forms = field(init=False)
    known: frozenset[str] = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.forms = self.pair.first.forms
        self.known = self.pair.concepts

    def edits(self) -> Iterator[Edit]:
        yield from self.clause()
        yield from self.applies()
        yield from self.pending()
        yield from self.conditions()
        yield from self.cases()
        yield from self.uplifts()
        yield from self.whole_lines()
        yield from self.paying()

    def edit(
        self,
        sentences: Iterable[str],
        change: Callable[[tree.Benefit], tree.Benefit] | None,
        origins: tuple[tree.Origin | None, tree.Origin | None] = (None, None),
        kind: ChangeKind = ChangeKind.BENEFIT,
        **more: Any,
    ) -> Edit:
        before, after = ("" if origin is None else _words(origin) for origin in origins)
        clause = next((o.clause for o in reversed(origins) if o is not None), self.new.origin.clause)
        alter = None if change is None else altering_benefit(self.old.name, change)
        amended = tuple(mark for origin in origins if origin is not None for mark in origin.amended)
        more = {"amended": amended, **more}
        return Edit(kind, clause, self.old.name, tuple(sentences), before, after, alter, **more)

    def named(self, sentence: str) -> str:
        return f"「{self.old.name}」{sentence}"

    # -------------------------------------------------------------------------------------- head and gates

    def clause(self) -> Iterator[Edit]:
        old, new = self.old.origin, self.new.origin
        if old.clause != new.clause:
            sentence = self.named(f"由{old.clause or '没有条款'}移到{new.clause or '没有条款'}")
            yield self.edit([sentence], lambda b: evolve(b, origin=new), (old, new))

    def applies(self) -> Iterator[Edit]:
        """Who it is for at all; whoever it is left to; the kind of record."""
        old, new = (_applies(benefit) for benefit in (self.old, self.new))
        if self.forms.truth(old) != self.forms.truth(new):
            told = (self.named(f"的适用范围{one}") for one in changes(self.forms, old, new, self.known))
            yield self.edit(told, lambda b: evolve(b, applies=self.new.applies), (old.origin, new.origin))
        if self.old.delegated_to != self.new.delegated_to:
            words = [
                f"按“{b.delegated_to}”办理" if b.delegated_to else "由本文件规定"
                for b in (self.old, self.new)
            ]
            sentence = self.named(f"由“{words[0]}”改为“{words[1]}”")
            yield self.edit([sentence], lambda b: evolve(b, delegated_to=self.new.delegated_to))
        if self.old.record != self.new.record:
            sentence = self.named(f"由按「{self.old.record}」审定改为按「{self.new.record}」审定")
            yield self.edit([sentence], lambda b: evolve(b, record=self.new.record))

    def pending(self) -> Iterator[Edit]:
        """待定条件, by their names."""
        old = {gate.name: gate for gate in self.old.pending}
        new = {gate.name: gate for gate in self.new.pending}
        forms = [{structure.gate_form(self.forms, g): g for g in gates.values()} for gates in (old, new)]
        for name in [*old, *(name for name in new if name not in old)]:
            a, b = old.get(name), new.get(name)
            if a is not None and structure.gate_form(self.forms, a) in forms[1]:
                continue
            if b is not None and structure.gate_form(self.forms, b) in forms[0]:
                continue
            yield self.gate(name, a, b)
        kept = [f for f in forms[0] if f in forms[1]]
        if kept != [f for f in forms[1] if f in forms[0]]:
            order = listed(f"「{name}」" for name in new)
            sentence = self.named(f"的待定条件依次改为{order}")
            yield self.edit([sentence], lambda b: evolve(b, pending=self.new.pending))

    def gate(self, name: str, old: tree.Gate | None, new: tree.Gate | None) -> Edit:
        def change(benefit: tree.Benefit) -> tree.Benefit:
            gates = [new if one.name == name and new is not None else one for one in benefit.pending]
            if old is None and new is not None:
                gates.insert(min(self.new.pending.index(new), len(gates)), new)
            if new is None:
                gates = [one for one in gates if one.name != name]
            return evolve(benefit, pending=tuple(gates))

        what = f"待定条件「{name}」"
        origins = (None if old is None else old.origin, None if new is None else new.origin)
        if old is None or new is None:
            sentences = [f"{self.named('')}{'增加' if old is None else '不再适用'}{what}"]
        else:
            told = changes(self.forms, old.condition, new.condition, self.known)
            sentences = [f"{what}{one}" for one in told]
            if old.ground != new.ground:
                sentences.append(f"{what}的依据由“{old.ground}”改为“{new.ground}”")
        return evolve(self.edit(sentences, change, origins, ChangeKind.GATE), name=name)

    # ------------------------------------------------------------------------------------------- conditions

    def conditions(self) -> Iterator[Edit]:
        for old, new in self.pairs_of(self.old.conditions, self.new.conditions):
            change = ConditionChange(self.forms, old, new, self.new.conditions)
            yield self.condition(old, new, "", change.in_benefit)

    def pairs_of(
        self, before: Sequence[tree.Condition], after: Sequence[tree.Condition]
    ) -> Iterator[tuple[tree.Condition | None, tree.Condition | None]]:
        """Conditions that are not the same on both sides: one instead of another, or one alone."""
        forms = self.forms
        left = list(before)
        right = []
        for condition in after:
            form = forms.truth(condition.expr)
            same = [one for one in left if forms.truth(one.expr) == form and one.gate == condition.gate]
            same = same or [one for one in left if forms.truth(one.expr) == form]
            if same:
                left.remove(same[0])
                if self.reason_changed(same[0], condition):
                    yield same[0], condition
            else:
                right.append(condition)
        for condition in list(right):
            like = (
                one
                for one in left
                if (bool(one.gate) and one.gate == condition.gate)
                or (not one.gate and not condition.gate and alike(one.expr, condition.expr))
            )
            old = next(like, None)
            if old is not None:
                left.remove(old)
                right.remove(condition)
                yield old, condition
        yield from ((condition, None) for condition in left)
        yield from ((None, condition) for condition in right)

    def reason_changed(self, old: tree.Condition, new: tree.Condition) -> bool:
        """Whether a refusal gives another reason, other than that a concept has been given another one."""
        if old.origin.clause != new.origin.clause:
            return True
        if isinstance(new.expr, tree.ConceptRef) and isinstance(old.expr, tree.ConceptRef) and not new.gate:
            return False
        return (old.worded or new.worded) and old.denial != new.denial

    def condition(
        self,
        old: tree.Condition | None,
        new: tree.Condition | None,
        where: str,
        change: Callable[[tree.Benefit], tree.Benefit],
    ) -> Edit:
        gate = next(condition.gate for condition in (new, old) if condition is not None)
        what = f"共同条件「{gate}」" if gate else self.named(where)
        origins = (None if old is None else old.origin, None if new is None else new.origin)
        sentences: list[str] = []
        if old is None and new is not None:
            sentences.append(
                f"新增{what}：{said(new.expr)}{defined(new.expr, self.known)}"
                if gate
                else f"{what}增加条件：{said(new.expr)}{defined(new.expr, self.known)}"
            )
        elif new is None and old is not None:
            sentences.append(f"{what}不再适用" if gate else f"{what}删去条件：{said(old.expr)}")
        elif old is not None and new is not None:
            told = changes(self.forms, old.expr, new.expr, self.known)
            sentences += [f"{what}{'' if gate else '的条件'}{one}" for one in told]
            if self.reason_changed(old, new) and old.denial != new.denial:
                sentences.append(f"{what}“{said(new.expr)}”不符合时的理由由“{old.denial}”改为“{new.denial}”")
            if old.origin.clause != new.origin.clause:
                sentences.append(f"{what}由{old.origin.clause}移到{new.origin.clause}")
        kind = ChangeKind.GATE if gate else ChangeKind.BENEFIT
        edit = self.edit(sentences, change, origins, kind)
        return evolve(edit, name=gate) if gate else edit

    # ------------------------------------------------------------------------------------- cases and amounts

    def cases(self) -> Iterator[Edit]:
        matched = self.matched_cases()
        gone = [case for case in self.old.cases if case.name not in {old.name for old, _ in matched}]
        new = [case for case in self.new.cases if case not in [b for _, b in matched]]
        for old, other in matched:
            where = f"情形「{old.name}」" if old.name else ""
            for a, b in self.pairs_of(old.conditions, other.conditions):
                made = ConditionChange(self.forms, a, b, other.conditions).in_case(old.name)
                yield self.condition(a, b, where, made)
            yield from self.amount(old, other, where)
        for case in gone:
            name = case.name

            def drop(benefit: tree.Benefit, name: str = name) -> tree.Benefit:
                return evolve(benefit, cases=tuple(one for one in benefit.cases if one.name != name))

            sentence = self.named(f"删去{_case(case)}")
            yield self.edit([sentence], drop, (case.origin, None))
        for case in new:

            def add(benefit: tree.Benefit, case: tree.Case = case) -> tree.Benefit:
                return evolve(benefit, cases=(*benefit.cases, case))

            sentence = self.named(f"增加{_case(case)}：{self.case_words(case)}")
            yield self.edit([sentence], add, (None, case.origin))

    def matched_cases(self) -> list[tuple[tree.Case, tree.Case]]:
        """By name, by what they say, and the one that is left on either side."""
        left, right = list(self.old.cases), list(self.new.cases)
        out = []

        def keep(old: tree.Case, new: tree.Case) -> None:
            left.remove(old)
            right.remove(new)
            out.append((old, new))

        forms = self.forms
        for same in (
            lambda a, b: a.name == b.name,
            lambda a, b: structure.case_form(forms, a) == structure.case_form(forms, b),
            lambda a, b: len(left) == len(right) == 1,
        ):
            for a in list(left):
                b = next((b for b in right if a in left and same(a, b)), None)
                if b is not None:
                    keep(a, b)
        return out

    def case_words(self, case: tree.Case) -> str:
        conditions = "，且".join(said(condition.expr) for condition in case.conditions)
        more = "".join(defined(condition.expr, self.known) for condition in case.conditions)
        told = f"条件是{conditions}，" if conditions else ""
        return f"{told}金额是{said(case.amount)}{more}{defined(case.amount, self.known)}"

    def amount(self, old: tree.Case, new: tree.Case, where: str) -> Iterator[Edit]:
        told = [
            self.named(f"{where}的金额{one}")
            for one in changes(self.forms, old.amount, new.amount, self.known)
        ]
        if told:

            def change(benefit: tree.Benefit) -> tree.Benefit:
                cases = (
                    evolve(case, amount=new.amount) if case.name == old.name else case
                    for case in benefit.cases
                )
                return evolve(benefit, cases=tuple(cases))

            yield self.edit(told, change, (old.amount.origin, new.amount.origin))

    # ---------------------------------------------------------------------------------------------- uplifts

    def uplifts(self) -> Iterator[Edit]:
        forms = self.forms
        left = list(self.old.uplifts)
        right = []
        for uplift in self.new.uplifts:
            form = _uplift_form(forms, uplift)
            same = next((one for one in left if _uplift_form(forms, one) == form), None)
            if same is not None:
                left.remove(same)
            else:
                right.append(uplift)
        for new in list(right):
            old = next(
                (one for one in left if forms.truth(one.condition) == forms.truth(new.condition)), None
            )
            old = old or next((one for one in left if forms.value(one.rate) == forms.value(new.rate)), None)
            if old is not None:
                left.remove(old)
                right.remove(new)
                yield self.uplift(old, new)
        yield from (self.uplift(old, None) for old in left)
        yield from (self.uplift(None, new) for new in right)

    def uplift(self, old: tree.Uplift | None, new: tree.Uplift | None) -> Edit:
        sentences = []
        if old is not None and new is not None:
            if self.forms.value(old.rate) != self.forms.value(new.rate):
                sentences.append(self.named(f"“{said(old.condition)}”的上浮由{_rate(old)}改为{_rate(new)}"))
            told = changes(self.forms, old.condition, new.condition, self.known)
            sentences += [self.named(f"上浮{_rate(new)}的条件{one}") for one in told]
        elif new is not None:
            more = defined(new.condition, self.known)
            sentences.append(self.named(f"增加上浮{_rate(new)}：{said(new.condition)}{more}"))
        elif old is not None:
            sentences.append(self.named(f"删去上浮{_rate(old)}：{said(old.condition)}"))

        def change(benefit: tree.Benefit) -> tree.Benefit:
            wanted = None if old is None else _uplift_form(self.forms, old)
            out = []
            for one in benefit.uplifts:
                if wanted is None or _uplift_form(self.forms, one) != wanted:
                    out.append(one)
                elif new is not None:
                    out.append(new)
            if old is None and new is not None:
                out.append(new)
            return evolve(benefit, uplifts=tuple(out))

        origins = (None if old is None else old.origin, None if new is None else new.origin)
        return self.edit(sentences, change, origins)

    # ------------------------------------------------------------------------------------------- other lines

    def whole_lines(self) -> Iterator[Edit]:
        old, new, forms = self.old, self.new, self.forms
        several = max(len(old.uplifts), len(new.uplifts)) > 1
        if several and structure.stacking_form(forms, old.stacking) != structure.stacking_form(
            forms, new.stacking
        ):
            words = _stacking(old.stacking), _stacking(new.stacking)
            sentence = self.named(f"的叠加方式由{words[0]}改为{words[1]}")
            yield self.edit([sentence], lambda b: evolve(b, stacking=new.stacking))
        if structure.cap_form(forms, old.cap) != structure.cap_form(forms, new.cap):
            words = _cap(old.cap), _cap(new.cap)
            sentence = self.named(f"的封顶由{words[0]}改为{words[1]}")
            origins = (_origin(old.cap), _origin(new.cap))
            yield self.edit([sentence], lambda b: evolve(b, cap=new.cap), origins)
        if structure.rounding_form(old.rounding) != structure.rounding_form(new.rounding):
            words = _rounding(old.rounding), _rounding(new.rounding)
            sentence = self.named(f"的金额由{words[0]}改为{words[1]}")
            yield self.edit([sentence], lambda b: evolve(b, rounding=new.rounding))
        if _date_form(forms, old.governing_date) != _date_form(forms, new.governing_date):
            words = _date(old.governing_date), _date(new.governing_date)
            sentence = self.named(f"的适用日由{words[0]}改为{words[1]}")
            yield self.edit([sentence], lambda b: evolve(b, governing_date=new.governing_date))

    def paying(self) -> Iterator[Edit]:
        old, new = self.old, self.new
        funds = [benefit.fund.name if benefit.fund else "没有规定" for benefit in (old, new)]
        if funds[0] != funds[1]:
            yield self.apart(f"的资金由{funds[0]}改为{funds[1]}", _PAID_ELSEWHERE, ChangeKind.FUND)
        payees = [_payees(benefit) for benefit in (old, new)]
        if payees[0] != payees[1]:
            yield self.apart(f"由{payees[0]}改为{payees[1]}", _PAID_TO)
        applicants = [listed(benefit.applicants) or "没有规定" for benefit in (old, new)]
        if set(old.applicants) != set(new.applicants):
            yield self.apart(f"的申请人由{applicants[0]}改为{applicants[1]}", _APPLICANTS)
        years = [benefit.year_date.name if benefit.year_date else "没有规定" for benefit in (old, new)]
        if years[0] != years[1]:
            yield self.apart(f"的汇总年度由按{years[0]}改为按{years[1]}", _YEAR, ChangeKind.TOTALS)

    def apart(self, sentence: str, reason: str, kind: ChangeKind = ChangeKind.BENEFIT) -> Edit:
        return self.edit([self.named(sentence)], None, kind=kind, reason=reason)


# --- in words --------------------------------------------------------------------------------------------------


def _case(case: tree.Case) -> str:
    return f"情形「{case.name}」" if case.name else "金额"


def _rate(uplift: tree.Uplift) -> str:
    match uplift.rate:
        case tree.Literal(value):
            return percent(Fraction(value))  # type: ignore[arg-type]
        case tree.ParameterRef(parameter):
            return f"「{parameter.name}」"


def _uplift_form(forms: Forms, uplift: tree.Uplift) -> tuple[int, int]:
    return forms.value(uplift.rate), forms.truth(uplift.condition)


def _stacking(stacking: tree.Stacking | tree.StackingByReading | None) -> str:
    match stacking:
        case None:
            return "没有规定"
        case tree.StackingByReading(reading):
            return f"按口径「{reading.name}」"
        case _:
            return f"{stacking.value}（{STACKING_WORDS[stacking]}）"


def period_words(period: tree.PeriodChoice) -> str:
    if isinstance(period, tree.PeriodByReading):
        return f"（期间按口径「{period.reading.name}」）"
    return period.value


def _cap(cap: tree.Cap | None) -> str:
    if cap is None:
        return "没有封顶"
    return f"{cap.holder.name}{period_words(cap.period)}不超过{yuan_text(cap.amount)}"


def _origin(line: tree.Cap | None) -> tree.Origin | None:
    return None if line is None else line.origin


def _rounding(rounding: tree.Rounding | None) -> str:
    if rounding is None:
        return "不取整"
    return f"取整到{PLACE_WORDS[rounding.place]}，{rounding.mode.value}"


def _date_form(forms: Forms, date: tree.Expr | None) -> int | None:
    return None if date is None else forms.value(date)


def _date(date: tree.Expr | None) -> str:
    return "没有规定" if date is None else said(date)


def _payees(benefit: tree.Benefit) -> str:
    advanced = [PERSON if p.fact is None else p.fact.name for p in benefit.payees if p.advanced]
    paid = [PERSON if p.fact is None else p.fact.name for p in benefit.payees if not p.advanced]
    told = [f"{listed(advanced)}垫付"] if advanced else []
    told += [f"发给{listed(paid)}"] if paid else []
    return "、".join(told) or "没有规定发给谁"


def _applies(benefit: tree.Benefit) -> tree.Expr:
    return benefit.applies or tree.Literal(True, BOOL, benefit.origin)
