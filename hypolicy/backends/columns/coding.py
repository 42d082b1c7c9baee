"""How the facts of a record become whole numbers: what the compiled rules compute on.

Yes and no are 1 and 0, a label is its rank, a day the days since 1970-01-01, a number itself or its hundredths. A
text is its rank among those that the rules name; all others have one code, unless the rules compare two facts with
each other. A fact that is not given is `ABSENT`.
"""

from __future__ import annotations

import re
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Final, assert_never

import numpy as np
import polars as pl
from attrs import field, frozen

from hypolicy.rules import tree
from hypolicy.rules.facts import parts
from hypolicy.rules.types import BoolType, DateType, EnumType, IdentifierType, NumberType, TextType

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from fractions import Fraction
    from typing import Any

    from numpy.typing import NDArray

    from hypolicy.rules.outcome import Settings

ABSENT: Final = -(2**31)
HUNDREDTHS: Final = 100
# Whole numbers that are written in one way only, as a column of integers would write them.
_PLAIN: Final = re.compile("0|-?[1-9][0-9]{0,17}")
_MOST_PLACES: Final = 1 << 20
_FIRST: Final = date(1970, 1, 1).toordinal()


def day_number(day: date) -> int:
    return day.toordinal() - _FIRST


def reached(expr: tree.Expr, settings: Settings) -> Iterator[tree.Expr]:
    """An expression and everything in it that the readings chosen leave; the body of a concept once."""
    stack, unfolded = [expr], set[str]()
    while stack:
        current = stack.pop()
        yield current
        match current:
            case tree.ByReading(reading, options):
                stack.append(dict(options)[settings.option(reading)])
            case tree.ConceptRef(concept):
                if concept.name not in unfolded:
                    unfolded.add(concept.name)
                    stack.append(concept.body)
            case _:
                stack.extend(reversed(parts(current)))


@frozen
class Dictionary:
    """The texts that rules and tables name, in a fixed order; one more code stands for every other text."""

    texts: tuple[str, ...] = field(repr=False)

    @cached_property
    def ranks(self) -> dict[str, int]:
        return {text: rank for rank, text in enumerate(self.texts)}

    @property
    def other(self) -> int:
        return len(self.texts)

    def code(self, text: str) -> int:
        return self.ranks.get(text, self.other)

    @cached_property
    def by_number(self) -> NDArray[np.int32]:
        """Codes of texts that are small whole numbers, at the places of these; behind them the code of all others."""
        known = {int(text): rank for text, rank in self.ranks.items() if _PLAIN.fullmatch(text)}
        small = {number: rank for number, rank in known.items() if 0 <= number < _MOST_PLACES}
        out = np.full(max(small, default=-1) + 2, self.other, np.int32)
        out[list(small)] = list(small.values())
        return out


@frozen
class Coding:
    """The facts that the compiled rules read, and what their texts are told apart by."""

    facts: tuple[tree.Fact, ...]
    dictionary: Dictionary
    # Texts that are compared with each other, so that those which no rule names need codes of their own.
    compared: frozenset[str]

    @property
    def packed(self) -> frozenset[str]:
        """The facts whose columns can be bits."""
        return frozenset(f.name for f in self.facts if isinstance(f.type, BoolType) and not f.optional)

    def encode(self, frame: pl.DataFrame, packed: frozenset[str] = frozenset()) -> dict[str, NDArray[Any]]:
        """Whole numbers by the name of the fact, from a frame in canonical form; as bits for these facts."""
        # All at once, because asking for one column takes longer than doing it, which is not worth other threads.
        codes, columns = self.codes(frame), frame.select_seq(pl.all().to_physical()).to_dict()
        return {
            fact.name: _bits(columns[fact.name])
            if fact.name in packed
            else self._coded(columns[fact.name], fact, codes).to_numpy()
            for fact in self.facts
        }

    def _coded(self, column: pl.Series, fact: tree.Fact, codes: dict[str, int]) -> pl.Series:
        match fact.type:
            case BoolType():
                coded = column.cast(pl.UInt8)
            case DateType():
                coded = _physical(column)
            case EnumType(labels=labels):
                coded = _physical(as_enum(column, labels))
            case NumberType():
                coded = column.cast(pl.Int64)
            case TextType() | IdentifierType():
                coded = _text_codes(column, codes, self.dictionary)
                # What is not given is no other text either.
                coded = coded.set(column.is_null(), None) if column.has_nulls() else coded
            case _:
                assert_never(fact.type)
        if not fact.optional:
            return coded
        wide = coded if isinstance(fact.type, NumberType) else coded.cast(pl.Int32)
        return wide.fill_null(ABSENT)

    def of_labels(self, labels: Mapping[str, Sequence[Any]]) -> dict[str, NDArray[Any]]:
        """The whole numbers of some values of each fact, and behind them that of a fact which is not given.

        The values of all facts are named at once, because texts that no rule names are numbered among each other.
        """
        columns = {
            fact.name: pl.Series(fact.name, [*labels[fact.name], None], canonical_dtype(fact))
            for fact in self.facts
            if fact.name in labels
        }
        codes = self._codes(columns[name] for name in sorted(self.compared))
        return {
            fact.name: self._coded(columns[fact.name], fact, codes).fill_null(ABSENT).to_numpy()
            for fact in self.facts
            if fact.name in columns
        }

    def codes(self, frame: pl.DataFrame) -> dict[str, int]:
        """Codes of the texts of this frame: those that no rule names are numbered where they are compared."""
        return self._codes(frame[name] for name in sorted(self.compared))

    def _codes(self, compared: Iterable[pl.Series]) -> dict[str, int]:
        codes = dict(self.dictionary.ranks)
        for column in compared:
            for text in column.unique().drop_nulls().cast(pl.String).to_list():
                codes.setdefault(text, len(codes) + 1)
        return codes


