"""Everything that a run starts from: the scenario, the policy, what is chosen otherwise, and their hashes."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import TYPE_CHECKING

from attrs import evolve, field, frozen

from hypolicy.cli.settings import read_settings
from hypolicy.diagnostics.diagnostic import Collector, Diagnostic
from hypolicy.diagnostics.refusal import Refusal
from hypolicy.pipeline import load
from hypolicy.source.folder import PolicyFolder
from hypolicy_simulator.scenario.check import Checked, check
from hypolicy_simulator.scenario.reading import read_scenario

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hypolicy.rules.outcome import Settings
    from hypolicy.rules.tree import Policy
    from hypolicy_simulator.recorded.records import Recorded
    from hypolicy_simulator.scenario.tree import Scenario


@frozen
class Choices:
    """What is said on the command line; `workers` is 0 for as many as there are processors.

    `seek` is a parameter whose value is sought that spends no more than `budget`, in fen; or a fund.
    """

    seed: int | None = None
    readings: tuple[str, ...] = ()
    values: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()
    amendments: tuple[Path, ...] = ()
    keep_records: bool = False
    replicates: int = 0
    workers: int = 0
    quick: bool = False
    seek: str = ""
    budget: int | None = None


@frozen
class Inputs:
    """`base` is the scenario under the policy without the amendments of this run, where there are any."""

    path: Path
    checked: Checked = field(repr=False)
    base: Checked | None = field(repr=False)
    settings: Settings = field(repr=False)
    seed: int
    files: dict[str, str] = field(repr=False)
    recorded: Recorded | None = field(default=None, repr=False)


def read_inputs(path: Path, choices: Choices) -> Inputs:
    """Raises Refusal with everything that is wrong with the scenario, or else with the policy or the choices."""
    scenario = read_scenario(path)
    amendments = (*scenario.amendments, *choices.amendments)
    policy = load(scenario.policy, amendments=amendments)
    settings = read_settings(policy, choices.readings, choices.values, choices.tables, "utf-8")
    recorded = _recorded(scenario, policy, settings)
    checked, base = check(scenario, policy, recorded.domains if recorded is not None else None), None
    if recorded is not None and choices.replicates:
        raise Refusal(Diagnostic("HY760"))
    if amendments:
        without = load(scenario.policy)
        base = evolve(checked, policy=without, kind=without.records[0])
    replaced = [Path(version.file) for versions in settings.tables.values() for version in versions]
    files = [scenario.path, *scenario.files, *_files_of(scenario.policy, policy), *amendments, *replaced]
    seed = scenario.seed if choices.seed is None else choices.seed
    return Inputs(path, checked, base, settings, seed, hashes(path.parent, files), recorded)


def _recorded(scenario: Scenario, policy: Policy, settings: Settings) -> Recorded | None:
    """The records that a scenario names. Raises Refusal with everything that is wrong with them."""
    if scenario.recorded is None:
        return None
    from hypolicy_simulator.recorded.records import read_recorded  # noqa: PLC0415 - for few scenarios

    collector = Collector()
    recorded = read_recorded(scenario, policy, settings, collector)
    if recorded is None:
        raise Refusal(*collector.found)
    return recorded


def _files_of(root: Path, policy: Policy) -> Iterable[Path]:
    """The rule files of a policy, its tables, and the official text."""
    yield from (root / path for path in PolicyFolder(root.resolve()).rule_files())
    yield from (root / version.file for table in policy.tables for version in table.versions if version.file)
    if policy.official_text:
        yield root / policy.official_text


def hashes(base: Path, files: Iterable[Path]) -> dict[str, str]:
    """SHA-256 of each file, by its path as seen from a folder."""
    return {seen_from(base, path): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def seen_from(base: Path, path: Path) -> str:
    return Path(os.path.relpath(path, base)).as_posix()
