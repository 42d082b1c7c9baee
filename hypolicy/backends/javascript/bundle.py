"""Many modules to one classic script, which a page opened from a folder may load (modules it may not).

The runtime's files are modules: they say what they take from each other, and node or an editor can read them as they
are. Here each becomes a function with a scope of its own, which gives what the module exports, in the order in which
they need each other; comments and indents, which are lines and beginnings of lines in them, stay behind.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

_FOLDERS: Final = ("runtime", "form")
_IMPORT: Final = re.compile(r'^import (\{[^}]*\}) from "(?:\./|\.\./runtime/)(\w+)\.js";$', re.MULTILINE)
_UNREAD: Final = re.compile(r"^\s*(?://.*|/\*\*.*|\*.*)?\n|^[ ]+", re.MULTILINE)
_EXPORT: Final = re.compile(r"^export (?=(?:const|class|function) (\w+))", re.MULTILINE)


def joined(wanted: str, given: Mapping[str, str]) -> str:
    """The module wanted and all that it needs, as `$name`; those `given` by name are made elsewhere."""
    parts: dict[str, str] = {}
    _add(wanted, given, parts)
    return "\n".join(parts.values())


def _add(name: str, given: Mapping[str, str], parts: dict[str, str]) -> None:
    if name in parts:
        return
    text = given[name] if name in given else module_text(name)
    for needed in _IMPORT.finditer(text):
        _add(needed[2], given, parts)
    exported = ", ".join(found[1] for found in _EXPORT.finditer(text))
    body = _UNREAD.sub("", _EXPORT.sub("", _IMPORT.sub(r"const \1 = $\2;", text))).strip()
    parts[name] = f"const ${name} = (() => {{\n{body}\nreturn {{ {exported} }};\n}})();\n"


@cache
def module_text(name: str) -> str:
    places = (files(__package__).joinpath(folder, f"{name}.js") for folder in _FOLDERS)
    return next(place for place in places if place.is_file()).read_text(encoding="utf-8")


@cache
def style() -> str:
    return files(__package__).joinpath("form", "calculator.css").read_text(encoding="utf-8")
