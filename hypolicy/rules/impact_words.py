"""What is said of records under two policies: a sentence, and rows of texts for whatever shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from attrs import frozen

from hypolicy.rules.phrases import fen_in_yuan, listed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hypolicy.rules.difference import Impact, Money

TITLE: Final = "对数据的影响"
_MOST_NAMED: Final = 8
_HEADERS: Final = ("增减（元）", "金额（元）", "准予（条）", "增加", "减少")


@frozen
class Rows:
    """A table: of what, its headers, and rows of texts, the name first. `unchanged` are names of those left out."""

    title: str
    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    unchanged: tuple[str, ...]


def change_words(fen: int) -> str:
    """An amount by which something has changed: ＋1,000元, －50元, 不变."""
    if not fen:
        return "不变"
    return f"{'＋' if fen > 0 else '－'}{fen_in_yuan(abs(fen))}"


def money_words(money: Money) -> str:
    """Who gains and who loses, in a sentence."""
    told = []
    if money.more:
        told.append(f"{money.more}条增加，共{fen_in_yuan(money.more_by)}")
    if money.less:
        told.append(f"{money.less}条减少，共{fen_in_yuan(money.less_by)}")
    if not told:
        return "金额没有变化"
    change = change_words(money.after - money.before)
    return f"{'；'.join(told)}；合计由{fen_in_yuan(money.before)}到{fen_in_yuan(money.after)}，{change}"


def impact_words(impact: Impact) -> str:
    """The whole in a sentence."""
    return f"{impact.file}的{impact.records}条记录：{money_words(impact.total)}。"


def illustrative_words(impact: Impact) -> str:
    """Illustrative data is no official fact; empty where there is none."""
    names = listed(f"「{name}」" for name in impact.illustrative)
    return f"{names}是示例数据，不是官方标准，金额仅供演示。" if names else ""


def tables(impact: Impact) -> Iterator[Rows]:
    """By item, by clause, and by each 汇总维度; only groups in which something has changed have rows."""
    yield _rows("补贴项目", impact.items)
    yield _rows("条款", impact.clauses)
    for name, groups in impact.dimensions:
        yield _rows(name, groups)


def _rows(title: str, groups: Sequence[Money]) -> Rows:
    """A column that is empty in every row is left out."""
    rows = [_row(money) for money in groups if _changed(money)]
    filled = [place for place in range(len(_HEADERS)) if any(row[place + 1] for row in rows)]
    return Rows(
        title,
        tuple(_HEADERS[place] for place in filled),
        tuple((row[0], *(row[place + 1] for place in filled)) for row in rows),
        tuple(money.name for money in groups if not _changed(money)),
    )


def _changed(money: Money) -> bool:
    return bool(money.more or money.less or money.before_count != money.after_count)


def _row(money: Money) -> tuple[str, ...]:
    return (
        money.name,
        _signed(money.after - money.before),
        _from_to(_number(money.before), _number(money.after)),
        _from_to(f"{money.before_count:,}", f"{money.after_count:,}"),
        _who(money.more, money.more_by, "＋"),
        _who(money.less, money.less_by, "－"),
    )


def _from_to(before: str, after: str) -> str:
    return before if before == after else f"{before} → {after}"


def _number(fen: int) -> str:
    return fen_in_yuan(fen).removesuffix("元")


def _signed(fen: int) -> str:
    return change_words(fen).removesuffix("元")


def _who(count: int, fen: int, sign: str) -> str:
    return f"{count:,}条，{sign}{_number(fen)}" if count else ""


def unchanged_words(rows: Rows) -> str:
    """Which groups have no row; how many, where they are many."""
    if len(rows.unchanged) > _MOST_NAMED:
        return f"{'其余' if rows.rows else ''}{len(rows.unchanged)}个都没有变化。"
    return f"{listed(rows.unchanged)}没有变化。" if rows.unchanged else ""


def moves_words(impact: Impact) -> list[str]:
    """Which results have become which."""
    return [f"{move.item}：{move.before} → {move.after}，{move.count:,}条" for move in impact.moves]
