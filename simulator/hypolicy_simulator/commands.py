"""hypolicy simulate SCENARIO, hypolicy verify DIR. Everything heavy is imported when a command runs."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from hypolicy.cli.amendments import amendment_option

_PATH = click.Path(path_type=Path)


@click.command("simulate", short_help="按情景模拟人口和参训，测算各年支出。")
@click.argument("scenario", type=_PATH)
@click.option("--out", type=_PATH, metavar="文件夹", help="结果写到这个文件夹；没有就新建。")
@click.option(
    "--seed", type=click.IntRange(0, 2**63 - 1), metavar="整数", help="随机数的种子；默认用情景中的。"
)
@click.option(
    "--replicates",
    type=click.IntRange(0, 100_000),
    default=0,
    metavar="次数",
    help="机会和假设两种不确定性各模拟多少次；默认 0，只算一次，没有区间。",
)
@click.option("--reading", "readings", multiple=True, metavar="名称=选项", help="改选一个口径。")
@click.option("--set", "values", multiple=True, metavar="参数=值", help="改一个参数的值。")
@amendment_option
@click.option("--table", "tables", multiple=True, metavar="名称=文件", help="用文件替换政策中的一张表。")
@click.option(
    "--workers", type=click.IntRange(1, 256), metavar="个数", help="同时用几个进程；默认与处理器数相同。"
)
@click.option(
    "--seek",
    default="",
    metavar="名称",
    help="倒推：写参数的，求支出不超过 --budget 的最高值；写资金的，求须增加多少才不会用完。",
)
@click.option("--budget", metavar="元", help="倒推参数时，各年支出合计的上限。")
@click.option("--quick", is_flag=True, help="只算支出和区间，不算各条款、各口径的价格。")
@click.option("--dry-run", is_flag=True, help="只核对情景、表格和数据，列出全部问题，不模拟，不写文件。")
@click.option("--keep-records", is_flag=True, help="同时写出模拟的培训记录 records.parquet。")
def simulate(
    scenario: Path,
    out: Path | None,
    seed: int | None,
    replicates: int,
    readings: tuple[str, ...],
    values: tuple[str, ...],
    amendments: tuple[Path, ...],
    tables: tuple[str, ...],
    workers: int | None,
    seek: str,
    budget: str | None,
    quick: bool,
    dry_run: bool,
    keep_records: bool,
) -> None:
    """按情景文件 SCENARIO 模拟，把结果写到 --out 文件夹。

    用 --amendment 试算修订时，与没有它的政策比较，写 comparison.csv 和 effects.csv。
    budget.csv 是一次模拟的支出，intervals.csv 是多次模拟的区间，fit.csv 是人口与各表相符的程度；
    run.json 记录所用的文件、种子和版本。中断以后用同样的命令再运行，从断处继续。
    退出码：0 完成，2 无法运行。
    """
    from hypolicy.cli.console import give_up  # noqa: PLC0415
    from hypolicy.diagnostics.refusal import Refusal  # noqa: PLC0415
    from hypolicy_simulator import pipeline  # noqa: PLC0415

    try:
        choices = pipeline.Choices(
            seed=seed,
            readings=readings,
            values=values,
            tables=tables,
            amendments=amendments,
            keep_records=keep_records,
            replicates=replicates,
            workers=workers or 0,
            quick=quick,
            seek=seek,
            budget=_fen(seek, budget),
        )
        if dry_run:
            pipeline.dry_run(scenario, choices)
            return
        if out is None:
            raise click.UsageError("要用 --out 写明结果写到哪个文件夹。", click.get_current_context())
        pipeline.simulate(scenario, out, choices)
    except Refusal as refusal:
        give_up(refusal)


def _fen(seek: str, budget: str | None) -> int | None:
    """The budget in fen."""
    if budget is None:
        return None
    if not seek:
        raise click.UsageError("--budget 要与 --seek 一起使用。", click.get_current_context())
    yuan, _, fen = budget.partition(".")
    if not (yuan.isascii() and yuan.isdigit() and len(fen) <= 2 and (not fen or fen.isdigit())):
        raise click.UsageError(
            "--budget 写金额，单位为元，只写数字，例如 70000000。", click.get_current_context()
        )
    return int(yuan) * 100 + int(fen.ljust(2, "0") or "0")


@click.command("verify", short_help="核对一次模拟的结果是否仍与运行记录一致。")
@click.argument("folder", type=_PATH)
@click.option("--scenario", type=_PATH, help="情景文件；给出时同时核对输入，并再算一次。")
def verify(folder: Path, scenario: Path | None) -> None:
    """核对文件夹 FOLDER 中的各个文件是否与 run.json 的记录一致。

    退出码：0 一致，1 有不一致，2 无法核对。
    """
    from hypolicy.cli.console import FINDINGS, give_up, say, tell_diagnostics  # noqa: PLC0415
    from hypolicy.diagnostics.refusal import Refusal  # noqa: PLC0415
    from hypolicy_simulator import pipeline  # noqa: PLC0415

    try:
        found = pipeline.verify(folder, scenario)
    except Refusal as refusal:
        give_up(refusal)
    if found:
        tell_diagnostics(found)
        sys.exit(FINDINGS)
    say("一致。" if scenario is not None else "结果文件与运行记录一致；加 --scenario 可以同时核对输入。")
