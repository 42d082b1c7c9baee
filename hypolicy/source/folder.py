"""A policy folder: the only files that a policy may read, each inside the folder, none through a link out of it."""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from attrs import field, frozen

from hypolicy.source import limits
from hypolicy.source.text import SourceText

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ENTRY = PurePosixPath("政策.hyp")
# The folder of the amending documents, which no file includes.
AMENDMENTS = "修订"


class UnusableFileError(Exception):
    """Why a file of the folder cannot be read: `code` is a diagnostic code, `facts` fill its sentence."""

    def __init__(self, code: str, **facts: str) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts


@frozen
class PolicyFolder:
    """`root` is the folder itself, resolved; `files_read` are those that were read, relative to it.

    `unsaved` are the files as an editor has them at the moment, whatever is on disk.
    """

    root: Path
    files_read: set[str] = field(factory=set, eq=False, repr=False)
    unsaved: Mapping[PurePosixPath, str] = field(factory=dict, eq=False, repr=False)

    def resolve(self, name: str, base: PurePosixPath = ENTRY) -> PurePosixPath:
        """A name written in the file `base`, as a path relative to the root.

        Raises UnusableFileError where it leads out of the folder, or is no plain file.
        """
        if name.startswith("/") or "\\" in name or "\0" in name or ":" in name:
            raise UnusableFileError("HY121", path=name)
        try:
            target = (self.root / base.parent / name).resolve()
            inside = target.is_relative_to(self.root)
            plain = target.is_file()
        except (OSError, ValueError, RuntimeError):
            raise UnusableFileError("HY122", path=name) from None
        if not inside:
            raise UnusableFileError("HY121", path=name)
        path = PurePosixPath(target.relative_to(self.root).as_posix())
        if not plain and path not in self.unsaved:
            raise UnusableFileError("HY122", path=name)
        return path

    def read(self, path: PurePosixPath) -> SourceText:
        """A text file of at most `limits.MAX_FILE_BYTES`, in UTF-8 (a byte order mark is dropped)."""
        self.files_read.add(str(path))
        if path in self.unsaved:
            return _decoded(self.unsaved[path].encode("utf-8", "replace"), path)
        return _read(self.root / path, path)

    def read_beside(self, path: Path) -> SourceText:
        """A file that somebody has named beside the folder; it is read as it is, wherever it lies."""
        return _read(path, PurePosixPath(path.as_posix()))

    def rule_files(self) -> Iterator[PurePosixPath]:
        """Every rule file in the folder and below, in the order of their names."""
        saved = [path for path in self.root.rglob("*.hyp") if path.is_file()]
        unsaved = [self.root / path for path in self.unsaved if path.suffix == ENTRY.suffix]
        for path in sorted({*saved, *unsaved}):
            yield PurePosixPath(path.relative_to(self.root).as_posix())


def root_of(file: Path) -> Path | None:
    """The policy folder that a file is in: the nearest one around it that has an entry file."""
    return next((folder for folder in file.parents if (folder / ENTRY).is_file()), None)


def _read(file: Path, path: PurePosixPath) -> SourceText:
    try:
        with file.open("rb") as opened:
            data = opened.read(limits.MAX_FILE_BYTES + 1)
    except OSError:
        raise UnusableFileError("HY122", path=str(path)) from None
    return _decoded(data, path)


def _decoded(data: bytes, path: PurePosixPath) -> SourceText:
    if len(data) > limits.MAX_FILE_BYTES:
        raise UnusableFileError("HY123", path=str(path), limit=str(limits.MAX_FILE_BYTES))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UnusableFileError("HY124", path=str(path)) from None
    return SourceText(path, text.replace("\r\n", "\n").replace("\r", "\n"))
