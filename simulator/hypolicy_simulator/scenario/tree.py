"""What a scenario says: who lives here, what they do, where each figure comes from.

Texts are those of the files; every name is a fact of the policy's records or a name of the scenario's own (a
variable). Nothing here knows a policy.
"""

from __future__ import annotations

from enum import Enum
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from attrs import field, frozen

if TYPE_CHECKING:
    from pathlib import Path

    from hypolicy.source.text import Span
    from hypolicy_simulator.recorded.mapping import Mapping


class Kind(Enum):
    """How far a figure may be trusted."""

    PUBLISHED = "公布"
    LEDGER = "台账"
    ESTIMATE = "估计"
    ASSUMPTION = "假设"


@frozen
class Provenance:
    """Where a figure comes from; `date` is a year, a month or a day."""

    source: str
    date: str
    kind: Kind
    note: str = ""


# --- tables ----------------------------------------------------------------------------------------------------


@frozen
class Count:
    """How many persons have these labels."""

    labels: tuple[str, ...]
    persons: int
    provenance: Provenance


@frozen
class Margin:
    """Counts over the labels of some names. What is counted is `scale` times what the file says."""

    file: str
    names: tuple[str, ...]
    rows: tuple[Count, ...] = field(repr=False)
    scale: Fraction
    scale_reason: str
    span: Span = field(eq=False, repr=False)


@frozen
class Uncertain:
    """A figure with the values below and above which it is thought to lie one time in twenty each."""

    low: Fraction
    middle: Fraction
    high: Fraction

    @property
    def certain(self) -> bool:
        return self.low == self.high


@frozen
class Rate:
    labels: tuple[str, ...]
    value: Uncertain
    provenance: Provenance


@frozen
class RateTable:
    """A rate for each combination of labels. Its rows are uncertain together: high ones are high at once."""

    file: str
    names: tuple[str, ...]
    rows: tuple[Rate, ...] = field(repr=False)


@frozen
class Option:
    """One of the things that may be chosen where `labels` hold, with its weight among them."""

    labels: tuple[str, ...]
    outcomes: tuple[str, ...]
    weight: Fraction
    provenance: Provenance


@frozen
class ChoiceTable:
    """What is chosen (`outcomes`) among those with the same labels of `given`."""

    file: str
    given: tuple[str, ...]
    outcomes: tuple[str, ...]
    rows: tuple[Option, ...] = field(repr=False)


# --- steps -----------------------------------------------------------------------------------------------------


@frozen
class When:
    """All of these names have one of their labels."""

    terms: tuple[tuple[str, tuple[str, ...]], ...] = ()


@frozen
class Choose:
    """One row of a table, by weight."""

    table: ChoiceTable


@frozen
class Happens:
    """是 with a rate, otherwise 否."""

    table: RateTable


@frozen
class Copy:
    name: str


@frozen
class Fixed:
    value: str


@frozen
class Between:
    """Any whole number from `first` to `last`, each as likely; both stretched by an uncertain factor."""

    first: int
    last: int
    stretch: Uncertain | None = None


@frozen
class Add:
    """A number, or a date, and so many more (fewer, where `sign` is -1) units or days or months."""

    name: str
    sign: int
    amount: str | int | Between
    months: bool


@frozen
class Renewal:
    """The latest of a date and those every so many months after it that is not after another date."""

    first: str
    months: str
    until: str


@frozen
class DayOfYear:
    """A day of the year of the training: a month by weight, any day of it as likely."""

    table: ChoiceTable


@frozen
class Cases:
    """The label of the first of these that holds."""

    cases: tuple[tuple[str, When], ...]


Way = Choose | Happens | Copy | Fixed | Add | Renewal | DayOfYear | Cases


@frozen
class Step:
    """How names come about, one after the other. Where `when` does not hold they are `otherwise`, or not given."""

    names: tuple[str, ...]
    way: Way
    when: When
    otherwise: str | None
    span: Span = field(eq=False, repr=False)