def _bits(column: pl.Series) -> NDArray[np.uint8]:
    """A Boolean column without nulls as the bits that it is, from the first bit of a byte."""
    array = column.to_arrow()
    if not len(array):
        return np.zeros(1, np.uint8)
    bits = np.frombuffer(array.buffers()[1], np.uint8)
    if array.offset % 8:
        every = np.unpackbits(bits, bitorder="little", count=array.offset + len(array))
        return np.packbits(every[array.offset :], bitorder="little")
    return bits[array.offset // 8 :]


def _physical(column: pl.Series) -> pl.Series:
    return column if column.dtype.is_integer() else column.to_physical()


def as_enum(column: pl.Series, labels: tuple[str, ...]) -> pl.Series:
    return column.cast(pl.Enum(labels)) if column.dtype == pl.String else column


def _text_codes(column: pl.Series, codes: dict[str, int], dictionary: Dictionary) -> pl.Series:
    """Codes of texts; integers stand for their digits."""
    if not column.dtype.is_integer():
        return column.replace_strict(
            list(codes), list(codes.values()), default=dictionary.other, return_dtype=pl.Int32
        )
    by_number, least = dictionary.by_number, column.min()
    known = len(codes) == len(dictionary.texts) and len(by_number) < _MOST_PLACES
    if known and not column.null_count() and (least is None or int(least) >= 0):  # type: ignore[arg-type]
        return pl.Series(by_number.take(column.to_numpy(), mode="clip"))
    numbers = {int(text): code for text, code in codes.items() if _PLAIN.fullmatch(text)}
    wide = column.cast(pl.Int64)
    return wide.replace_strict(
        list(numbers), list(numbers.values()), default=dictionary.other, return_dtype=pl.Int32
    )


def coding_of(expressions: Iterable[tree.Expr], settings: Settings) -> Coding:
    """The coding that these expressions need under these settings."""
    facts: dict[str, tree.Fact] = {}
    texts: dict[str, None] = {}
    compared: set[str] = set()
    tables: dict[int, tree.Table] = {}
    for expr in expressions:
        for node in reached(expr, settings):
            match node:
                case tree.FactRef(fact) | tree.Given(fact):
                    facts.setdefault(fact.name, fact)
                case tree.Compare(_, left, right) if _is_text(left):
                    sides = [_texts(side, settings) for side in (left, right)]
                    texts.update(dict.fromkeys(text for literals, _ in sides for text in literals))
                    if all(names for _, names in sides):
                        compared.update(name for _, names in sides for name in names)
                case tree.OneOf(operand, labels) if _is_text(operand):
                    texts.update(dict.fromkeys(labels))
                case tree.Lookup(table=table) | tree.InTable(table=table):
                    tables.setdefault(id(table), table)
                case _:
                    pass
    # The keys of tables come first, and in order, so that their rows stand close together.
    keys = sorted({text for table in tables.values() for text in _table_texts(table, settings)})
    ordered = sorted(facts.values(), key=lambda fact: fact.index)
    return Coding(tuple(ordered), Dictionary(tuple(dict.fromkeys([*keys, *texts]))), frozenset(compared))


def _is_text(expr: tree.Expr) -> bool:
    return isinstance(expr.type, TextType | IdentifierType)


def _texts(expr: tree.Expr, settings: Settings) -> tuple[list[str], list[str]]:
    """The texts that an operand of a comparison may itself write, and the facts that it may be."""
    nodes = list(reached(expr, settings))
    literals = [str(node.value) for node in nodes if isinstance(node, tree.Literal) and _is_text(node)]
    return literals, [node.fact.name for node in nodes if isinstance(node, tree.FactRef) and _is_text(node)]


def _table_texts(table: tree.Table, settings: Settings) -> Iterator[str]:
    """Texts among the keys and the cells of a table."""
    keys = [
        place for place, fact in enumerate(table.keys) if isinstance(fact.type, TextType | IdentifierType)
    ]
    cells = [column.index for column in table.columns if isinstance(column.type, TextType | IdentifierType)]
    for version in settings.versions(table):
        for key, row in version.rows.items():
            yield from (key[place] for place in keys)
            yield from (str(row[place]) for place in cells)


# --- frames of language values ---------------------------------------------------------------------------------


def canonical_frame(kind: tree.RecordKind, rows: Sequence[Sequence[Any]]) -> pl.DataFrame:
    """Records of the language's own values, by the index of the fact, as a frame in canonical form."""
    return pl.DataFrame(
        [
            pl.Series(
                fact.name, [canonical_value(row[fact.index], fact) for row in rows], canonical_dtype(fact)
            )
            for fact in kind.facts
        ]
    )


def canonical_dtype(fact: tree.Fact) -> pl.DataType:
    match fact.type:
        case BoolType():
            return pl.Boolean()
        case DateType():
            return pl.Date()
        case EnumType(labels=labels):
            return pl.Enum(labels)
        case NumberType():
            return pl.Int64()
        case TextType() | IdentifierType():
            return pl.String()
        case _:
            assert_never(fact.type)


def canonical_value(value: Any, fact: tree.Fact) -> Any:
    match fact.type:
        case NumberType(whole=False) if value is not None:
            hundredths: Fraction = value * HUNDREDTHS
            assert hundredths.denominator == 1
            return int(hundredths)
        case _:
            return value
