"""A difference as plain text, for a terminal of a certain width or a file."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Final

from wcwidth import wcswidth, wcwidth

from hypolicy.rules import difference_words as words
from hypolicy.rules import impact_words
from hypolicy.rules.difference import Verdict

if TYPE_CHECKING:
    from hypolicy.rules.difference import Change, Difference, Effect, Example, Impact, Version

Style = Callable[[str, str], str]
NARROW: Final = 88
_LEAST: Final = 40
_MOST_LINES: Final = 12
# Marks that may not begin a line, and that may not end one.
_NOT_FIRST: Final = "，。；：、！？）」』”’》〕】％%"
_NOT_LAST: Final = "（「『“‘《〔【"


def plain(text: str, tone: str) -> str:
    return text


def difference_text(told: Difference, width: int, style: Style = plain) -> str:
    """The whole text. `style` colours words by their tone: title, more, same, open, before, after."""
    return "\n".join(_Text(max(width, _LEAST), style).lines(told)) + "\n"


class _Text:
    def __init__(self, width: int, style: Style) -> None:
        self.width = width
        self.style = style

    def lines(self, told: Difference) -> Iterator[str]:
        yield from self.wrapped(told.after.title or told.before.title)
        for name, version in ((words.BEFORE, told.before), (words.AFTER, told.after)):
            yield from self.wrapped(f"{name}：{_version(version)}", "  ", hanging=8)
        yield ""
        yield from self.wrapped(words.summary(told))
        if told.impact is not None:
            yield from self.wrapped(impact_words.impact_words(told.impact))
        number = 0
        for clause, changes in words.by_clause(told):
            yield ""
            yield self.style(f"【{clause}】", "title")
            for change in changes:
                number += 1
                yield from self.change(number, change)
        yield from self.remarks(told)
        if told.impact is not None:
            yield ""
            yield from self.impact(told.impact)
        if any(effect.example is not None for change in told.changes for effect in change.effects):
            yield ""
            yield from self.wrapped(f"注：{words.DISCLAIMER}")

    def remarks(self, told: Difference) -> Iterator[str]:
        if told.renamings:
            yield ""
            yield self.style("改名（含义不变）", "title")
            for one in told.renamings:
                yield from self.wrapped(f"{one.kind.value}「{one.before}」改称「{one.after}」。", "  ")
        if told.remarks:
            yield ""
            yield self.style("其他（不影响规则）", "title")
            for remark in told.remarks:
                yield from self.wrapped(remark, "  ")

    # ------------------------------------------------------------------------------------------- what data shows

    def impact(self, impact: Impact) -> Iterator[str]:
        yield self.style(f"{impact_words.TITLE}（{impact.file}，{impact.records}条记录）", "title")
        if impact.illustrative:
            yield from self.wrapped(f"注意：{impact_words.illustrative_words(impact)}", "  ")
        for rows in impact_words.tables(impact):
            yield ""
            if rows.rows:
                yield from self.table((rows.title, *rows.headers), rows.rows)
            if rows.unchanged:
                title = "" if rows.rows else f"{rows.title}："
                yield from self.wrapped(f"{title}{impact_words.unchanged_words(rows)}", "  ")
        moves = impact_words.moves_words(impact)
        if moves:
            yield ""
            yield "  结果变化"
            for move in moves:
                yield from self.wrapped(move, "    ")

    def table(self, headers: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
        """Names to the left and numbers to the right; one under the other where the width is too small."""
        every = [headers, *rows]
        sizes = [max(wcswidth(row[place]) for row in every) for place in range(len(headers))]
        if sum(sizes) + 2 * len(sizes) <= self.width:
            for row in every:
                cells = [_padded(row[0], sizes[0])]
                cells += [
                    " " * (size - wcswidth(cell)) + cell
                    for cell, size in zip(row[1:], sizes[1:], strict=True)
                ]
                yield f"  {'  '.join(cells)}".rstrip()
            return
        for row in rows:
            told = [f"{header}{cell}" for header, cell in zip(headers[1:], row[1:], strict=True) if cell]
            yield from self.wrapped(f"{row[0]}：{'；'.join(told)}", "  ", hanging=4)

    # --------------------------------------------------------------------------------------------- one change

    def change(self, number: int, change: Change) -> Iterator[str]:
        start = f"{number:>2}. "
        for place, sentence in enumerate(change.sentences):
            yield from self.wrapped(
                f"{sentence}。", start if place == 0 else " " * len(start), hanging=len(start)
            )
        indent = " " * len(start)
        if not change.effects:
            reason = f"（{change.reason}）" if change.reason else ""
            verdict = self.style(change.verdict.value, "same")
            yield from self.wrapped(f"{verdict}{reason}。", indent)
            return
        for effect in change.effects:
            yield from self.effect(effect, indent)
        if change.indirect:
            yield from self.wrapped(f"{words.indirect_words(change)}。", indent)

    def effect(self, effect: Effect, indent: str) -> Iterator[str]:
        if effect.example is None:
            tone = "open" if effect.verdict is Verdict.OPEN else "same"
            yield from self.wrapped(
                f"{effect.item}：{self.style(words.effect_words(effect), tone)}。", indent
            )
            return
        yield from self.example(effect.example, indent)

    def example(self, example: Example, indent: str) -> Iterator[str]:
        yield from self.wrapped(words.introduction(example), indent)
        inner = indent + "  "
        if len(example.records) == 1:
            yield from self.wrapped(f"{words.record_words(example.records[0])}。", inner)
        else:
            for place, record in enumerate(example.records, start=1):
                yield from self.wrapped(f"第{place}条　{words.record_words(record)}。", inner, hanging=8)
        last = f"第{len(example.records)}条" if len(example.records) > 1 else ""
        before, after = (words.outcome_words(outcome) for outcome in (example.before, example.after))
        yield from self.wrapped(f"{last}{words.BEFORE}：{self.style(before, 'before')}。", inner)
        yield from self.wrapped(f"{last}{words.AFTER}：{self.style(after, 'after')}。", inner)
        if example.alone is not None:
            yield from self.wrapped(f"（只作这一处修改时：{words.outcome_words(example.alone)}。）", inner)
        for note in example.notes:
            yield from self.wrapped(f"注：{note}。", inner)
        yield from self.contrast(example, inner)

    def contrast(self, example: Example, indent: str) -> Iterator[str]:
        """The lines that differ, beside each other where there is room."""
        rows = words.contrasts(example)
        if not rows:
            return
        if self.width < NARROW:
            yield from self.stacked(rows, indent)
            return
        column = (self.width - len(indent) - 3) // 2
        yield f"{indent}{_padded(words.BEFORE, column)} │ {words.AFTER}"
        yield f"{indent}{'─' * column}─┼─{'─' * column}"
        for row in rows[:_MOST_LINES]:
            left, right = (list(_wrap(text, column)) for text in (row.before, row.after))
            for place in range(max(len(left), len(right))):
                one = left[place] if place < len(left) else ""
                other = right[place] if place < len(right) else ""
                yield f"{indent}{_padded(one, column)} │ {other}".rstrip()
        if len(rows) > _MOST_LINES:
            yield f"{indent}……还有{len(rows) - _MOST_LINES}行不同。"

    def stacked(self, rows: list[words.Contrast], indent: str) -> Iterator[str]:
        for name, texts in (
            (words.BEFORE, [row.before for row in rows if row.before]),
            (words.AFTER, [row.after for row in rows if row.after]),
        ):
            if texts:
                yield f"{indent}{name}的说明："
                for text in texts[:_MOST_LINES]:
                    yield from self.wrapped(text, f"{indent}  ", hanging=len(indent) + 4)

    def wrapped(self, text: str, start: str = "", hanging: int = 0) -> Iterator[str]:
        """Lines of the width; later ones are indented by so many places more than none."""
        later = " " * (hanging or len(start))
        for place, line in enumerate(_wrap(text, self.width - max(len(start), len(later)))):
            yield f"{start if place == 0 else later}{line}"


def _version(version: Version) -> str:
    parts = [part for part in (version.note, version.number) if part]
    return "　".join(parts) or version.title


# --- breaking lines --------------------------------------------------------------------------------------------


def _wrap(text: str, width: int) -> Iterator[str]:
    """Lines of at most so many columns; escape sequences take none. Words of Latin letters and numbers stay whole."""
    line: list[str] = []
    for piece in _pieces(text):
        if line and _size(line) + _size([piece]) > width:
            carried: list[str] = []
            while len(line) > 1 and ((carried or [piece])[0][0] in _NOT_FIRST or line[-1] in _NOT_LAST):
                carried.insert(0, line.pop())
            yield "".join(line).rstrip(" ")
            line = carried
        if line or piece != " ":
            line.append(piece)
    if line:
        yield "".join(line)


def _size(pieces: Sequence[str]) -> int:
    return sum(0 if piece.startswith("\x1b") else max(wcswidth(piece), 0) for piece in pieces)


def _pieces(text: str) -> Iterator[str]:
    """Single Chinese characters and marks; runs of letters and digits; escape sequences."""
    run = ""
    escaped = False
    for char in text:
        if escaped or char == "\x1b":
            if char == "\x1b" and run and not escaped:
                yield run
                run = ""
            run += char
            escaped = char != "m"
            if not escaped:
                yield run
                run = ""
        elif char.isascii() and char not in " ，。" and wcwidth(char) == 1 and not char.isspace():
            run += char
        else:
            if run:
                yield run
                run = ""
            yield char
    if run:
        yield run


def _padded(text: str, width: int) -> str:
    return text + " " * max(width - max(wcswidth(text), 0), 0)