# --- the whole -------------------------------------------------------------------------------------------------


@frozen
class Dimension:
    """A name over whose labels the population is fitted: a fact, or one with labels of its own or of a fact."""

    name: str
    labels: tuple[str, ...]
    labels_of: str
    span: Span = field(eq=False, repr=False)


@frozen
class Impossible:
    """A combination that nobody has, and why."""

    when: When
    reason: str
    span: Span = field(eq=False, repr=False)


@frozen
class Attribute:
    """A fact that exactly so many have within each combination of other labels: who, is drawn."""

    name: str
    margin: Margin
    span: Span = field(eq=False, repr=False)


@frozen
class TakeUp:
    """Rates of a first training in a year, and of one more after each, up to `most`.

    `elasticity` says by how many percent the rate of a first training rises where an amendment makes what people are
    granted one percent more; None where they do not respond.
    """

    rate: RateTable
    again: RateTable
    most: int
    elasticity: Uncertain | None
    span: Span | None = field(default=None, eq=False, repr=False)


@frozen
class CountTable:
    """Whole numbers by labels: places, tasks, or money in fen."""

    file: str
    names: tuple[str, ...]
    rows: tuple[Count, ...] = field(repr=False)
    span: Span = field(eq=False, repr=False)


@frozen
class Places:
    """How many trainings there are places for. Who comes first is told by `first` (those of an earlier group stand
    before all others), then by the day on which the class begins, then by lot.
    """

    table: CountTable
    first: tuple[When, ...]
    span: Span = field(eq=False, repr=False)


class WhenEmpty(Enum):
    """What happens when a fund has nothing left: no class starts any more, or payments wait for the next year."""

    STOP = "停办"
    WAIT = "挂账"


@frozen
class Source:
    """Where a fund's money comes from: so much each year. What is left of a year goes over to the next."""

    name: str
    yearly: CountTable


@frozen
class Share:
    """The part of a fund's payments that a level of government bears."""

    level: str
    part: Fraction
    provenance: Provenance


@frozen
class Fund:
    """A fund of the policy: its sources, drawn on in their order, and who bears it. Without sources it never ends."""

    name: str
    sources: tuple[Source, ...]
    when_empty: WhenEmpty
    budget_line: str
    shares: tuple[Share, ...]
    span: Span = field(eq=False, repr=False)


@frozen
class RecordsFile:
    """Trainings that took place, instead of people who may train."""

    file: str
    encoding: str
    mapping: Mapping = field(repr=False)
    span: Span = field(eq=False, repr=False)


@frozen
class Scenario:
    """Paths are those of the files themselves. `person` is the fact that identifies a person, `begins` the day on which
    a class begins (empty where nothing is limited), `paid` the day of payment (empty: that of the year's date);
    `groups` are told apart in results, and `spans` has the places of the keys at the top of the file.
    """

    name: str
    about: str
    path: Path
    policy: Path
    amendments: tuple[Path, ...]
    years: tuple[int, ...]
    seed: int
    person: str
    dimensions: tuple[Dimension, ...]
    impossible: tuple[Impossible, ...]
    margins: tuple[Margin, ...]
    attributes: tuple[Attribute, ...]
    person_steps: tuple[Step, ...]
    training_steps: tuple[Step, ...]
    takeup: TakeUp
    recorded: RecordsFile | None
    target: CountTable | None
    places: Places | None
    funds: tuple[Fund, ...]
    begins: str
    paid: str
    groups: tuple[str, ...]
    files: tuple[Path, ...]
    spans: dict[str, Span] = field(eq=False, repr=False)


# Of whom there are records has trained.
EVERYBODY: Final = RateTable(
    "", (), (Rate((), Uncertain(Fraction(1), Fraction(1), Fraction(1)), Provenance("", "", Kind.LEDGER)),)
)
