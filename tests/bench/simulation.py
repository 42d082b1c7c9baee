"""How quick a simulation is, with its parts: docs/benchmarks-simulation.md. Run by `make bench-simulation`.

python tests/bench/simulation.py [--replicates 1000] [--persons 1000000] [--growth 300000,1000000,3000000] [--to FILE]
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter, process_time, sleep
from typing import TYPE_CHECKING, Final

ROOT: Final = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "simulator"), str(ROOT / "tests")]

from bench.run import machine, write_report  # noqa: E402 - found by the path above
from bench.tables import Table  # noqa: E402

from hypolicy_simulator.answers.clauses import clauses  # noqa: E402
from hypolicy_simulator.run.inputs import Choices  # noqa: E402
from hypolicy_simulator.run.model import Model  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable

NOTICE: Final = "<!-- 本文件由 make bench-simulation 写出，请勿手工修改。 -->"
SCENARIOS: Final = ROOT / "policies" / "hengyang-2019" / "scenarios"
PARTS: Final = 20
HEADER: Final = ("", "CPU 秒", "墙钟秒")


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """CPU and wall seconds."""
    cpu, wall = process_time(), perf_counter()
    work()
    return process_time() - cpu, perf_counter() - wall


def parts() -> Table:
    """What one replicate of the baseline takes."""
    held: list[Model] = []
    ready = timed(lambda: held.append(Model.read(SCENARIOS / "baseline.toml", Choices())))
    own = held[0].own
    for replicate in range(2):
        own.totals(replicate)
    numbers = range(2, 2 + PARTS)
    frames = [own.trainings(replicate) for replicate in numbers]
    admitted = [own.admitted(replicate) for replicate in numbers]
    rows = [
        ("准备（人口已在缓存中）", ready),
        ("一次的参训", timed(lambda: [own.trainings(each) for each in numbers])),
        ("一次的审定", timed(lambda: [own.limits.decider.payments(frame) for frame in frames])),
        ("一次的汇总", timed(lambda: [own.axes.totals(each) for each in admitted])),
    ]
    shares = [1, PARTS, PARTS, PARTS]
    title = f"一次模拟的各部分：{len(held[0].population.persons)}人，{len(frames[0])}次培训"
    return Table(
        title,
        f"后三行是{PARTS}次的平均。",
        HEADER,
        [
            (name, *(f"{each / share:.3f}" for each in seconds))
            for (name, seconds), share in zip(rows, shares, strict=True)
        ],
    )


def whole(replicates: int) -> Table:
    """The command itself, with all of its processes."""
    with tempfile.TemporaryDirectory() as cache:
        rows = [
            command("全部回答", replicates, []),
            command("支出和区间（`--quick`）", replicates, ["--quick"]),
            command("全部回答，第一次运行", replicates, [], {"HYPOLICY_CACHE": cache}),
        ]
    return Table(
        f"基准情景，三年，12个县市区，两个进程：机会{replicates}次、假设{replicates}次",
        "命令为 `hypolicy simulate --workers 2 --replicates "
        f"{replicates}`，从启动到写出全部表格、工作簿和报告。第一次运行时人口没有存过，程序也没有编译过。"
        "内存是各进程之和的最大值。",
        ("", "墙钟秒", "CPU 秒", "每次模拟 CPU 毫秒", "内存 MB"),
        rows,
    )


def command(
    name: str, replicates: int, options: list[str], env: dict[str, str] | None = None
) -> tuple[str, ...]:
    with tempfile.TemporaryDirectory() as out:
        words = [sys.executable, "-m", "hypolicy", "simulate", str(SCENARIOS / "baseline.toml")]
        words += ["--out", out, "--workers", "2", "--replicates", str(replicates), *options]
        path = os.pathsep.join([str(ROOT), str(ROOT / "simulator")])
        before, start, peak = os.times(), perf_counter(), 0
        process = subprocess.Popen(
            words,
            env={**os.environ, "PYTHONPATH": path, **(env or {})},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            while process.poll() is None:
                peak = max(peak, resident(process.pid))
                sleep(0.2)
        except BaseException:
            os.killpg(process.pid, signal.SIGKILL)
            raise
        after, wall = os.times(), perf_counter() - start
        if process.returncode:
            raise SystemExit(f"simulate ended with {process.returncode}")
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    each = cpu / (2 * replicates) * 1000
    return name, f"{wall:.1f}", f"{cpu:.1f}", f"{each:.1f}", f"{peak / 1024:.0f}"


def resident(session: int) -> int:
    """Kilobytes that the processes of a session hold now."""
    held = 0
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if os.getsid(int(folder.name)) == session:
                found = re.search(r"^VmRSS:\s+(\d+)", (folder / "status").read_text(), re.MULTILINE)
                held += int(found[1]) if found else 0
        except OSError:
            continue
    return held


def larger(folder: Path, persons: int, scenario: str) -> Path:
    """A scenario with so many persons, about."""
    model = Model.read(SCENARIOS / "baseline.toml", Choices())
    factor = persons / len(model.population.persons)
    shutil.copytree(SCENARIOS, folder / "scenarios")

    def scaled(found: re.Match[str]) -> str:
        return f'scale = "{float(found[1]) * factor:.4f}%"'

    for path in (folder / "scenarios").glob("*.toml"):
        text = re.sub(r'scale = "([0-9.]+)%"', scaled, path.read_text(encoding="utf-8"))
        text = text.replace('policy = ".."', f'policy = "{SCENARIOS.parent.as_posix()}"')
        text = text.replace('"../../../', f'"{ROOT.as_posix()}/')
        path.write_text(text, encoding="utf-8")
    return folder / "scenarios" / scenario


def large(persons: int) -> Table:
    """One replicate under the policy and under the amendment."""
    with tempfile.TemporaryDirectory() as folder:
        path = larger(Path(folder), persons, "amended.toml")
        held: list[Model] = []
        ready = timed(lambda: held.append(Model.read(path, Choices())))
        model = held[0]
        for arm in model.arms:
            arm.totals(1)  # compiled once, which the next replicates need not
        rows = [
            ("准备，人口重新取整", ready),
            ("现行与修订各一次", timed(lambda: [arm.totals(2) for arm in model.arms])),
            ("各条款分担的支出", timed(lambda: clauses(model))),
        ]
        count = len(model.own.central().frame)
    return Table(
        f"{len(model.population.persons)}人，{count}次培训，全部条款",
        "",
        HEADER,
        [(name, *(f"{each:.2f}" for each in seconds)) for name, seconds in rows],
    )


def growth(sizes: list[int]) -> Table:
    """How the time of a replicate grows with the population."""
    rows = []
    for persons in sizes:
        with tempfile.TemporaryDirectory() as folder:
            model = Model.read(larger(Path(folder), persons, "baseline.toml"), Choices())
            model.own.totals(1)
            cpu, wall = timed(lambda own=model.own: own.totals(2))
            rows.append((f"{len(model.population.persons)}人", f"{cpu:.3f}", f"{wall:.3f}"))
    return Table("一次模拟的时间怎样随人口增长", "参训、审定和汇总，现行政策。", HEADER, rows)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--replicates", type=int, default=1000)
    parser.add_argument("--persons", type=int, default=1_000_000)
    parser.add_argument("--growth", default="300000,1000000,3000000")
    parser.add_argument("--to", type=Path)
    options = parser.parse_args()
    load = os.getloadavg()[0]
    day = datetime.now(UTC).date().isoformat()
    head = [NOTICE, "# 模拟的速度", f"{day} 测量，开始时机器的平均负载为{load:.1f}。{machine()}"]
    sizes = [int(size) for size in options.growth.split(",")]
    works = (
        parts,
        lambda: whole(options.replicates),
        lambda: large(options.persons),
        lambda: growth(sizes),
    )
    write_report((work() for work in works), head, options.to)


if __name__ == "__main__":
    main()
