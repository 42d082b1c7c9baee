"""The ways in which records can be decided: one by one by the exact evaluator, or all at once by compiled rules.

All give the same results. The exact one is at once at its work, and is right for a batch; the compiled one takes a
moment to begin, is many times faster, and holds no more than pieces of the data in memory. On a cluster the compiled
rules are run by many machines.
"""

from __future__ import annotations

import re
import secrets
import shutil
from collections import Counter
from typing import TYPE_CHECKING, Any, Final, Protocol

from attrs import define, field, frozen

from hypolicy.cli.console import tell
from hypolicy.diagnostics.diagnostic import Diagnostic
from hypolicy.diagnostics.refusal import Refusal
from hypolicy.records import results
from hypolicy.records.batch import decide_batch, read_batch
from hypolicy.rules.outcome import Status

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import ExitStack
    from pathlib import Path

    from hypolicy.backends.columns.program import Program, Settled
    from hypolicy.records.batch import Row
    from hypolicy.records.checks import Checks
    from hypolicy.records.cluster import Gathered
    from hypolicy.records.spark import Addresses, Files
    from hypolicy.records.writing import Table
    from hypolicy.rules.outcome import Entry, Settings
    from hypolicy.rules.tree import Policy

ENGINES: Final = ("auto", "exact", "columns", "spark")
# Files of more bytes than this are worth compiling the rules for; Parquet is five times as dense as text.
_LARGE: Final = 1 << 21
_LARGE_PARQUET: Final = _LARGE // 5


@frozen
class Outputs:
    """Where results go; None where they are not wanted."""

    out: Path | None
    totals: Path | None
    payments: Path | None
    granted: Path | None

    @property
    def paths(self) -> list[Path]:
        return [path for path in (self.out, self.totals, self.payments, self.granted) if path is not None]


@frozen
class Order:
    """What is to be decided, and which results are wanted."""

    policy: Policy
    settings: Settings
    checks: Checks
    history: tuple[Entry, ...]
    outputs: Outputs
    master: str | None = None  # of the cluster
    uris: tuple[str, ...] = ()  # of data that only Spark can reach


def _nothing() -> None:
    """Nothing remains to be done."""


@frozen
class Result:
    """How many records there are; how many of each status and how much in fen each item has; tables to be written."""

    count: int
    statuses: list[Counter[Status]]
    fen: list[int]
    tables: list[tuple[Path, Table]]
    # Done when all tables are written.
    finish: Callable[[], object] = _nothing


class Begun(Protocol):
    """A run whose records are all read and checked; results are only asked for where nothing is wrong."""

    def result(self) -> Result: ...


def begin(engine: str, order: Order, stack: ExitStack) -> Begun:
    """Read and check all records with an engine of this name; `stack` is closed when all is done."""
    match engine:
        case "exact":
            return Exact(order)
        case "columns":
            return Columns(order, compiled(order))
        case "spark":
            return OnSpark(order, stack)
        case _:
            if not _is_large(order):
                return Exact(order)
            try:
                return Columns(order, compiled(order))
            except Refusal as refusal:
                if not all(_CANNOT_COMPILE.fullmatch(each.code) for each in refusal.diagnostics):
                    raise
                codes = "、".join(each.code for each in refusal.diagnostics)
                tell(f"提示：规则不能编译（{codes}），改为逐条精确计算，速度较慢。")
                return Exact(order)


_CANNOT_COMPILE: Final = re.compile("HY85[0-9]")


def _is_large(order: Order) -> bool:
    sizes = {".parquet": 0, "": 0}
    for source in order.checks.records.sources:
        kind = source.path.suffix.lower()
        sizes[kind if kind in sizes else ""] += source.path.stat().st_size
    return sizes[".parquet"] > _LARGE_PARQUET or sizes[""] > _LARGE


def compiled(order: Order) -> Program:
    from hypolicy.backends.columns.program import compile_policy  # noqa: PLC0415 - who does not compile need not wait

    return compile_policy(order.policy, order.settings)


@define
class Exact:
    """All records in memory, decided one by one."""

    order: Order
    rows: list[Row] = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.rows = read_batch(self.order.checks)

    def result(self) -> Result:
        policy, outputs, rows = self.order.policy, self.order.outputs, self.rows
        kind = policy.records[0]
        decided = decide_batch(policy, self.order.settings, kind, rows, self.order.history)
        names = [benefit.name for benefit in policy.benefits]
        tables: list[tuple[Path, Table]] = []
        if outputs.out is not None:
            tables.append((outputs.out, results.results_frame(kind, rows, names, decided.rows)))
        if outputs.totals is not None:
            tables.append((outputs.totals, results.totals_frame(decided, rows)))
        if outputs.payments is not None:
            tables.append((outputs.payments, results.payments_frame(decided, rows)))
        if outputs.granted is not None:
            tables.append((outputs.granted, results.ledger_frame(policy, decided.granted)))
        columns = [[row[place] for row in decided.rows] for place in range(len(names))]
        return Result(
            len(rows),
            [Counter(decision.status for decision in column) for column in columns],
            [sum(d.fen for d in column if d.status is Status.GRANTED) for column in columns],
            tables,
        )


