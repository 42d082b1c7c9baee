"""hypolicy rates export POLICY, hypolicy rates import POLICY."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from hypolicy.cli.amendments import amendment_option
from hypolicy.cli.console import FINDINGS, give_up, say, tell
from hypolicy.cli.days import day_of
from hypolicy.cli.usage import in_chinese
from hypolicy.diagnostics.diagnostic import Diagnostic
from hypolicy.diagnostics.refusal import Refusal
from hypolicy.pipeline import load
from hypolicy.rates.catalogue import catalogue_named, catalogues
from hypolicy.rules.amendment import Rank
from hypolicy.rules.calendar import chinese_date

if TYPE_CHECKING:
    from datetime import date

    from hypolicy.rates.catalogue import Catalogue
    from hypolicy.rates.plan import Plan
    from hypolicy.rates.sheet import Sheet

_PATH = click.Path(path_type=Path)
_ANNOTATED: Final = ".errors.xlsx"
_MOST_LISTED: Final = 50


class _Group(click.Group):
    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        found = super().get_command(ctx, name)
        return in_chinese(found) if found is not None else None


@click.group(
    "rates",
    cls=_Group,
    short_help="标准目录导出为 Excel，改好以后读回。",
    subcommand_metavar="export|import …",
)
def command() -> None:
    """取自文件的表（如补贴标准目录）导出为 Excel，改好以后读回：先说明有哪些改动，确认以后写成一件修订草案。"""


@command.command("export", short_help="把取自文件的表导出为 Excel。")
@click.argument("policy", type=_PATH)
@click.option("--out", type=_PATH, required=True, help="写到这个 .xlsx 文件。")
@click.option("--as-of", "as_of", metavar="日期", help="导出这一天施行的一版；默认是最后一版。")
@amendment_option
def export(policy: Path, out: Path, as_of: str | None, amendments: tuple[Path, ...]) -> None:
    """把政策文件夹 POLICY 中取自文件的表导出为 Excel，每张表一张工作表。

    退出码：0 完成，2 无法运行。
    """
    try:
        if out.suffix.lower() != ".xlsx":
            raise Refusal(Diagnostic("HY804", {"file": str(out), "suffixes": ".xlsx"}))
        day = day_of(as_of) if as_of is not None else None
        loaded = load(policy, amendments=amendments)
        found = catalogues(loaded, policy, day)
        from hypolicy.rates.export import write_catalogues  # noqa: PLC0415 - slow to load

        write_catalogues(out, loaded, found)
    except Refusal as refusal:
        give_up(refusal)
    for each in found:
        since = chinese_date(each.version.period.start)
        say(f"「{each.table.name}」自{since}起的一版，{len(each.lines) - 1}行，取自 {each.file}。")
    tell(f"已写入 {out}")


@command.command("import", short_help="读回改好的 Excel：先说明改动，再写成修订草案。")
@click.argument("policy", type=_PATH)
@click.option("--data", type=_PATH, required=True, help="改好的 .xlsx 文件。")
@click.option(
    "--from", "since", metavar="日期", required=True, help="新标准从这一天起施行，例如 2020-07-01。"
)
@click.option("--table", metavar="名称", help="是哪一张表；政策只有一张取自文件的表时不必写。")
@click.option("--number", metavar="文号", help="依据的文件的文号，例如 某人社发〔2020〕5号。")
@click.option("--title", metavar="名称", help="依据的文件的名称；默认是“关于调整某表的通知”。")
@click.option(
    "--rank",
    type=click.Choice([rank.value for rank in Rank]),
    metavar="位阶",
    help="依据的文件的位阶，例如 市级规范性文件。",
)
@click.option("--write", "wanted", is_flag=True, help="写入；不写这个选项，只说明有哪些改动。")
def bring_in(
    policy: Path,
    data: Path,
    since: str,
    table: str | None,
    number: str | None,
    title: str | None,
    rank: str | None,
    wanted: bool,
) -> None:
    """读回改好的 Excel，说明与现行的一版有哪些不同；写了 --write 的，在政策文件夹 POLICY 的“修订”中写成一件草案。

    规则文件和以前的各版都不改动。草案可以检查、比较、试算；把“草案”改为“施行”，就成为政策的一部分。
    有一格不合格就不写入，另存一份标出错误的副本「文件名.errors.xlsx」。
    退出码：0 完成，1 数据有问题，2 无法运行。
    """
    try:
        day = day_of(since)
        catalogue = catalogue_named(catalogues(load(policy), policy, day), table)
        # What reads workbooks is slow to load.
        from hypolicy.rates.plan import planned  # noqa: PLC0415
        from hypolicy.rates.sheet import read_sheet  # noqa: PLC0415

        sheet = read_sheet(data, catalogue.table.name, list(catalogue.wanted))
        for notice in sheet.notices:
            tell(f"提示：{notice}")
        plan = planned(catalogue, sheet)
        if plan.faults:
            _return(data, sheet, plan)
        _say(catalogue, plan, day)
        if plan.sentences:
            _draft(policy, catalogue, plan, day, (title, number, rank), wanted=wanted)
    except Refusal as refusal:
        give_up(refusal)


def _return(data: Path, sheet: Sheet, plan: Plan) -> None:
    """Faulty cells go back to whoever has filled them in."""
    from hypolicy.rates.sheet import write_annotated  # noqa: PLC0415

    names = {place: name for name, place in sheet.columns.items()}
    for fault in plan.faults[:_MOST_LISTED]:
        tell(
            f"工作表「{sheet.title}」{fault.place}（第{fault.row}行「{names[fault.column]}」）：{fault.problem}。"
        )
    if len(plan.faults) > _MOST_LISTED:
        tell(f"……还有{len(plan.faults) - _MOST_LISTED}处。")
    out = data.with_name(data.name + _ANNOTATED)
    write_annotated(data, out, sheet.title, plan.faults)
    tell(f"共{len(plan.faults)}处问题，没有写入。标出错误的副本：{out}")
    sys.exit(FINDINGS)


def _say(catalogue: Catalogue, plan: Plan, day: date) -> None:
    began = chinese_date(catalogue.version.period.start)
    say(f"「{catalogue.table.name}」，自{chinese_date(day)}起，与自{began}起的一版比较：")
    for sentence in plan.sentences:
        say(f"  {sentence}。")
    if not plan.sentences:
        say("  没有改动。")
    elif plan.unchanged:
        say(f"  其余{plan.unchanged}行标准不变。")
    for warning in plan.warnings:
        say(f"  注意：{warning}。")


def _draft(
    policy: Path,
    catalogue: Catalogue,
    plan: Plan,
    day: date,
    said: tuple[str | None, str | None, str | None],
    *,
    wanted: bool,
) -> None:
    """Say what would be written, or write it."""
    from hypolicy.rates import draft  # noqa: PLC0415

    title, number, rank = said
    missing = [option for option, value in (("--number", number), ("--rank", rank)) if not value]
    if number and rank:
        name = title or f"关于调整{catalogue.table.name}的通知"
        made = draft.drafted(catalogue, plan.lines, day, draft.Ground(name, number, Rank(rank)))
        draft.require_sound(policy, made)
        say(f"  依据：{number}《{name}》（{rank}）。")
        if wanted:
            draft.write(policy, made)
            for path in made.paths:
                tell(f"已写入 {policy / path}")
            say(f'试算：hypolicy diff {policy} --amendment "{policy / made.document}"')
            return
        say("没有写入；确认以后加 --write。")
        return
    if wanted:
        raise Refusal(Diagnostic("HY947", {"options": "、".join(missing)}))
    say(f"  缺少依据：没有写 {'、'.join(missing)}。")
    say("没有写入；写明依据，确认以后加 --write。")
