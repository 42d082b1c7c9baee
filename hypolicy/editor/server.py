"""The server: what the editor says goes to `workspace`, what it asks to the other modules; nothing is worked out here.

Checks run in a thread of their own, a moment after the last key, so that an answer never waits for one. What a check
has found is told only if nothing has happened to its folder meanwhile. A defect of ours ends one answer, and never the
server.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, Final

from attrs import define, field
from lsprotocol import types
from pygls.lsp.server import LanguageServer

from hypolicy import __version__
from hypolicy.diagnostics.defect import defect
from hypolicy.diagnostics.refusal import Refusal
from hypolicy.editor import hover, navigation, outline
from hypolicy.editor.completion import offers
from hypolicy.editor.findings import Findings, as_protocol, look_over
from hypolicy.editor.places import Ruler
from hypolicy.editor.repairs import repairs
from hypolicy.editor.workspace import Workspace, path_of
from hypolicy.source.folder import ENTRY
from hypolicy.syntax.format_folder import format_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import BinaryIO

    from hypolicy.editor.view import View
    from hypolicy.rules.tree import Policy
    from hypolicy.source.text import Span

# So long after the last key a folder is checked, in seconds.
PAUSE: Final = 0.25
_WATCHED: Final = "**/*.{hyp,csv,txt}"
_ICONS: Final = {
    "用词": types.CompletionItemKind.Keyword,
    "事实": types.CompletionItemKind.Field,
    "概念": types.CompletionItemKind.Function,
    "参数": types.CompletionItemKind.Constant,
    "取值": types.CompletionItemKind.EnumMember,
    "补贴": types.CompletionItemKind.Class,
    "表": types.CompletionItemKind.Struct,
}


@define
class _Folder:
    """What is known of a policy folder: the last check, the last policy without errors, and what was told of it."""

    waiting: asyncio.TimerHandle | None = None
    findings: Findings = field(factory=Findings)
    policy: Policy | None = None
    told: set[str] = field(factory=set)


@define
class _Spot:
    """A place that the editor asks about."""

    view: View
    path: PurePosixPath
    offset: int
    ruler: Ruler
    root: Path


class Server(LanguageServer):
    """pygls does the protocol; `documents` are ours, since a folder is more than one of them."""

    def __init__(self) -> None:
        super().__init__("hypolicy", __version__, text_document_sync_kind=types.TextDocumentSyncKind.Full)
        self.documents = Workspace()
        self.folders: dict[Path, _Folder] = {}
        self.checker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="check")

    @property
    def ruler(self) -> Ruler:
        return Ruler(str(self.workspace.position_encoding or "utf-16"))

    def report_server_error(self, error: Exception, source: Any) -> None:
        self.tell_defect(error)

    def tell_defect(self, error: Exception) -> None:
        text = f"程序出现意外（{defect(error)}）。这是 hypolicy 的缺陷，请把这一行报告给维护者。"
        self.window_log_message(types.LogMessageParams(types.MessageType.Error, text))

    # ------------------------------------------------------------------------------------------------- checking

    def changed(self, root: Path | None) -> None:
        """Something has happened to a folder: check it when no key has been struck for a moment."""
        if root is None:
            return
        folder = self.folders.setdefault(root, _Folder())
        if folder.waiting is not None:
            folder.waiting.cancel()
        loop = asyncio.get_running_loop()
        folder.waiting = loop.call_later(PAUSE, lambda: loop.create_task(self.check(root)))

    async def check(self, root: Path) -> None:
        open_files = list(self.documents.open_in(root))
        if not open_files:
            self.publish(root, Findings())
            self.folders.pop(root, None)
            self.documents.forget(root)
            return
        state = self.documents.changes.get(root)
        work = partial(look_over, self.documents.folder(root), open_files)
        try:
            findings = await asyncio.get_running_loop().run_in_executor(self.checker, work)
        except Exception as error:  # a defect of ours must not end the server
            self.tell_defect(error)
            return
        if self.documents.changes.get(root) == state:
            self.publish(root, findings)

    def publish(self, root: Path, findings: Findings) -> None:
        """Tell the editor what was found in each file, and of each file that is sound again."""
        folder = self.folders.setdefault(root, _Folder())
        folder.findings = findings
        folder.policy = findings.policy or folder.policy
        uri = partial(self.uri, root)
        told = {
            uri(path): [as_protocol(diagnostic, self.ruler, uri) for diagnostic in found]
            for path, found in findings.by_file.items()
        }
        for each in sorted(folder.told - set(told)):
            self.text_document_publish_diagnostics(types.PublishDiagnosticsParams(each, []))
        for each, diagnostics in told.items():
            self.text_document_publish_diagnostics(types.PublishDiagnosticsParams(each, diagnostics))
        folder.told = set(told)

    # ------------------------------------------------------------------------------------------------ questions

    def uri(self, root: Path, path: PurePosixPath) -> str:
        return self.documents.uri(root / path)

    def spot(self, uri: str, position: types.Position | None = None) -> _Spot | None:
        """Where in which folder a question is about; None outside of rule files of a policy folder."""
        file = path_of(uri)
        root = self.documents.root(file) if file is not None and file.suffix == ENTRY.suffix else None
        if file is None or root is None:
            return None
        view, path = self.documents.view(root), PurePosixPath(file.relative_to(root).as_posix())
        source = view.sources.get(path)
        if source is None:
            return None
        offset = self.ruler.offset(source, position) if position is not None else 0
        return _Spot(view, path, offset, self.ruler, root)

    def location(self, spot: _Spot, span: Span) -> types.Location:
        return types.Location(self.uri(spot.root, span.source.path), spot.ruler.range(span))


def serve(inward: BinaryIO, outward: BinaryIO) -> None:
    """Talk to an editor until it ends the talk."""
    server = made()
    try:
        server.start_io(inward, outward)
    finally:
        server.checker.shutdown(wait=False, cancel_futures=True)


def made() -> Server:
    """A server with all its answers."""
    server = Server()
    _watching(server)
    for feature, answer in _ANSWERS.items():
        server.feature(feature, _OPTIONS.get(feature))(partial(_answered, server, answer))
    return server


def _answered(server: Server, answer: Callable[[Server, Any], Any], params: Any) -> Any:
    return answer(server, params)


# --- what happens in the editor --------------------------------------------------------------------------------


def _watching(server: Server) -> None:
    @server.feature(types.INITIALIZED)
    def begun(_: types.InitializedParams) -> None:
        """Ask to be told of files that change on disk, where the editor can."""
        about = server.client_capabilities.workspace
        watched = about.did_change_watched_files if about is not None else None
        if watched is not None and watched.dynamic_registration:
            options = types.DidChangeWatchedFilesRegistrationOptions([types.FileSystemWatcher(_WATCHED)])
            wanted = types.Registration("files", types.WORKSPACE_DID_CHANGE_WATCHED_FILES, options)
            server.client_register_capability(types.RegistrationParams([wanted]))

    @server.feature(types.TEXT_DOCUMENT_DID_OPEN)
    def opened(params: types.DidOpenTextDocumentParams) -> None:
        server.changed(server.documents.put(params.text_document.uri, params.text_document.text))

    @server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
    def changed(params: types.DidChangeTextDocumentParams) -> None:
        uri = params.text_document.uri
        server.changed(server.documents.put(uri, server.workspace.get_text_document(uri).source))

    @server.feature(types.TEXT_DOCUMENT_DID_CLOSE)
    def closed(params: types.DidCloseTextDocumentParams) -> None:
        server.changed(server.documents.drop(params.text_document.uri))

    @server.feature(types.TEXT_DOCUMENT_DID_SAVE)
    def saved(params: types.DidSaveTextDocumentParams) -> None:
        _touched(server, [params.text_document.uri])

    @server.feature(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    def changed_on_disk(params: types.DidChangeWatchedFilesParams) -> None:
        _touched(server, [change.uri for change in params.changes])


def _touched(server: Server, uris: Iterable[str]) -> None:
    for path in filter(None, map(path_of, uris)):
        root = server.documents.touch(path)
        if root is not None and any(server.documents.open_in(root)):
            server.changed(root)


# --- what the editor asks --------------------------------------------------------------------------------------


def _hover(server: Server, params: types.HoverParams) -> types.Hover | None:
    spot = server.spot(params.text_document.uri, params.position)
    if spot is None:
        return None
    known = server.folders.get(spot.root, _Folder())
    told = hover.hover(spot.view, spot.path, spot.offset, known.policy)
    if told is None:
        return None
    content = types.MarkupContent(types.MarkupKind.Markdown, told.text)
    return types.Hover(content, spot.ruler.range(told.span))


def _definition(server: Server, params: types.DefinitionParams) -> types.Location | None:
    spot = server.spot(params.text_document.uri, params.position)
    span = navigation.definition(spot.view, spot.path, spot.offset) if spot is not None else None
    return server.location(spot, span) if spot is not None and span is not None else None


def _references(server: Server, params: types.ReferenceParams) -> list[types.Location]:
    spot = server.spot(params.text_document.uri, params.position)
    if spot is None:
        return []
    births = params.context.include_declaration
    found = navigation.references(spot.view, spot.path, spot.offset, births=births)
    return [server.location(spot, span) for span in found]


def _prepare_rename(server: Server, params: types.PrepareRenameParams) -> types.Range | None:
    spot = server.spot(params.text_document.uri, params.position)
    if spot is None:
        return None
    try:
        return spot.ruler.range(navigation.renamable(spot.view, spot.path, spot.offset))
    except navigation.CannotRenameError as why:
        _tell(server, str(why))
        return None


def _rename(server: Server, params: types.RenameParams) -> types.WorkspaceEdit | None:
    spot = server.spot(params.text_document.uri, params.position)
    if spot is None:
        return None
    name = params.new_name.strip().removeprefix("「").removesuffix("」")
    try:
        spans = navigation.rename(spot.view, spot.path, spot.offset, name)
    except navigation.CannotRenameError as why:
        _tell(server, str(why))
        return None
    edits: dict[str, list[types.TextEdit]] = {}
    for span in spans:
        edit = types.TextEdit(spot.ruler.range(span), name)
        edits.setdefault(server.uri(spot.root, span.source.path), []).append(edit)
    return types.WorkspaceEdit(edits)


def _completion(server: Server, params: types.CompletionParams) -> list[types.CompletionItem]:
    spot = server.spot(params.text_document.uri, params.position)
    if spot is None:
        return []
    source, items = spot.view.sources[spot.path], []
    for offer in offers(spot.view, spot.path, spot.offset):
        words = types.Range(spot.ruler.position(source, offer.start), spot.ruler.position(source, offer.end))
        items.append(
            types.CompletionItem(
                label=offer.word,
                kind=_ICONS.get(offer.kind, types.CompletionItemKind.Variable),
                detail=offer.kind,
                sort_text=f"{0 if offer.likely else 1 if offer.start < spot.offset else 2}{offer.word}",
                filter_text=offer.text,
                text_edit=types.TextEdit(words, offer.text),
            )
        )
    return items


def _symbols(server: Server, params: types.DocumentSymbolParams) -> list[types.DocumentSymbol]:
    spot = server.spot(params.text_document.uri)
    return outline.outline(spot.view, spot.path, spot.ruler) if spot is not None else []


def _folds(server: Server, params: types.FoldingRangeParams) -> list[types.FoldingRange]:
    spot = server.spot(params.text_document.uri)
    return outline.folds(spot.view, spot.path) if spot is not None else []


def _formatting(server: Server, params: types.DocumentFormattingParams) -> list[types.TextEdit] | None:
    """The file in its one layout, as `hypolicy fmt` writes it; a file with errors stays as it is."""
    spot = server.spot(params.text_document.uri)
    if spot is None:
        return None
    try:
        found = format_folder(server.documents.folder(spot.root), spot.path)
    except Refusal as refusal:
        _tell(server, f"没有调整格式：{refusal.diagnostics[0].message}")
        return None
    source, text = spot.view.sources[spot.path], found.texts.get(spot.path)
    if text is None:
        _tell(server, "文件有错误，没有调整格式。")
        return None
    return [types.TextEdit(spot.ruler.whole(source), text)] if text != source.text else []


def _actions(server: Server, params: types.CodeActionParams) -> list[types.CodeAction]:
    """The repairs of the diagnostics at a place, as long as the text is the one that they were found in."""
    spot = server.spot(params.text_document.uri, params.range.start)
    known = server.folders.get(spot.root) if spot is not None else None
    if spot is None or known is None:
        return []
    source, uri = spot.view.sources[spot.path], params.text_document.uri
    end = spot.ruler.offset(source, params.range.end)
    actions = []
    for diagnostic in known.findings.by_file.get(spot.path, ()):
        span = diagnostic.places[0].span if diagnostic.places else None
        if span is None or span.source.text != source.text or span.start > end or span.end < spot.offset:
            continue
        told = as_protocol(diagnostic, spot.ruler, partial(server.uri, spot.root))
        for repair in repairs(diagnostic):
            edit = types.TextEdit(spot.ruler.range(repair.span), repair.text)
            actions.append(
                types.CodeAction(
                    title=repair.title,
                    kind=types.CodeActionKind.QuickFix,
                    diagnostics=[told],
                    is_preferred=repair.surely,
                    edit=types.WorkspaceEdit({uri: [edit]}),
                )
            )
    return actions


def _tell(server: Server, text: str) -> None:
    server.window_show_message(types.ShowMessageParams(types.MessageType.Info, text))


_ANSWERS: Final[dict[str, Callable[[Server, Any], Any]]] = {
    types.TEXT_DOCUMENT_HOVER: _hover,
    types.TEXT_DOCUMENT_DEFINITION: _definition,
    types.TEXT_DOCUMENT_REFERENCES: _references,
    types.TEXT_DOCUMENT_PREPARE_RENAME: _prepare_rename,
    types.TEXT_DOCUMENT_RENAME: _rename,
    types.TEXT_DOCUMENT_COMPLETION: _completion,
    types.TEXT_DOCUMENT_DOCUMENT_SYMBOL: _symbols,
    types.TEXT_DOCUMENT_FOLDING_RANGE: _folds,
    types.TEXT_DOCUMENT_FORMATTING: _formatting,
    types.TEXT_DOCUMENT_CODE_ACTION: _actions,
}
_OPTIONS: Final[dict[str, Any]] = {
    types.TEXT_DOCUMENT_COMPLETION: types.CompletionOptions(trigger_characters=["「", "：", "，", "、"]),
    types.TEXT_DOCUMENT_CODE_ACTION: types.CodeActionOptions([types.CodeActionKind.QuickFix]),
}
