"""Find the grammar, and make its LALR parser once.

Making the tables of the parser takes Lark ten times as long as reading them. They are kept beside the grammar as
plain data, with the hash of the grammar and the version of Lark that they were made from; where either differs, the
parser is made from the grammar itself. `python -m hypolicy.syntax.grammar` makes tables anew that are of another one.
"""

from __future__ import annotations

import hashlib
import json
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import lark
from lark import Lark
from lark.grammar import Rule
from lark.lexer import Lexer as LarkLexer
from lark.lexer import TerminalDef

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from importlib.resources.abc import Traversable

    from lark import Token

_GRAMMAR: Final = "hypolicy.lark"
_TABLES: Final = "hypolicy.tables.json"


def grammar_folder() -> Traversable:
    """Inside the package when installed, /grammar in a checkout."""
    package = files("hypolicy")
    inside = package / "grammar"
    return inside if inside.is_dir() else package / ".." / "grammar"


def grammar_file() -> Traversable:
    return grammar_folder() / _GRAMMAR


class ReadyTokens(LarkLexer):
    """Hands Lark the tokens that our own lexer has cut."""

    def __init__(self, lexer_conf: object) -> None:
        pass

    def lex(self, data: Any) -> Iterator[Token]:  # type: ignore[override]
        tokens: Iterable[Token] = data
        return iter(tokens)


def parser_from_grammar(text: str, *, strict: bool = False) -> Lark:
    """`strict` refuses any shift/reduce conflict; tests build it so."""
    return Lark(
        text,
        start="sentence",
        parser="lalr",
        lexer=ReadyTokens,
        strict=strict,
        propagate_positions=True,
        maybe_placeholders=False,
    )


@cache
def sentence_parser() -> Lark:
    """The parser of one sentence."""
    text = grammar_file().read_text(encoding="utf-8")
    kept = kept_tables(text)
    return parser_from_grammar(text) if kept is None else _parser_from_tables(kept)


@cache
def keywords() -> dict[str, str]:
    """Keyword to terminal, as the grammar spells them."""
    return {
        str(terminal.pattern.value): terminal.name
        for terminal in sentence_parser().terminals
        if terminal.pattern is not None and terminal.name.lstrip("_").startswith("K_")
    }


@cache
def sentence_starts() -> frozenset[str]:
    """The terminals that only begin a sentence: where one of them stands inside, a 。 is missing before it."""
    accepted: set[str] = sentence_parser().parse_interactive().accepts()  # type: ignore[no-untyped-call]
    return frozenset(accepted) - {"WORD"}


# --- the tables as data ----------------------------------------------------------------------------------------


def _made_from(text: str) -> str:
    return f"lark {lark.__version__}, {hashlib.sha256(text.encode()).hexdigest()}"


def kept_tables(text: str) -> dict[str, Any] | None:
    """The tables that are kept, where they are of this grammar."""
    try:
        kept: dict[str, Any] = json.loads((grammar_folder() / _TABLES).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return kept if kept.get("made_from") == _made_from(text) else None


def tables_of(text: str) -> str:
    """The tables of a grammar, as the text of the file that keeps them."""
    data, memo = parser_from_grammar(text).memo_serialize([TerminalDef, Rule])
    # The one class among the data; it is put back when they are read.
    data["options"]["lexer"] = data["parser"]["lexer_conf"]["lexer_type"] = None
    kept = {"made_from": _made_from(text), "data": data, "memo": memo}
    return json.dumps(kept, ensure_ascii=False, separators=(",", ":"), sort_keys=False) + "\n"


def _parser_from_tables(kept: dict[str, Any]) -> Lark:
    data, memo = _with_numbers(kept["data"]), _with_numbers(kept["memo"])
    data["options"]["lexer"] = data["parser"]["lexer_conf"]["lexer_type"] = ReadyTokens
    # How the stand-alone parsers that Lark writes load their tables.
    parser: Lark = Lark._load_from_dict(data, memo)  # type: ignore[no-untyped-call]
    return parser


def _with_numbers(data: Any) -> Any:
    """JSON knows no numbers as keys: here they are again."""
    if isinstance(data, dict):
        return {int(key) if key.isdecimal() else key: _with_numbers(value) for key, value in data.items()}
    return data


if __name__ == "__main__":
    grammar = grammar_file().read_text(encoding="utf-8")
    # Lark numbers the symbols in another order each time: tables that are of this grammar stay as they are.
    if kept_tables(grammar) is None:
        Path(str(grammar_folder() / _TABLES)).write_text(tables_of(grammar), encoding="utf-8")
