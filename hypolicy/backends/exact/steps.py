"""From what was observed to the steps of a trace.

What was observed says which parts were asked, and what they gave. Parts that were not asked, because others had
settled the matter, are asked here afterwards where that is possible, for information only.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Final, assert_never

from attrs import define, evolve, field

from hypolicy.backends.exact.compile import Compiler, MissingDayError
from hypolicy.backends.exact.observe import Observation, ObservingCompiler
from hypolicy.rules import facts, trace, tree
from hypolicy.rules.citations import cited, origins
from hypolicy.rules.outcome import Settings
from hypolicy.rules.tables import cell_value
from hypolicy.rules.trace import Absence, Result
from hypolicy.rules.types import BoolType

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from hypolicy.backends.exact.compile import Day, Function, Record

_NO_SETTINGS: Final = Settings()


@define
class Aside:
    """Asks for information what the decision did not need; each expression is compiled once."""

    policy: tree.Policy
    settings: Settings
    _compiler: ObservingCompiler = field(init=False)
    _functions: dict[int, Function] = field(factory=dict)

    def __attrs_post_init__(self) -> None:
        self._compiler = ObservingCompiler(self.settings, complete=False)

    def ask(self, expr: tree.Expr, record: Record, day: Day) -> Observation | None:
        """What an expression gives, if it can be asked at all."""
        in_term = day is not None and day in self.policy.term
        if facts.has_versions(expr) and not in_term:
            return None
        if id(expr) not in self._functions:
            self._functions[id(expr)] = self._compiler.function(expr)
        seen = self._compiler.watch(self._functions[id(expr)], record, day)
        return seen[0] if seen and not isinstance(seen[0].value, Absence) else None


@define
class StepMaker:
    """Steps for one record under one choice of settings."""

    policy: tree.Policy
    settings: Settings
    record: Record
    asking: Aside

    # ---------------------------------------------------------------------------------------------- steps

    def step(self, seen: Observation) -> trace.Step:
        """The step that an observation is, with everything in it."""
        step = self._step(seen)
        hidden = any(part.value is Absence.HIDDEN for part in trace.parts(step))
        if hidden and not isinstance(step.type, BoolType) and step.value is not Absence.HIDDEN:
            return evolve(step, value=Absence.HIDDEN)
        return step

    def _step(self, seen: Observation) -> trace.Step:
        expr, value = seen.expr, seen.value
        place = _place(expr)
        match expr:
            case tree.Literal(type=kind):
                return trace.Literal(value, kind, place)
            case tree.FactRef(fact):
                return trace.FactRef(fact.name, _shown(fact, value), fact.type, place)
            case tree.ConceptRef(concept):
                body = self.part(concept.body, seen)
                return trace.ConceptRef(concept.name, concept.denial, body, value, expr.type, place)
            case tree.ParameterRef(parameter):
                return self.parameter(parameter, seen, place)
            case tree.Lookup():
                return self.lookup(expr, seen, place)
            case tree.InTable(table, key, operand):
                name, asked = table.keys[key].name, self.part(operand, seen)
                version = self.version_used(table, seen.day)
                return trace.InTable(table.name, name, asked, version, value, expr.type, place)
            case tree.Given(fact):
                shown = _shown(fact, self.record[fact.index])
                return trace.Given(fact.name, shown, fact.type, value, expr.type, place)
            case tree.Not(operand):
                return trace.Not(self.part(operand, seen), value, expr.type, place)
            case tree.All(operands):
                return trace.All(self.operands(operands, seen), len(seen.inner), value, expr.type, place)
            case tree.Any(operands):
                return trace.Any(self.operands(operands, seen), len(seen.inner), value, expr.type, place)
            case tree.Compare(comparison, left, right):
                sides = self.part(left, seen), self.part(right, seen)
                return trace.Compare(comparison, *sides, value, expr.type, place)
            case tree.OneOf(operand, labels):
                return trace.OneOf(self.part(operand, seen), labels, value, expr.type, place)
            case tree.InTerm(operand, term):
                return trace.InTerm(self.part(operand, seen), term, value, expr.type, place)
            case tree.Within(operand, start, amount, unit):
                days = self.part(operand, seen), self.part(start, seen)
                return trace.Within(*days, amount, unit, value, expr.type, place)
            case tree.Age(birth, day):
                return trace.Age(self.part(birth, seen), self.part(day, seen), value, expr.type, place)
            case tree.TermLength(first, last, comparison, amount, unit):
                days = self.part(first, seen), self.part(last, seen)
                return trace.TermLength(*days, comparison, amount, unit, value, expr.type, place)
            case tree.Shift(operand, amount, unit):
                return trace.Shift(self.part(operand, seen), amount, unit, value, expr.type, place)
            case tree.Sum(terms):
                signed = tuple((sign, self.part(term, seen)) for sign, term in terms)
                return trace.Sum(signed, value, expr.type, place)
            case tree.Product(factors):
                signed = tuple((inverse, self.part(factor, seen)) for inverse, factor in factors)
                return trace.Product(signed, value, expr.type, place)
            case tree.Extreme(largest, operands):
                parts = tuple(self.part(operand, seen) for operand in operands)
                return trace.Extreme(largest, parts, value, expr.type, place)
            case tree.ByReading(reading, options):
                chosen = dict(options)[self.settings.option(reading)]
                return trace.ByReading(
                    self.reading(reading), self.part(chosen, seen), value, expr.type, place
                )
            case _:
                assert_never(expr)

    def part(self, expr: tree.Expr, outer: Observation) -> trace.Step:
        """The step of a part: as it was asked, or by its words where nobody asked."""
        for seen in outer.inner:
            if seen.expr is expr:
                return self.step(seen)
        if isinstance(expr, tree.Literal):
            return trace.Literal(expr.value, expr.type, _place(expr))
        return self.unassessed(expr)

    def operands(self, exprs: Sequence[tree.Expr], outer: Observation) -> tuple[trace.Step, ...]:
        """The operands that were asked, in order, and then the others, asked now where that can be done."""
        asked = [self.step(seen) for seen in outer.inner]
        return (*asked, *(self.aside(expr, outer.day) for expr in exprs[len(asked) :]))

    def aside(self, expr: tree.Expr, day: Day) -> trace.Step:
        """A part that did not matter to the decision."""
        seen = self.asking.ask(expr, self.record, day)
        return self.step(seen) if seen is not None else self.unassessed(expr)

    def unassessed(self, expr: tree.Expr) -> trace.Step:
        return trace.Unassessed(expr.type, _place(expr))

    # ----------------------------------------------------------------------------------- versions and readings

    def parameter(self, parameter: tree.Parameter, seen: Observation, place: trace.Place) -> trace.Step:
        """A parameter with the version that was in force, which its own definition is asked for."""
        replaced = parameter.name in self.settings.parameters
        period, ground, clause = self.policy.term, "", parameter.origin.clause
        if parameter.versions and not (seen.day is None and facts.has_versions(seen.expr)):
            numbered = tuple(
                evolve(version, value=Fraction(i)) for i, version in enumerate(parameter.versions)
            )
            which = Compiler(_NO_SETTINGS).parameter(evolve(parameter, versions=numbered))
            version = parameter.versions[int(which(self.record, seen.day))]
            period, ground, clause = version.period, version.ground, version.origin.clause
        kind = parameter.type
        return trace.ParameterRef(parameter.name, period, ground, clause, replaced, seen.value, kind, place)

    def version(self, table: tree.Table, day: Day) -> tree.TableVersion | None:
        """The version in force; None where the day that selects it is not known."""
        try:
            version: tree.TableVersion = Compiler(self.settings).dated(table, lambda version: version)(day)
        except MissingDayError:
            return None
        return version

    def version_used(self, table: tree.Table, day: Day) -> trace.VersionUsed | None:
        version = self.version(table, day)
        if version is None:
            return None
        replaced = table.name in self.settings.tables
        return trace.VersionUsed(version.period, version.file, version.illustrative, replaced)

    def lookup(self, expr: tree.Lookup, seen: Observation, place: trace.Place) -> trace.Step:
        """A cell, as the table writes it, and with what the table itself adds."""
        table, column = expr.table, expr.column
        names = tuple(fact.name for fact in table.keys)
        keys = tuple(self.part(key, seen) for key in expr.keys)
        written: Result = Absence.NO_ROW
        uplifts: list[trace.RowUplift] = []
        version = self.version(table, seen.day)
        row = version.rows.get(tuple(str(key.value) for key in seen.inner)) if version is not None else None
        if row is not None:
            written = row[column.index]
            for uplift in table.uplifts:
                alone = evolve(table, uplifts=(uplift,))
                if cell_value(alone, row, column.index) != written:
                    about = uplift.column
                    uplifts.append(
                        trace.RowUplift(
                            uplift.rate, about.name, uplift.equals, about.type, cited(uplift.origin)
                        )
                    )
        return trace.Lookup(
            table.name,
            column.name,
            names,
            keys,
            self.version_used(table, seen.day),
            written,
            tuple(uplifts),
            seen.value,
            expr.type,
            place,
        )

    def reading(self, reading: tree.Reading) -> trace.ReadingUsed:
        return reading_used(reading, self.settings)


def reading_used(reading: tree.Reading, settings: Settings) -> trace.ReadingUsed:
    return trace.ReadingUsed(
        reading.name,
        settings.option(reading),
        reading.default,
        reading.question,
        reading.reason,
        cited(reading.origin),
    )


def known(fact: tree.Fact, value: tree.Value | date | None) -> trace.Known:
    return trace.Known(fact.name, _shown(fact, value), fact.type)


def _shown(fact: tree.Fact, value: Result | None) -> Result:
    """What may be shown of a fact."""
    if value is None or isinstance(value, facts.Unanswered):
        return Absence.NOT_GIVEN
    if fact.personal and not isinstance(value, Absence):
        return Absence.HIDDEN
    return value


def _place(expr: tree.Expr) -> trace.Place:
    return trace.Place(cited(*origins(expr)), expr.origin.text)
