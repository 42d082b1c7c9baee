"""Find the grammar, and build the LALR parser once."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from lark import Lark
from lark.lexer import Lexer as LarkLexer

from hypolicy.source.private import private_folder

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from importlib.resources.abc import Traversable

    from lark import Token


def grammar_file() -> Traversable:
    """The grammar: inside the package when installed, in /grammar in a checkout."""
    package = files("hypolicy")
    inside = package / "grammar"
    folder = inside if inside.is_dir() else package / ".." / "grammar"
    return folder / "hypolicy.lark"


class ReadyTokens(LarkLexer):
    """Hands Lark the tokens that our own lexer has cut."""

    def __init__(self, lexer_conf: object) -> None:
        pass

    def lex(self, data: Any) -> Iterator[Token]:  # type: ignore[override]
        tokens: Iterable[Token] = data
        return iter(tokens)


@cache
def sentence_parser(*, strict: bool = False) -> Lark:
    """The parser of one sentence. `strict` refuses any shift/reduce conflict; tests build it so.

    Its tables are kept in the user's cache folder, where there is one: making them takes a quarter of a second.
    """
    folder = None if strict else private_folder()
    return Lark(
        grammar_file().read_text(encoding="utf-8"),
        start="sentence",
        parser="lalr",
        lexer=ReadyTokens,
        strict=strict,
        propagate_positions=True,
        maybe_placeholders=False,
        cache=str(folder / "grammar.tables") if folder is not None else False,
    )


@cache
def keywords() -> dict[str, str]:
    """Keyword to terminal, as the grammar spells them."""
    return {
        str(terminal.pattern.value): terminal.name
        for terminal in sentence_parser().terminals
        if terminal.pattern is not None and terminal.name.lstrip("_").startswith("K_")
    }
