"""What a policy is, beside its expressions, as data for the runtime: JSON with the names of the rule tree.

Expressions are told by the numbers of their functions, facts by their places in their records, days by their counts,
exact numbers by texts. What a reading decides stands as `{"reading": place, "options": [[option, value], …]}`. Words of
authors are values only, never keys.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, assert_never

from attrs import define

from hypolicy.backends.javascript.literals import encoded, period
from hypolicy.rules import tree
from hypolicy.rules.citations import cited, origins
from hypolicy.rules.editions import editions_of, policies
from hypolicy.rules.facts import tables_in
from hypolicy.rules.ledger import ledger_facts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from hypolicy.backends.javascript.code import Code, Data
    from hypolicy.rules.editions import ItemEdition
    from hypolicy.rules.outcome import Settings


def settings_data(settings: Settings) -> Data:
    """The readings, values and tables that a run takes in place of the policy's own."""
    return {
        "readings": [[name, option] for name, option in settings.readings.items()],
        "parameters": [[name, encoded(value)] for name, value in settings.parameters.items()],
        "tables": [[name, _versions(versions)] for name, versions in settings.tables.items()],
    }


def _versions(versions: Iterable[tree.TableVersion]) -> list[Data]:
    return [
        {
            "period": period(version.period),
            "file": version.file,
            "illustrative": version.illustrative,
            "rows": [[list(keys), [encoded(cell) for cell in cells]] for keys, cells in version.rows.items()],
        }
        for version in versions
    ]


