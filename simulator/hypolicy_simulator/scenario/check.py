"""A scenario against its policy: every name known before it is used, every fact of a record produced once.

The names are the facts of the policy's first kind of records, and variables of the scenario's own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, assert_never

from attrs import define, field, frozen

from hypolicy.diagnostics.diagnostic import Collector
from hypolicy.diagnostics.refusal import Refusal
from hypolicy.diagnostics.suggest import closest
from hypolicy.rules.types import IdentifierType
from hypolicy_simulator.scenario import tree
from hypolicy_simulator.scenario.domains import (
    DAYS,
    NUMBERS,
    YES_OR_NO,
    Domain,
    Labels,
    Texts,
    domain_from,
    domain_of,
    fits,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from hypolicy.rules.tree import Fact, Policy, RecordKind
    from hypolicy.source.text import Span

YEAR: Final = "年度"
_MONTHS: Final = tuple(str(month) for month in range(1, 13))


@frozen
class Checked:
    """A scenario that can be run. `domains` has every name; those of `of_persons` are the same in all trainings."""

    scenario: tree.Scenario
    policy: Policy = field(repr=False)
    kind: RecordKind = field(repr=False)
    domains: dict[str, Domain] = field(repr=False)
    of_persons: tuple[str, ...]


def persons_in(kind: RecordKind) -> list[Fact]:
    """The facts that can identify a person."""
    return [fact for fact in kind.facts if isinstance(fact.type, IdentifierType) and fact is not kind.key]


def check(scenario: tree.Scenario, policy: Policy, recorded: dict[str, Domain] | None = None) -> Checked:
    """Raises Refusal with everything that does not fit. `recorded` are the names that come from records."""
    checker = _Checker(scenario, policy, policy.records[0], Collector())
    checked = checker.check() if recorded is None else checker.check_recorded(recorded)
    if checker.collector.has_errors:
        raise Refusal(*checker.collector.found)
    return checked


@define
class _Checker:
    scenario: tree.Scenario
    policy: Policy
    kind: RecordKind
    collector: Collector
    facts: dict[str, Fact] = field(init=False)
    known: dict[str, Domain] = field(factory=dict)
    used: set[str] = field(factory=set)
    born: dict[str, Span] = field(factory=dict)
    # Names that something is wrong with, which is told once and not wherever they are used.
    broken: set[str] = field(factory=set)

    def __attrs_post_init__(self) -> None:
        self.facts = {fact.name: fact for fact in self.kind.facts}

    def check(self) -> Checked:
        scenario = self.scenario
        for dimension in scenario.dimensions:
            self.dimension(dimension)
        for impossible in scenario.impossible:
            self.when(impossible.when, impossible.span)
        for margin in scenario.margins:
            self.margin(margin, margin.file, margin.span)
        for attribute in scenario.attributes:
            self.margin(attribute.margin, attribute.margin.file, attribute.span)
            self.give(attribute.name, YES_OR_NO, attribute.span)
        for step in scenario.person_steps:
            self.step(step, of_persons=True)
        of_persons = tuple(self.known)
        self.known[YEAR] = Labels(tuple(map(str, scenario.years)))
        assert scenario.takeup.span is not None
        for table in (scenario.takeup.rate, scenario.takeup.again):
            self.table(table.file, table.names, [rate.labels for rate in table.rows], scenario.takeup.span)
        for step in scenario.training_steps:
            self.step(step, of_persons=False)
        self.rest()
        self.complete()
        return Checked(scenario, self.policy, self.kind, self.known, of_persons)

    def check_recorded(self, domains: dict[str, Domain]) -> Checked:
        self.known = domains
        self.rest()
        return Checked(self.scenario, self.policy, self.kind, self.known, ())

    def rest(self) -> None:
        """What is the same for those who may train and for those who have."""
        self.limits()
        for group in self.scenario.groups:
            self.look_up(group, self.scenario.spans["groups"], YES_OR_NO)
        self.person()

    # ------------------------------------------------------------------------------------------------- names

    def give(self, name: str, domain: Domain, span: Span) -> None:
        """A name comes about. A fact can only be what the policy says."""
        if name in self.known:
            self.collector.report("HY722", span, name=name)
            return
        self.known[name] = domain
        self.born[name] = span
        if name not in self.facts:
            return
        declared = domain_of(self.facts[name])
        if declared is None:
            self.collector.report(
                "HY728", span, name=name, expected=str(self.facts[name].type), found=str(domain)
            )
        elif not (isinstance(declared, Texts) and isinstance(domain, Labels)) and declared != domain:
            self.collector.report("HY728", span, name=name, expected=str(declared), found=str(domain))

    def look_up(self, name: str, span: Span, expected: Domain | None = None) -> Domain | None:
        """What a name can be, or None where it is not known (yet), which is reported."""
        self.used.add(name)
        domain = self.known.get(name)
        if name in self.broken:
            return None
        if domain is None:
            near = closest(name, self.known)
            suggestion = f"是否应为「{near[0]}」？" if near else ""
            self.collector.report(
                "HY715", span, suggestion=suggestion, name=name, names="、".join(self.known)
            )
        elif expected is not None and domain != expected:
            self.wrong_kind(name, expected, span)
            return None
        return domain

    def wrong_kind(self, name: str, expected: Domain, span: Span) -> None:
        self.collector.report("HY728", span, name=name, expected=str(expected), found=str(self.known[name]))

    def labels(self, name: str, labels: Iterable[str], span: Span, file: str = "") -> None:
        """A name with labels that it can have."""
        domain = self.look_up(name, span)
        if domain is None:
            return
        if not isinstance(domain, Labels):
            self.collector.report("HY728", span, name=name, expected="可以列举的取值", found=str(domain))
            return
        self.values(name, labels, domain, span, file)

    def values(self, name: str, values: Iterable[str], domain: Domain, span: Span, file: str = "") -> None:
        """Values that a name can have."""
        for value in dict.fromkeys(values):
            if fits(value, domain):
                continue
            near = closest(value, domain.labels) if isinstance(domain, Labels) else []
            suggestion = f"是否应为「{near[0]}」？" if near else ""
            facts = {
                "where": f"{file} 中，" if file else "",
                "name": name,
                "label": value,
                "labels": str(domain),
            }
            self.collector.report("HY716", span, suggestion=suggestion, **facts)

    def table(self, file: str, names: Sequence[str], rows: Sequence[tuple[str, ...]], span: Span) -> None:
        for place, name in enumerate(names):
            self.labels(name, [row[place] for row in rows], span, file)

    def when(self, when: tree.When, span: Span) -> None:
        for name, labels in when.terms:
            self.labels(name, labels, span)

    # -------------------------------------------------------------------------------------------- population

    def dimension(self, dimension: tree.Dimension) -> None:
        name, span = dimension.name, dimension.span
        if dimension.labels_of and dimension.labels_of not in self.facts:
            near = closest(dimension.labels_of, self.facts)
            suggestion = f"是否应为「{near[0]}」？" if near else ""
            facts = {"name": dimension.labels_of, "names": "、".join(self.facts)}
            self.collector.report("HY715", span, suggestion=suggestion, **facts)
            self.broken.add(name)
            return
        model = self.facts.get(dimension.labels_of or name)
        if dimension.labels:
            domain: Domain | Texts | None = domain_from(dimension.labels)
        else:
            domain = domain_of(model) if model is not None else None
        if not isinstance(domain, Labels):
            self.collector.report("HY729", span, name=name)
            self.broken.add(name)
        else:
            self.give(name, domain, span)

    def margin(self, margin: tree.Margin, file: str, span: Span) -> None:
        self.table(file, margin.names, [row.labels for row in margin.rows], span)

    # ------------------------------------------------------------------------------------------------ limits

    def limits(self) -> None:
        scenario = self.scenario
        for key, name in (("begins", scenario.begins), ("paid", scenario.paid)):
            if name:
                self.look_up(name, scenario.spans[key], DAYS)
        stops = any(fund.sources and fund.when_empty is tree.WhenEmpty.STOP for fund in scenario.funds)
        if (scenario.places is not None or stops) and not scenario.begins:
            self.collector.report("HY713", scenario.spans["policy"], name="begins")
        if scenario.target is not None:
            self.counts(scenario.target, (YEAR, *(fact.name for fact in self.policy.dimensions)))
        if scenario.places is not None:
            self.counts(scenario.places.table)
            for when in scenario.places.first:
                self.when(when, scenario.places.span)
        funds = [fund.name for fund in self.policy.funds]
        for fund in scenario.funds:
            if fund.name not in funds:
                near = closest(fund.name, funds)
                suggestion = f"是否应为「{near[0]}」？" if near else ""
                facts = {"name": fund.name, "names": "、".join(funds)}
                self.collector.report("HY747", fund.span, suggestion=suggestion, **facts)
            for source in fund.sources:
                self.counts(source.yearly, (YEAR,))

    def counts(self, table: tree.CountTable, allowed: Sequence[str] | None = None) -> None:
        """Labels that are known, in columns that are allowed."""
        if allowed is not None and not set(table.names) <= set(allowed):
            self.collector.report("HY748", table.span, file=table.file, columns="、".join(allowed))
        self.table(table.file, table.names, [row.labels for row in table.rows], table.span)

    # ------------------------------------------------------------------------------------------------- steps

    def step(self, step: tree.Step, *, of_persons: bool) -> None:
        self.when(step.when, step.span)
        if of_persons:
            self.certain(step)
        domains = self.outcomes(step, of_persons=of_persons)
        for name, domain in zip(step.names, domains, strict=True):
            if domain is None:
                self.broken.add(name)
            else:
                self.give(name, domain, step.span)
                self.otherwise(step, name, domain)

    def certain(self, step: tree.Step) -> None:
        """What people are belongs to the population, which is the same in all worlds."""
        match step.way:
            case tree.Happens(table) if not all(rate.value.certain for rate in table.rows):
                self.collector.report("HY740", step.span, name=step.names[0])
            case tree.Add(amount=tree.Between(stretch=stretch)) if stretch is not None:
                self.collector.report("HY740", step.span, name=step.names[0])
            case _:
                pass

    def otherwise(self, step: tree.Step, name: str, domain: Domain) -> None:
        conditional = bool(step.when.terms) or isinstance(step.way, tree.Cases)
        if step.otherwise is not None:
            if not conditional:
                self.collector.report("HY713", step.span, name="when")
            self.values(name, [step.otherwise], domain, step.span)
        elif conditional and name in self.facts and not self.facts[name].optional:
            self.collector.report("HY730", step.span, name=name)

    def outcomes(self, step: tree.Step, *, of_persons: bool) -> Sequence[Domain | None]:
        span = step.span
        otherwise = [] if step.otherwise is None else [step.otherwise]
        match step.way:
            case tree.Choose(table):
                self.table(table.file, table.given, [row.labels for row in table.rows], span)
                columns = [[row.outcomes[place] for row in table.rows] for place in range(len(step.names))]
                return [
                    self.drawn(name, values, table.file, span)
                    for name, values in zip(step.names, columns, strict=True)
                ]
            case tree.Happens(table):
                self.table(table.file, table.names, [row.labels for row in table.rows], span)
                return [YES_OR_NO]
            case tree.Copy(name):
                return [self.look_up(name, span)]
            case tree.Fixed(value):
                return [self.drawn(name, [value, *otherwise], "", span) for name in step.names]
            case tree.Add(name, _, amount, months):
                if isinstance(amount, str):
                    self.look_up(amount, span, NUMBERS)
                domain = self.look_up(name, span, DAYS if months else None)
                if isinstance(domain, Labels):
                    self.wrong_kind(name, NUMBERS, span)
                    return [None]
                return [domain]
            case tree.Renewal(first, months, until):
                self.look_up(first, span, DAYS)
                self.look_up(months, span, NUMBERS)
                self.look_up(until, span, DAYS)
                return [DAYS]
            case tree.DayOfYear(table):
                months_listed = [row.outcomes for row in table.rows]
                if of_persons or any(row not in [(month,) for month in _MONTHS] for row in months_listed):
                    self.collector.report("HY731", span, file=table.file)
                return [DAYS]
            case tree.Cases(cases):
                for _, when in cases:
                    self.when(when, span)
                return [self.drawn(step.names[0], [*(label for label, _ in cases), *otherwise], "", span)]
            case _:
                assert_never(step.way)

    def drawn(self, name: str, values: Sequence[str], file: str, span: Span) -> Domain:
        """What a name is that takes its value from a table: a fact as declared, a variable as it looks."""
        declared = domain_of(self.facts[name]) if name in self.facts else None
        if declared is None:
            return domain_from(values)
        if isinstance(declared, Texts):
            return Labels(tuple(dict.fromkeys(values)))
        self.values(name, values, declared, span, file)
        return declared

    # ---------------------------------------------------------------------------------------------- complete

    def person(self) -> None:
        """The fact that identifies a person is one that can."""
        persons = persons_in(self.kind)
        if self.facts.get(self.scenario.person) not in persons:
            facts = {"name": self.scenario.person, "names": "、".join(fact.name for fact in persons)}
            self.collector.report("HY732", self.scenario.spans["person"], **facts)

    def complete(self) -> None:
        """Every fact that a record must give is produced, and every variable is used by something."""
        if self.facts.get(self.scenario.person) not in persons_in(self.kind):
            return
        known = {*self.known, *self.broken, self.kind.key.name, self.scenario.person}
        missing = [
            fact.name for fact in self.kind.facts if not fact.column_optional and fact.name not in known
        ]
        if missing:
            self.collector.report("HY721", self.scenario.spans["policy"], names="、".join(missing))
        for name, span in self.born.items():
            if name not in self.facts and name not in self.used:
                near = closest(name, missing)
                suggestion = f"是否应为事实「{near[0]}」？" if near else ""
                self.collector.report("HY733", span, suggestion=suggestion, name=name)
