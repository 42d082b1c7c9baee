"""hypolicy from within, for the figures that a whole process cannot give: `python ours.py exact`.

Prints one line of JSON, as the peers do.
"""

from __future__ import annotations

import gc
import sys
from fractions import Fraction
from functools import reduce
from operator import add
from pathlib import Path
from statistics import median
from time import process_time
from typing import TYPE_CHECKING, Final

ROOT: Final = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(ROOT / "tests" / "bench" / "peers")]

import polars as pl  # noqa: E402 - all found by the path above
import work  # noqa: E402
from differential.random_records import random_records  # noqa: E402
from differential.second_opinion import decide as plain  # noqa: E402
from differential.second_opinion import load_catalogue  # noqa: E402
from work import Clock, report  # noqa: E402

from hypolicy.backends.columns.program import Jit, compile_policy  # noqa: E402
from hypolicy.backends.columns.scenarios import Scenarios  # noqa: E402
from hypolicy.backends.exact.evaluate import Evaluator  # noqa: E402
from hypolicy.pipeline import load  # noqa: E402
from hypolicy.records.bulk import Outcomes, frame_of, settle  # noqa: E402
from hypolicy.records.checks import Checks, Screening  # noqa: E402
from hypolicy.records.columns import decode_column  # noqa: E402
from hypolicy.records.files import write_table  # noqa: E402
from hypolicy.records.reading import Records  # noqa: E402
from hypolicy.records.sources import sources_of  # noqa: E402
from hypolicy.rules.outcome import Settings  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from work import Row

    from hypolicy.backends.columns.program import Program, Totals
    from hypolicy.rules.tree import Policy

REGULATION: Final = ROOT / "policies" / "hengyang-2019"
BENCHMARK: Final = ROOT / "policies" / "benchmark"
RECORDS, RUNS = 20_000, 5
ROOM: Final = 75 << 20  # as --memory 600M has it


def seconds(work: Callable[[], object]) -> float:
    """Of this processor: the work is done by one, and others may be busy."""
    start = process_time()
    work()
    return process_time() - start


def exact() -> None:
    """The exact evaluator on the whole regulation, without traces and files, and a plain one by hand, by turns."""
    clock = Clock()
    catalogue = load_catalogue(REGULATION / "补贴标准目录.csv")
    records = random_records(RECORDS, 1, sorted({occupation for occupation, _ in catalogue}))
    policy = load(REGULATION)
    facts = policy.records[0].facts
    columns = [decode_column(pl.Series([r[f.name] for r in records]), f).values.to_list() for f in facts]
    rows = list(zip(*columns, strict=True))
    evaluator = Evaluator(policy)
    gc.freeze()  # what was made so far is no part of what is measured
    ours, theirs = [], []
    for _ in range(RUNS + 1):  # the first is to warm up
        ours.append(seconds(lambda: evaluator.decide(rows)))
        theirs.append(seconds(lambda: plain(records, catalogue)))
    clock.lap("all")
    report(
        clock,
        exact_per_second=round(RECORDS / median(ours[1:])),
        plain_per_second=round(RECORDS / median(theirs[1:])),
    )


# --- the policy of the benchmark -------------------------------------------------------------------------------


def records(policy: Policy, path: Path, room: int = ROOM, *, again: bool = False) -> Checks:
    """`again`: whether they are gone through twice, and stay in memory as far as there is room."""
    kind = policy.records[0]
    reading = Records(kind, sources_of([path]), room=room if again else 0)
    return Checks(reading, Screening(kind, Settings()), room)


def rows_of(policy: Policy, totals: Totals, suffix: str = "") -> Iterator[Row]:
    """The answer in the form of the benchmark."""
    for cell in totals.cells():
        (county,) = cell.dimensions
        yield cell.year, int(str(county)), policy.benefits[cell.item].name + suffix, cell.count, cell.fen


def compiled(policy: Policy) -> Program:
    program = compile_policy(policy, jit=Jit.ALWAYS)
    program.screen_from = 0  # what is compiled for the small file is what the large one needs
    return program


def totals(path: str, small: str) -> None:
    """Parquet to totals, the compiled rules being there."""
    policy = load(BENCHMARK)
    program = compiled(policy)
    settle(program, records(policy, Path(small)), (), reasons=False, entries=False)
    clock = Clock()
    settled = settle(program, records(policy, Path(path)), (), reasons=False, entries=False)
    assert settled is not None
    answer = list(rows_of(policy, settled.totals))
    clock.lap("all")
    report(clock, answer)


def decisions(path: str, small: str, target: str) -> None:
    """Parquet to a file with the result of every record."""
    policy = load(BENCHMARK)
    program = compiled(policy)

    def decide(data: Path) -> None:
        checks = records(policy, data, 181 << 20, again=True)  # as --memory 1G has it
        settled = settle(program, checks, (), reasons=True, entries=False)
        assert settled is not None
        write_table(Path(target), Outcomes(checks.records.again, program, settled).table())

    decide(Path(small))
    clock = Clock()
    decide(Path(path))
    clock.lap("all")
    report(clock)


def replicates(path: str, count: str) -> None:
    """Many settings on one population in memory; the rules are compiled before the clock starts."""
    policy = load(BENCHMARK)
    program = compile_policy(policy)
    frame = pl.concat([frame_of(program, piece) for piece in records(policy, Path(path)).pieces()])
    scenarios = Scenarios(policy, frame, jit=Jit.ALWAYS)
    wanted = {
        name: [_settings(each) for each in work.replicates(int(count), conditions=name == "conditions")]
        for name in ("amounts", "conditions")
    }
    for settings in wanted.values():
        scenarios.totals(settings)
    clock, found = Clock(), {}
    for name, settings in wanted.items():
        found[name] = scenarios.on(frame).totals(settings)  # nothing is known of it but the rules
        clock.lap(name)
    sums = {name: reduce(add, each) for name, each in found.items()}
    report(clock, [row for name, each in sums.items() for row in rows_of(policy, each, f" {name}")])


def _settings(values: work.Replicate) -> Settings:
    park, transfer, hour, day, months = values
    return Settings(
        {},
        {
            "园区上浮": Fraction(park, 100),
            "产业转移上浮": Fraction(transfer, 100),
            "课时标准": Fraction(hour, 100),
            "生活费日标准": Fraction(day, 100),
            "合同期限": Fraction(months),
        },
    )


def spark(path: str, master: str) -> None:
    """The same totals on Spark, twice in one session: at first, and when the workers are there."""
    from hypolicy.records import spark as engine  # noqa: PLC0415 - Spark is in an environment of its own
    from hypolicy.records.cluster import Work  # noqa: PLC0415

    policy, clock = load(BENCHMARK), Clock()
    with engine.session(master) as session:
        parts = 2 * engine.parallelism(session)
        task = Work(policy, Settings(), (), frozenset(), parts, reasons=False, entries=False)
        files = engine.Files.of(sources_of([Path(path)]))
        for stage in ("first", "warm"):
            gathered = engine.gather(session, files, task)
            clock.lap(stage)
        sums = gathered.tally.sums
        answer = [
            (year, int(str(county)), policy.benefits[item].name, sums.counts[key], sums.fen[key])
            for key in sums.fen
            for year, (county,), item, _ in [key]
        ]
        report(clock, answer)


WORK: Final = {
    "exact": exact,
    "totals": totals,
    "decisions": decisions,
    "replicates": replicates,
    "spark": spark,
}

if __name__ == "__main__":
    WORK[sys.argv[1]](*sys.argv[2:])
