"""run.json: what a run was made from and what it made, by hashes, so that anybody can tell whether it still holds."""

from __future__ import annotations

import hashlib
import json
import platform
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any, Final

from hypolicy import __version__

if TYPE_CHECKING:
    from hypolicy_simulator.run.inputs import Choices
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
        "修订": [path.as_posix() for path in choices.amendments],
        "替换的表": list(choices.tables),
        "人口": {
            "人数": len(model.population.persons),
            "取整": table.method,
            "散列": hashlib.sha256(table.persons.astype("<i8").tobytes()).hexdigest(),
        },
        "版本": {"hypolicy": __version__, "python": platform.python_version()} | _versions(),
        "输入": inputs.files,
    }


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
