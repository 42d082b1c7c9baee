"""hypolicy decide POLICY --data FILE."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import click
from attrs import frozen
from rich import box
from rich.console import Console
from rich.table import Table

from hypolicy.cli.amendments import amendment_option
from hypolicy.cli.batches import history_entries, keys_of, require_sound, tell_remarks
from hypolicy.cli.console import color, give_up, say, tell
from hypolicy.cli.progress import progress
from hypolicy.cli.settings import read_settings
from hypolicy.diagnostics.diagnostic import Diagnostic
from hypolicy.diagnostics.refusal import Refusal
from hypolicy.diagnostics.suggest import closest
from hypolicy.pipeline import load
from hypolicy.records import results
from hypolicy.records.batch import decide_batch, figures_of, read_batch
from hypolicy.records.checks import Checks
from hypolicy.records.files import require_writable, write_tables
from hypolicy.records.reading import Records
from hypolicy.records.sources import sources_of
from hypolicy.rules.outcome import Status, fen_text

if TYPE_CHECKING:
    import polars as pl

    from hypolicy.records.batch import Row
    from hypolicy.rules.outcome import Decided, Entry, Settings
    from hypolicy.rules.tree import Policy, RecordKind

_PATH = click.Path(path_type=Path)
_WIDTH = 120  # of the table of totals, where it is not for a screen


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


@click.command("decide", short_help="审定数据文件中的每一条记录。")
@click.argument("policy", type=_PATH)
@click.option(
    "--data",
    required=True,
    multiple=True,
    type=_PATH,
    help="记录文件：.csv、.parquet、.xlsx 或 .json，或者放这些文件的文件夹；可以写几次。",
)
@click.option("--out", type=_PATH, help="逐条结果写到这个文件（格式由扩展名决定）。")
@click.option("--totals", type=_PATH, help="汇总（年度、县市区、补贴项目、资金来源）写到这个文件。")
@click.option("--payments", type=_PATH, help="按收款方汇总的发放表写到这个文件。")
@click.option("--granted", type=_PATH, help="本次计入台账的享受记录写到这个文件，供下一批使用。")
@click.option("--history", type=_PATH, help="以前各批的台账（--granted 写出的文件）。")
@amendment_option
@click.option("--table", "tables", multiple=True, metavar="名称=文件", help="用文件替换政策中的一张表。")
@click.option("--reading", "readings", multiple=True, metavar="名称=选项", help="改选一个口径。")
@click.option("--set", "values", multiple=True, metavar="参数=值", help="改一个参数的值。")
@click.option("--records", metavar="记录", help="数据是哪一种记录；默认是政策中的第一种。")
@click.option(
    "--encoding", metavar="编码", default="utf-8", help="文本文件的编码，默认 utf-8；Excel 另存的用 gb18030。"
)
def command(
    policy: Path,
    data: tuple[Path, ...],
    out: Path | None,
    totals: Path | None,
    payments: Path | None,
    granted: Path | None,
    history: Path | None,
    amendments: tuple[Path, ...],
    tables: tuple[str, ...],
    readings: tuple[str, ...],
    values: tuple[str, ...],
    records: str | None,
    encoding: str,
) -> None:
    """按政策文件夹 POLICY 审定 --data 中的每一条记录。

    有一条记录不合格就不写任何结果，全部问题列出并写到「数据文件.errors.csv」。
    退出码：0 完成，1 数据有问题，2 无法运行。
    """
    outputs = Outputs(out, totals, payments, granted)
    try:
        loaded = load(policy, amendments=amendments)
        settings = read_settings(loaded, readings, values, tables, encoding)
        kind = _kind(loaded, records)
        sources = sources_of(data)
        files = [*(source.path for source in sources), *([history] if history else [])]
        _outputs_sound(outputs, _inputs(policy, loaded, settings, files))
        _options_fit(loaded, kind, outputs, history)
        entries = history_entries(history, loaded, encoding)
        with progress() as bar:
            bar.stage("读取")
            reading = Records(kind, sources, encoding, advance=bar.advance)
            checks = Checks(reading, settings, known=keys_of(entries, loaded))
            rows = read_batch(checks)
        require_sound(checks, data[0], outputs.paths)
        tell_remarks(checks)
        if kind.name == loaded.records[0].name:
            _decide(loaded, settings, rows, entries, outputs)
        else:
            _figures(loaded, settings, kind, rows, outputs)
    except Refusal as refusal:
        give_up(refusal)


def _kind(policy: Policy, name: str | None) -> RecordKind:
    if name is None:
        return policy.records[0]
    for kind in policy.records:
        if kind.name == name:
            return kind
    names = [kind.name for kind in policy.records]
    near = closest(name, names)
    suggestion = f"是否「{near[0]}」？" if near else ""
    raise Refusal(Diagnostic("HY910", {"name": name, "names": "、".join(names)}, suggestion=suggestion))


def _inputs(folder: Path, policy: Policy, settings: Settings, given: list[Path]) -> list[Path]:
    """Every table of data that goes into the run: no output may take its place."""
    chosen = [Path(version.file) for versions in settings.tables.values() for version in versions]
    declared = [version for table in policy.tables for version in table.versions]
    declared += [version for case in policy.cases for version in case.tables.values()]
    return [*given, *chosen, *(folder / v.file for v in declared if v.file)]


def _options_fit(policy: Policy, kind: RecordKind, outputs: Outputs, history: Path | None) -> None:
    """Options that could only be ignored are refused."""
    given = {
        "--totals": outputs.totals,
        "--payments": outputs.payments,
        "--granted": outputs.granted,
        "--history": history,
    }
    named = [option for option, path in given.items() if path is not None]
    if named and kind.name != policy.records[0].name:
        raise Refusal(Diagnostic("HY916", {"record": kind.name, "options": "、".join(named)}))
    for option in named:
        if policy.ledger is None and option in ("--granted", "--history"):
            raise Refusal(Diagnostic("HY912", {"option": option}))


def _outputs_sound(outputs: Outputs, inputs: list[Path]) -> None:
    """Every output can be written, none over another or over an input: told before any work is done."""
    taken = {path.resolve() for path in inputs}
    seen: set[Path] = set()
    for path in outputs.paths:
        require_writable(path)
        if path.resolve() in taken:
            raise Refusal(Diagnostic("HY914", {"path": str(path)}))
        if path.resolve() in seen:
            raise Refusal(Diagnostic("HY913", {"path": str(path)}))
        seen.add(path.resolve())


# --- what is said ----------------------------------------------------------------------------------------------


def _tables_note(policy: Policy, settings: Settings) -> None:
    """Illustrative data is no official fact: said with every result."""
    for table in policy.tables:
        versions = settings.tables.get(table.name, table.versions)
        if any(version.illustrative for version in versions):
            say(
                f"注意：「{table.name}」是示例数据，不是官方标准，金额仅供演示；"
                f"请用 --table {table.name}=文件 换成正式目录。"
            )


def _decide(
    policy: Policy, settings: Settings, rows: list[Row], history: tuple[Entry, ...], outputs: Outputs
) -> None:
    kind = policy.records[0]
    decided = decide_batch(policy, settings, kind, rows, history)
    names = [benefit.name for benefit in policy.benefits]
    frames: list[tuple[Path, pl.DataFrame]] = []
    if outputs.out is not None:
        frames.append((outputs.out, results.results_frame(kind, rows, names, decided.rows)))
    if outputs.totals is not None:
        frames.append((outputs.totals, results.totals_frame(decided, rows)))
    if outputs.payments is not None:
        frames.append((outputs.payments, results.payments_frame(decided, rows)))
    if outputs.granted is not None:
        frames.append((outputs.granted, results.ledger_frame(policy, decided.granted)))
    write_tables(frames)
    _tables_note(policy, settings)
    _say_readings(policy, settings)
    _say_totals(policy, decided)
    for path, _ in frames:
        tell(f"已写入 {path}")


def _figures(policy: Policy, settings: Settings, kind: RecordKind, rows: list[Row], outputs: Outputs) -> None:
    names, found, overall = figures_of(policy, settings, kind, rows)
    if outputs.out is not None:
        write_tables([(outputs.out, results.results_frame(kind, rows, names, found))])
    for place, name in enumerate(names):
        counts = Counter(row[place].status.value for row in found)
        say(f"{name}：" + "，".join(f"{status}{count}条" for status, count in counts.items()))
    for name, decision in overall.items():
        say(f"{name}（全部记录合计）：{decision.status.value}")
    if outputs.out is not None:
        tell(f"已写入 {outputs.out}")


def _say_readings(policy: Policy, settings: Settings) -> None:
    chosen = [
        f"{reading.name}＝{settings.option(reading)}"
        for reading in policy.readings
        if settings.option(reading) != reading.default
    ]
    if chosen:
        say("改选的口径：" + "，".join(chosen))


def _say_totals(policy: Policy, decided: Decided) -> None:
    """The totals by item and fund, as a table."""
    table = Table(title=f"{policy.title}　审定汇总（{len(decided.rows)}条记录）", box=box.SIMPLE_HEAD)
    for header in ("补贴项目", "资金来源"):
        table.add_column(header)
    for header in ("准予人次", "金额（元）", "不予", "待定", "不适用"):
        table.add_column(header, justify="right")
    total_count = total_fen = 0
    for place, benefit in enumerate(policy.benefits):
        column = [row[place] for row in decided.rows]
        counts = Counter(decision.status for decision in column)
        fen = sum(decision.fen for decision in column if decision.status is Status.GRANTED)
        total_count += counts[Status.GRANTED]
        total_fen += fen
        fund = results.fund_name(benefit) or "（另行规定）"
        numbers = [counts[status] for status in (Status.DENIED, Status.PENDING, Status.NOT_APPLICABLE)]
        table.add_row(
            benefit.name, fund, f"{counts[Status.GRANTED]:,}", _grouped(fen), *(f"{n:,}" for n in numbers)
        )
    table.add_section()
    table.add_row("合计", "", f"{total_count:,}", _grouped(total_fen), "", "", "")
    colored = color(sys.stdout)
    console = Console(
        color_system="auto" if colored else None,
        force_terminal=colored,
        width=None if sys.stdout.isatty() else _WIDTH,
        highlight=False,
    )
    with console.capture() as shown:
        console.print(table)
    say(shown.get().rstrip("\n"))


def _grouped(fen: int) -> str:
    yuan, decimals = fen_text(fen).split(".")
    return f"{int(yuan):,}.{decimals}"