@define
class Columns:
    """Rules compiled over columns; records go through piece by piece."""

    order: Order
    program: Program
    settled: Settled | None = field(init=False)

    def __attrs_post_init__(self) -> None:
        from hypolicy.records.bulk import settle  # noqa: PLC0415 - as above

        outputs = self.order.outputs
        reasons, entries = outputs.out is not None, outputs.granted is not None
        self.settled = settle(
            self.program, self.order.checks, self.order.history, reasons=reasons, entries=entries
        )

    def result(self) -> Result:
        from hypolicy.records.bulk import Outcomes, Tally  # noqa: PLC0415

        assert self.settled is not None
        policy, outputs, settled = self.order.policy, self.order.outputs, self.settled
        tally = Tally()
        tally.add(settled.totals)
        outcomes = Outcomes(self.order.checks.records.again, self.program, settled)
        tables: list[tuple[Path, Table]] = []
        paid = results.Sums()
        if outputs.out is not None:
            tables.append((outputs.out, outcomes.table(paid if outputs.payments else None)))
        if outputs.totals is not None:
            tables.append((outputs.totals, results.totals_table(policy, tally.sums)))
        if outputs.payments is not None and outputs.out is None:
            paid = outcomes.payments()
        if outputs.payments is not None:
            # Asked for when the table of results, if there is one, is written, and all payments are added up.
            tables.append((outputs.payments, lambda: results.payments_table(policy, paid)))
        if outputs.granted is not None:
            tables.append((outputs.granted, results.ledger_table(policy, settled.granted)))
        return Result(self.order.checks.records.count, tally.statuses, tally.fen, tables)


@define
class OnSpark:
    """The same rules, run by the machines of a cluster. `stack` ends the session, whatever happens."""

    order: Order
    stack: ExitStack
    _spark: Any = field(init=False)
    _files: Files | Addresses = field(init=False)
    _gathered: Gathered = field(init=False)

    def __attrs_post_init__(self) -> None:
        order, checks = self.order, self.order.checks
        _require_fit_for_spark(order)
        compiled(order)  # what cannot be compiled is told before anything is started
        from hypolicy.records import spark  # noqa: PLC0415 - as above
        from hypolicy.records.cluster import Work  # noqa: PLC0415

        self._spark = self.stack.enter_context(spark.session(order.master))
        reasons = order.outputs.out is not None
        parts = 2 * spark.parallelism(self._spark)
        known, entries = frozenset(checks.alone.known), order.outputs.granted is not None
        work = Work(order.policy, order.settings, order.history, known, parts, reasons, entries)
        if order.uris:
            self._files = spark.Addresses.of(self._spark, order.uris)
        else:
            self._files = spark.Files.of(checks.records.sources)
        self._gathered = spark.gather(self._spark, self._files, work)
        spark.look_again(self._spark, self._files, self._gathered)
        checks.take(self._gathered, self._files.starts)

    def result(self) -> Result:
        policy, outputs, gathered = self.order.policy, self.order.outputs, self._gathered
        tables: list[tuple[Path, Table]] = []
        finish = self._write_results()
        if outputs.totals is not None:
            tables.append((outputs.totals, results.totals_table(policy, gathered.tally.sums)))
        if outputs.payments is not None:
            tables.append((outputs.payments, results.payments_table(policy, gathered.payments)))
        if outputs.granted is not None:
            tables.append((outputs.granted, results.ledger_table(policy, gathered.granted)))
        return Result(gathered.count, gathered.tally.statuses, gathered.tally.fen, tables, finish)

    def _write_results(self) -> Callable[[], object]:
        """Results of single records, in a folder beside its place until all is written, and payments."""
        from hypolicy.records.spark import write_results  # noqa: PLC0415 - as above

        out, payments = self.order.outputs.out, self.order.outputs.payments is not None
        if out is None:
            if payments:
                write_results(self._spark, self._files, self._gathered, None, payments=True)
            return _nothing
        beside = out.with_name(f".{out.name}.{secrets.token_hex(6)}").absolute()
        self.stack.callback(shutil.rmtree, beside, ignore_errors=True)
        beside.mkdir()
        write_results(self._spark, self._files, self._gathered, beside, payments=payments)
        return lambda: beside.rename(out)


def _require_fit_for_spark(order: Order) -> None:
    """Told before anything is started."""
    for source in order.checks.records.sources:
        if source.path.suffix.lower() != ".parquet":
            raise Refusal(Diagnostic("HY934", {"file": str(source.path)}))
    out = order.outputs.out
    if out is not None and (out.suffix.lower() != ".parquet" or out.exists()):
        raise Refusal(Diagnostic("HY935", {"path": str(out)}))
