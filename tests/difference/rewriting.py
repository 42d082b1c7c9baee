"""A policy's files rewritten at random: the same policy in other words, or another policy by one small edit."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from attrs import frozen
from format.relayout import Relayout

from hypolicy.diagnostics.diagnostic import Collector
from hypolicy.rules.operators import WORDS
from hypolicy.source.folder import PolicyFolder
from hypolicy.source.text import SourceText
from hypolicy.syntax.include import gather

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path
    from random import Random

    from hypolicy.rules.tree import Policy
    from hypolicy.syntax.lexer import Lexeme

_ITEM: Final = re.compile(r"(?P<head>[：；]\n)(?P<items>(?:  （[0-9]）[^；\n]*[；，]?\n?)+)")
_NUMBER: Final = re.compile(r"[0-9]+(\.[0-9]+)?")
_DAY: Final = re.compile(r"([0-9]{4})年([0-9]{1,2})月([0-9]{1,2})日")
_COMPARISONS: Final = ("不超过", "超过", "不少于", "不早于", "晚于", "不低于", "高于", "不满")


def sources_of(folder: Path) -> list[SourceText]:
    return gather(PolicyFolder(folder.resolve()), Collector())


# --- the same policy in other words ----------------------------------------------------------------------------


def names_of(policy: Policy) -> list[str]:
    """Names that are only names: each of them is a word of the vocabulary."""
    groups = (policy.parameters, policy.tables, policy.concepts)
    return [one.name for group in groups for one in group]


def renamed(sources: Sequence[SourceText], names: dict[str, str]) -> list[SourceText]:
    """Every mention of these words replaced, in the rules and not in what they quote."""
    layout = Relayout.of(sources)
    out = []
    for source in sources:
        pieces = []
        for gap, _, lexeme in layout.tokens(source):
            text = lexeme.span.text
            bare = text.strip("「」")
            pieces.append(
                gap
                + (
                    text.replace(bare, names[bare])
                    if bare in names and text in (bare, f"「{bare}」")
                    else text
                )
            )
        out.append(SourceText(source.path, "".join(pieces) + layout.tail(source)))
    return out


def shuffled(source: SourceText, random: Random) -> SourceText:
    """The declarations of one file in another order, each with its sentences, under their own clauses."""
    parts = re.split(r"(?m)^(?=[一二三四五六七八九十末][^「\n]*「[^」]*」。$)", source.text)
    return SourceText(source.path, "".join(_shuffled_clause(part, random) for part in parts))


_DECLARATION: Final = re.compile(
    r"(?m)^(?=(?:参数|表|概念|口径|限制|补贴|提示|共同条件|期间|资金|核查|测算)「)"
)


def _shuffled_clause(text: str, random: Random) -> str:
    head, *blocks = _DECLARATION.split(text)
    if "政策「" in head and "事实「" in text:
        return text  # facts belong to the record before them
    random.shuffle(blocks)
    return head + "".join(block if block.endswith("\n") else f"{block}\n" for block in blocks)


def reordered(text: str, random: Random) -> str:
    """The parts of lists, and of what 且 joins, in another order."""

    def items(match: re.Match[str]) -> str:
        parts = re.findall(r"（[0-9]）([^；\n]*?)(?=；|，\n)", match["items"])
        random.shuffle(parts)
        last = "，\n" if match["items"].rstrip().endswith("，") else "；\n"
        lines = [f"  （{number}）{part}" for number, part in enumerate(parts, start=1)]
        return match["head"] + "；\n".join(lines) + last

    return _ITEM.sub(items, text)


# --- another policy by one edit --------------------------------------------------------------------------------


@frozen
class Edited:
    """What was done, and the files as they are then."""

    what: str
    sources: list[SourceText]


def edits(sources: Sequence[SourceText]) -> list[tuple[int, int, int, str]]:
    """Every place where a number, a day, a comparison or a part of a list can be changed: file, from, to, new text."""
    layout = Relayout.of(sources)
    found: list[tuple[int, int, int, str]] = []
    for place, source in enumerate(sources):
        for _, _, lexeme in layout.tokens(source):
            found += [(place, lexeme.span.start, lexeme.span.end, new) for new in _others(lexeme)]
        for match in re.finditer(r"(?m)^  （[0-9]）[^；\n]*；\n(?=  （)", source.text):
            rest = source.text[match.end() :]
            tail = re.match(r"(?:  （[0-9]）[^\n]*\n)+", rest)
            if tail is not None:
                renumbered = re.sub(r"（([0-9])）", lambda m: f"（{int(m[1]) - 1}）", tail[0])
                found.append((place, match.start(), match.end() + len(tail[0]), renumbered))
    return found


def _others(lexeme: Lexeme) -> Iterator[str]:
    text = lexeme.span.text
    day = _DAY.fullmatch(text)
    if day is not None:
        yield f"{day[1]}年{int(day[2]) % 12 + 1}月{day[3]}日"
        return
    if lexeme.kind == "QUANTITY":
        number = _NUMBER.match(text)
        if number is not None:
            value = int(float(number[0]))
            yield f"{value + 1}{text[number.end() :]}"
            if value > 1:
                yield f"{value - 1}{text[number.end() :]}"
    elif text in WORDS:
        yield from (word for word in _COMPARISONS if word != text)


def edited(sources: Sequence[SourceText], edit: tuple[int, int, int, str]) -> Edited:
    place, start, end, new = edit
    out = list(sources)
    text = out[place].text
    out[place] = SourceText(out[place].path, text[:start] + new + text[end:])
    return Edited(f"{out[place].path}: {text[start:end].strip()} → {new.strip()}", out)
