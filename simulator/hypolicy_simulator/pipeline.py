"""One run, from a scenario to the files of its results; read this first.

    inputs -> persons (population) -> trainings of a replicate (behaviour) -> amounts (decide) -> totals
           -> answers -> files

A finished run is a folder with run.json, which is written last and vouches for all the others.
"""

from __future__ import annotations

import hashlib
import shutil
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final

import polars as pl
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from hypolicy.cli.console import say, tell
from hypolicy.diagnostics.diagnostic import Collector, Diagnostic
from hypolicy.diagnostics.refusal import Refusal
from hypolicy.records.writing import atomic_path, write_files, write_tables, writer_of
from hypolicy.rules.outcome import fen_text
from hypolicy_simulator.answers.assumptions import assumptions
from hypolicy_simulator.answers.balance import balance
from hypolicy_simulator.answers.clauses import clauses
from hypolicy_simulator.answers.comparison import comparison, difference_intervals, effects
from hypolicy_simulator.answers.findings import Findings, write_json
from hypolicy_simulator.answers.funds import cash_flow, funds, payment_years, shares
from hypolicy_simulator.answers.groups import group_cells, group_intervals, group_summary, groups
from hypolicy_simulator.answers.intervals import intervals
from hypolicy_simulator.answers.lines import summary
from hypolicy_simulator.answers.marginal import marginal
from hypolicy_simulator.answers.places import targets, turned_away
from hypolicy_simulator.answers.readings import options, priced
from hypolicy_simulator.answers.rules import rules
from hypolicy_simulator.answers.seek import require_sought, seek
from hypolicy_simulator.answers.stacking import stacking
from hypolicy_simulator.answers.tornado import tornado
from hypolicy_simulator.population.report import fit_frame, independence_frame
from hypolicy_simulator.report.blocks import wan
from hypolicy_simulator.report.page import write_report
from hypolicy_simulator.run.inputs import Choices
from hypolicy_simulator.run.lock import only_one
from hypolicy_simulator.run.manifest import chosen, manifest, text_of
from hypolicy_simulator.run.model import Model
from hypolicy_simulator.run.parts import FOLDER
from hypolicy_simulator.run.plan import plan
from hypolicy_simulator.run.records import records_frame
from hypolicy_simulator.run.results import Results
from hypolicy_simulator.run.verify import RUN, changed_files, read_record
from hypolicy_simulator.run.workers import Workers
from hypolicy_simulator.workbook.book import write_budget

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


__all__ = ["Choices", "dry_run", "simulate", "verify"]


def simulate(path: Path, out: Path, choices: Choices) -> None:
    """Write the results of a scenario into a folder. Raises Refusal where that cannot be."""
    _make(out)
    with only_one(out):
        with Workers(path, choices) as workers:
            model = workers.model
            require_sought(model, choices.seek, choices.budget)
            jobs = plan(model.inputs, choices.replicates)
            before = manifest(model, choices)
            run = hashlib.sha256(text_of(before).encode()).hexdigest()
            with _progress("模拟") as told:
                results = Results(model, jobs, workers.jobs(jobs, out, run, told))
            frames = _answers(results, workers, choices)
        findings = Findings.of(model, before, frames)
        files = [(name, writer_of(out / name, frame)) for name, frame in frames.items()]
        files += [(name, partial(write, findings)) for name, write in CARRIERS.items()]
        (out / RUN).unlink(missing_ok=True)
        write_files([(out / name, write) for name, write in files])
        outputs = {name: hashlib.sha256((out / name).read_bytes()).hexdigest() for name, _ in files}
        with atomic_path(out / RUN) as temporary:
            temporary.write_text(text_of({**before, "输出": outputs}), encoding="utf-8")
        shutil.rmtree(out / FOLDER)
    _say(results)
    if choices.seek:
        _say_sought(choices, frames["seek.csv"])
    for name in (*(name for name, _ in files), RUN):
        tell(f"已写入 {out / name}")


def dry_run(path: Path, choices: Choices) -> None:
    """Read and check everything, and write nothing. Raises Refusal with everything that is wrong."""
    model = Model.read(path, choices)
    require_sought(model, choices.seek, choices.budget)
    recorded = model.inputs.recorded
    say(f"{model.own.checked.scenario.name}：没有发现问题")
    if recorded is None:
        say(f"  人口：{len(model.population.persons)}人")
        return
    say(f"  记录：{len(recorded.frame)}条，{len(recorded.persons)}人")
    for name, source, way, fill, count in recorded.repairs.rows():
        if source and count:
            say(f"  {name}（取自「{source}」）：{count}条空着，{way}{f'“{fill}”' if fill else ''}")
    dropped = recorded.repairs.filter(缺了怎样办="剔除的记录")["数目"][0]
    if dropped:
        say(f"  剔除：{dropped}条")


def verify(folder: Path, scenario: Path | None) -> list[Diagnostic]:
    """What is not as the record of a run says. With its scenario also what it was made from, and made once more.

    Raises Refusal where there is no record, or the scenario cannot be run.
    """
    record, collector = read_record(folder), Collector()
    changed_files(folder, record["输出"], collector)
    if scenario is not None:
        changed_files(scenario.parent, record["输入"], collector)
        if not collector.found:
            _once_more(record, scenario, collector)
    return collector.found


def _once_more(record: dict[str, Any], scenario: Path, collector: Collector) -> None:
    """Replicate 0, from the files that are as they were."""
    model = Model.read(scenario, chosen(record, scenario.parent))
    budget = model.own.axes.budget(model.own.totals())
    with TemporaryDirectory() as folder:
        again = Path(folder) / "budget.csv"
        write_tables([(again, budget)])
        if hashlib.sha256(again.read_bytes()).hexdigest() != record["输出"]["budget.csv"]:
            collector.report("HY746", file="budget.csv")


