"""hypolicy simulate SCENARIO. Everything heavy is imported when the command runs."""

from __future__ import annotations

from pathlib import Path

import click

_PATH = click.Path(path_type=Path)


@click.command("simulate", short_help="按情景模拟人口和参训，测算各年支出。")
@click.argument("scenario", type=_PATH)
@click.option("--out", required=True, type=_PATH, metavar="文件夹", help="结果写到这个文件夹；没有就新建。")
@click.option(
    "--seed", type=click.IntRange(0, 2**63 - 1), metavar="整数", help="随机数的种子；默认用情景中的。"
)
@click.option("--reading", "readings", multiple=True, metavar="名称=选项", help="改选一个口径。")
@click.option("--set", "values", multiple=True, metavar="参数=值", help="改一个参数的值。")
@click.option("--table", "tables", multiple=True, metavar="名称=文件", help="用文件替换政策中的一张表。")
@click.option("--keep-records", is_flag=True, help="同时写出模拟的培训记录 records.parquet。")
def simulate(
    scenario: Path,
    out: Path,
    seed: int | None,
    readings: tuple[str, ...],
    values: tuple[str, ...],
    tables: tuple[str, ...],
    keep_records: bool,
) -> None:
    """按情景文件 SCENARIO 模拟，把结果写到 --out 文件夹。

    budget.csv 是一次模拟的支出；fit.csv 是人口与各表相符的程度；run.json 记录所用的文件、种子和版本。
    退出码：0 完成，2 无法运行。
    """
    from hypolicy.cli.console import give_up  # noqa: PLC0415
    from hypolicy.diagnostics.refusal import Refusal  # noqa: PLC0415
    from hypolicy_simulator.run.simulate import Choices, simulate  # noqa: PLC0415

    try:
        simulate(scenario, out, Choices(seed, readings, values, tables, keep_records))
    except Refusal as refusal:
        give_up(refusal)
