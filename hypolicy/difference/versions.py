"""How the versions of a parameter or a table have changed: from when to when, what was and what is now."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Final, TypeVar

from attrs import frozen

from hypolicy.difference.structure import same_columns
from hypolicy.proof.lowering import place_on
from hypolicy.rules import tree
from hypolicy.rules.calendar import chinese_date, day_before
from hypolicy.rules.normal_form import steps
from hypolicy.rules.phrases import number_text, value_text
from hypolicy.rules.types import NumberType

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from fractions import Fraction


V = TypeVar("V")
_MOST_ROWS_TOLD: Final = 4


@frozen
class Stretch:
    """Days on which one content has given way to another; `start` is None where nothing was in force before."""

    start: date | None
    end: date | None
    before: Any
    after: Any

    @property
    def words(self) -> str:
        since = "" if self.start is None else f"自{chinese_date(self.start)}起"
        until = "" if self.end is None else f"至{chinese_date(self.end)}止"
        return f"{since}{until}"


def stretches(before: Iterable[tuple[date, V]], after: Iterable[tuple[date, V]]) -> Iterator[Stretch]:
    """The stretches of time in which two lists of versions do not say the same; one without versions says None."""
    sides = [steps(before), steps(after)]
    starts = sorted({start for side in sides for start, _ in side[1:]})
    out: list[Stretch] = []
    for place, start in enumerate([None, *starts]):
        end = day_before(starts[place]) if place < len(starts) else None
        day = start or (date.min if end is None else end)
        contents = [side[place_on([s for s, _ in side], day)][1] if side else None for side in sides]
        if contents[0] == contents[1]:
            continue
        if out and out[-1].end is not None and start is not None and out[-1].end == day_before(start):
            last = out[-1]
            if (last.before, last.after) == (contents[0], contents[1]):
                out[-1] = Stretch(last.start, end, last.before, last.after)
                continue
        out.append(Stretch(start, end, contents[0], contents[1]))
    yield from out


def parameter_changes(before: tree.Parameter, after: tree.Parameter) -> Iterator[str]:
    kind = after.type

    def words(value: Fraction) -> str:
        return value_text(value, kind)

    for stretch in stretches(_values(before), _values(after)):
        if stretch.before is None:
            yield f"{stretch.words}规定为{words(stretch.after)}（原来还没有规定）"
        elif stretch.after is None:
            yield f"{stretch.words}不再规定（原来是{words(stretch.before)}）"
        else:
            yield f"{stretch.words}由{words(stretch.before)}改为{words(stretch.after)}"
    if before.authority != after.authority:
        names = [f"由{one.authority}规定" if one.authority else "直接规定" for one in (before, after)]
        yield f"由“{names[0]}”改为“{names[1]}”"
    if before.bound != after.bound:
        bounds = [
            f"{one.bound[0].quantity_reading}{words(one.bound[1])}" if one.bound else "没有限度"
            for one in (before, after)
        ]
        yield f"限度由{bounds[0]}改为{bounds[1]}"


def _values(parameter: tree.Parameter) -> list[tuple[date, Fraction]]:
    return [(version.period.start, version.value) for version in parameter.versions]


# --- tables ----------------------------------------------------------------------------------------------------

Rows = dict[tuple[str, ...], tuple[tree.Value, ...]]


def table_changes(before: tree.Table, after: tree.Table) -> Iterator[str]:
    """Columns, rows and uplifts."""
    if [fact.name for fact in before.keys] != [fact.name for fact in after.keys]:
        yield f"键由（{_named(before.keys)}）改为（{_named(after.keys)}）"
        return
    yield from _column_changes(before, after)
    shared = same_columns(before, after)
    sides = (
        [(v.period.start, _picked(v.rows, [a.index for a, _ in shared])) for v in before.versions],
        [(v.period.start, _picked(v.rows, [b.index for _, b in shared])) for v in after.versions],
    )
    for stretch in stretches(*sides):
        told = RowChanges(before, [a for a, _ in shared], stretch.before or {}, stretch.after or {})
        yield f"{stretch.words}{told.sentence()}"
    names = {b.name: a.name for a, b in shared}
    old = [_uplift(uplift, uplift.column.name) for uplift in before.uplifts]
    new = [_uplift(uplift, names.get(uplift.column.name, uplift.column.name)) for uplift in after.uplifts]
    if old != new:
        yield f"表中的上浮由“{'；'.join(old) or '没有'}”改为“{'；'.join(new) or '没有'}”"
    marks = [any(v.illustrative for v in table.versions) for table in (before, after)]
    if marks[0] != marks[1]:
        yield "由示例数据改为正式数据" if marks[0] else "由正式数据改为示例数据"


def _named(things: Iterable[tree.Fact] | Iterable[tree.Column]) -> str:
    return "、".join(thing.name for thing in things)


def _picked(rows: Rows, places: Sequence[int]) -> Rows:
    return {key: tuple(row[place] for place in places) for key, row in rows.items()}


def _column_changes(before: tree.Table, after: tree.Table) -> Iterator[str]:
    shared = same_columns(before, after)
    added = [column.name for column in after.columns if column not in [b for _, b in shared]]
    gone = [column.name for column in before.columns if column not in [a for a, _ in shared]]
    if added:
        yield f"增加列：{'、'.join(added)}"
    if gone:
        yield f"删去列：{'、'.join(gone)}"
    for a, b in shared:
        if a.type != b.type:
            yield f"列「{a.name}」的类型由{a.type}改为{b.type}"


def _uplift(uplift: tree.TableUplift, column: str) -> str:
    equals = value_text(uplift.equals, uplift.column.type)
    return f"{column}为{equals}的上浮{number_text(uplift.rate * 100)}%"


@frozen
class RowChanges:
    """Rows of one stretch: which are new, which are gone, and what has become of the others."""

    table: tree.Table
    columns: Sequence[tree.Column]
    before: Rows
    after: Rows

    @property
    def added(self) -> list[tuple[str, ...]]:
        return [key for key in self.after if key not in self.before]

    @property
    def removed(self) -> list[tuple[str, ...]]:
        return [key for key in self.before if key not in self.after]

    @property
    def kept(self) -> list[tuple[str, ...]]:
        return [key for key in self.before if key in self.after and self.before[key] != self.after[key]]

    def sentence(self) -> str:
        """新增2个职业工种（4行）、上调12行（最多…）、下调1行、取消1个职业工种（3行）."""
        return "，".join(self.sentences())

    def sentences(self) -> list[str]:
        """The same one by one; none where nothing has changed."""
        told = [self.group("新增", self.added, self.before), *self.numbers(), *self.others()]
        told.append(self.group("取消", self.removed, self.after))
        return [one for one in told if one]

    def group(self, verb: str, keys: list[tuple[str, ...]], others: Rows) -> str:
        """New or lost rows, and how many of them are of a first key that the other version does not have at all."""
        if not keys:
            return ""
        if len(self.table.keys) == 1:
            return f"{verb}{len(keys)}行：{_some([key[0] for key in keys])}"
        known = {key[0] for key in others}
        wholly = list(dict.fromkeys(key[0] for key in keys if key[0] not in known))
        rest = [key for key in keys if key[0] in known]
        said = []
        if wholly:
            rows = len(keys) - len(rest)
            said.append(f"{verb}{len(wholly)}个{self.table.keys[0].name}（{rows}行）：{_some(wholly)}")
        if rest:
            said.append(f"{verb}{len(rest)}行：{_some(['、'.join(key) for key in rest])}")
        return "，".join(said)

    def numbers(self) -> Iterator[str]:
        """Raised and lowered numbers, column by column."""
        for place, column in enumerate(self.columns):
            if not isinstance(column.type, NumberType):
                continue
            named = (
                "" if len([c for c in self.columns if isinstance(c.type, NumberType)]) == 1 else column.name
            )
            moves = [(key, self.before[key][place], self.after[key][place]) for key in self.kept]
            for verb, wanted in (("上调", _above), ("下调", _below)):
                found = [(key, old, new) for key, old, new in moves if wanted(new, old)]
                if found:
                    yield f"{named}{verb}{len(found)}行{self.farthest(found, column)}"

    def farthest(self, found: list[tuple[tuple[str, ...], Any, Any]], column: tree.Column) -> str:
        told = sorted(found, key=lambda move: (-abs(move[2] - move[1]), move[0]))
        if len(found) <= _MOST_ROWS_TOLD:
            every = (
                f"{'、'.join(key)}由{_text(old, column)}改为{_text(new, column)}" for key, old, new in found
            )
            return f"：{'，'.join(every)}"
        key, old, new = told[0]
        return f"（最多的是{'、'.join(key)}，由{_text(old, column)}改为{_text(new, column)}）"

    def others(self) -> Iterator[str]:
        """What is no number: how many rows have another value."""
        for place, column in enumerate(self.columns):
            if isinstance(column.type, NumberType):
                continue
            moves = [
                (key, self.before[key][place], self.after[key][place])
                for key in self.kept
                if self.before[key][place] != self.after[key][place]
            ]
            if moves:
                yield f"「{column.name}」有变化的{len(moves)}行{self.told(moves, column)}"

    def told(self, moves: list[tuple[tuple[str, ...], Any, Any]], column: tree.Column) -> str:
        shown = [
            f"{'、'.join(key)}由{_text(old, column)}改为{_text(new, column)}"
            for key, old, new in moves[:_MOST_ROWS_TOLD]
        ]
        more = "等" if len(moves) > _MOST_ROWS_TOLD else ""
        return f"：{'，'.join(shown)}{more}"


def _text(value: Any, column: tree.Column) -> str:
    return value_text(value, column.type)


def _some(names: Sequence[str]) -> str:
    more = "等" if len(names) > _MOST_ROWS_TOLD else ""
    return f"{'、'.join(f'「{name}」' for name in names[:_MOST_ROWS_TOLD])}{more}"


def _above(new: Any, old: Any) -> bool:
    return bool(new > old)


def _below(new: Any, old: Any) -> bool:
    return bool(new < old)
