"""An explanation as plain text: numbered sentences, their parts below them, and the clause behind each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hypolicy.rules.narration import ItemNarrative, Narrative
    from hypolicy.rules.wording import Line

_CHAPTERS: Final = "一二三四五六七八九十"
_INDENT: Final = "    "
# Both marks are in GB 2312, so every terminal and printer has them.
MARKS: Final[dict[bool | None, str]] = {True: "√ ", False: "× ", None: ""}
WAYS: Final = "怎样才能符合（供对照，不是审定决定）："
READINGS: Final = "采用的口径："


def narrative_text(told: Narrative) -> str:
    return "\n".join(_lines(told)) + "\n"


def _lines(told: Narrative) -> Iterator[str]:
    yield f"{told.title}　{told.number}".rstrip("　")
    yield f"{told.record} 的审定说明"
    yield ""
    for one in told.items:
        yield f"{one.item}：{one.headline}"
    if told.not_applicable:
        yield f"不适用：{'、'.join(one.item for one in told.not_applicable)}。"
    if told.changed:
        yield f"改选的口径：{'；'.join(told.changed)}。"
    for place, one in enumerate(told.items):
        yield ""
        chapter = _CHAPTERS[place] if place < len(_CHAPTERS) else str(place + 1)
        yield f"{chapter}、{one.item}{clause_mark(one.clause)}"
        yield from _item(one)
    readings = tuple(dict.fromkeys(line for one in told.items for line in one.readings))
    if readings:
        yield ""
        yield READINGS
        for line in readings:
            yield f"  · {sentence(line)}"
    yield ""
    yield from told.remarks


def _item(one: ItemNarrative) -> Iterator[str]:
    width = len(str(len(one.steps)))
    for number, line in enumerate(one.steps, start=1):
        start = f"{number:>{width + 2}}. "
        yield f"{start}{sentence(line)}"
        yield from _details(line, len(start))
    if one.ways:
        yield f"  {WAYS}"
        for line in one.ways:
            yield f"{_INDENT}{sentence(line)}"
            yield from _details(line, len(_INDENT), mark="· ")


def _details(line: Line, indent: int, mark: str = "") -> Iterator[str]:
    inner = indent + len(_INDENT)
    for detail in line.details:
        own = MARKS[detail.holds] or mark
        yield f"{'':{inner}}{own}{sentence(detail, line.clause)}"
        yield from _details(detail, inner, mark)


def sentence(line: Line, above: str = "") -> str:
    """A line with its stop, or a colon where more follows, and its clause where that is not said above."""
    text = line.text.rstrip("。：")
    stop = "：" if line.details and "：" not in text else "" if text.endswith("？") else "。"
    clause = line.clause if line.clause != above else ""
    return f"{text}{stop}{clause_mark(clause)}"


def plain_sentence(line: Line) -> str:
    """A line with its stop only, for a reader who can tell by other means what belongs to it."""
    return f"{line.text.rstrip('。：')}。"


def clause_mark(clause: str) -> str:
    return f"【{clause}】" if clause else ""
