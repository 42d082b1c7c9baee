"""run.json: what a run was made from and what it made, by hashes, so that anybody can tell whether it still holds."""

from __future__ import annotations

import hashlib
import json
import platform
from typing import TYPE_CHECKING, Any

import numpy as np

from hypolicy import __version__

if TYPE_CHECKING:
    from hypolicy_simulator.population.synthesis import Population
    from hypolicy_simulator.run.inputs import Choices, Inputs


def manifest(
    inputs: Inputs, choices: Choices, population: Population, outputs: dict[str, str]
) -> dict[str, Any]:
    """Nothing in it depends on when or where the run was made."""
    readings = {reading.name: inputs.settings.option(reading) for reading in inputs.checked.policy.readings}
    return {
        "情景": inputs.checked.scenario.name,
        "政策": inputs.checked.policy.number,
        "种子": inputs.seed,
        "口径": readings,
        "参数": list(choices.values),
        "替换的表": list(choices.tables),
        "人口": {
            "人数": len(population.persons),
            "取整": population.table.method,
            "散列": hashlib.sha256(population.table.persons.astype("<i8").tobytes()).hexdigest(),
        },
        "版本": {"hypolicy": __version__, "python": platform.python_version(), "numpy": np.__version__},
        "输入": inputs.files,
        "输出": outputs,
    }


def manifest_text(content: dict[str, Any]) -> str:
    return json.dumps(content, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
