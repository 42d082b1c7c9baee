"""What an edit does: whatever it reaches is asked for a record on which it makes a difference.

The first policy is compared with itself with this edit alone in it, so that what one edit does is never put down to
another; the example is then told under the two policies as they are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from attrs import define, evolve

from hypolicy.difference import structure
from hypolicy.difference.courses import nothing
from hypolicy.difference.examples import (
    ExampleMaker,
    changed_readings,
    example,
    outcome,
    same_outcome,
    sample,
)
from hypolicy.difference.figures import Figure, expr_of, figures_of
from hypolicy.difference.question import Finding, ItemQuestion
from hypolicy.difference.sequences import FoundSequence, SequenceQuestion
from hypolicy.difference.statements import StatementQuestion
from hypolicy.rules import tree
from hypolicy.rules.difference import Aspect, Effect, Example, Outcome, Verdict
from hypolicy.rules.facts import facts_in, facts_of, has_versions
from hypolicy.rules.readings import readings_of_ledger
from hypolicy.rules.types import BOOL, EnumType

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hypolicy.difference.edits import Edit, Pair
    from hypolicy.difference.side import Side
    from hypolicy.rules.normal_form import Forms

_RETYPED: Final = "事实「{name}」的类型改了"
_NO_SEQUENCE: Final = "台账的改动只试了有限的几组记录，没有找到例子"
_TOTALS: Final = "按全部记录合计的没有查找例子"
_VERSIONS: Final = "用到参数或者表的没有查找例子"
FAULTS: Final = "数据校验"
REMARKS: Final = "数据提示"


@define
class Effects:
    pair: Pair

    def of(self, edit: Edit) -> tuple[Effect, ...]:
        """The effects on items, on what the ledger says of them, on figures, and on which records are refused."""
        alone = self.pair.with_edits([edit])
        found = [*self.items(edit, alone), *self.ledger(alone)]
        return (*_one_each(found), *self.figures(alone), *self.faults(alone), *self.remarks(alone))

    def indirect(self, effects: Sequence[Effect]) -> tuple[str, ...]:
        """The items that share a limit with an item of which the ledger has other entries now."""
        moved = {
            effect.item
            for effect in effects
            if effect.example is not None and effect.example.aspect is Aspect.RESULT
        }
        found: dict[str, None] = {}
        for side in (self.first, self.pair.second):
            settings = side.settings({})
            for limit in side.policy.limits:
                linked = settings.members(limit.linked) if limit.linked is not None else frozenset()
                under = {side.matches.item(name) for name in settings.members(limit.group)}
                if under & moved:
                    found |= dict.fromkeys(sorted(under | {side.matches.item(name) for name in linked}))
        told = {effect.item for effect in effects}
        alive = {b.name for b in self.first.policy.benefits if not b.delegated_to}
        return tuple(name for name in found if name not in told and name in alive)

    @property
    def first(self) -> Side:
        return self.pair.first

    # ----------------------------------------------------------------------------------------------- items

    def items(self, edit: Edit, alone: Side) -> Iterator[Effect]:
        names = [benefit.name for benefit in self.first.policy.benefits]
        names += [benefit.name for benefit in alone.policy.benefits if benefit.name not in names]
        for name in names:
            old, new = self.first.benefit(name), alone.benefit(name)
            if self.reached(edit, old, new):
                yield self.item(name, old, new, alone)

    def reached(self, edit: Edit, old: tree.Benefit | None, new: tree.Benefit | None) -> bool:
        if old is None or new is None:
            return True
        forms = self.first.forms
        if structure.benefit_form(forms, old) != structure.benefit_form(forms, new):
            return True
        readings = {reading.name for reading in structure.readings_of(old)}
        return old.origin.clause != new.origin.clause or bool(set(edit.defaults) & readings)

    def item(self, name: str, old: tree.Benefit | None, new: tree.Benefit | None, alone: Side) -> Effect:
        only = old or new
        assert only is not None
        pair = (old or nothing(only), new or nothing(only))
        retyped = [
            fact.name for one in pair for fact in facts_in(one) if fact.name in self.pair.joint.retyped
        ]
        if retyped:
            return Effect(name, Verdict.OPEN, unseen=(_RETYPED.format(name=retyped[0]),))
        kind = self.pair.joint.kind(pair[1].record)
        question = ItemQuestion(kind, (self.first, alone), pair, self.required(kind))
        finding = question.ask()
        if finding.found is None:
            return _unfound(name, finding)
        facts = [{fact.name for fact in facts_in(one)} for one in pair]
        judge = question.judge(finding.found.readings)
        maker = ExampleMaker(kind, judge, finding.found, frozenset(facts[0] ^ facts[1]))
        told = example(maker, name, (self.first, self.pair.second), alone)
        return Effect(name, Verdict.DIFFERS, evolve(told, notes=self.new_labels(told)))

    def required(self, kind: tree.RecordKind) -> tuple[tree.Fact, ...]:
        """Facts that may be left out in one policy and have to be given in the other."""
        return tuple(
            pair.joint
            for pair in self.pair.joint.facts
            if pair.record == kind.name
            and pair.joint.optional
            and any(one is not None and not one.optional for one in (pair.before, pair.after))
        )

    def new_labels(self, told: Example) -> tuple[str, ...]:
        """That a value of the example is one that only one of the policies has."""
        labels: list[str] = []
        for pair in self.pair.joint.facts:
            if pair.before is None or pair.after is None:
                continue
            for side, fact in (("修改前", pair.before), ("修改后", pair.after)):
                for record in told.records:
                    for known in record.facts:
                        if known.name == pair.joint.name and _unknown_label(fact, known.value):
                            labels.append(f"{side}没有「{known.value}」这个取值，填了的记录会退回")
        return tuple(dict.fromkeys(labels))

    # ---------------------------------------------------------------------------------------------- ledger

    def ledger(self, alone: Side) -> Iterator[Effect]:
        """What limits and running caps do, shown by several records."""
        if self.ledger_form(self.first) == self.ledger_form(alone):
            return
        ledger = self.first.policy.ledger or alone.policy.ledger
        if ledger is None:
            return
        kind = self.pair.joint.kind(ledger.year_date.record)
        question = SequenceQuestion(kind, (self.first, alone), self.required(kind))
        found = question.ask()
        if found is not None:
            yield Effect(found.item, Verdict.DIFFERS, self.sequence(kind, found, alone))
        elif question.idle:
            yield Effect("台账", Verdict.SAME)
        else:
            yield Effect("台账", Verdict.OPEN, unseen=(_NO_SEQUENCE,))

    def ledger_form(self, side: Side) -> object:
        forms = side.forms
        limits = frozenset(structure.limit_form(forms, limit, str) for limit in side.policy.limits)
        caps = frozenset(
            (benefit.name, structure.cap_form(forms, benefit.cap))
            for benefit in side.policy.benefits
            if benefit.cap is not None and benefit.cap.period is not tree.PeriodKind.EACH
        )
        depends = readings_of_ledger(side.policy)
        readings = {reading.name: side.defaults.get(reading.name) for reading in depends}
        return structure.ledger_form(side.policy.ledger), limits, caps, tuple(sorted(readings.items()))

    def sequence(self, kind: tree.RecordKind, found: FoundSequence, alone: Side) -> Example:
        before, after, by_itself = (
            outcome(side, found.item, found.records, kind, found.readings)
            for side in (self.first, self.pair.second, alone)
        )
        benefit = self.first.benefit(found.item)
        read = {fact.name for fact in facts_in(benefit)} if benefit is not None else set()
        varying = [f for f in kind.facts if len({record[f.index] for record in found.records}) > 1]
        same = [f for f in kind.facts if f not in varying and f.name in read]
        shown = [f for f in (*same, *varying) if f != kind.key]
        samples = tuple(
            sample(kind, r, [f for f in shown if r[f.index] not in (False, None)]) for r in found.records
        )
        alone_told = None if same_outcome(by_itself, after) else evolve(by_itself, explanation=None)
        readings = changed_readings(alone, found.readings)
        return Example(found.item, found.aspect, readings, samples, before, after, alone_told)

    # --------------------------------------------------------------------------------------------- figures

    def figures(self, alone: Side) -> Iterator[Effect]:
        """Checks, goals and computations that come out otherwise."""
        named = [figures_of(side.policy) for side in (self.first, alone)]
        for name in [*named[0], *(name for name in named[1] if name not in named[0])]:
            old, new = named[0].get(name), named[1].get(name)
            if old is None or new is None:
                yield Effect(name, Verdict.APART)
            elif self.figure_form(old) != self.figure_form(new):
                yield self.figure(name, old, new, alone)

    def figure_form(self, figure: Figure) -> object:
        forms, expr = self.first.forms, expr_of(figure)
        kind = (figure.kind, figure.total) if isinstance(figure, tree.Check) else None
        return kind, forms.truth(expr) if expr.type == BOOL else forms.value(expr)

    def figure(self, name: str, old: Figure, new: Figure, alone: Side) -> Effect:
        exprs = (expr_of(old), expr_of(new))
        forms = self.first.forms
        if exprs[0].type == BOOL and forms.truth(exprs[0]) == forms.truth(exprs[1]):
            return Effect(name, Verdict.APART)
        if any(has_versions(expr) for expr in exprs):
            return Effect(name, Verdict.OPEN, unseen=(_VERSIONS,))
        kind = self.pair.joint.kind(new.record)
        total = isinstance(new, tree.Check) and new.total
        common = () if total else tuple(validation.condition for validation in kind.validations)
        return self.statement(name, kind, alone, exprs, common)

    # ------------------------------------------------------------------------------------ faults and remarks

    def faults(self, alone: Side) -> Iterator[Effect]:
        """Records that one of the policies refuses."""
        for old, new in self.kinds(alone):
            exprs = (_all(old), _all(new))
            forms = self.first.forms
            if forms.truth(exprs[0]) != forms.truth(exprs[1]):
                yield self.statement(FAULTS, new, alone, exprs, ())

    def remarks(self, alone: Side) -> Iterator[Effect]:
        """Records that one of the policies remarks on."""
        forms = self.first.forms
        for old, new in self.kinds(alone):
            said = [{_said(forms, n) for n in kind.notices} for kind in (old, new)]
            gone = [n for n in old.notices if _said(forms, n) not in said[1]]
            added = [n for n in new.notices if _said(forms, n) not in said[0]]
            if gone or added:
                exprs = (_any(gone, old.origin), _any(added, new.origin))
                common = tuple(validation.condition for validation in new.validations)
                effect = self.statement(REMARKS, new, alone, exprs, common)
                message = (added or gone)[0].message
                if effect.example is not None:
                    effect = evolve(effect, example=evolve(effect.example, notes=(message,)))
                yield effect

    def kinds(self, alone: Side) -> Iterator[tuple[tree.RecordKind, tree.RecordKind]]:
        yield from zip(self.first.policy.records, alone.policy.records, strict=True)

    def statement(
        self,
        name: str,
        kind: tree.RecordKind,
        alone: Side,
        exprs: tuple[tree.Expr, tree.Expr],
        common: Sequence[tree.Expr],
    ) -> Effect:
        """A condition or a number that comes out otherwise on some record."""
        question = StatementQuestion(kind, (self.first, alone), exprs, common)
        finding = question.ask()
        if finding.found is None:
            return _unfound(name, finding)
        record, readings = finding.found.record, finding.found.readings
        values = question.values(record, readings)
        assert values is not None
        read = {fact for expr in exprs for fact in facts_of(expr)}
        told_facts = [f for f in kind.facts if f.name in read]
        shown = [f for f in told_facts if record[f.index] not in (False, None)] or told_facts
        before, after = (_statement_outcome(name, value) for value in values)
        told = Example(
            name, Aspect.RESULT, changed_readings(alone, readings),
            (sample(kind, record, shown),), before, after,
        )  # fmt: skip
        return Effect(name, Verdict.DIFFERS, told)


def _one_each(effects: Sequence[Effect]) -> Iterator[Effect]:
    """One effect on each item: an example before anything else, and one that needs no other reading before that."""
    best: dict[str, Effect] = {}
    for effect in effects:
        known = best.get(effect.item)
        if known is None or _rank(effect) < _rank(known):
            best[effect.item] = effect
    differing = [effect for effect in best.values() if effect.verdict is Verdict.DIFFERS]
    for effect in best.values():
        if effect.item != "台账" or not differing or effect in differing:
            yield effect


def _rank(effect: Effect) -> tuple[int, int]:
    order = [Verdict.DIFFERS, Verdict.OPEN, Verdict.SAME, Verdict.APART]
    return order.index(effect.verdict), len(effect.example.readings) if effect.example is not None else 0


def _unfound(name: str, finding: Finding) -> Effect:
    if finding.proved_same:
        return Effect(name, Verdict.SAME)
    return Effect(name, Verdict.OPEN, unseen=finding.unseen)


def _unknown_label(fact: tree.Fact, value: Any) -> bool:
    return isinstance(fact.type, EnumType) and isinstance(value, str) and value not in fact.type.labels


def _all(kind: tree.RecordKind) -> tree.Expr:
    return tree.All(tuple(validation.condition for validation in kind.validations), kind.origin)


def _said(forms: Forms, notice: tree.Notice) -> object:
    """What a remark is about; one on overlaps is none of records by themselves."""
    return None if notice.condition is None else (forms.truth(notice.condition), notice.message)


def _any(notices: Sequence[tree.Notice], origin: tree.Origin) -> tree.Expr:
    return tree.Any(tuple(n.condition for n in notices if n.condition is not None), origin)


def _statement_outcome(name: str, value: Any) -> Outcome:
    words = {FAULTS: ("合格", "退回"), REMARKS: ("有提示", "没有提示")}.get(name, ("符合", "不符合"))
    if isinstance(value, bool):
        return Outcome(words[0] if value else words[1])
    return Outcome("计得", round(value * 100))
