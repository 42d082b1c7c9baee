"""Where a name is born and used, and giving it another one.

Names of facts, labels, benefits, parameters and readings are those of data files, results and options of the command
line, so a new name in the rules alone would not do. What only rule files know may be renamed here; the renamed files
must then say the same in every token, and pass the check.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from attrs import evolve

from hypolicy.diagnostics.diagnostic import Severity
from hypolicy.editor.findings import look_over
from hypolicy.editor.hover import official_place
from hypolicy.editor.view import Symbol, View
from hypolicy.source.folder import AMENDMENTS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import PurePosixPath

    from hypolicy.source.text import Span

_RENAMED: Final = ("概念", "期间", "补贴组", "参照用例")


class CannotRenameError(Exception):
    """Why a name cannot be changed here, in a sentence for the user."""


def definition(view: View, path: PurePosixPath, offset: int) -> Span | None:
    """The birth of the name at a place; of a quote, the official words."""
    quote = view.quote_at(path, offset)
    if quote is not None:
        return official_place(view, quote)
    symbol = symbol_at(view, path, offset)
    return view.birth(symbol) if symbol is not None else None


def references(view: View, path: PurePosixPath, offset: int, *, births: bool) -> list[Span]:
    symbol = symbol_at(view, path, offset)
    if symbol is None:
        return []
    birth = view.birth(symbol)
    spans = [lexeme.span for lexeme in view.uses(symbol)]
    return [span for span in spans if births or birth is None or not _same(span, birth)]


def symbol_at(view: View, path: PurePosixPath, offset: int) -> Symbol | None:
    number = view.at(path, offset)
    return view.symbol(path, number) if number is not None else None


def renamable(view: View, path: PurePosixPath, offset: int) -> Span:
    """The name at a place, without its 「」. Raises CannotRenameError where it has to stay as it is."""
    number = view.at(path, offset)
    symbol = view.symbol(path, number) if number is not None else None
    if symbol is None or number is None:
        raise CannotRenameError("这里不是名称。")
    kind = view.kind(symbol)
    if kind not in _RENAMED:
        what = f"是{kind}" if kind else "没有声明"
        raise CannotRenameError(
            f"「{symbol.name}」{what}；只有规则文件自己使用的名称（{'、'.join(_RENAMED)}）可以在这里改名，"
            "其他名称还写在数据、结果、情景或者命令的选项中。"
        )
    for other in view.sources:
        if other.parts[0] == AMENDMENTS:
            for lexeme in view.lexed(other).lexemes:
                if lexeme.kind == "STRING" and symbol.name in str(lexeme.value):
                    raise CannotRenameError(
                        f"修订文件「{other}」引用了写有「{symbol.name}」的文字，不能在这里改名。"
                    )
    return _bare(view.lexed(path).lexemes[number].span)


def rename(view: View, path: PurePosixPath, offset: int, name: str) -> list[Span]:
    """Where the new name has to be written. Raises CannotRenameError where the rules would then say something else."""
    renamable(view, path, offset)
    symbol = symbol_at(view, path, offset)
    assert symbol is not None  # else it would not be renamable
    if any(d.severity is Severity.ERROR for each in look_over(view.folder).by_file.values() for d in each):
        raise CannotRenameError("规则有错误，改正以后才能改名。")
    spans = [_bare(lexeme.span) for lexeme in view.uses(symbol)]
    texts = {source.path: source.text for source in view.sources.values()}
    for span in sorted(spans, key=lambda span: span.start, reverse=True):
        text = texts[span.source.path]
        texts[span.source.path] = text[: span.start] + name + text[span.end :]
    renamed = View.of(evolve(view.folder, unsaved={**view.folder.unsaved, **texts}, files_read=set()))
    same = all(_said(view, each) == _said(renamed, each, name, symbol.name) for each in view.sources)
    found = look_over(renamed.folder).by_file.values()
    if not same or any(d.severity is Severity.ERROR for each in found for d in each):
        raise CannotRenameError(f"改成「{name}」以后，规则读起来不同或者有错误，请换一个名称。")
    return spans


def _said(view: View, path: PurePosixPath, new: str = "", old: str = "") -> Sequence[object]:
    """The tokens of a file, in which a new name counts as the old one."""
    return [(one.kind, old if new and one.value == new else one.value) for one in view.lexed(path).lexemes]


def _bare(span: Span) -> Span:
    quoted = span.text.startswith("「") and span.text.endswith("」")
    return evolve(span, start=span.start + 1, end=span.end - 1) if quoted else span


def _same(one: Span, other: Span) -> bool:
    return one.source.path == other.source.path and one.start < other.end and other.start < one.end
