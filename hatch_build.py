"""Put /grammar inside the package when a wheel is built; an editable install reads /grammar itself."""

from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class GrammarIntoPackage(BuildHookInterface):  # type: ignore[type-arg]
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "standard":
            build_data["force_include"]["grammar"] = "hypolicy/grammar"
