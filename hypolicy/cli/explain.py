"""hypolicy explain POLICY --data FILE --record ID."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from hypolicy.backends.exact.explain import Explainer
from hypolicy.cli.amendments import amendment_option
from hypolicy.cli.batches import history_entries, keys_of, require_sound
from hypolicy.cli.console import give_up
from hypolicy.cli.settings import read_settings
from hypolicy.cli.written import form_of, form_option, write
from hypolicy.diagnostics.diagnostic import Diagnostic
from hypolicy.diagnostics.refusal import Refusal
from hypolicy.diagnostics.suggest import did_you_mean
from hypolicy.pipeline import load
from hypolicy.records.batch import read_batch
from hypolicy.records.checks import Checks, Screening
from hypolicy.records.reading import Records
from hypolicy.records.sources import sources_of
from hypolicy.rules.narration import narrate
from hypolicy.rules.narration_text import narrative_text

if TYPE_CHECKING:
    from hypolicy.records.batch import Row
    from hypolicy.rules.trace import Trace
    from hypolicy.rules.tree import Policy, RecordKind

_PATH = click.Path(path_type=Path)


@click.command("explain", short_help="说明一条记录的审定：依据、算法，不予的怎样才能符合。")
@click.argument("policy", type=_PATH)
@click.option("--data", required=True, type=_PATH, help="记录文件：.csv、.parquet、.xlsx 或 .json。")
@click.option("--record", required=True, metavar="编号", help="要说明的记录的编号。")
@click.option("--item", metavar="补贴项目", help="只说明这一项补贴；默认是全部适用的补贴。")
@click.option("--history", type=_PATH, help="以前各批的台账（decide --granted 写出的文件）。")
@amendment_option
@click.option("--table", "tables", multiple=True, metavar="名称=文件", help="用文件替换政策中的一张表。")
@click.option("--reading", "readings", multiple=True, metavar="名称=选项", help="改选一个口径。")
@click.option("--set", "values", multiple=True, metavar="参数=值", help="改一个参数的值。")
@click.option(
    "--encoding", metavar="编码", default="utf-8", help="文本文件的编码，默认 utf-8；Excel 另存的用 gb18030。"
)
@form_option
@click.option("--out", type=_PATH, help="写到这个文件；默认写到屏幕。")
def command(
    policy: Path,
    data: Path,
    record: str,
    item: str | None,
    history: Path | None,
    amendments: tuple[Path, ...],
    tables: tuple[str, ...],
    readings: tuple[str, ...],
    values: tuple[str, ...],
    encoding: str,
    form: str | None,
    out: Path | None,
) -> None:
    """说明政策文件夹 POLICY 对 --data 中一条记录的审定。

    说明以前已享受的记录怎样计入、每个条件为什么符合或不符合、金额怎样算出；不予的，指出最少改变哪些事实即可符合。
    退出码：0 完成，1 数据有问题，2 无法运行。
    """
    try:
        loaded = load(policy, amendments=amendments)
        settings = read_settings(loaded, readings, values, tables, encoding)
        _item_known(loaded, item)
        _output_sound(out, [path for path in (data, history) if path is not None])
        if loaded.ledger is None and history is not None:
            raise Refusal(Diagnostic("HY912", {"option": "--history"}))
        entries = history_entries(history, loaded, encoding)
        kind = loaded.records[0]
        reading = Records(kind, sources_of([data]), encoding)
        checks = Checks(reading, Screening(kind, settings, keys_of(entries, loaded)))
        rows = read_batch(checks)
        require_sound(checks, data, [out] if out is not None else [])
        place = _place(kind, rows, data, record)
        told = Explainer(loaded, settings).explain(rows, place, entries)
        write(_rendered(told, item, form or form_of(out)), out)
    except Refusal as refusal:
        give_up(refusal)


def _item_known(policy: Policy, item: str | None) -> None:
    names = [benefit.name for benefit in policy.benefits]
    if item is None or item in names:
        return
    suggestion = did_you_mean(item, names)
    raise Refusal(Diagnostic("HY922", {"name": item, "names": "、".join(names)}, suggestion=suggestion))


def _output_sound(out: Path | None, inputs: list[Path]) -> None:
    if out is not None and out.resolve() in {path.resolve() for path in inputs}:
        raise Refusal(Diagnostic("HY914", {"path": str(out)}))


def _place(kind: RecordKind, rows: list[Row], data: Path, record: str) -> int:
    wanted = record.strip()
    for place, row in enumerate(rows):
        if row[kind.key.index] == wanted:
            return place
    facts = {"file": str(data), "key": kind.key.name, "value": wanted}
    raise Refusal(Diagnostic("HY921", facts))


def _rendered(told: Trace, item: str | None, form: str) -> str:
    match form:
        case "json":
            import json  # noqa: PLC0415 - what another form needs, text need not wait for

            from hypolicy.rules.trace_json import explanation  # noqa: PLC0415

            return json.dumps(explanation(told, item), ensure_ascii=False, indent=2) + "\n"
        case "html":
            from hypolicy.backends.pages.explanation import explanation_page  # noqa: PLC0415

            return explanation_page(narrate(told, item))
        case _:
            return narrative_text(narrate(told, item))
