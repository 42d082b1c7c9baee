"""What mutation testing found, as a page: docs/mutation.md, with a judgement on every survivor.

    python tests/campaigns/mutation_page.py out/mutation.json [out/another.json ...] docs/mutation.md

Survivors that change nothing anybody could see are named in equivalent.toml, with the reason; all others lack a test.
"""

from __future__ import annotations

import json
import sys
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any, Final

HERE: Final = Path(__file__).parent
NOTICE: Final = "<!-- 本文件由 make mutation 写出，请勿手工修改。 -->"
ABOUT: Final = """\
变异测试回答一个问题：代码写错一处，测试会不会发现。`make mutation` 每次只改语法树中的一处，例如把“不大于”改成“小于”、
把“且”改成“或”、把条件取反、去掉一次调用、改动一段文字，再运行到达这一行的测试；有一个失败，就是发现了。
先运行其中最快的，共{first:.0f}秒；都没有发现的，再从各个测试文件轮流取，至多{second:.0f}秒。测试取自
{suites}。

不改动的只有与结果无关的部分：文档字符串，类型标注，装饰器，以及断言（`assert`、`assert_never`、表示程序自身错误的异常、
`zip` 的 `strict=True`）。一行没有测试到达，这一行的变异算作没有发现。抽查由种子决定，可以重现。"""


def judgements() -> dict[tuple[str, ...], str]:
    """Why some changes change nothing, by file, function, and the words before and after."""
    judged = tomllib.loads((HERE / "equivalent.toml").read_text(encoding="utf-8"))
    return {
        (one["file"], one["function"], one["before"], one["after"]): one["because"]
        for one in judged.get("mutant", ())
    }


def together(reports: list[dict[str, Any]]) -> dict[str, Any]:
    """Samples of the same code, with other seeds, as one; a mutant that two have tried counts twice."""
    first, *others = reports
    assert all(other["code"] == first["code"] for other in others)
    by_file: dict[str, Counter[str]] = {}
    for report in reports:
        for file, counts in report["by_file"].items():
            by_file.setdefault(file, Counter()).update(counts)
    return first | {
        "seed": "、".join(str(report["seed"]) for report in reports),
        "tried": sum(report["tried"] for report in reports),
        "killed": sum(report["killed"] for report in reports),
        "by_file": by_file,
        "survivors": [one for report in reports for one in report["survivors"]],
    }


def page(report: dict[str, Any], judged: dict[tuple[str, ...], str]) -> str:
    survivors = sorted(report["survivors"], key=lambda one: (one["file"], one["line"]))
    reasons = [
        judged.get((one["file"], one["function"], one["before"], one["after"]), "") for one in survivors
    ]
    equivalent = sum(map(bool, reasons))
    tried, killed = report["tried"], report["killed"]
    first, second = report["seconds"]
    rows = [*_by_folder(report), ("合计", tried, killed, _share(killed, tried))]
    return "\n".join(
        [
            NOTICE,
            "",
            "# 变异测试",
            "",
            ABOUT.format(
                first=first, second=second, suites="、".join(f"`{suite}`" for suite in report["suites"])
            ),
            "",
            f"`{'`、`'.join(report['folders'])}` 共有变异 {report['mutants']:,} 处，抽查 {tried:,} 处"
            f"（种子 {report['seed']}，代码 {report['code']}），发现 {killed:,} 处，占 {_share(killed, tried)}。"
            f"未发现的 {len(survivors)} 处列在下面，其中 {equivalent} 处与原来的代码等价，没有测试能够发现；"
            f"不计这些，发现的占 {_share(killed, tried - equivalent)}。",
            "",
            *_table(("目录", "抽查", "发现", "比例"), rows),
            "",
            "## 没有发现的变异",
            "",
            *_table(
                ("位置", "改动", "测试数", "判断"),
                [
                    (
                        f"`{one['file']}:{one['line']}`<br>`{one['function']}`",
                        f"{_code(one['before'])}<br>改为 {_code(one['after'])}",
                        one["tests"],
                        f"等价：{reason}" if reason else "缺少测试",
                    )
                    for one, reason in zip(survivors, reasons, strict=True)
                ],
            ),
            "",
        ]
    )


def _by_folder(report: dict[str, Any]) -> list[tuple[object, ...]]:
    out = []
    for folder in report["folders"]:
        counts: Counter[str] = Counter()
        for file, found in report["by_file"].items():
            if Path(file).is_relative_to(folder):
                counts.update(found)
        out.append(
            (f"`{folder}`", counts.total(), counts["killed"], _share(counts["killed"], counts.total()))
        )
    return out


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.1%}" if whole else "—"


def _code(words: str) -> str:
    """Code in a cell of a table."""
    shown = " ".join(words.split()).replace("|", "\\|")
    return f"`` {shown} ``"


def _table(header: tuple[str, ...], rows: list[tuple[object, ...]]) -> list[str]:
    return [f"| {' | '.join(map(str, row))} |" for row in (header, ("---",) * len(header), *rows)]


if __name__ == "__main__":
    *files, to = map(Path, sys.argv[1:])
    found = together([json.loads(file.read_text(encoding="utf-8")) for file in files])
    to.write_text(page(found, judgements()), encoding="utf-8")
