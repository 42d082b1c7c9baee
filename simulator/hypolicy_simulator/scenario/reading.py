"""From a scenario file to the tree of a scenario. Everything that is wrong is told at once."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

from attrs import define, field

from hypolicy.diagnostics.diagnostic import Collector
from hypolicy.diagnostics.refusal import Refusal
from hypolicy_simulator.recorded.mapping import Mapping, read_mapping
from hypolicy_simulator.scenario import tables, tree
from hypolicy_simulator.scenario.document import EXTENDS, read_document

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from hypolicy_simulator.scenario.document import Section

WHOLE: Final = Fraction(1)
# A step has exactly one of these keys: the way in which its names come about.
WAYS: Final = ("choose", "rate", "copy", "value", "from", "within_year", "cases")
YEARS: Final = (1949, 2999)
MOST_TRAININGS: Final = 12


def read_scenario(path: Path) -> tree.Scenario:
    """Raises Refusal with every mistake in the file and its tables."""
    collector = Collector()
    scenario = _Reader(path, collector).scenario(read_document(path, collector))
    if collector.has_errors:
        raise Refusal(*collector.found)
    return scenario


_NOBODY: Final[dict[str, Any]] = {
    **dict.fromkeys(
        ("dimensions", "impossible", "margins", "attributes", "person_steps", "training_steps"), ()
    ),
    "takeup": tree.TakeUp(tree.EVERYBODY, tree.EVERYBODY, 1, None),
}


@define
class _Reader:
    path: Path
    collector: Collector
    files: list[Path] = field(factory=list)

    def scenario(self, top: Section) -> tree.Scenario:
        if top.has(EXTENDS):
            self.file(top, EXTENDS)
        recorded = self.recorded(top) if top.has("records") else None
        if recorded is not None and not top.has("begins"):
            self.collector.report("HY713", recorded.span, name="begins")
        people = self.people(top) if recorded is None else _NOBODY
        scenario = tree.Scenario(
            name=top.text("name"),
            about=top.text("about", ""),
            path=self.path,
            policy=self.path.parent / top.text("policy"),
            amendments=tuple(self.path.parent / name for name in top.texts("amendments", needed=False)),
            years=self.years(top),
            seed=top.whole("seed", 0, 2**63 - 1),
            person=top.text("person"),
            **people,
            recorded=recorded,
            target=self.target(top),
            places=self.places(top),
            funds=tuple(self.each(top, "fund", self.fund)),
            begins=top.text("begins", ""),
            paid=top.text("paid", ""),
            groups=top.texts("groups", needed=False),
            files=tuple(dict.fromkeys(self.files)),
            spans={key: top.place(key) for key in top.asked},
        )
        top.finish()
        return scenario

    def people(self, top: Section) -> dict[str, Any]:
        """Who may train, and what they do."""
        return {
            "dimensions": tuple(self.each(top, "dimension", self.dimension)),
            "impossible": tuple(self.each(top, "impossible", self.impossible)),
            "margins": tuple(self.each(top, "margin", self.margin)),
            "attributes": tuple(self.each(top, "attribute", self.attribute)),
            "person_steps": tuple(self.each(top, "person_step", self.step)),
            "training_steps": tuple(self.each(top, "training_step", self.step)),
            "takeup": self.takeup(top.section("takeup")),
        }

    def recorded(self, top: Section) -> tree.RecordsFile:
        """Who has trained. Raises Refusal where the mapping cannot be read at all."""
        section = top.section("records")
        _, file = self.file(section, "file")
        path, name = self.file(section, "mapping")
        mapping = read_mapping(path, name, self.collector) if name else Mapping("", ())
        encoding = section.text("encoding", "utf-8")
        section.finish()
        return tree.RecordsFile(file, encoding, mapping, section.span)

    def years(self, top: Section) -> tuple[int, ...]:
        years = top.wholes("years")
        if years and list(years) != list(range(years[0], years[0] + len(years))):
            self.collector.report(
                "HY714", top.place("years"), name="years", expected="连续的几年，例如 [2019, 2020, 2021]"
            )
        if any(not YEARS[0] <= year <= YEARS[1] for year in years):
            self.collector.report(
                "HY714", top.place("years"), name="years", expected=f"{YEARS[0]}至{YEARS[1]}之间的年份"
            )
        return years or (2000,)

    def each(self, top: Section, key: str, read: Callable[[Section], Any]) -> list[Any]:
        out = []
        for section in top.sections(key):
            out.append(read(section))
            section.finish()
        return out

    # ------------------------------------------------------------------------------------------------- files

    def file(self, section: Section, key: str) -> tuple[Path, str]:
        name = section.text(key)
        path = self.path.parent / name
        self.files.append(path)
        return path, name

    def rates(self, section: Section, key: str) -> tree.RateTable:
        path, name = self.file(section, key)
        return tables.read_rates(path, name, self.collector) if name else tree.RateTable("", (), ())

    def choices(self, section: Section, key: str, given: tuple[str, ...]) -> tree.ChoiceTable:
        path, name = self.file(section, key)
        if not name:
            return tree.ChoiceTable("", given, (), ())
        return tables.read_choices(path, name, given, self.collector)

    # -------------------------------------------------------------------------------------------- population

    def dimension(self, section: Section) -> tree.Dimension:
        name, labels = section.text("name"), section.texts("labels", needed=False)
        return tree.Dimension(name, labels, section.text("labels_of", ""), section.place("name"))

    def impossible(self, section: Section) -> tree.Impossible:
        return tree.Impossible(section.when("when", needed=True), section.text("reason"), section.span)

    def margin(self, section: Section) -> tree.Margin:
        path, name = self.file(section, "file")
        names, rows = tables.read_counts(path, name, self.collector) if name else ((), ())
        scale = section.fraction("scale", WHOLE)
        reason = section.text("scale_reason") if scale != WHOLE else section.text("scale_reason", "")
        return tree.Margin(name, names, rows, scale, reason, section.place("file"))

    def attribute(self, section: Section) -> tree.Attribute:
        return tree.Attribute(section.text("name"), self.margin(section), section.place("name"))

    # ------------------------------------------------------------------------------------------------ limits

    def counts(self, section: Section, key: str, column: str) -> tree.CountTable:
        path, name = self.file(section, key)
        names, rows = tables.read_counts(path, name, self.collector, column) if name else ((), ())
        return tree.CountTable(name, names, rows, section.place(key))

    def target(self, top: Section) -> tree.CountTable | None:
        return self.counts(top, "target", tables.TASK) if top.has("target") else None

    def places(self, top: Section) -> tree.Places | None:
        if not top.has("places"):
            return None
        section = top.section("places")
        places = tree.Places(
            self.counts(section, "file", tables.PLACES),
            tuple(self.each(section, "first", self.priority)),
            section.span,
        )
        section.finish()
        return places

    def priority(self, section: Section) -> tree.When:
        return section.when("when", needed=True)

    def fund(self, section: Section) -> tree.Fund:
        shares: tuple[tree.Share, ...] = ()
        if section.has("shares"):
            path, file = self.file(section, "shares")
            shares = tables.read_shares(path, file, self.collector)
        sources = tuple(self.each(section, "sources", self.source))
        return tree.Fund(
            section.text("name"),
            sources,
            self.when_empty(section) if sources else tree.WhenEmpty.WAIT,
            section.text("budget_line", ""),
            shares,
            section.place("name"),
        )

    def source(self, section: Section) -> tree.Source:
        return tree.Source(section.text("name"), self.counts(section, "file", tables.MONEY))

    def when_empty(self, section: Section) -> tree.WhenEmpty:
        known = {each.value: each for each in tree.WhenEmpty}
        word = section.text("when_empty")
        if word and word not in known:
            self.collector.report(
                "HY714", section.place("when_empty"), name="when_empty", expected="“停办”或者“挂账”"
            )
        return known.get(word, tree.WhenEmpty.WAIT)

    # --------------------------------------------------------------------------------------------- behaviour

    def takeup(self, section: Section) -> tree.TakeUp:
        takeup = tree.TakeUp(
            self.rates(section, "rate"),
            self.rates(section, "again"),
            section.whole("most", 1, MOST_TRAININGS),
            section.uncertain("elasticity") if section.has("elasticity") else None,
            section.span,
        )
        section.finish()
        return takeup

    def step(self, section: Section) -> tree.Step:
        when = section.when("when")
        otherwise = section.text("otherwise") if section.has("otherwise") else None
        ways = section.has(*WAYS)
        if len(ways) != 1:
            found = "、".join(ways) or "没有写"
            self.collector.report("HY727", section.span, found=found, names="、".join(WAYS))
            section.asked.update(section.values)
            return tree.Step((), tree.Fixed(""), when, otherwise, section.span)
        names, way = self.way(section, ways[0])
        return tree.Step(
            names, way, when, otherwise, section.place("name" if section.has("name") else ways[0])
        )

    def way(self, section: Section, key: str) -> tuple[tuple[str, ...], tree.Way]:
        match key:
            case "choose":
                table = self.choices(section, key, section.texts("given", needed=False))
                return table.outcomes, tree.Choose(table)
            case "within_year":
                return (section.text("name"),), tree.DayOfYear(self.choices(section, key, ()))
            case "rate":
                return (section.text("name"),), tree.Happens(self.rates(section, key))
            case "cases":
                return (section.text("name"),), tree.Cases(tuple(self.each(section, key, self.case)))
            case "copy":
                return (section.text("name"),), tree.Copy(section.text(key))
            case "value":
                return (section.text("name"),), tree.Fixed(section.text(key))
            case _:
                return (section.text("name"),), self.calculated(section)

    def case(self, section: Section) -> tuple[str, tree.When]:
        return section.text("label"), section.when("when", needed=True)

    def calculated(self, section: Section) -> tree.Way:
        """`from` with one of `plus`, `minus` and `every`."""
        name = section.text("from")
        found = section.has("plus", "minus", "every")
        if len(found) != 1:
            self.collector.report(
                "HY727", section.span, found="、".join(found) or "没有写", names="plus、minus、every"
            )
            return tree.Copy(name)
        if found[0] == "every":
            return tree.Renewal(name, section.text("every"), section.text("until"))
        months = self.unit(section)
        return tree.Add(name, -1 if found[0] == "minus" else 1, self.amount(section, found[0]), months)

    def unit(self, section: Section) -> bool:
        unit = section.text("unit", "天")
        if unit not in ("天", "个月"):
            self.collector.report("HY714", section.place("unit"), name="unit", expected="“天”或者“个月”")
        return unit == "个月"

    def amount(self, section: Section, key: str) -> str | int | tree.Between:
        stretch = section.uncertain("stretch") if section.has("stretch") else None
        match section.values[key]:
            case str(name):
                return name
            case int(number):
                return number
            case [int(first), int(last)] if 0 <= first <= last:
                return tree.Between(first, last, stretch)
            case _:
                self.collector.report(
                    "HY714",
                    section.place(key),
                    name=key,
                    expected="名称、整数，或者由小到大的两个整数，例如 [5, 30]",
                )
                return 0