@define
class PolicyData:
    """The data of one policy; `code` numbers the expressions on the way."""

    policy: tree.Policy
    code: Code

    def data(self) -> Data:
        policy = self.policy
        out: Data = {
            "title": policy.title,
            "number": policy.number,
            "term": period(policy.term),
            "records": [self.record(kind) for kind in policy.records],
            **self.stage(policy),
            "earlier": [self.stage(stage) for stage in policies(policy)[1:]],
            "ledger": self.ledger(policy.ledger) if policy.ledger is not None else None,
            "checks": [
                {
                    "name": check.name,
                    "record": check.record,
                    "condition": self.code.number(check.condition),
                    "total": check.total,
                    "clause": check.origin.clause,
                }
                for check in policy.checks
            ],
            "computations": [
                {
                    "name": computation.name,
                    "record": computation.record,
                    "amount": self.code.number(computation.amount),
                    "clause": computation.origin.clause,
                }
                for computation in policy.computations
            ],
        }
        # What the expressions have mentioned is known only now.
        code = self.code
        return out | {
            "readings": [self.reading(reading) for reading in code.readings.every],
            "parameters": [self.parameter(parameter) for parameter in code.parameters.every],
            "tables": [self.table(table) for table in code.tables.every],
            "types": code.types,
            "nodes": code.nodes,
        }

    def stage(self, policy: tree.Policy) -> Data:
        """What one edition of the policy grants and limits."""
        return {
            "benefits": [self.benefit(benefit) for benefit in policy.benefits],
            "limits": [self.limit(limit) for limit in policy.limits],
        }

    # -------------------------------------------------------------------------------------- vocabulary

    def record(self, kind: tree.RecordKind) -> Data:
        return {
            "name": kind.name,
            "key": kind.key.index,
            "facts": [self.fact(fact) for fact in kind.facts],
            "validations": [
                {
                    "message": validation.message,
                    "condition": self.code.number(validation.condition),
                    "fact": validation.column.index,
                }
                for validation in kind.validations
            ],
            "notices": [
                {
                    "message": notice.message,
                    "condition": self.optional(notice.condition),
                    "overlap": [fact.index for fact in notice.overlap]
                    if notice.overlap is not None
                    else None,
                }
                for notice in kind.notices
            ],
        }

    def fact(self, fact: tree.Fact) -> Data:
        return {
            "name": fact.name,
            "type": self.code.type_number(fact.type),
            "optional": fact.optional,
            "personal": fact.personal,
            "absentMeaning": fact.absent_meaning,
            "group": fact.group,
            "note": fact.note,
            "question": fact.question,
        }

    def reading(self, reading: tree.Reading) -> Data:
        return {
            "name": reading.name,
            "options": reading.options,
            "fixed": reading.fixed,
            "earlier": not any(reading is one for one in self.policy.readings),
            "default": reading.default,
            "question": reading.question,
            "reason": reading.reason,
            "clause": cited(reading.origin),
        }

    def parameter(self, parameter: tree.Parameter) -> Data:
        return {
            "name": parameter.name,
            "type": self.code.type_number(parameter.type),
            "authority": parameter.authority,
            "clause": parameter.origin.clause,
            "versions": [
                {
                    "period": period(version.period),
                    "value": encoded(version.value),
                    "ground": version.ground,
                    "clause": version.origin.clause,
                }
                for version in parameter.versions
            ],
        }

    def table(self, table: tree.Table) -> Data:
        return {
            "name": table.name,
            "earlier": not any(table is one for one in self.policy.tables),
            "keys": [fact.name for fact in table.keys],
            "columns": [
                {"name": column.name, "type": self.code.type_number(column.type)} for column in table.columns
            ],
            "uplifts": [
                {
                    "rate": encoded(uplift.rate),
                    "column": uplift.column.index,
                    "equals": encoded(uplift.equals),
                    "clause": cited(uplift.origin),
                }
                for uplift in table.uplifts
            ],
            "versions": _versions(table.versions),
        }

    # ------------------------------------------------------------------------------------------- items

    def benefit(self, benefit: tree.Benefit) -> Data:
        return {
            "name": benefit.name,
            "clause": benefit.origin.clause,
            "record": benefit.record,
            "applies": self.optional(benefit.applies),
            "pending": [
                {
                    "name": gate.name,
                    "ground": gate.ground,
                    "clause": gate.origin.clause,
                    "cited": cited(gate.origin),
                    "condition": self.code.number(gate.condition),
                }
                for gate in benefit.pending
            ],
            "governing": self.optional(benefit.governing_date),
            "conditions": self.conditions(benefit.conditions, benefit),
            "cases": [
                {
                    "name": case.name,
                    "cited": cited(case.origin),
                    "conditions": self.conditions(case.conditions, benefit),
                    "amount": self.code.number(case.amount),
                    "tables": self.tables_in(case.amount),
                }
                for case in benefit.cases
            ],
            "uplifts": [
                {
                    "rate": self.code.number(uplift.rate),
                    "condition": self.code.number(uplift.condition),
                    "cited": cited(uplift.origin),
                }
                for uplift in benefit.uplifts
            ],
            "stacking": self.stacking(benefit.stacking),
            "cap": self.cap(benefit.cap) if benefit.cap is not None else None,
            "rounding": (
                {"place": benefit.rounding.place.name, "mode": benefit.rounding.mode.name}
                if benefit.rounding is not None
                else None
            ),
            "fund": benefit.fund.name if benefit.fund is not None else "",
            "payees": [payee.fact.index if payee.fact is not None else None for payee in benefit.payees],
            "applicants": benefit.applicants,
            "delegatedTo": benefit.delegated_to,
            "repealed": benefit.repealed,
            "editions": self.editions(benefit.name),
        }

    def editions(self, item: str) -> list[Data]:
        """The editions of an item that amendments have changed, the latest first; none of one that they have not."""
        every = editions_of(self.policy, item)
        return [self.edition(edition) for edition in every] if len(every) > 1 else []

    def edition(self, edition: ItemEdition) -> Data:
        began = edition.begun_by[0] if edition.begun_by else None
        return {
            "back": edition.back,
            "day": began.day.toordinal() if began is not None else None,
            "transition": began.transition.name if began is not None else None,
            "numbers": [amendment.number for amendment in edition.begun_by],
            "governing": self.optional(edition.governing),
            "began": self.optional(edition.began),
        }

    def optional(self, expr: tree.Expr | None) -> int | None:
        return self.code.number(expr) if expr is not None else None

    def conditions(self, conditions: Sequence[tree.Condition], benefit: tree.Benefit) -> list[Data]:
        return [
            {
                "expr": self.code.number(condition.expr),
                "denial": condition.denial,
                "prerequisites": condition.prerequisites,
                "clause": condition.origin.clause or benefit.origin.clause,
                "cited": cited(condition.origin, *origins(condition.expr)) or benefit.origin.clause,
            }
            for condition in conditions
        ]

    def tables_in(self, amount: tree.Expr) -> list[int]:
        """The tables that an amount is looked up in, in the order of their mention."""
        return [self.code.tables.place(table) for table in tables_in(amount)]

    def chosen(
        self, reading: tree.Reading, options: Iterable[tuple[str, Any]], encode: Callable[[Any], Any]
    ) -> Data:
        place = self.code.readings.place(reading)
        return {"reading": place, "options": [[option, encode(value)] for option, value in options]}

    def stacking(self, stacking: tree.Stacking | tree.StackingByReading | None) -> str | Data | None:
        if isinstance(stacking, tree.StackingByReading):
            return self.chosen(stacking.reading, stacking.options, lambda mode: mode.name)
        return stacking.name if stacking is not None else None

    def cap(self, cap: tree.Cap) -> Data:
        return {
            "holder": cap.holder.name,
            "holderFact": cap.holder.fact.index,
            "period": self.period(cap.period),
            "amount": encoded(cap.amount),
            "clause": cap.origin.clause,
            "cited": cited(cap.origin),
        }

    def period(self, period: tree.PeriodChoice) -> Data:
        if isinstance(period, tree.PeriodByReading):
            return self.chosen(period.reading, period.options, _fixed_period)
        return _fixed_period(period)

    def members(self, group: tree.Group) -> list[str] | Data:
        if isinstance(group.members, tree.GroupByReading):
            return self.chosen(group.members.reading, group.members.options, list)
        return list(group.members)

    # ------------------------------------------------------------------------------------------ ledger

    def ledger(self, ledger: tree.Ledger) -> Data:
        kind = next(kind for kind in self.policy.records if kind.name == ledger.year_date.record)
        return {
            "record": ledger.year_date.record,
            "holders": [{"name": holder.name, "fact": holder.fact.index} for holder in ledger.holders],
            "order": [fact.index for fact in ledger.order],
            "yearDate": ledger.year_date.index,
            "key": kind.key.index,
            "facts": [fact.index for fact in ledger_facts(self.policy)],
        }

    def limit(self, limit: tree.Limit) -> Data:
        return {
            "name": limit.name,
            "cited": cited(limit.origin),
            "holder": limit.holder.name,
            "holderFact": limit.holder.fact.index,
            "members": self.members(limit.group),
            "linked": self.members(limit.linked) if limit.linked is not None else None,
            "rules": [self.rule(rule) for rule in limit.rules],
        }

    def rule(self, rule: tree.LimitRule) -> Data:
        out: Data = {
            "kind": type(rule).__name__,
            "clause": rule.origin.clause,
            "cited": cited(rule.origin),
        }
        match rule:
            case tree.NoRepeat(keys, period):
                return out | {"keys": [fact.index for fact in keys], "period": self.period(period)}
            case tree.NoLower(keys, level):
                return out | {"keys": [fact.index for fact in keys], "level": level.index, "period": None}
            case tree.NotTogether(period):
                return out | {"keys": [], "period": self.period(period)}
            case tree.CountLimit(period, times):
                return out | {"keys": [], "times": times, "period": self.period(period)}
            case _:
                assert_never(rule)


def _fixed_period(period: tree.FixedPeriod) -> Data:
    match period:
        case tree.Rolling(months):
            return {"kind": "ROLLING", "months": months, "words": period.value}
        case tree.PeriodKind():
            return {"kind": period.name, "words": period.value}
        case _:
            assert_never(period)
