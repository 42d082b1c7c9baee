"""What to say of a sentence that cannot go on: the one mistake that its author most likely made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hypolicy.diagnostics.diagnostic import Place
from hypolicy.syntax.expected import describe
from hypolicy.syntax.problems import Problem
from hypolicy.syntax.sentences import stop_behind
from hypolicy.syntax.tokens import OUTER_ITEM, fold

if TYPE_CHECKING:
    from collections.abc import Sequence, Set

    from hypolicy.syntax.lexer import Lexeme

_BEGINNINGS: Final = frozenset(
    {"_COLON", "_SEMI", "_K_MEANS", "_OUTER", "_NEXT_OUTER", "_INNER", "_NEXT_INNER"}
)


def complain(
    lexemes: Sequence[Lexeme], at: int, accepted: Set[str], known: Sequence[Problem]
) -> Problem | None:
    """The mistake at the token `at`, where only `accepted` terminals could stand.

    None where one of the problems already known in the sentence explains it.
    """
    token = lexemes[at]
    explained = [problem for problem in known if problem.code != "HY201" or problem.span != token.span]
    if explained:
        return None
    words = token.span.brief()
    if token.kind == "WORD" and "QNAME" in accepted:
        return Problem("HY130", token.span, {"word": words})
    if token.kind == "WORD" and "STRING" in accepted and "WORD" not in accepted:
        return Problem("HY131", token.span, {"word": words})
    if known:
        return None
    if token.kind == "QNAME" and "WORD" in accepted:
        return Problem("HY201", token.span, {"word": str(token.value)})
    if at == 0 or (at == 1 and lexemes[0].kind == "WORD"):
        return Problem("HY113", lexemes[0].span, {"word": lexemes[0].span.brief()})
    others = (Place(lexemes[0].span, "这一句从这里开始"),)
    if _mixes(lexemes, at):
        return Problem("HY111", token.span, others=others)
    if token.kind == "_LPAR" and (item := _item(token)):
        return Problem("HY108", token.span, {"word": item}, others=others)
    before = lexemes[at - 1]
    facts: dict[str, object] = {"word": words, "after": before.span.brief(), "expected": describe(accepted)}
    if token.kind == "_COMMA":
        return Problem("HY114", token.span, facts, others=others)
    if token.span.start == token.span.end:
        return Problem("HY110", stop_behind(before), others=others)
    return Problem("HY101", token.span, facts, others=others)


def _item(token: Lexeme) -> str:
    """（2） where no item may stand; empty where a bracket is something else."""
    start = token.span.start
    found = OUTER_ITEM.match(fold(token.span.source.text[start : start + 8]))
    return f"（{int(found[1])}）" if found else ""


def _mixes(lexemes: Sequence[Lexeme], at: int) -> bool:
    """Whether 且 and 或 stand beside each other outside of brackets."""
    joint = lexemes[at].kind
    if joint not in ("_K_AND", "_K_OR"):
        return False
    depth = 0
    for lexeme in reversed(lexemes[:at]):
        depth += {"_RPAR": 1, "_LPAR": -1}.get(lexeme.kind, 0)
        if depth < 0 or lexeme.kind in _BEGINNINGS:
            return False
        if depth == 0 and lexeme.kind in ("_K_AND", "_K_OR") and lexeme.kind != joint:
            return True
    return False
