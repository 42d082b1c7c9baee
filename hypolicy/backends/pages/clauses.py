"""A clause on its page: what it answers, its official text, its rules, standards, examples, readings and source."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

from hypolicy.backends.pages.benefits import benefit_page, limit_page
from hypolicy.backends.pages.cases import story_page
from hypolicy.backends.pages.declared import Kind, outcomes
from hypolicy.backends.pages.standards import extract, parameter_page, standard_of, table_page
from hypolicy.rules import tree
from hypolicy.rules.facts import expressions_of, walk
from hypolicy.rules.phrases import listed
from hypolicy.rules.statements import Run, Statement, Text, condition, phrase, plain, readings_of, words_of
from hypolicy.source.folded import Folded

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hypolicy.backends.pages.benefits import BenefitPage, LimitPage
    from hypolicy.backends.pages.cases import StoryPage
    from hypolicy.backends.pages.declared import Declared
    from hypolicy.backends.pages.matter import Edition, Matter
    from hypolicy.backends.pages.standards import Extract, ParameterPage, TablePage
    from hypolicy.rules.statements import View
    from hypolicy.source.text import SourceText, Span


@frozen
class Passage:
    """A quoted passage of the official text, as a whole and by its paragraphs, and what became of it."""

    text: str
    paragraphs: tuple[str, ...]
    treatment: str
    note: str
    outcomes: tuple[Declared, ...]
    place: str

    @property
    def summary(self) -> tuple[tuple[str, str], ...]:
        """What became of it: the kinds of things, with their names, or how many where these are sentences."""
        out = []
        for kind in Kind:
            names = [one.name for one in self.outcomes if one.kind is kind]
            if not names or kind in (Kind.DEFINITION, Kind.GROUP):
                continue
            told = f"{len(names)}条" if kind is Kind.NOTICE else listed(f"「{name}」" for name in names)
            out.append((kind.value, told))
        return tuple(out)


@frozen
class Shared:
    """A condition that several items have in common, or that leaves them to other rules (`ground`)."""

    told: Statement
    items: tuple[str, ...]
    denial: str
    ground: str


@frozen
class Figure:
    """A check, a goal or a computation."""

    word: str
    name: str
    told: Text


@frozen
class Source:
    file: str
    text: str


@frozen
class ClausePage:
    clause: tree.Clause
    answers: tuple[Text, ...]
    passages: tuple[Passage, ...]
    benefits: tuple[BenefitPage, ...]
    shared: tuple[Shared, ...]
    limits: tuple[LimitPage, ...]
    figures: tuple[Figure, ...]
    notices: tuple[str, ...]
    parameters: tuple[ParameterPage, ...]
    tables: tuple[TablePage, ...]
    extracts: tuple[Extract, ...]
    stories: tuple[StoryPage, ...]
    readings: tuple[tree.Reading, ...]
    interpretations: tuple[tree.Reading, ...]
    sources: tuple[Source, ...]
    illustrative: tuple[str, ...]

    @property
    def number(self) -> str:
        return self.clause.number

    @property
    def title(self) -> str:
        return self.clause.title

    @property
    def computable(self) -> bool:
        """Whether anything follows from it for anybody."""
        return bool(self.benefits or self.shared or self.limits or self.figures)


def clause_pages(matter: Matter, edition: Edition) -> tuple[ClausePage, ...]:
    """Every clause, in the order of the policy."""
    policy = matter.policy
    stories = [story_page(policy, story) for story in matter.stories]
    found = outcomes(policy)
    return tuple(
        _ClauseTeller(matter, clause, edition.view, stories, found).page() for clause in policy.clauses
    )


@frozen
class _ClauseTeller:
    matter: Matter
    clause: tree.Clause
    view: View
    all_stories: Sequence[StoryPage]
    outcomes: dict[tree.Quote, tuple[Declared, ...]]

    def page(self) -> ClausePage:
        policy, number = self.matter.policy, self.clause.number
        stories = [story for story in self.all_stories if clause_of(story.case, policy) == number]
        own_first = [*stories, *(story for story in self.all_stories if story not in stories)]
        benefits = tuple(
            benefit_page(benefit, policy, self.view, own_first)
            for benefit in policy.benefits
            if benefit.origin.clause == number
        )
        shared, figures = tuple(self.shared()), tuple(self.figures())
        limits = tuple(
            limit_page(limit, policy, self.view) for limit in policy.limits if limit.origin.clause == number
        )
        passages = tuple(self.passages())
        standards = self.standards()
        tables = tuple(table_page(one, policy, self.view) for one in standards if isinstance(one, tree.Table))
        readings = self.readings(benefits, limits)
        return ClausePage(
            self.clause,
            tuple(self.answers(benefits, shared, limits, figures, passages)),
            passages,
            benefits,
            shared,
            limits,
            figures,
            tuple(n.message for kind in policy.records for n in kind.notices if n.origin.clause == number),
            tuple(
                parameter_page(one, policy, self.view) for one in standards if isinstance(one, tree.Parameter)
            ),
            tables,
            tuple(self.extracts(benefits)),
            tuple(stories),
            tuple(reading for reading in readings if not reading.fixed),
            tuple(r for r in policy.readings if r.fixed and r.origin.clause == number),
            tuple(self.sources()),
            tuple(table.name for table in tables if table.version.illustrative),
        )

    # ------------------------------------------------------------------------------------------- its parts

    def passages(self) -> Iterator[Passage]:
        quotes = [quote for quote in self.matter.policy.quotes if quote.clause == self.clause.number]
        for place, quote in enumerate(quotes, start=1):
            text = "".join(quote.text.split())
            yield Passage(
                text,
                paragraphs(quote, self.matter.official),
                quote.treatment,
                quote.note,
                self.outcomes[quote],
                f"t{place}",
            )

    def shared(self) -> Iterator[Shared]:
        """What this clause wants of items that have their own clause, or of several of its own."""
        benefits = self.matter.policy.benefits
        conditions = {
            str(one.origin.span): one
            for benefit in benefits
            for one in benefit.conditions
            if one.origin.clause == self.clause.number != benefit.origin.clause
        }
        for place, one in conditions.items():
            items = [b.name for b in benefits if any(str(c.origin.span) == place for c in b.conditions)]
            yield Shared(condition(one.expr, self.view), tuple(items), one.denial, "")
        gates = {gate.name: gate for benefit in benefits for gate in benefit.pending}
        for gate in gates.values():
            if gate.origin.clause == self.clause.number:
                items = [b.name for b in benefits if any(g.name == gate.name for g in b.pending)]
                yield Shared(condition(gate.condition, self.view), tuple(items), "", gate.ground)

    def figures(self) -> Iterator[Figure]:
        policy = self.matter.policy
        for check in policy.checks:
            if check.origin.clause == self.clause.number:
                told = condition(check.condition, self.view)
                whole = plain("全部记录合计，") if check.total else ()
                yield Figure(check.kind.value, check.name, (*whole, *told.text))
        for one in policy.computations:
            if one.origin.clause == self.clause.number:
                amount = one.amount.concept.body if isinstance(one.amount, tree.ConceptRef) else one.amount
                yield Figure("测算", one.name, phrase(amount, self.view))

    def standards(self) -> tuple[tree.Parameter | tree.Table, ...]:
        """What the clause declares, and what its items rest on."""
        policy = self.matter.policy
        every: list[tree.Parameter | tree.Table] = [*policy.parameters, *policy.tables]
        found = [one for one in every if one.origin.clause == self.clause.number]
        for benefit in policy.benefits:
            if benefit.origin.clause == self.clause.number:
                nodes = (node for expr in expressions_of(benefit) for node in walk(expr))
                found += [one for node in nodes if (one := standard_of(node)) is not None]
        return tuple({one.name: one for one in found}.values())

    def extracts(self, benefits: Sequence[BenefitPage]) -> Iterator[Extract]:
        """The rows of tables that the examples have used, lit among their neighbours."""
        by_name = {table.name: table for table in self.matter.policy.tables}
        for page in benefits:
            for example in page.examples:
                for used in example.rows:
                    table = by_name[used.table]
                    versions = example.story.settings.versions(table)
                    version = next(one for one in versions if one.period == used.version.period)
                    yield extract(table, version, used.keys, example.story.name)

    def readings(
        self, benefits: Sequence[BenefitPage], limits: Sequence[LimitPage]
    ) -> tuple[tree.Reading, ...]:
        found = [reading for page in benefits for reading in page.readings]
        found += [reading for limit in limits for reading in limit.readings]
        for benefit in self.matter.policy.benefits:
            for one in benefit.conditions:
                if one.origin.clause == self.clause.number:
                    found += readings_of(one.expr, self.view)
        return tuple({reading.name: reading for reading in found}.values())

    def sources(self) -> Iterator[Source]:
        """The rules as written, without the files of worked cases."""
        policy = self.matter.policy
        cases = [case.origin.span for case in policy.cases]
        for span in self.clause.passages:
            if not any(_within(case, span) for case in cases):
                yield Source(str(span.source.path), span.text.strip("\n"))

    # -------------------------------------------------------------------------------------------- answers

    def answers(
        self,
        benefits: Sequence[BenefitPage],
        shared: Sequence[Shared],
        limits: Sequence[LimitPage],
        figures: Sequence[Figure],
        passages: Sequence[Passage],
    ) -> Iterator[Text]:
        """The clause in a sentence or two, without their stops."""
        for page in benefits:
            yield benefit_answer(page)
        for one in shared:
            yield self.shared_answer(one)
        for limit in limits:
            yield plain(f"{limit.of}：{'，'.join(limit.sentences)}")
        for figure in figures:
            yield (Run(f"{figure.word}「{figure.name}」："), *figure.told)
        delegated = [passage.note for passage in passages if passage.treatment == "委托"]
        for note in delegated:
            name, _, ground = note.partition("：")
            yield plain(f"{name}由其他文件规定：{ground.rstrip('。')}")
        funds = [fund for fund in self.matter.policy.funds if fund.origin.clause == self.clause.number]
        for fund in funds:
            if fund.only_for is not None:
                yield plain(f"{fund.name}专门用于{fund.only_for.name}")
        if not (benefits or shared or limits or figures or delegated):
            yield from self.without_rules(passages)

    def without_rules(self, passages: Sequence[Passage]) -> Iterator[Text]:
        """Of a clause from which nothing follows for anybody: how it is understood, or why nothing follows."""
        fixed = [r for r in self.matter.policy.readings if r.fixed and r.origin.clause == self.clause.number]
        notes = [passage.note for passage in passages if passage.treatment == "非计算"]
        for reading in fixed:
            yield plain(f"{reading.name}：{reading.default}")
        if not fixed:
            yield plain("".join(("这一条没有计算内容", *(f"：{note.rstrip('。')}" for note in notes[:1]))))

    def shared_answer(self, one: Shared) -> Text:
        told = _in_line(one.told)
        if one.ground:
            return (*told, Run(f"的，不在本方案中计算：“{one.ground.rstrip('。')}”"))
        return (Run("享受"), Run(listed(one.items)), Run("，须"), *told, Run("；不符合的不予补贴"))


def paragraphs(quote: tree.Quote, official: SourceText | None) -> tuple[str, ...]:
    """The lines of a quote joined, but where the official text begins a new line too."""
    lines = ["".join(line.lstrip("> ＞").split()) for line in quote.span.text.split("\n")]
    text = Folded.of(official.text if official is not None else "")
    start = text.text.find(Folded.of("".join(lines)).text)
    if official is None or start < 0:
        return ("".join(lines),)
    out = [lines[0]]
    for line in lines[1:]:
        start += len(Folded.of(out[-1]).text)
        between = official.text[text.offsets[start - 1] : text.offsets[start]]
        if "\n" in between:
            out.append(line)
        else:
            start -= len(Folded.of(out[-1]).text)
            out[-1] += line
    return tuple(out)


def clause_of(case: tree.WorkedCase, policy: tree.Policy) -> str:
    """The clause that a case stands in; of one that stands outside of all, the clause of the first item it tries."""
    if any(clause.number == case.origin.clause for clause in policy.clauses):
        return case.origin.clause
    items = {one.item for expected in case.expected for one in expected}
    return next((benefit.origin.clause for benefit in policy.benefits if benefit.name in items), "")


def benefit_answer(page: BenefitPage) -> Text:
    """Who may have an item, and how much, in one sentence."""
    benefit = page.benefit
    if benefit.delegated_to:
        return plain(
            f"{benefit.name}另按规定办理：{benefit.delegated_to.rstrip('。')}。本方案没有规定它的条件和标准"
        )
    who = f"{page.people}，" if page.people else ""
    return (Run(f"{who}符合条件的，可以享受{benefit.name}："), *page.amounts)


def _in_line(told: Statement) -> Text:
    if not told.parts:
        return told.text
    return plain(f"{words_of(told.text)}：{'；'.join(words_of(_in_line(part)) for part in told.parts)}")


def _within(inner: Span, outer: Span) -> bool:
    return inner.source.path == outer.source.path and outer.start <= inner.start < outer.end
