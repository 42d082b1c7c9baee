"""hypolicy fmt POLICY."""

from __future__ import annotations

import sys
from difflib import unified_diff
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Final

import click
from attrs import define, field

from hypolicy.cli.console import COULD_NOT_RUN, FINDINGS, give_up, say, tell, tell_diagnostics
from hypolicy.diagnostics.diagnostic import Collector, Diagnostic, Severity
from hypolicy.diagnostics.refusal import Refusal
from hypolicy.diagnostics.render import visible
from hypolicy.source.folder import AMENDMENTS, ENTRY, PolicyFolder, UnusableFileError
from hypolicy.syntax.format import format_files
from hypolicy.syntax.include import gather

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from hypolicy.source.text import SourceText

_MOST_DIFF_LINES: Final = 60


@click.command("fmt", short_help="统一规则文件的书写格式，不改变含义。")
@click.argument("policy", type=click.Path(path_type=Path))
@click.option("--check", "check_only", is_flag=True, help="只列出格式须调整的文件，不改写。")
@click.option("--diff", is_flag=True, help="列出须调整的文件和地方，不改写。")
def command(policy: Path, check_only: bool, diff: bool) -> None:
    """统一政策文件夹 POLICY 中规则文件的书写格式：缩进、换行、空行和标点，不改变含义。

    POLICY 也可以是其中的一个 .hyp 文件。有错误的文件不改写。
    退出码：0 完成；1 有文件须调整（--check、--diff）；2 有文件未能处理。
    """
    try:
        folder, only = _located(policy)
        found = _found(folder, only)
        changed = [path for path, text in found.texts.items() if _differs(folder, path, text)]
        for path in changed:
            if not (check_only or diff):
                _write(folder.root / path, found.texts[path])
                say(f"已调整　{visible(str(path))}")
                continue
            say(f"须调整　{visible(str(path))}")
            if diff:
                _say_diff(folder, path, found.texts[path])
    except Refusal as refusal:
        give_up(refusal)
    sys.exit(_concluded(found, len(changed), writing=not (check_only or diff)))


def _located(policy: Path) -> tuple[PolicyFolder, PurePosixPath | None]:
    """The folder of a policy, and the one file of it that is meant."""
    path = policy.resolve()
    if path.is_dir():
        return PolicyFolder(path), None
    if path.is_file() and path.suffix == ENTRY.suffix:
        for root in path.parents:
            if (root / ENTRY).is_file():
                return PolicyFolder(root), PurePosixPath(path.relative_to(root).as_posix())
    raise Refusal(Diagnostic("HY901", {"path": str(policy)}))


@define
class _Found:
    """What came of the files that are meant."""

    texts: dict[PurePosixPath, str] = field(factory=dict)
    diagnostics: list[Diagnostic] = field(factory=list)
    unsound: list[PurePosixPath] = field(factory=list)

    def add(self, sources: Sequence[SourceText], meant: Collection[PurePosixPath]) -> None:
        """Format files that are read together, and take up those that are meant."""
        collector = Collector()
        formatting = format_files(sources, collector)
        self.texts |= {path: text for path, text in formatting.texts.items() if path in meant}
        self.unsound += [path for path in formatting.unsound if path in meant]
        self.diagnostics += [
            diagnostic
            for diagnostic in collector.found
            if diagnostic.severity is Severity.ERROR and diagnostic.places[0].span.source.path in meant
        ]

    def take(self, other: _Found) -> None:
        self.texts |= other.texts
        self.unsound += other.unsound
        self.diagnostics += other.diagnostics

    @property
    def untouched(self) -> int:
        """How many files were left as they are because something is wrong with them."""
        faulty = {str(place.span.source.path) for each in self.diagnostics for place in each.places[:1]}
        unread = sum(not each.places for each in self.diagnostics)
        return len(faulty) + unread + len(self.unsound)


def _found(folder: PolicyFolder, only: PurePosixPath | None) -> _Found:
    """Format the files that 政策.hyp includes, and each other file of the folder, read together with them.

    Each of these has its own words; but an amending document may also use those of another one.
    """
    collector = Collector()
    sources = gather(folder, collector)
    if collector.has_errors:
        raise Refusal(*collector.found)
    found = _Found()
    included = [source.path for source in sources]
    if only is None or only in included:
        found.add(sources, included if only is None else [only])
    others, unread = _others(folder, included)
    amending = [source for source in others if source.path.parts[0] == AMENDMENTS]
    found.diagnostics += [
        Diagnostic(error.code, error.facts) for path, error in unread if only in (None, path)
    ]
    for source in others:
        if only in (None, source.path):
            alone = _Found()
            alone.add([*sources, source], [source.path])
            if alone.untouched and source in amending:
                alone = _Found()
                alone.add([*sources, *amending], [source.path])
            found.take(alone)
    return found


def _others(
    folder: PolicyFolder, included: Collection[PurePosixPath]
) -> tuple[list[SourceText], list[tuple[PurePosixPath, UnusableFileError]]]:
    """The files that no file includes, and those of them that cannot be read."""
    others: list[SourceText] = []
    unread: list[tuple[PurePosixPath, UnusableFileError]] = []
    for path in folder.rule_files():
        if path not in included:
            try:
                others.append(folder.read(folder.resolve(str(path))))
            except UnusableFileError as error:
                unread.append((path, error))
    return others, unread


def _differs(folder: PolicyFolder, path: PurePosixPath, text: str) -> bool:
    return (folder.root / path).read_bytes() != text.encode()


def _say_diff(folder: PolicyFolder, path: PurePosixPath, text: str) -> None:
    before, after = folder.read(path).text.split("\n"), text.split("\n")
    lines = list(unified_diff(before, after, f"{path}", f"{path}（调整后）", n=1, lineterm=""))
    for line in lines[:_MOST_DIFF_LINES]:
        say(visible(line))
    if len(lines) > _MOST_DIFF_LINES:
        say(f"……还有{len(lines) - _MOST_DIFF_LINES}行。")


def _write(path: Path, text: str) -> None:
    from hypolicy.records.writing import atomic_path  # noqa: PLC0415 - it loads polars, and few runs write

    with atomic_path(path) as temporary:
        temporary.write_bytes(text.encode())


def _concluded(found: _Found, changed: int, *, writing: bool) -> int:
    """Tell what became of the files; the exit code."""
    if found.diagnostics:
        tell_diagnostics(found.diagnostics)
    for path in found.unsound:
        tell(
            f"{visible(str(path))}：调整后的文字与原文含义不一致。这是 hypolicy 的缺陷，请报告；文件没有改动。"
        )
    unchanged = len(found.texts) - changed
    tell(
        f"{'已' if writing else '须'}调整{changed}个文件，{unchanged}个无须调整，{found.untouched}个未能处理。"
    )
    if found.untouched:
        return COULD_NOT_RUN
    return FINDINGS if changed and not writing else 0
