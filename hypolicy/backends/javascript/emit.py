"""A checked policy to the files of its calculator: the rules compiled to JavaScript, with the runtime that they call.

What is generated here is a function for each expression (`code.py`) and data (`data.py`, `words.py`); how a benefit is
assessed, the ledger folded and a result told is written by hand in `runtime/`. The same policy and settings give the
same bytes.
"""

from __future__ import annotations

import base64
import hashlib
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from attrs import frozen

from hypolicy.backends.javascript.bundle import joined, style
from hypolicy.backends.javascript.code import OPERATORS, Code
from hypolicy.backends.javascript.data import PolicyData, settings_data
from hypolicy.backends.javascript.literals import comment, source
from hypolicy.backends.javascript.words import words
from hypolicy.rules.outcome import Settings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hypolicy.rules.tree import Policy

_NO_SETTINGS: Final = Settings()
_NO_LINKS: Final[Mapping[str, str]] = MappingProxyType({})

# What the runtime hands to the generated code.
MAKERS: Final = ("node", "fact", "given", "parameter", "lookup", "inTable", "byReading", "rank")
# What the generated code takes from the runtime, by module.
OPERATIONS: Final[dict[str, tuple[str, ...]]] = {
    "nodes": ("described",),
    "numbers": ("ONE", "ZERO", "largest", "minus", "over", "plus", "rational", "smallest", "times"),
    "calendar": ("inPeriod", "inWindow", "shifted", "termLength"),
    "logic": ("allOf", "anyOf"),
    "operators": (*OPERATORS.values(), "completedYears"),
}


def rules_source(policy: Policy) -> str:
    """The module `rules.js`: `RULES`, the data of a policy, with `functions`, its expressions."""
    code = Code(policy)
    data = PolicyData(policy, code).data()
    makers = ", ".join(MAKERS)
    body = "\n".join(f"  {line}" for line in code.lines)
    every = ", ".join(f"n{number}" for number in range(len(code.nodes)))
    imports = "".join(
        f'import {{ {", ".join(names)} }} from "./{module}.js";\n' for module, names in OPERATIONS.items()
    )
    return (
        f"{imports}\nexport const RULES = {source(data)};\n"
        "RULES.nodes = described(RULES.nodes);\n"
        f"RULES.functions = ({{ {makers} }}) => {{\n{body}\n  return [{every}];\n}};\n"
    )


def engine(policy: Policy) -> str:
    """A script that evaluates and explains, without a form: what it gives stands in `hypolicy`."""
    return f'"use strict";\n{joined("engine", _modules(policy))}\nconst hypolicy = $engine.ENGINE;\n'


@frozen
class Bundle:
    """The files of a calculator by their names, to be written as they are, and the version of the rules they tell."""

    files: Mapping[str, str]
    version: str

    @property
    def hashes(self) -> dict[str, str]:
        """The files' hashes as a Content-Security-Policy, or the integrity of an element, wants them."""
        digests = {name: hashlib.sha256(text.encode()).digest() for name, text in self.files.items()}
        return {name: f"sha256-{base64.b64encode(digest).decode()}" for name, digest in digests.items()}


def emit(
    policy: Policy,
    settings: Settings = _NO_SETTINGS,
    *,
    links: Mapping[str, str] = _NO_LINKS,
    version: str = "",
) -> Bundle:
    """The calculator of a policy.

    `links` are the addresses of clauses by their numbers, below the root of the site; `version` names the edition of
    the rules, which slips and addresses state (where it is not given, it is told from the rules themselves).
    """
    modules = _modules(policy)
    chosen = source(settings_data(settings))
    version = version or hashlib.sha256("".join([*modules.values(), chosen]).encode()).hexdigest()[:12]
    page = source({"version": version, "links": list(links.items())})
    modules["page"] = f"export const PAGE = {page};\nexport const SETTINGS = {chosen};\n"
    head = comment(f"{policy.title} {policy.number}".strip())
    script = f'{head}\n"use strict";\n(() => {{\n{joined("calculator", modules)}}})();\n'
    return Bundle({"calculator.js": script, "calculator.css": style()}, version)


def _modules(policy: Policy) -> dict[str, str]:
    return {"words": f"export const WORDS = {source(words())};\n", "rules": rules_source(policy)}
