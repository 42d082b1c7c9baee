"""One run, from a scenario to the files of its results; read this first.

inputs -> persons (population) -> trainings of a replicate (behaviour) -> amounts (decide) -> totals -> files
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

from hypolicy.cli.console import say, tell
from hypolicy.diagnostics.diagnostic import Diagnostic
from hypolicy.diagnostics.refusal import Refusal
from hypolicy.records.writing import atomic_path, write_tables
from hypolicy.rules.outcome import fen_text
from hypolicy_simulator.behaviour.trainings import Behaviour
from hypolicy_simulator.chance.worlds import MIDDLE
from hypolicy_simulator.population.report import fit_frame
from hypolicy_simulator.population.synthesis import synthesise
from hypolicy_simulator.run.decide import ExactDecider
from hypolicy_simulator.run.inputs import Choices, Inputs, read_inputs
from hypolicy_simulator.run.manifest import manifest, manifest_text
from hypolicy_simulator.run.records import records_frame
from hypolicy_simulator.run.totals import Axes, Totals

if TYPE_CHECKING:
    from pathlib import Path

    import polars as pl

    from hypolicy_simulator.population.synthesis import Population

__all__ = ["Choices", "simulate"]

RUN: Final = "run.json"


def simulate(path: Path, out: Path, choices: Choices) -> None:
    """Write the results of a scenario into a folder. Raises Refusal where that cannot be."""
    _folder(out)
    inputs = read_inputs(path, choices)
    population = synthesise(inputs.checked, inputs.seed)
    behaviour = Behaviour(inputs.checked, population.persons, inputs.seed)
    trainings = behaviour.trainings(0, MIDDLE)
    axes = Axes(inputs.checked)
    totals = axes.totals(trainings, ExactDecider(inputs.checked, inputs.settings).decide(trainings))
    frames = {"budget.csv": axes.budget(totals), "fit.csv": fit_frame(inputs.checked, population)}
    if choices.keep_records:
        frames["records.parquet"] = records_frame(inputs.checked, trainings)
    _write(out, frames, inputs, choices, population)
    _say(inputs, axes, totals, len(trainings))


def _folder(out: Path) -> None:
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError:
        raise Refusal(Diagnostic("HY741", {"path": str(out)})) from None


def _write(
    out: Path, frames: dict[str, pl.DataFrame], inputs: Inputs, choices: Choices, population: Population
) -> None:
    """The tables, and last the record that vouches for them: without it a folder is no finished run."""
    (out / RUN).unlink(missing_ok=True)
    write_tables([(out / name, frame) for name, frame in frames.items()])
    outputs = {name: hashlib.sha256((out / name).read_bytes()).hexdigest() for name in frames}
    text = manifest_text(manifest(inputs, choices, population, outputs))
    with atomic_path(out / RUN) as temporary:
        temporary.write_text(text, encoding="utf-8")
    for name in (*frames, RUN):
        tell(f"已写入 {out / name}")


def _say(inputs: Inputs, axes: Axes, totals: Totals, trainings: int) -> None:
    say(f"{inputs.checked.scenario.name}：{trainings}人次培训，一次模拟的支出（元）")
    for item, name in enumerate(axes.items):
        count, fen = int(totals.counts[..., item].sum()), int(totals.fen[..., item].sum())
        if count:
            say(f"  {name}：{count}人次，{fen_text(fen)}元")
    say(f"  合计：{fen_text(int(totals.fen.sum()))}元")
