"""The outline of a file, clause by clause and block by block, and what may be folded in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from lsprotocol import types

from hypolicy.check.symbols import KINDS
from hypolicy.editor.view import View, extent
from hypolicy.source.text import Span
from hypolicy.syntax import tree

if TYPE_CHECKING:
    from pathlib import PurePosixPath

    from hypolicy.editor.places import Ruler

_ICONS: Final[dict[str, types.SymbolKind]] = {
    "记录": types.SymbolKind.Struct,
    "枚举": types.SymbolKind.Enum,
    "事实": types.SymbolKind.Field,
    "概念": types.SymbolKind.Function,
    "参数": types.SymbolKind.Constant,
    "表": types.SymbolKind.Array,
    "补贴": types.SymbolKind.Class,
    "口径": types.SymbolKind.Variable,
    "用例": types.SymbolKind.Event,
    "参照用例": types.SymbolKind.Event,
}


def outline(view: View, path: PurePosixPath, ruler: Ruler) -> list[types.DocumentSymbol]:
    """Clauses with the blocks below them; blocks before the first clause stand by themselves."""
    out: list[types.DocumentSymbol] = []
    below = out
    sections = {span.start: span for span in clauses(view, path)}
    for block in view.blocks.get(path, ()):
        symbol = _symbol(block, extent(block), ruler)
        if isinstance(block.head, tree.Heading):
            whole = sections[block.head.span.start]
            symbol.range = ruler.range(whole)
            symbol.children = []
            out.append(symbol)
            below = symbol.children
        else:
            below.append(symbol)
    return out


def _symbol(block: tree.Block, whole: Span, ruler: Ruler) -> types.DocumentSymbol:
    head = block.head
    name: tree.Name | None = getattr(head, "name", None)
    if isinstance(head, tree.Heading):
        title, detail, icon = head.clause, head.title, types.SymbolKind.Namespace
    else:
        detail = KINDS.get(type(head), "")
        title = name.text if name is not None else head.span.text.split("\n")[0][:20]
        icon = _ICONS.get(detail, types.SymbolKind.Object)
    chosen = name.span if name is not None else head.span
    return types.DocumentSymbol(title or "…", icon, ruler.range(whole), ruler.range(chosen), detail)


def clauses(view: View, path: PurePosixPath) -> list[Span]:
    """Each clause of a file, from its heading to the next one."""
    headings = [b.head.span for b in view.blocks.get(path, ()) if isinstance(b.head, tree.Heading)]
    ends = [span.start for span in headings[1:]] + [len(view.sources[path].text)] if headings else []
    out = []
    for span, end in zip(headings, ends, strict=True):
        words = span.source.text[span.start : end].rstrip()
        out.append(Span(span.source, span.start, span.start + len(words)))
    return out


def folds(view: View, path: PurePosixPath) -> list[types.FoldingRange]:
    """Clauses, blocks, and quotes that take more than a line."""
    quotes = [one.span for one in view.lexed(path).trivia if one.is_quote]
    blocks = [extent(block) for block in view.blocks.get(path, ())]
    out = []
    for span in [*clauses(view, path), *blocks, *quotes]:
        first, _ = span.source.position(span.start)
        last, _ = span.source.position(max(span.start, span.end - 1))
        if last > first:
            out.append(types.FoldingRange(first - 1, last - 1))
    return out
