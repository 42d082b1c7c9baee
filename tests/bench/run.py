"""How quick it is on this machine: every table of docs/benchmarks.md, measured in one run. Run by `make bench`.

    python tests/bench/run.py [--sizes N,N…] [--growth N,N…] [--rounds N] [--to FILE]

Without options it is the whole benchmark: 15 to 25 minutes on two processors that nobody else uses, a third of it for
the systems that hold all of 20 million records in memory (`--rounds 2` saves five minutes). `--sizes 200000 --growth
200000 --rounds 1` takes two minutes. Spark is measured where it and Java are installed.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Final

ROOT: Final = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from bench import tables  # noqa: E402 - found by the path above
from bench.measuring import FailedError  # noqa: E402
from wcwidth import wcswidth  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from bench.tables import Bench, Table

SIZES: Final = (2_000_000, 20_000_000)
GROWTH: Final = (200_000, 2_000_000, 20_000_000, 60_000_000)
ROUNDS: Final = 3
NOTICE: Final = "<!-- 本文件由 make bench 写出，请勿手工修改。 -->"
PACKAGES: Final = ("polars", "pyarrow")


def measured(bench: Bench, sizes: list[int], growing: list[int]) -> Iterator[Table]:
    """One table after the other; of what cannot be measured the reason is told in the place of its table."""
    work: list[tuple[str, Callable[[], Table]]] = [
        ("汇总", partial(tables.totals, bench, sizes[0])),
        ("逐条结果", partial(tables.decisions, bench, sizes[0])),
        ("一个市的一年", partial(tables.city, bench)),
        ("说明一条记录", partial(tables.one_record, bench)),
        ("许多种参数", partial(tables.replicates, bench, 1_000)),
        ("逐条精确求值", partial(tables.exact, bench)),
        *((f"{n:,} 条记录，汇总", partial(tables.totals, bench, n)) for n in sizes[1:]),
        ("用时和内存怎样随记录增长", partial(tables.growth, bench, growing)),
        ("Spark", partial(tables.spark, bench, sizes[-1])),
    ]
    for title, make in work:
        try:
            yield make()
        except FailedError as error:
            sys.stderr.write(f"{title}: {error}\n")
            system = str(error).partition(":")[0]
            yield tables.Table(title, f"这次没有测出：{system} 没有运行完，或者结果与其他系统不同。", (), [])


def machine() -> str:
    """The processor, as Linux tells it, and the versions of what matters."""
    model = platform.processor() or platform.machine()
    about = Path("/proc/cpuinfo")
    if about.is_file():
        names = [
            line.split(":")[1].strip() for line in about.read_text().splitlines() if "model name" in line
        ]
        model = names[0] if names else model
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    versions = "，".join(f"{name} {version(name)}" for name in PACKAGES)
    return (
        f"{model}，{os.cpu_count()}核，内存{memory:.0f} GB，{platform.system()}，"
        f"Python {platform.python_version()}，{versions}。"
    )


def markdown(table: Table) -> str:
    lines = [table.header, tuple("---" for _ in table.header), *table.rows] if table.rows else []
    body = "\n".join("| " + " | ".join(line) + " |" for line in lines)
    return "\n\n".join(part for part in (f"## {table.title}", table.remark, body) if part)


def plain(table: Table) -> str:
    """For a terminal: columns beneath each other, numbers to the right."""
    if not table.rows:
        return f"{table.title}\n{table.remark}\n"
    lines = [table.header, *table.rows]
    widths = [max(wcswidth(line[place]) for line in lines) for place in range(len(table.header))]

    def padded(text: str, place: int) -> str:
        gap = " " * (widths[place] - wcswidth(text))
        return gap + text if place else text + gap

    body = "\n".join(
        "  ".join(padded(text, place) for place, text in enumerate(line)).rstrip() for line in lines
    )
    return f"{table.title}\n{table.remark}\n{body}\n"


def write_report(measured: Iterable[Table], head: Sequence[str], to: Path | None) -> None:
    """Show each table when it has been measured; what has been measured stays, whatever becomes of the rest."""
    texts = list(head)
    for table in measured:
        sys.stdout.write(plain(table) + "\n")
        sys.stdout.flush()
        texts.append(markdown(table))
        if to is not None:
            to.write_text("\n\n".join(texts) + "\n", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--sizes", default=",".join(map(str, SIZES)))
    parser.add_argument("--growth", default=",".join(map(str, GROWTH)))
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--to", type=Path)
    options = parser.parse_args()
    sizes, growing = (
        [int(size) for size in given.replace(" ", ",").split(",")]
        for given in (options.sizes, options.growth)
    )
    folder = ROOT / "out" / "bench"
    folder.mkdir(parents=True, exist_ok=True)
    bench = tables.Bench(folder, options.rounds)
    about = f"{machine()}每个系统是单独的进程，轮流运行{options.rounds}轮，取中位数；比值按轮计算。"
    sys.stdout.write(f"{about}\n\n")
    day = datetime.now(UTC).date().isoformat()
    write_report(measured(bench, sizes, growing), [NOTICE, "# 速度", f"{day} 测量。{about}"], options.to)


if __name__ == "__main__":
    main()
