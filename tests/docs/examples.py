"""An example of the language reference, completed to a policy folder.

An example stands behind the preamble in `前置/`; what the example declares itself is left out of the preamble, so that
it may show a declaration that the preamble has too.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Final

PREAMBLE: Final = Path(__file__).parent / "前置"
PLAIN_HEAD: Final = """修订「示例」。
文号：“示例〔2020〕1号”。
位阶：市级规范性文件。
施行日：2020年7月1日。
状态：施行。

"""
_BIRTH: Final = re.compile(
    r"(?:参照用例|政策|记录|枚举|事实|资金|补贴组|补贴|概念|参数|表|单位)「([^」]+)」|(台账)[:：]"
)


def declared(text: str) -> set[str]:
    """The names that a text declares; 台账 and 政策 stand for themselves."""
    lines = text.splitlines()
    found = {
        name or ledger for line in lines for name, ledger in _BIRTH.findall(line[:40]) if _at_start(line)
    }
    return found | ({"政策"} if any(line.startswith("政策「") for line in lines) else set())


def _at_start(line: str) -> bool:
    return _BIRTH.match(line) is not None


def lay_out(example: str, folder: Path) -> None:
    """Write the policy folder of one example."""
    own = declared(example)
    for file in PREAMBLE.iterdir():
        if file.suffix != ".hyp":
            shutil.copy(file, folder)
    entry = (PREAMBLE / "政策.hyp").read_text(encoding="utf-8")
    (folder / "词汇.hyp").write_text(_without(_vocabulary(), own), encoding="utf-8")
    if "政策" in own:
        (folder / "政策.hyp").write_text(f"{example}\n引用“词汇.hyp”。\n", encoding="utf-8")
        return
    (folder / "政策.hyp").write_text(_without(entry, own), encoding="utf-8")
    (folder / "例子.hyp").write_text(example, encoding="utf-8")


def lay_beside(amendment: str, folder: Path) -> None:
    """Write an amending document beside a policy; one without a head gets a plain one."""
    head = "" if amendment.startswith("修订「") else PLAIN_HEAD
    (folder / "修订").mkdir()
    (folder / "修订" / "例子.hyp").write_text(f"{head}{amendment}", encoding="utf-8")


def _vocabulary() -> str:
    return (PREAMBLE / "词汇.hyp").read_text(encoding="utf-8")


def _without(text: str, names: set[str]) -> str:
    pieces = text.split("\n\n")
    return "\n\n".join(piece for piece in pieces if not declared(piece) & names)
