"""A checked policy to the files of its calculator: the rules compiled to JavaScript, with the runtime that they call.

What is generated here is a function for each expression (`code.py`) and data (`data.py`, `words.py`); how a benefit is
assessed, the ledger folded and a result told is written by hand in `runtime/`. The same policy and settings give the
same bytes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hypolicy.backends.javascript.bundle import joined
from hypolicy.backends.javascript.code import OPERATORS, Code
from hypolicy.backends.javascript.data import PolicyData
from hypolicy.backends.javascript.literals import source
from hypolicy.backends.javascript.words import words

if TYPE_CHECKING:
    from hypolicy.rules.tree import Policy

# What the runtime hands to the generated code.
MAKERS: Final = ("node", "fact", "given", "parameter", "lookup", "inTable", "byReading", "rank")
# What the generated code takes from the runtime, by module.
OPERATIONS: Final[dict[str, tuple[str, ...]]] = {
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
        f"{imports}\nexport const RULES = {source(data)};\n\n"
        f"RULES.functions = ({{ {makers} }}) => {{\n{body}\n  return [{every}];\n}};\n"
    )


def engine(policy: Policy) -> str:
    """A script that evaluates and explains, without a form: what it gives stands in `hypolicy`."""
    modules = {"words": f"export const WORDS = {source(words())};\n", "rules": rules_source(policy)}
    return f'"use strict";\n{joined("engine", modules)}\nconst hypolicy = $engine.ENGINE;\n'
