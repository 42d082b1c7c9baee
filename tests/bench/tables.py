"""What is measured: one function for each table of docs/benchmarks.md."""

from __future__ import annotations

import shutil
import subprocess
from statistics import median
from typing import TYPE_CHECKING, Final

from attrs import frozen
from bench.measuring import BENCH, PEERS, ROOT, Measured, System, compare

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

POLICY: Final = ROOT / "policies" / "benchmark"
REGULATION: Final = ROOT / "policies" / "hengyang-2019"
EXAMPLES: Final = REGULATION / "examples" / "records.csv"
CITY: Final = 44_100  # the training records that a city of this size has in a year
SMALL: Final = 20_000  # records that a system is warmed up with
# Systems that hold every variable of every record are not asked for more records than this.
MOST_IN_MEMORY: Final = 20_000_000


@frozen
class Table:
    """Rows of texts under a heading; `remark` says what is measured and what it is set against."""

    title: str
    remark: str
    header: tuple[str, ...]
    rows: list[tuple[str, ...]]


@frozen
class Bench:
    """A run of the benchmark: where files lie, how often each system has its turn."""

    folder: Path
    rounds: int

    @property
    def cache(self) -> Path:
        return self.folder / "cache"

    def data(self, n: int) -> Path:
        """The records, made when they are first asked for."""
        path = self.folder / f"{n}.parquet"
        if not path.exists():
            maker = [BENCH / "numpy" / "bin" / "python", PEERS / "make_records.py", self.folder, str(n)]
            subprocess.run(maker, check=True)
        with path.open("rb") as stream:  # so that nobody waits for the disk
            while stream.read(1 << 24):
                pass
        return path

    def compare(self, systems: list[System], by: str = "inside", rounds: int | None = None) -> list[Measured]:
        return compare(systems, rounds or self.rounds, self.cache, by)


def peer(name: str, environment: str, script: str, *arguments: object) -> System:
    return System(name, environment, (str(PEERS / script), *map(str, arguments)))


def hypolicy(name: str, *arguments: object) -> System:
    return System(name, "hypolicy", ("-m", "hypolicy", *map(str, arguments)))


def ours(name: str, work: str, *arguments: object) -> System:
    """hypolicy from within, where the whole process is not what is measured."""
    return System(name, "hypolicy", (str(ROOT / "tests" / "bench" / "ours.py"), work, *map(str, arguments)))


def shown(measured: Sequence[Measured], by: str) -> list[tuple[str, ...]]:
    """The fastest first, the anchor among them."""
    ranked = sorted(measured, key=lambda each: each.of(by))
    work = "work" if by == "inside" else "cpu"
    return [
        (
            each.system.name,
            f"{each.ratio:.2f}",
            f"{each.of(by):.3f}",
            f"{each.work_ratio:.2f}",
            f"{each.of(work):.3f}",
            f"{each.peak:,.0f}",
        )
        for each in ranked
    ]


_HEADER: Final = ("系统", "比值", "秒", "处理器比值", "处理器（秒）", "内存峰值（MB）")


def totals(bench: Bench, n: int) -> Table:
    """Parquet to totals, every system."""
    data, small = bench.data(n), bench.data(SMALL)
    systems = [
        peer("只读取（Polars）", "polars", "reading.py", data, small, "table"),
        peer("只读取，分批（Polars）", "polars", "reading.py", data, small, "stream"),
        ours("hypolicy", "totals", data, small),
        peer("手写内核（numba）", "kernel", "by_kernel.py", data, small),
        peer("手写 Polars", "polars", "by_polars.py", data),
        peer("手写 SQL（DuckDB）", "duckdb", "by_duckdb.py", data),
    ]
    if n <= MOST_IN_MEMORY:
        systems += [
            peer("手写 numpy", "numpy", "by_numpy.py", data),
            peer("OpenFisca-core", "openfisca", "by_openfisca.py", data, "openfisca"),
            peer("policyengine-core", "policyengine", "by_openfisca.py", data, "policyengine"),
        ]
    rows = shown(bench.compare(systems), "inside")
    remark = (
        "从读取到得出汇总，不计进程启动和载入程序；比值以只读取为1。"
        "处理器时间是各处理器之和，机器忙时不受影响。各系统的汇总逐项相同。"
        "hypolicy 比手写内核多做的是：每格校验取值，核对编号有无重复，以及把每一笔记入台账。"
        "读取、校验、规则各在一个线程，台账每次两份同时结算。按部分计时，读取以外的处理器时间，"
        "规则和台账结算各约占四分之一，校验（连同编号）和把待结算的各笔按人收集、暂存各约占五分之一，其余是编码。"
        "试过而没有采用的：把台账分成二百五十六小份结算，慢一倍；各笔一收到就按人排好，暂存时要拼接成千上万个小段，更慢。"
    )
    return Table(f"{n:,} 条记录，由 Parquet 得出汇总", remark, _HEADER, rows)


