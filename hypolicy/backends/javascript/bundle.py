"""Many modules to one classic script, which a page opened from a folder may load (modules it may not).

The runtime's files are modules: they say what they take from each other, and node or an editor can read them as they
are. Here they are joined, in the order in which they need each other, without their import lines and `export` words.
All share one scope, so no two of them may give a name at their outermost level twice.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import Final

_IMPORT: Final = re.compile(r'^import \{[^}]*\} from "\./(\w+)\.js";\n', re.MULTILINE)
_EXPORT: Final = re.compile(r"^export (?=const |class |function )", re.MULTILINE)


def joined(*wanted: str, given: dict[str, str]) -> str:
    """The modules wanted and all that they need; those `given` by name are made elsewhere."""
    parts: dict[str, str] = {}
    for name in wanted:
        _add(name, given, parts)
    return "\n".join(parts.values())


def _add(name: str, given: dict[str, str], parts: dict[str, str]) -> None:
    if name in parts:
        return
    text = given[name] if name in given else module_text(name)
    for needed in _IMPORT.findall(text):
        _add(needed, given, parts)
    parts[name] = _EXPORT.sub("", _IMPORT.sub("", text)).strip() + "\n"


@cache
def module_text(name: str) -> str:
    return files(__package__).joinpath("runtime", f"{name}.js").read_text(encoding="utf-8")
