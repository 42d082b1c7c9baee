"""Sentences of a file, and what can be seen in their tokens alone: brackets, numbering, length, the reach of 非.

Each sentence comes with the problems that the lexer found in it, so that a mistake is told once, and the parser
need not explain what an earlier mistake has caused.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Final

from attrs import define, field

from hypolicy.source import limits
from hypolicy.source.text import Span
from hypolicy.syntax.grammar import sentence_starts
from hypolicy.syntax.lexer import opens_block
from hypolicy.syntax.problems import Effect, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hypolicy.syntax.lexer import Lexed, Lexeme

_JOINTS: Final = frozenset({"_K_AND", "_K_OR", "ADD", "MULTIPLY", "_NEXT_OUTER", "_NEXT_INNER"})
_ITEMS: Final = frozenset({"_OUTER", "_NEXT_OUTER", "_INNER", "_NEXT_INNER"})
_MOST_TOLD: Final = 20
_LIST_ENDS: Final = _ITEMS | {"_SEMI", "_STOP"}


@define
class Sentence:
    """Its tokens, up to 。 or the ： that opens a block, and the problems within."""

    lexemes: list[Lexeme]
    problems: list[Problem] = field(factory=list)

    def told(self) -> Iterator[Problem]:
        """The problems to tell: where one hides others, only those that hide."""
        hiding = [problem for problem in self.problems if problem.effect is Effect.HIDES]
        for problem in self.problems:
            if not hiding or problem.effect is Effect.HIDES or problem.code == "HY102":
                yield problem


def sentences(lexed: Lexed) -> Iterator[Sentence]:
    """Split behind 。 and behind the ： that opens a block."""
    problems = sorted(lexed.problems, key=lambda problem: problem.span.start)
    given = 0
    current: list[Lexeme] = []
    for index, lexeme in enumerate(lexed.lexemes):
        current.append(lexeme)
        following = lexed.lexemes[index + 1] if index + 1 < len(lexed.lexemes) else None
        if lexeme.kind == "_STOP" or (len(current) <= 3 and _opens(current, following)) or following is None:
            until = lexeme.span.end if following is not None else len(lexeme.span.source.text) + 1
            mine = given
            while mine < len(problems) and problems[mine].span.start < until:
                mine += 1
            if len(current) > 1 or mine > given:
                yield Sentence(current, problems[given:mine])
            given, current = mine, []
    if given < len(problems):
        yield Sentence([], problems[given:])


def _opens(current: list[Lexeme], following: Lexeme | None) -> bool:
    kinds = [lexeme.kind for lexeme in current]
    if opens_block(kinds):
        return True
    # A block whose first word is misspelt still ends its first line with the ：.
    return (
        len(kinds) == 3
        and kinds[0] == "WORD"
        and kinds[1] in ("QNAME", "WORD")
        and kinds[2] == "_COLON"
        and following is not None
        and following.kind in sentence_starts()
        and "\n" in current[0].span.source.text[current[2].span.end : following.span.start]
    )


# ------------------------------------------------------------------------------------------ seen in the tokens


def form_problems(lexemes: Sequence[Lexeme]) -> list[Problem]:
    """Mistakes that the order of the tokens shows, each of which would make the parser complain of another."""
    numbering = islice(_numbering(lexemes), _MOST_TOLD)
    return [*_brackets(lexemes), *numbering, *_joints(lexemes), *_negations(lexemes)]


def _problem(code: str, lexeme: Lexeme, effect: Effect, **facts: object) -> Problem:
    return Problem(code, lexeme.span, facts, effect=effect)


def _brackets(lexemes: Sequence[Lexeme]) -> Iterator[Problem]:
    """Brackets in pairs, inside the items of a list, and not too deep; 非 counts as a bracket."""
    open_at: list[tuple[Lexeme, int]] = []
    level = negations = 0
    for lexeme in lexemes:
        if lexeme.kind in ("_LPAR", "_K_NOT"):
            level += 1
            negations += 1
            if level > limits.MAX_NESTING:
                yield _problem("HY107", lexeme, Effect.HIDES, limit=limits.MAX_NESTING)
                return
            if lexeme.kind == "_LPAR":
                open_at.append((lexeme, negations))
                negations = 0
            continue
        level, negations = level - negations, 0
        if lexeme.kind == "_RPAR":
            if not open_at:
                yield _problem("HY117", lexeme, Effect.HIDES, mark="）", opening="（")
                return
            level -= open_at.pop()[1]
        elif open_at and lexeme.kind in _LIST_ENDS:
            yield _problem("HY103", open_at[-1][0], Effect.HIDES, mark="（", closing="）")
            return


def _numbering(lexemes: Sequence[Lexeme]) -> Iterator[Problem]:
    """（1）（2）… and ①②… in order; a list inside a list begins anew."""
    last = {"OUTER": 0, "INNER": 0}
    for index, lexeme in enumerate(lexemes):
        if lexeme.kind in _ITEMS:
            level = lexeme.kind.rpartition("_")[2]
            wanted = last[level] + 1 if lexeme.kind.startswith("_NEXT") else 1
            last[level] = int(str(lexeme.value))
            if last[level] != wanted:
                number = f"（{wanted}）" if level == "OUTER" else _circled(wanted)
                yield _problem("HY115", lexeme, Effect.NONE, number=number)
        elif lexeme.kind == "_LPAR" and last["OUTER"] and _holds(lexemes, index, last["OUTER"] + 1):
            yield _problem("HY119", lexeme, Effect.HIDES, number=last["OUTER"] + 1)
            return


def _holds(lexemes: Sequence[Lexeme], index: int, number: int) -> bool:
    """Whether a bracket holds just this number, as the next item does behind a forgotten ；."""
    if index + 2 >= len(lexemes) or lexemes[index + 2].kind != "_RPAR":
        return False
    inside = lexemes[index + 1].value
    return not isinstance(inside, str) and not inside.unit_name and inside.number == number


def _circled(number: int) -> str:
    return chr(ord("①") + number - 1) if number <= 20 else f"第{number}项"


def _joints(lexemes: Sequence[Lexeme]) -> Iterator[Problem]:
    joints = [lexeme for lexeme in lexemes if lexeme.kind in _JOINTS]
    if len(joints) > limits.MAX_TERMS:
        yield _problem("HY128", joints[limits.MAX_TERMS], Effect.HIDES, limit=limits.MAX_TERMS)


def _negations(lexemes: Sequence[Lexeme]) -> Iterator[Problem]:
    """How far 非 reaches: 非甲且乙 could be read in two ways; a comma before 且, or brackets, tell them apart."""
    waiting: list[Lexeme | None] = [None]
    for index, lexeme in enumerate(lexemes):
        match lexeme.kind:
            case "_K_NOT":
                bracketed = index + 1 < len(lexemes) and lexemes[index + 1].kind == "_LPAR"
                waiting[-1] = None if bracketed else lexeme
            case "_LPAR":
                waiting.append(None)
            case "_RPAR":
                if len(waiting) > 1:
                    waiting.pop()
            case "_K_AND" | "_K_OR" if index:
                if waiting[-1] is not None and not _behind_comma(lexemes[index - 1], lexeme):
                    yield _problem("HY129", waiting[-1], Effect.HIDES)
                    return
                waiting[-1] = None
            case "_COMMA":
                waiting[-1] = None
            case kind if kind in _LIST_ENDS:
                waiting = [None]
            case _:
                pass


def _behind_comma(before: Lexeme, lexeme: Lexeme) -> bool:
    gap = lexeme.span.source.text[before.span.end : lexeme.span.start]
    return "，" in gap or "," in gap


def stop_behind(lexeme: Lexeme) -> Span:
    """The place where a 。 is missing: the last character before it."""
    return Span(lexeme.span.source, max(lexeme.span.start, lexeme.span.end - 1), lexeme.span.end)
