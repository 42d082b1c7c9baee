"""What to say of a cell that cannot be used. No sentence ever holds the value of the cell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, assert_never

import polars as pl

from hypolicy.diagnostics.suggest import closest
from hypolicy.rules.types import BoolType, DateType, EnumType, IdentifierType, NumberType, TextType
from hypolicy.rules.units import YUAN
from hypolicy.source.limits import MAX_COUNT, MAX_MONEY_FEN

if TYPE_CHECKING:
    from hypolicy.rules.tree import Fact
    from hypolicy.rules.types import Type

MISSING: Final = "缺少，此列不得为空"
_MAX_LISTED_LABELS: Final = 12
_MAX_SUGGESTED_TO: Final = 500
_MAX_MISSPELT: Final = 40

Rules = tuple[tuple[str, str], ...]

# Patterns of texts, tried in order, with what is wrong with them; "" fits every text.
_FULL_WIDTH: Final = ("[０-９]", "数字须用半角")
_DATE_RULES: Final[Rules] = (
    _FULL_WIDTH,
    ("^[0-9]{4}-[0-9]{2}-[0-9]{2}$", "日历上没有这一天"),
    ("^[0-9]{4}-[0-9]{2}-[0-9]{2}[ T]", "只写日期，不要带时刻"),
    ("^[0-9]{5}$", "这是 Excel 的日期序号，请将该列设为日期格式后重新保存"),
    ("", "日期须写作「2019-08-30」的样子"),
)
_WHOLE_RULES: Final[Rules] = (
    _FULL_WIDTH,
    (r"^-[0-9.]+$", "不得为负"),
    (r"^[0-9]+(\.0+)?$", f"不得超过{MAX_COUNT}"),
    (r"^[0-9]+\.[0-9]+$", "须为整数，不得有小数"),
    ("", "须为整数，只写数字，不带单位和千分位逗号"),
)
_AMOUNT_RULES: Final[Rules] = (
    _FULL_WIDTH,
    (r"^-[0-9.]+$", "不得为负"),
    (r"^[0-9]+(\.[0-9]{1,2})?$", f"不得超过{MAX_MONEY_FEN // 100}"),
    (r"^[0-9]+\.[0-9]+$", "最多两位小数"),
    ("", "须为数，最多两位小数，只写数字，不带单位和千分位逗号"),
)
_TRUTH_RULES: Final[Rules] = (("", "须填「是」或「否」"),)


def explain(texts: pl.Series, expected: Type) -> list[str]:
    """Problems of faulty cells, given as texts; null is a cell without anything."""
    match expected:
        case BoolType():
            return _by_rules(texts, _TRUTH_RULES)
        case DateType():
            return _by_rules(texts, _DATE_RULES)
        case NumberType(whole=True):
            return _by_rules(texts, _WHOLE_RULES)
        case NumberType():
            return _by_rules(texts, _AMOUNT_RULES)
        case EnumType():
            return _by_labels(texts, expected)
        case TextType() | IdentifierType():
            return [MISSING] * len(texts)  # nothing else can be wrong with a text
        case _:
            assert_never(expected)


def _by_rules(texts: pl.Series, rules: Rules) -> list[str]:
    cell = pl.col("cell")
    found = pl.lit(len(rules))
    for place, (pattern, _) in reversed(list(enumerate(rules))):
        found = pl.when(cell.str.contains(pattern)).then(place).otherwise(found)
    sentences = [*(problem for _, problem in rules), MISSING]
    return [sentences[place] for place in texts.alias("cell").to_frame().select(found).to_series()]


def _by_labels(texts: pl.Series, expected: EnumType) -> list[str]:
    """Which labels there are, and the one that was perhaps meant."""
    if len(expected.labels) <= _MAX_LISTED_LABELS:
        problem = f"不是可填的内容；可填：{'、'.join(_choices(expected))}"
    else:
        problem = f"不是「{expected.name}」所列{len(expected.labels)}项中的一项"
    # Comparing is slow, and a column of nothing but mistakes is the wrong column.
    distinct = texts.drop_nulls().unique(maintain_order=True).head(_MAX_SUGGESTED_TO)
    meant = {text: _closest(text, expected.labels) for text in distinct}
    return [MISSING if text is None else problem + meant.get(text, "") for text in texts]


def _choices(expected: EnumType) -> tuple[str, ...]:
    """What a cell may hold; codes with the labels that they stand for."""
    if not expected.codes:
        return expected.labels
    pairs = zip(expected.codes, expected.labels, strict=True)
    return tuple(f"{code}（{label}）" for code, label in pairs)


def _closest(text: str, labels: tuple[str, ...]) -> str:
    near = closest(text, labels) if len(text) <= _MAX_MISSPELT else []
    return f"；是否应为「{near[0]}」" if near else ""


def wrong_type(cells: pl.Series, fact: Fact) -> list[str]:
    """Problems of cells in a column of a type that the fact cannot have."""
    problem = f"应为{_needed(fact.type)}，而文件中该列是{_found(cells.dtype)}"
    return [problem if is_given else MISSING for is_given in cells.is_not_null()]


def _needed(expected: Type) -> str:
    match expected:
        case BoolType():
            return "「是」「否」或真假值"
        case DateType():
            return "日期"
        case NumberType(whole=True):
            return "整数"
        case NumberType(unit=unit):
            return f"{'金额' if unit == YUAN else '数'}（decimal 类型，或最多两位小数的文本）"
        case TextType() | IdentifierType() | EnumType():
            return "文本"
        case _:
            assert_never(expected)


def _found(dtype: pl.DataType) -> str:
    if dtype.is_float():
        return "浮点数"
    if dtype.is_integer():
        return "整数"
    if dtype == pl.Boolean:
        return "真假值"
    if dtype.is_decimal():
        return "小数"
    if dtype in (pl.Date, pl.Datetime):
        return "日期"
    return "其他类型"
