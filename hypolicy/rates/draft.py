"""A new catalogue as a draft amendment: a file of rows, and a document that has the table taken from it.

No rule file is touched: the comments in it stay, and so does every earlier version. The draft is an amendment like any
other, which can be checked, compared and tried out, and is in force when somebody writes 施行 into it.
"""

from __future__ import annotations

import csv
import io
import shutil
from os.path import relpath
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from attrs import frozen

from hypolicy.diagnostics.diagnostic import Diagnostic
from hypolicy.diagnostics.refusal import Refusal
from hypolicy.pipeline import check_folder
from hypolicy.records.files import write_texts
from hypolicy.rules.calendar import chinese_date
from hypolicy.source.folder import AMENDMENTS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from hypolicy.rates.catalogue import Catalogue
    from hypolicy.rules.amendment import Rank


@frozen
class Ground:
    """The document that a new catalogue rests on."""

    title: str
    number: str
    rank: Rank


@frozen
class Draft:
    """Both files, from the policy folder."""

    document: PurePosixPath
    rows: PurePosixPath
    texts: tuple[str, str]

    @property
    def paths(self) -> tuple[PurePosixPath, PurePosixPath]:
        return self.document, self.rows


def drafted(catalogue: Catalogue, lines: Sequence[Sequence[str]], day: date, ground: Ground) -> Draft:
    name = f"{catalogue.table.name.replace('/', '／')} {day.isoformat()}"
    folder = PurePosixPath(AMENDMENTS)
    rows = folder / f"{name}.csv"
    written = io.StringIO()
    csv.writer(written, lineterminator="\n").writerows(lines)
    document = f"""\
修订「{ground.title}」。
文号：“{ground.number}”。
位阶：{ground.rank.value}。
施行日：{chinese_date(day)}。
状态：草案。

将表「{catalogue.table.name}」由“{relpath(catalogue.file, folder)}”修改为“{rows.name}”。
"""
    return Draft(folder / f"{name}.hyp", rows, (document, written.getvalue()))


def require_sound(policy: Path, draft: Draft) -> None:
    """Refuse a draft with which the policy would have errors: it is checked in a copy of the folder."""
    existing = next((path for path in draft.paths if (policy / path).exists()), None)
    if existing is not None:
        raise Refusal(Diagnostic("HY948", {"path": str(existing)}))
    with TemporaryDirectory() as scratch:
        copy = Path(scratch).resolve() / "policy"
        shutil.copytree(policy, copy, ignore=shutil.ignore_patterns(".*"))
        for path, text in zip(draft.paths, draft.texts, strict=True):
            (copy / path).parent.mkdir(exist_ok=True)
            (copy / path).write_text(text, encoding="utf-8", newline="\n")
        checked = check_folder(copy, amendments=[copy / draft.document])
    if checked.policy is None:
        raise Refusal(*checked.diagnostics)


def write(policy: Path, draft: Draft) -> None:
    """Both files or neither."""
    (policy / AMENDMENTS).mkdir(exist_ok=True)
    write_texts([(policy / path, text) for path, text in zip(draft.paths, draft.texts, strict=True)])
