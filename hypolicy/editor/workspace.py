"""The open documents, and the policy folders that they are in.

A document counts as the file that it is, whatever is on disk; the other files of its folder are read from disk.
"""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import unquote

from attrs import define, field, frozen
from pygls.uris import to_fs_path

from hypolicy.editor.view import View
from hypolicy.source.folder import ENTRY, PolicyFolder, root_of

if TYPE_CHECKING:
    from collections.abc import Iterator


@frozen
class Document:
    """A document as the editor has it, and what the editor calls it."""

    uri: str
    text: str


@define
class Workspace:
    """`changes` counts what has happened to each folder, so that what is known of an earlier state is known as such."""

    documents: dict[Path, Document] = field(factory=dict)
    changes: dict[Path, int] = field(factory=dict)
    _views: dict[Path, tuple[int, View]] = field(factory=dict)

    def put(self, uri: str, text: str) -> Path | None:
        """A document was opened or changed; gives its policy folder."""
        path = path_of(uri)
        if path is None:
            return None
        # A lone half of a pair is no character, and could not be written to a file.
        whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        self.documents[path] = Document(uri, whole)
        return self.touch(path)

    def drop(self, uri: str) -> Path | None:
        """A document was closed: what is on disk counts again."""
        path = path_of(uri)
        if path is None:
            return None
        root = self.root(path)
        self.documents.pop(path, None)
        return self.touch(path, root)

    def touch(self, path: Path, root: Path | None = None) -> Path | None:
        """A file has changed; gives its policy folder."""
        root = root or self.root(path)
        if root is not None:
            self.changes[root] = self.changes.get(root, 0) + 1
        return root

    def root(self, path: Path) -> Path | None:
        """The policy folder that a file is in; its entry file may be a document that was never saved."""
        unsaved = next((folder for folder in path.parents if folder / ENTRY in self.documents), None)
        saved = root_of(path)
        return max(filter(None, (unsaved, saved)), key=lambda folder: len(folder.parts), default=None)

    def open_in(self, root: Path) -> Iterator[PurePosixPath]:
        """The documents of a folder, as paths within it."""
        for path in self.documents:
            if self.root(path) == root:
                yield PurePosixPath(path.relative_to(root).as_posix())

    def folder(self, root: Path) -> PolicyFolder:
        """A folder as it is at this moment; what happens to the documents later does not change it."""
        texts = {path: self.documents[root / path].text for path in self.open_in(root)}
        return PolicyFolder(root, unsaved=texts)

    def view(self, root: Path) -> View:
        known = self._views.get(root)
        if known is None or known[0] != self.changes.get(root, 0):
            known = self.changes.get(root, 0), View.of(self.folder(root))
            self._views[root] = known
        return known[1]

    def uri(self, path: Path) -> str:
        """What the editor calls a file."""
        document = self.documents.get(path)
        return document.uri if document is not None else path.as_uri()

    def forget(self, root: Path) -> None:
        self._views.pop(root, None)


def path_of(uri: str) -> Path | None:
    """The file that a document is, links resolved; None for what is no file."""
    try:
        name = to_fs_path(uri)
        return None if name is None or "\0" in unquote(name) else Path(name).resolve()
    except (OSError, ValueError, RuntimeError):
        return None
