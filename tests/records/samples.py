"""A kind of record made by hand, with a fact of every type, and files of it in every format."""

from __future__ import annotations

import csv
import json
from contextlib import suppress
from datetime import date
from pathlib import Path, PurePosixPath
from typing import Any

import polars as pl
import pytest

from hypolicy.diagnostics.refusal import Refusal
from hypolicy.records.files import read_raw
from hypolicy.rules.tree import Fact, Origin, RecordKind
from hypolicy.rules.types import BOOL, DATE, IDENTIFIER, MONEY, TEXT, EnumType, NumberType, Type
from hypolicy.rules.units import DAY, YUAN
from hypolicy.source.text import SourceText, Span

ORIGIN = Origin("一", Span(SourceText(PurePosixPath("词汇.hyp"), "记录"), 0, 2))
LEVEL = EnumType("等级", ("初级工", "中级工", "高级工", "技师"), ordered=True)
COUNTY = EnumType("县市区", tuple(f"第{number}区" for number in range(1, 14)))
FACTS: tuple[tuple[str, Type, bool, bool], ...] = (
    ("记录编号", IDENTIFIER, False, False),
    ("姓名", TEXT, False, False),
    ("在职职工", BOOL, False, False),
    ("等级", LEVEL, False, False),
    ("县市区", COUNTY, True, False),
    ("结业日期", DATE, False, False),
    ("发证日期", DATE, True, False),
    ("培训天数", NumberType(DAY, whole=True), False, False),
    ("金额", MONEY, True, False),
    ("月工资", NumberType(YUAN, whole=True), True, False),
    ("评估合格", BOOL, True, True),
    ("培训机构", TEXT, True, True),
)


def _fact(index: int, name: str, of: Type, optional: bool, column_optional: bool) -> Fact:
    return Fact(name, of, index, "培训", optional, "", column_optional, False, "", "", ORIGIN)


def kind() -> RecordKind:
    facts = tuple(_fact(index, *each) for index, each in enumerate(FACTS))
    return RecordKind("培训", facts[0], facts, (), (), ORIGIN)


def fact(name: str) -> Fact:
    return next(each for each in kind().facts if each.name == name)


# One record, in the texts of a CSV file; columns that may be left out are left out.
GOOD: dict[str, str] = {
    "记录编号": "007",
    "姓名": "甲",
    "在职职工": "是",
    "等级": "高级工",
    "县市区": "",
    "结业日期": "2019-08-30",
    "发证日期": "2019-09-30",
    "培训天数": "12",
    "金额": "550.5",
    "月工资": "3000",
}


def record(**cells: str) -> dict[str, str]:
    return GOOD | cells


def write_csv(path: Path, *records: dict[str, str], encoding: str = "utf-8") -> Path:
    with path.open("w", encoding=encoding, newline="") as stream:
        writer = csv.DictWriter(stream, list(records[0]))
        writer.writeheader()
        writer.writerows(records)
    return path


def write_json(path: Path, *records: dict[str, Any]) -> Path:
    path.write_text(json.dumps(records, ensure_ascii=False), encoding="utf-8")
    return path


def write_bytes(path: Path, content: bytes | str) -> Path:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def typed_frame() -> pl.DataFrame:
    """The good record, typed as Parquet would hold it."""
    return pl.DataFrame(
        {
            "记录编号": [7],
            "姓名": pl.Series(["甲"], dtype=pl.Categorical),
            "在职职工": [True],
            "等级": pl.Series(["高级工"], dtype=pl.Enum(LEVEL.labels)),
            "县市区": [None],
            "结业日期": [date(2019, 8, 30)],
            "发证日期": pl.Series([date(2019, 9, 30)]).cast(pl.Datetime("us")),
            "培训天数": pl.Series([12], dtype=pl.UInt8),
            "金额": pl.Series(["550.5"]).str.to_decimal(scale=4),
            "月工资": [3000],
        }
    )


def refused(code: str, path: Path, encoding: str = "utf-8") -> str:
    """Message and help of the one diagnostic that reading a file is refused with."""
    with pytest.raises(Refusal) as caught:
        read_raw(path, encoding)
    (diagnostic,) = caught.value.diagnostics
    assert diagnostic.code == code
    return f"{diagnostic.message}\n{diagnostic.help}"


def read_or_refused(path: Path) -> None:
    """Whatever is in the file, there is a table or one diagnostic, and no other exception."""
    with suppress(Refusal):
        read_raw(path)