def decisions(bench: Bench, n: int) -> Table:
    """Parquet to a file of decisions."""
    data, small = bench.data(n), bench.data(SMALL)
    target = bench.folder / "decisions.parquet"
    systems = [
        peer("读入再写出，多写16列（Polars）", "polars", "rewriting.py", data, target),
        ours("hypolicy", "decisions", data, small, target),
    ]
    rows = shown(bench.compare(systems), "inside")
    target.unlink()
    remark = (
        "hypolicy 写出各项补贴的结果、金额、理由和依据；比值以 Polars 读入原文件、添上同样多的列再写出为1。"
        "记录审定两遍：第一遍查错、结算台账，第二遍写出；写出一段的同时算下一段，第二遍的处理器时间约一半用于写出。"
    )
    return Table(f"{n:,} 条记录，由 Parquet 得出逐条结果文件", remark, _HEADER, rows)


def growth(bench: Bench, sizes: Sequence[int]) -> Table:
    """How time and memory grow with the records."""
    rows: list[tuple[str, ...]] = []
    for n in sizes:
        data, small = bench.data(n), bench.data(SMALL)
        systems = [
            peer("只读取，分批（Polars）", "polars", "reading.py", data, small, "stream"),
            ours("hypolicy", "totals", data, small),
            peer("手写内核（numba）", "kernel", "by_kernel.py", data, small),
            peer("手写 SQL（DuckDB）", "duckdb", "by_duckdb.py", data),
        ]
        for each in bench.compare(systems, rounds=min(bench.rounds, 2)):
            seconds = each.of("inside")
            work = each.of("work")
            times = (f"{seconds:.2f}", f"{work:.2f}", f"{work / n * 1e9:.0f}")
            rows.append((f"{n:,}", each.system.name, *times, f"{each.peak:,.0f}"))
    remark = (
        "每条所用的处理器时间不随记录增多而增加，总用时即与记录数成正比。"
        "hypolicy 按 --memory 600M 运行：应付的每一笔要等到全部读完才能结算台账，放不下的按人分开暂存在磁盘上，"
        "所以内存不再随记录增长。"
    )
    header = ("记录", "系统", "秒", "处理器（秒）", "每条（处理器，纳秒）", "内存峰值（MB）")
    return Table("用时和内存怎样随记录增长", remark, header, rows)


def replicates(bench: Bench, count: int) -> Table:
    """Many settings on a city's year, in memory: parameters of amounts, and of conditions too."""
    data = bench.data(CITY)
    systems = [
        peer("手写内核（numba，两个线程）", "kernel", "by_replicates.py", data, count),
        ours("hypolicy", "replicates", data, count),
    ]
    measured = bench.compare(systems)
    rows = []
    for kind, name in (("amounts", "只变标准"), ("conditions", "条件也变")):
        times = [median(run.told["stages"][kind] for run in each.runs) for each in measured]
        rows += [
            (name, each.system.name, f"{time:.3f}", f"{time / count * 1e6:.0f}", f"{time / times[0]:.2f}")
            for each, time in zip(measured, times, strict=True)
        ]
    remark = (
        "数据已在内存，规则已编译；每次四个标准各取一个值，“条件也变”时合同期限也取一个值。汇总逐项相同。"
        "只变标准的，先数清每种金额各有多少笔，每种参数只须相加，约占一半时间；其余是收集各笔和问一次台账。"
    )
    header = ("变动", "系统", "秒", "每次（微秒）", "比值")
    return Table(f"{CITY:,} 条记录，{count:,} 种参数", remark, header, rows)


