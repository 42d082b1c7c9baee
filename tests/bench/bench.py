"""How quick it is on this machine: medians of five runs, nothing asserted. Run by `make bench`.

The exact evaluator is set against the plain second evaluator of the same regulation, in the same process and by
turns, so that the ratio holds on any machine; whole processes are measured as a person would wait for them.
"""

from __future__ import annotations

import gc
import os
import platform
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import TYPE_CHECKING

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from differential.random_records import random_records  # noqa: E402 - found by the path above
from differential.second_opinion import decide as plain  # noqa: E402
from differential.second_opinion import load_catalogue  # noqa: E402
from wcwidth import wcswidth  # noqa: E402

from hypolicy.backends.exact.evaluate import Evaluator  # noqa: E402
from hypolicy.pipeline import load  # noqa: E402
from hypolicy.records.columns import decode_column  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable

POLICY = ROOT / "policies" / "hengyang-2019"
EXAMPLES = POLICY / "examples" / "records.csv"
RECORDS, RUNS = 20_000, 5
Line = tuple[str, str, str]


def seconds(work: Callable[[], object]) -> float:
    start = perf_counter()
    work()
    return perf_counter() - start


def evaluators() -> list[Line]:
    """Records a second, without traces and without files, of the two evaluators by turns."""
    import polars as pl  # noqa: PLC0415 - no part of what is measured

    catalogue = load_catalogue(POLICY / "补贴标准目录.csv")
    records = random_records(RECORDS, 1, sorted({occupation for occupation, _ in catalogue}))
    policy = load(POLICY)
    facts = policy.records[0].facts
    columns = [decode_column(pl.Series([r[f.name] for r in records]), f).values.to_list() for f in facts]
    rows = list(zip(*columns, strict=True))
    evaluator = Evaluator(policy)
    gc.freeze()  # what was made so far is no part of what is measured
    ours, theirs = [], []
    for _ in range(RUNS + 1):  # the first is to warm up
        ours.append(seconds(lambda: evaluator.decide(rows)))
        theirs.append(seconds(lambda: plain(records, catalogue)))
    exact, other = median(ours[1:]), median(theirs[1:])
    return [
        ("精确求值器", f"{RECORDS / exact:,.0f} 条/秒", "目标 20,000"),
        ("手写的第二求值器", f"{RECORDS / other:,.0f} 条/秒", ""),
        ("两者用时之比", f"{exact / other:.2f}", ""),
    ]


def process(*arguments: object, cache: Path) -> float:
    """The median time of a whole process, after one that is not counted."""
    command = [sys.executable, "-m", "hypolicy", *map(str, arguments)]
    environment = os.environ | {"PYTHONPATH": str(ROOT), "HYPOLICY_CACHE": str(cache)}

    def run() -> None:
        subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=True)

    run()
    return median(seconds(run) for _ in range(RUNS))


def processes() -> list[Line]:
    with TemporaryDirectory() as folder:
        kept, out = Path(folder) / "cache", Path(folder) / "results.csv"
        none = Path(folder) / "none"
        none.write_bytes(b"")  # a file where the cache should be: nothing is ever kept
        decide = ("decide", POLICY, "--data", EXAMPLES)
        count = EXAMPLES.read_text(encoding="utf-8").count("\n") - 1
        measured = [
            ("hypolicy --help", process("--help", cache=kept), "目标 0.30"),
            ("hypolicy check（没有缓存）", process("check", POLICY, cache=none), ""),
            ("hypolicy check（已有缓存）", process("check", POLICY, cache=kept), ""),
            (f"hypolicy decide（{count:,}条）", process(*decide, cache=kept), ""),
            (f"hypolicy decide --out（{count:,}条）", process(*decide, "--out", out, cache=kept), ""),
        ]
    return [(name, f"{time:.2f} 秒", target) for name, time, target in measured]


def machine() -> str:
    """The processor, as Linux tells it, and the versions of what matters."""
    model = platform.processor() or platform.machine()
    about = Path("/proc/cpuinfo")
    if about.is_file():
        names = [
            line.split(":")[1].strip() for line in about.read_text().splitlines() if "model name" in line
        ]
        model = names[0] if names else model
    packages = "，".join(
        f"{name} {version(name)}" for name in ("attrs", "click", "lark", "polars", "pyarrow", "rich")
    )
    return f"{model}，{os.cpu_count()}核，{platform.system()}，Python {platform.python_version()}\n{packages}"


def show(lines: list[Line]) -> None:
    widths = [max(wcswidth(line[place]) for line in lines) for place in range(3)]
    for name, measured, target in lines:
        left, right = " " * (widths[0] - wcswidth(name)), " " * (widths[1] - wcswidth(measured))
        sys.stdout.write(f"{name}{left}  {right}{measured}  {target}".rstrip() + "\n")


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    sys.stdout.write(f"{machine()}\n每项运行{RUNS}次，取中位数。\n\n")
    show([*evaluators(), *processes()])
