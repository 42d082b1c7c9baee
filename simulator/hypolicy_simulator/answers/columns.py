"""What the columns of answers hold, so that a workbook and a page can show each as what it is."""

from __future__ import annotations

from enum import Enum
from typing import Final

from hypolicy_simulator.answers.intervals import QUANTILES


class Holds(Enum):
    TEXT = "文字"
    COUNT = "数目"
    MONEY = "元"
    PERCENT = "百分数"
    NUMBER = "数"


_COUNTS: Final = (
    "人次", "任务", "开班人次", "享受补贴人次", "培训人次", "数目", "文件人数", "模拟人数", "出入", "次数", "人次差",
    "人数", "现行人次", "修订人次",
)  # fmt: skip
_MONEY: Final = (
    "金额", "应付", "支付", "年末未付", "月末未付", "安排", "须增加", "年末结余", "年内累计",
    "每增加一人次的支出", "误差", "金额差", "机会误差", "现行金额", "修订金额", "分担的支出",
    "去掉后支出的变化", "低值时支出", "中值时支出", "高值时支出", "摆幅", "支出",
)  # fmt: skip
_PERCENTS: Final = (
    "完成率", "机会中完成的比例", "假设中完成的比例", "机会中用完的比例", "假设中用完的比例", "享受补贴的比例",
)  # fmt: skip
_NUMBERS: Final = (
    "换算人数", "均值", "均值误差", *(f"P{percent}{words}" for percent in QUANTILES for words in ("", "误差")),
)  # fmt: skip

_HOLDS: Final = {
    name: holds
    for names, holds in (
        (_COUNTS, Holds.COUNT),
        (_MONEY, Holds.MONEY),
        (_PERCENTS, Holds.PERCENT),
        (_NUMBERS, Holds.NUMBER),
    )
    for name in names
}


def holds(table: str, column: str) -> Holds:
    """What a column of a table (by the name of its file) holds; whatever is not a figure is a text."""
    if (table, column) == ("seek.csv", "机会误差"):
        return Holds.TEXT  # in the unit of the parameter
    return _HOLDS.get(column, Holds.TEXT)
