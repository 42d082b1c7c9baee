"""hypolicy fmt POLICY."""

from __future__ import annotations

import sys
from difflib import unified_diff
from pathlib import Path, PurePosixPath
from typing import Final

import click

from hypolicy.cli.console import COULD_NOT_RUN, FINDINGS, give_up, say, tell, tell_diagnostics
from hypolicy.diagnostics.diagnostic import Diagnostic
from hypolicy.diagnostics.refusal import Refusal
from hypolicy.diagnostics.render import visible
from hypolicy.source.folder import ENTRY, PolicyFolder, root_of
from hypolicy.syntax.format_folder import FolderFormatting, format_folder

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
        found = format_folder(folder, only)
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
        root = root_of(path)
        if root is not None:
            return PolicyFolder(root), PurePosixPath(path.relative_to(root).as_posix())
    raise Refusal(Diagnostic("HY901", {"path": str(policy)}))


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


def _concluded(found: FolderFormatting, changed: int, *, writing: bool) -> int:
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