def spark(bench: Bench, n: int) -> Table:
    """The cluster's engine on the processors of this machine, against the same engine without it."""
    title = f"{n:,} 条记录，Spark"
    if not (BENCH / "spark" / "bin" / "python").exists() or not shutil.which("java"):
        return Table(title, "没有测量：这台机器没有安装 Spark 或者 Java。", (), [])
    data, small = bench.data(n), bench.data(SMALL)
    script = str(ROOT / "tests" / "bench" / "ours.py")
    systems = [
        ours("hypolicy，不用 Spark", "totals", data, small),
        System("hypolicy，Spark local[2]", "spark", (script, "spark", str(data), "local[2]")),
    ]
    alone, cluster = bench.compare(systems, rounds=1)
    stages = cluster.runs[0].told["stages"]
    base = alone.of("inside")
    timed = [
        (alone.system.name, base),
        (f"{cluster.system.name}，第一次（含启动）", stages["first"]),
        (f"{cluster.system.name}，再一次", stages["warm"]),
    ]
    rows = [(name, f"{seconds:.1f}", f"{seconds / base:.1f}") for name, seconds in timed]
    return Table(title, "比值以不用 Spark 为1。", ("方式", "秒", "比值"), rows)


_LOADING: Final = (
    "“只载入所用的库”一条记录也不读，是 hypolicy 的进程不可能再少的部分；再加上载入自己的模块"
    "（其中一半是由 attrs 生成近二百个类）、读出缓存的政策，约占整个进程的四分之三。"
    "采用了的：模块用到时才载入，载入时少作垃圾回收，不小的 Parquet 不经 pyarrow。"
)


def city(bench: Bench) -> Table:
    """A city's year, as a person waits for it."""
    data = bench.data(CITY)
    systems = [
        peer("手写 numpy", "numpy", "by_numpy.py", data),
        peer("OpenFisca-core", "openfisca", "by_openfisca.py", data, "openfisca"),
        peer("逐条的 Python", "numpy", "by_plain_python.py", data),
        peer("policyengine-core", "policyengine", "by_openfisca.py", data, "policyengine"),
        System("只载入所用的库", "hypolicy", ("-c", "import click, attrs, numpy, polars")),
        hypolicy(
            "hypolicy decide", "decide", POLICY, "--data", data, "--totals", bench.folder / "totals.csv"
        ),
    ]
    rows = shown(bench.compare(systems, "wall"), "wall")
    remark = f"比值以手写 numpy 为1。{_LOADING}"
    return Table(f"{CITY:,} 条记录，由 Parquet 得出汇总，整个进程", remark, _HEADER, rows)


def one_record(bench: Bench) -> Table:
    """Explain one record, as a person waits for it."""
    key = EXAMPLES.read_text(encoding="utf-8").splitlines()[1].split(",")[0]
    systems = [
        System("空的 Python 进程", "hypolicy", ("-c", "pass")),
        System("载入 pyarrow.parquet", "hypolicy", ("-c", "import pyarrow.parquet")),
        System("只载入所用的库", "hypolicy", ("-c", "import click, attrs, polars")),
        hypolicy("hypolicy explain", "explain", REGULATION, "--data", EXAMPLES, "--record", key),
    ]
    rows = shown(bench.compare(systems, "wall", rounds=max(bench.rounds, 5)), "wall")
    remark = f"比值以空的进程为1。{_LOADING}"
    return Table("说明一条记录，整个进程", remark, _HEADER, rows)


def exact(bench: Bench) -> Table:
    """The exact evaluator against a plain one that was written by hand, in one process by turns."""
    (measured,) = bench.compare([ours("exact", "exact")], rounds=1)
    told = measured.runs[0].told
    rows = [
        ("精确求值", f"{told['exact_per_second']:,}"),
        ("手写的第二求值", f"{told['plain_per_second']:,}"),
    ]
    return Table("逐条精确求值（衡阳市 2019 年全部规则，不写说明）", "", ("", "条/秒"), rows)
