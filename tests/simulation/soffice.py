"""A workbook opened and calculated anew by LibreOffice, which takes no stored value on trust."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING, Final
from xml.etree import ElementTree
from zipfile import ZipFile

from attrs import frozen

if TYPE_CHECKING:
    from pathlib import Path

SOFFICE: Final = shutil.which("soffice")
_MAIN: Final = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_ALWAYS: Final = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop>
</item>
</oor:items>
"""


@frozen
class Cell:
    """What a cell holds: a text or a number, and its formula, if any."""

    value: str | float | None
    formula: str


def recalculated(folder: Path, *books: Path) -> list[Path]:
    """Copies of workbooks in which every formula has been calculated."""
    assert SOFFICE is not None
    profile = folder / "profile"
    (profile / "user").mkdir(parents=True)
    (profile / "user" / "registrymodifications.xcu").write_text(_ALWAYS, encoding="utf-8")
    command = [SOFFICE, f"-env:UserInstallation={profile.as_uri()}", "--headless", "--convert-to"]
    subprocess.run(
        [*command, "xlsx:Calc MS Excel 2007 XML", "--outdir", folder / "out", *books],
        check=True,
        capture_output=True,
        timeout=180,
    )
    return [folder / "out" / book.name for book in books]


def cells(book: Path) -> dict[tuple[str, str], Cell]:
    """By sheet and place (`A1`)."""
    with ZipFile(book) as parts:
        texts = [
            "".join(part.text or "" for part in item.iter(f"{_MAIN}t"))
            for item in _root(parts, "sharedStrings")
        ]
        sheets = [sheet.get("name", "") for sheet in _root(parts, "workbook").iter(f"{_MAIN}sheet")]
        return {
            (sheet, cell.get("r", "")): _cell(cell, texts)
            for number, sheet in enumerate(sheets, 1)
            for cell in _root(parts, f"worksheets/sheet{number}").iter(f"{_MAIN}c")
        }


def _root(parts: ZipFile, name: str) -> ElementTree.Element:
    return ElementTree.fromstring(parts.read(f"xl/{name}.xml"))  # noqa: S314 - written by this test


def _cell(cell: ElementTree.Element, texts: list[str]) -> Cell:
    value, formula = (cell.findtext(f"{_MAIN}{name}") or "" for name in "vf")
    match cell.get("t"):
        case "s":
            return Cell(texts[int(value)], formula)
        case "str" | "e":
            return Cell(value, formula)
        case _:
            return Cell(float(value) if value else None, formula)