def _make(out: Path) -> None:
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError:
        raise Refusal(Diagnostic("HY741", {"path": str(out)})) from None


def _answers(results: Results, workers: Workers, choices: Choices) -> dict[str, pl.DataFrame]:
    """Every table of a run by the name of its file; those that the scenario does not ask for are left out."""
    model, own = results.model, results.own
    tables: dict[str, pl.DataFrame | None] = {
        "budget.csv": own.axes.budget(results.first),
        "summary.csv": summary(results),
        "groups.csv": groups(results),
        "groups_summary.csv": group_summary(results),
        "group_cells.csv": group_cells(model) if own.axes.groups else None,
        "targets.csv": targets(results),
        "turned_away.csv": turned_away(results),
        "funds.csv": funds(results),
        "cash_flow.csv": cash_flow(results),
        "payment_years.csv": payment_years(model),
        "shares.csv": shares(results),
        "marginal.csv": marginal(model),
        "stacking.csv": stacking(model),
        "rules.csv": rules(model),
        "assumptions.csv": assumptions(model),
        "fit.csv": fit_frame(own.checked, model.population),
        "data.csv": model.inputs.recorded.repairs if model.inputs.recorded is not None else None,
        "independence.csv": independence_frame(own.checked),
    }
    if choices.replicates:
        tables["intervals.csv"] = intervals(results)
        tables["group_intervals.csv"] = group_intervals(results) if own.axes.groups else None
    if len(model.arms) > 1:
        tables["comparison.csv"] = comparison(results)
        tables["effects.csv"] = effects(model)
        if choices.replicates:
            tables["comparison_intervals.csv"] = difference_intervals(results)
    if not choices.quick:
        with _progress("条款、口径和不确定的数的价格") as told:
            tables |= _prices(model, workers, told)
    if choices.seek:
        tables["seek.csv"] = _sought(model, choices)
    if choices.keep_records:
        tables["records.parquet"] = records_frame(own.checked, own.central().frame)
    return {name: table for name, table in tables.items() if table is not None}


def _prices(
    model: Model, workers: Workers, told: Callable[[int, int], None]
) -> dict[str, pl.DataFrame | None]:
    """What takes the policy apart; the longest first, so that it is not waited for alone."""
    asked = options(model)
    work: list[Callable[[Model], Any]] = [
        clauses,
        tornado,
        *(partial(priced, asked=option) for option in asked),
    ]
    found = dict[int, Any]()
    for place, answer in workers.each(_answered, work):
        found[place] = answer
        told(len(found), len(work))
    first, second, *rows = (found[place] for place in range(len(work)))
    return {"clauses.csv": first, "readings.csv": pl.DataFrame(rows) if rows else None, "tornado.csv": second}


def _answered(model: Model, answer: Callable[[Model], Any]) -> Any:
    return answer(model)


def _sought(model: Model, choices: Choices) -> pl.DataFrame:
    if choices.budget is None:
        return balance(model, choices.seek)
    return seek(model, choices.seek, choices.budget)


# From so many fen on a terminal shows amounts in 万元.
LARGE: Final = 10**8

# All of these are made from the findings, which hold every figure that they show.
CARRIERS: Final[dict[str, Callable[[Findings, Path], None]]] = {
    "results.json": write_json,
    "budget.xlsx": write_budget,
    "report.html": write_report,
}


@contextmanager
def _progress(what: str) -> Iterator[Callable[[int, int], None]]:
    """How much of some work is done, how fast, and how long it will take; on standard error if that is a terminal."""
    remaining = (TextColumn("还需"), TimeRemainingColumn(compact=True))
    columns = (TextColumn(what), BarColumn(), MofNCompleteColumn(), _Rate(), *remaining)
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("", total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)


class _Rate(ProgressColumn):
    def render(self, task: Task) -> Text:
        return Text(f"每秒{task.speed:.1f}个" if task.speed else "", style="progress.data.speed")


def _say(results: Results) -> None:
    """In 万元 where the amounts are large, as in the report; the total beside it to the fen."""
    axes, first = results.own.axes, results.first
    total = int(first.fen.sum())
    large = abs(total) >= LARGE
    unit = "万元" if large else "元"

    def shown(fen: int) -> str:
        return f"{wan(fen_text(fen)).text if large else fen_text(fen)}{unit}"

    say(f"{results.own.checked.scenario.name}：一次模拟的支出（{unit}）")
    for item, name in enumerate(axes.items):
        count, fen = int(first.counts[..., item].sum()), int(first.fen[..., item].sum())
        if count:
            say(f"  {name}：{count}人次，{shown(fen)}")
    say(f"  合计：{shown(total)}{f'（{fen_text(total)}元）' if large else ''}")
    if len(results.model.arms) > 1:
        change = int(first.fen.sum() - results.outcomes[0][1].fen.sum())
        word = "多" if change > 0 else "少"
        say(f"  比没有修订{word}{shown(abs(change))}" if change else "  与没有修订相同")


def _say_sought(choices: Choices, table: pl.DataFrame) -> None:
    if choices.budget is None:
        say(f"  倒推：「{choices.seek}」各年合计须增加{table['须增加'][-1]}元，才不会用完")
        return
    [(value, spent)] = table.filter(答案="是").select("值", "支出").rows()
    say(f"  倒推：「{choices.seek}」最高为{value}，支出{spent}元")
