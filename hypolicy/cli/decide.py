"""hypolicy decide POLICY --data FILE."""

from __future__ import annotations

import re
from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from hypolicy.cli.amendments import amendment_option
from hypolicy.cli.batches import history_entries, keys_of, require_sound, tell_remarks
from hypolicy.cli.console import give_up, say, tell
from hypolicy.cli.engines import ENGINES, Order, Outputs, begin
from hypolicy.cli.progress import progress
from hypolicy.cli.settings import read_settings
from hypolicy.cli.summary import say_results
from hypolicy.diagnostics.diagnostic import Diagnostic
from hypolicy.diagnostics.refusal import Refusal
from hypolicy.diagnostics.suggest import did_you_mean
from hypolicy.pipeline import load
from hypolicy.records import results
from hypolicy.records.batch import figures_of, read_batch
from hypolicy.records.checks import Checks, Screening
from hypolicy.records.files import require_writable, write_tables
from hypolicy.records.reading import Records
from hypolicy.records.sources import sources_of
from hypolicy.rules.editions import policies

if TYPE_CHECKING:
    from hypolicy.rules.outcome import Settings
    from hypolicy.rules.tree import Policy, RecordKind

_PATH = click.Path(path_type=Path)
# What the program takes before there is any data, and the least that it works with.
_PROGRAM = 300 << 20
_LEAST = 400 << 20
_PARTS = 4


class _Data(click.ParamType[Path | str]):
    """A file or a folder of this machine, or an address (s3a://…) that only Spark can reach."""

    name = "data"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path | str:
        return str(value) if "://" in str(value) else Path(value)


@click.command("decide", short_help="审定数据文件中的每一条记录。")
@click.argument("policy", type=_PATH)
@click.option(
    "--data",
    required=True,
    multiple=True,
    type=_Data(),
    metavar="文件",
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
@click.option(
    "--engine",
    type=click.Choice(ENGINES),
    default="auto",
    help="exact 逐条精确计算，columns 编译后整批计算，spark 在集群上计算，结果相同；默认按数据多少选择。",
)
@click.option("--master", metavar="地址", help="Spark 集群的地址；默认是本机，或者 spark-submit 所定的。")
@click.option("--memory", metavar="大小", default="1G", help="内存的限度，例如 600M、4G；默认 1G。")
def command(
    policy: Path,
    data: tuple[Path | str, ...],
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
    engine: str,
    master: str | None,
    memory: str,
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
        uris = tuple(str(each) for each in data if isinstance(each, str))
        paths = [each for each in data if isinstance(each, Path)]
        if uris and (paths or engine != "spark"):
            raise Refusal(Diagnostic("HY933", {"data": uris[0]}))
        sources = sources_of(paths)
        files = [*(source.path for source in sources), *([history] if history else [])]
        _outputs_sound(outputs, _inputs(policy, loaded, settings, files))
        _options_fit(loaded, kind, outputs, history)
        entries = history_entries(history, loaded, encoding)
        room = _memory(memory)
        with progress() as bar, ExitStack() as stack:
            goes_twice = outputs.out is not None or outputs.payments is not None
            reading = Records(kind, sources, encoding, room if goes_twice else 0, bar.advance)
            checks = Checks(reading, Screening(kind, settings, keys_of(entries, loaded)), room)
            if kind.name != loaded.records[0].name:
                _figures(loaded, settings, checks, paths[0], outputs)
                return
            bar.stage("读取")
            order = Order(loaded, settings, checks, entries, outputs, master, uris)
            decided = begin(engine, order, stack)
            bar.close()
            require_sound(checks, paths[0] if paths else None, outputs.paths)
            tell_remarks(checks)
            bar.stage("写出")
            result = decided.result()
            write_tables(result.tables)
            result.finish()
        say_results(loaded, settings, result)
        for path in outputs.paths:
            tell(f"已写入 {path}")
    except Refusal as refusal:
        give_up(refusal)


def _figures(policy: Policy, settings: Settings, checks: Checks, data: Path, outputs: Outputs) -> None:
    """Checks, targets and computations, on records of another kind."""
    kind = checks.records.kind
    rows = read_batch(checks)
    require_sound(checks, data, outputs.paths)
    tell_remarks(checks)
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


def _memory(text: str) -> int:
    """Bytes for what grows with the data, of a limit such as 600M: less what the program itself takes, in parts."""
    found = re.fullmatch(r"([0-9]{1,6})\s*([MG])B?", text.strip(), re.IGNORECASE)
    size = int(found[1]) << (30 if found[2].upper() == "G" else 20) if found else 0
    if size < _LEAST:
        raise Refusal(Diagnostic("HY930", {"value": text, "least": f"{_LEAST >> 20}M"}))
    return (size - _PROGRAM) // _PARTS


def _kind(policy: Policy, name: str | None) -> RecordKind:
    if name is None:
        return policy.records[0]
    for kind in policy.records:
        if kind.name == name:
            return kind
    names = [kind.name for kind in policy.records]
    suggestion = did_you_mean(name, names)
    raise Refusal(Diagnostic("HY910", {"name": name, "names": "、".join(names)}, suggestion=suggestion))


def _inputs(folder: Path, policy: Policy, settings: Settings, given: list[Path]) -> list[Path]:
    """Every table of data that goes into the run: no output may take its place."""
    chosen = [Path(version.file) for versions in settings.tables.values() for version in versions]
    editions = policies(policy)
    declared = [version for each in editions for table in each.tables for version in table.versions]
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
