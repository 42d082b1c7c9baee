"""run.json: what a run was made from and what it made, by hashes, so that anybody can tell whether it still holds."""

from __future__ import annotations

import hashlib
import json
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from hypolicy import __version__
from hypolicy_simulator.run.inputs import Choices, seen_from

if TYPE_CHECKING:
    from hypolicy_simulator.run.model import Model

_LIBRARIES: Final = ("numpy", "polars", "scipy")


def manifest(model: Model, choices: Choices) -> dict[str, Any]:
    """What a run is made from; nothing that depends on when or where, or on how many processes make it."""
    inputs, table = model.inputs, model.population.table
    return {
        "情景": inputs.checked.scenario.name,
        "情景文件": inputs.path.name,
        "政策": inputs.checked.policy.number,
        "种子": inputs.seed,
        "模拟次数": choices.replicates,
        "保留记录": choices.keep_records,
        "只算支出": choices.quick,
        "倒推": [choices.seek, choices.budget] if choices.seek else [],
        "口径": {r.name: inputs.settings.option(r) for r in inputs.checked.policy.readings if not r.fixed},
        "参数": list(choices.values),
        "修订": [seen_from(inputs.path.parent, path) for path in choices.amendments],
        "替换的表": [_table(inputs.path.parent, each) for each in choices.tables],
        "人口": {
            "人数": len(model.population.persons),
            "取整": table.method,
            "散列": hashlib.sha256(table.persons.astype("<i8").tobytes()).hexdigest(),
        },
        "版本": {"hypolicy": __version__, "python": platform.python_version()} | _versions(),
        "输入": inputs.files,
    }


def chosen(record: dict[str, Any], folder: Path) -> Choices:
    """The choices of a run of a scenario in a folder, so far as replicate 0 depends on them."""
    tables = [each.partition("=") for each in record["替换的表"]]
    return Choices(
        record["种子"],
        tuple(f"{name}={option}" for name, option in record["口径"].items()),
        tuple(record["参数"]),
        tuple(f"{name}={folder / file}" for name, _, file in tables),
        tuple(folder / name for name in record["修订"]),
    )


def _table(folder: Path, choice: str) -> str:
    name, equals, file = choice.partition("=")
    return f"{name}{equals}{seen_from(folder, Path(file))}"


def _versions() -> dict[str, str]:
    found = {}
    for name in _LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = ""
    return found


def text_of(content: dict[str, Any]) -> str:
    return json.dumps(content, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
