"""Diagnostics as people read them on a terminal, and as programs read them.

Where the words concerned stand is told in more than one way, since none works everywhere. The marker row
copies the text before the words character by character, an ideographic space under a wide one and a space
under a narrow one, so that it holds in fonts where a Chinese character is not exactly two Latin ones.
Fonts still disagree about characters of ambiguous width (… “ ” ①): so the words themselves are coloured,
or, without colour, quoted.

A diagnostic is shown as

    错误 HY201：没有登记过「年令」这个词。
      条款：六（二）
      ┌ 培训补贴.hyp:12:5（第12行第5个字）「年令」：在这里使用
      │ 　条件：年令不少于16周岁。
      │ 　　　　＾＾
      帮助：是否应为「年龄」？
"""

from __future__ import annotations

import json
import re
import unicodedata
from typing import TYPE_CHECKING, Final

from attrs import frozen
from wcwidth import wcwidth

from hypolicy.diagnostics.diagnostic import Severity
from hypolicy.source.limits import MAX_SHOWN_DIAGNOSTICS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from hypolicy.diagnostics.diagnostic import Diagnostic, Place
    from hypolicy.source.text import Span

MAX_LINE_COLUMNS: Final = 100
MAX_QUOTED_COLUMNS: Final = 40
# A line may be as long as a file: no more characters than these are looked at on either side of a place.
MAX_LINE_CHARS: Final = 4 * MAX_LINE_COLUMNS
MAX_WORDS_CHARS: Final = 200
TAB_STOP: Final = 4

_INDENT: Final = "  "
_GUTTER: Final = "  │ "
_CUT: Final = "…"
_ONWARD: Final = "→…"

_BOLD: Final = "1"
_UNDERLINED: Final = "4"
_COLORS: Final = {Severity.ERROR: "31", Severity.WARNING: "33"}
_FURTHER_PLACE: Final = "36"

_LINE_BREAK: Final = re.compile("[ \t\u3000]*\r?\n[ \t\r\n\u3000]*")
_NOT_PRINTED: Final = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Mc", "Zl", "Zp"})
_COMBINING: Final = frozenset({"Me", "Mn"})
# Letters that look like nothing, and characters that change their neighbour's width, so that no marker would
# hold: variation selectors, regional indicators and skin tones.
_MISLEADING: Final = re.compile(
    "[\u034f\u115f\u1160\u2800\u3164\uffa0\u17b4\u17b5\u180b-\u180f\ufe00-\ufe0f\U0001f1e6-\U0001f1ff"
    "\U0001f3fb-\U0001f3ff\U000e0100-\U000e01ef]"
)


def render_text(diagnostics: Iterable[Diagnostic], *, color: bool, ambiguous_wide: bool = False) -> str:
    """All diagnostics in the order of their places, and how many there are; without a line end at the end."""
    found = sorted(diagnostics, key=_order)
    if not found:
        return "未发现问题。"
    # Past the limit an error is worth more than a warning, wherever it stands.
    kept = sorted(found, key=lambda d: d.severity is Severity.WARNING)[:MAX_SHOWN_DIAGNOSTICS]
    kept.sort(key=_order)
    look = _Look(color, ambiguous_wide)
    blocks = [look.diagnostic(diagnostic) for diagnostic in kept]
    if len(found) > len(kept):
        blocks.append(f"还有 {len(found) - len(kept)} 条，未逐一列出。")
    errors = sum(d.severity is Severity.ERROR for d in found)
    blocks.append(f"共发现 {errors} 个错误、{len(found) - errors} 个警告。")
    return "\n\n".join(blocks)


def render_json(diagnostics: Iterable[Diagnostic]) -> str:
    """All diagnostics in the same order; an end is the place after the last character."""
    rows = [
        {
            "code": diagnostic.code,
            "severity": diagnostic.severity.name.lower(),
            "message": diagnostic.message,
            "help": diagnostic.help,
            "clause": diagnostic.clause,
            "places": [_place_row(place) for place in diagnostic.places],
        }
        for diagnostic in sorted(diagnostics, key=_order)
    ]
    written = json.dumps(rows, ensure_ascii=False, indent=2)
    # This too may be read on a terminal. Escapes are good JSON, and only strings can hold such characters.
    return "".join(char if char == "\n" or not _is_hidden(char) else _json_escape(char) for char in written)


def visible(text: str) -> str:
    """A text of the user, fit for one line of a terminal: what cannot be seen is shown as 〈U+202E〉."""
    return "".join(_shown(text))


@frozen
class _Look:
    """How to draw on one terminal."""

    color: bool
    ambiguous_wide: bool

    def diagnostic(self, diagnostic: Diagnostic) -> str:
        color = _COLORS[diagnostic.severity]
        title = self.paint(f"{diagnostic.severity.value} {diagnostic.code}", _BOLD, color)
        lines = [f"{title}：{self.paint(_lines(diagnostic.message), _BOLD)}"]
        if diagnostic.clause:
            lines.append(f"{_INDENT}条款：{visible(diagnostic.clause)}")
        for number, place in enumerate(diagnostic.places):
            lines.extend(self.place(place, _FURTHER_PLACE if number else color))
        if diagnostic.help:
            lines.append(f"{_INDENT}{self.paint('帮助', _BOLD)}：{_lines(diagnostic.help)}")
        return "\n".join(lines)

    def place(self, place: Place, color: str) -> list[str]:
        """Where it is, the line, and the marker under the words."""
        source = place.span.source
        start, end = _bounds(place.span)
        line, column = source.position(start)
        last_line, last_column = source.position(max(start, end - 1))
        where = f"第{line}行第{column}个字"
        if last_line > line:
            where += f"至第{last_line}行第{last_column}个字"
        heading = f"{_INDENT}┌ {visible(str(source.path))}:{line}:{column}（{where}）"
        if not self.color:
            heading += self.quoted(source.text[start : min(end, start + MAX_WORDS_CHARS)])
        if place.label:
            heading += f"：{visible(place.label)}"
        text = source.line(line)
        first = min(column - 1, len(text))
        rows = self.excerpt(text, first, min(first + end - start, len(text)), last_line > line, color)
        return [heading, *((_GUTTER + row).rstrip() for row in rows)]

    def excerpt(self, text: str, first: int, last: int, onward: bool, color: str) -> tuple[str, str]:
        """A line, cut to the columns there are around the words `first` to `last`, and the marker row."""
        skipped = max(0, first - MAX_LINE_CHARS)
        cells = _shown(text[skipped : first + MAX_LINE_CHARS])
        first, last = first - skipped, last - skipped
        low, high = self.window(cells, first, last)
        marked = min(last, high)
        before = (_CUT if skipped or low else "") + "".join(cells[low:first])
        words = "".join(cells[first:marked])
        after = "".join(cells[marked:high]) + (_CUT if skipped + high < len(text) else "")
        # An empty place, as at the end of a line, has one mark all the same.
        under = next((t for t in (words, *cells[first : first + 1]) if self.width(t)), " ")
        marker = self.copy(under, wide="＾", narrow="^")
        marker += _ONWARD if onward else _CUT if marked < last else ""
        return (
            before + self.paint(words, _BOLD, _UNDERLINED, color) + after,
            self.copy(before, wide="\u3000", narrow=" ") + self.paint(marker, _BOLD, color),
        )

    def window(self, cells: Sequence[str], first: int, last: int) -> tuple[int, int]:
        """The range of cells that a row has room for: first the words, then what is around them."""
        low = high = first
        room = MAX_LINE_COLUMNS
        # Words that alone would fill the row leave a quarter of it to what is before them.
        while high < min(last, len(cells)) and room - self.width(cells[high]) >= MAX_LINE_COLUMNS // 4:
            room -= self.width(cells[high])
            high += 1
        growing = True
        while growing:
            growing = False
            if low > 0 and self.width(cells[low - 1]) <= room:
                low -= 1
                room -= self.width(cells[low])
                growing = True
            if high < len(cells) and self.width(cells[high]) <= room:
                room -= self.width(cells[high])
                high += 1
                growing = True
        return low, high

    def quoted(self, words: str) -> str:
        """The words in 「」, on one line, and not more of them than are needed to know them again."""
        cells = _shown(_LINE_BREAK.sub(" ", words).strip(" \t\u3000"))
        kept, room = 0, MAX_QUOTED_COLUMNS
        while kept < len(cells) and self.width(cells[kept]) <= room:
            room -= self.width(cells[kept])
            kept += 1
        text = "".join(cells[:kept]) + (_CUT if kept < len(cells) else "")
        # A quoted name brings its own marks.
        if not text or (text.startswith("「") and text.find("」") == len(text) - 1):
            return text
        return f"「{text}」"

    def copy(self, text: str, *, wide: str, narrow: str) -> str:
        """One character for each character of the text that takes up room, as wide as that one."""
        return "".join(wide if width > 1 else narrow for width in map(self.width, text) if width)

    def width(self, text: str) -> int:
        """Columns of a text fit for the terminal."""
        return sum(self.char_width(char) for char in text)

    def char_width(self, char: str) -> int:
        width = wcwidth(char)
        if self.ambiguous_wide and width == 1 and unicodedata.east_asian_width(char) == "A":
            return 2
        return width

    def paint(self, text: str, *ansi: str) -> str:
        return f"\x1b[{';'.join(ansi)}m{text}\x1b[0m" if self.color and text else text


def _order(diagnostic: Diagnostic) -> tuple[str, int, bool, int, str, str]:
    """By file and offset; errors before warnings at the same place; what has no place comes first."""
    warning = diagnostic.severity is Severity.WARNING
    if not diagnostic.places:
        return "", 0, warning, 0, diagnostic.code, diagnostic.message
    span = diagnostic.places[0].span
    return str(span.source.path), span.start, warning, span.end, diagnostic.code, diagnostic.message


def _bounds(span: Span) -> tuple[int, int]:
    """The span's ends, inside the text whatever they were."""
    start = min(max(span.start, 0), len(span.source.text))
    return start, min(max(span.end, start), len(span.source.text))


def _place_row(place: Place) -> dict[str, str | int]:
    source = place.span.source
    start, end = _bounds(place.span)
    line, column = source.position(start)
    end_line, end_column = source.position(end)
    words = source.text[start:end]
    return {
        "file": str(source.path),
        "start": start,
        "end": end,
        "line": line,
        "column": column,
        "end_line": end_line,
        "end_column": end_column,
        # The offsets are exact; a thousand places must not repeat a long file a thousand times.
        "words": words if len(words) <= MAX_WORDS_CHARS else words[:MAX_WORDS_CHARS] + _CUT,
        "label": place.label,
    }


def _lines(text: str) -> str:
    """A text of perhaps several lines, those after the first set in."""
    return f"\n{_INDENT}{_INDENT}".join(visible(line) for line in text.split("\n"))


def _shown(text: str) -> list[str]:
    """What to print for each character of a line."""
    cells: list[str] = []
    column = 0
    bearing = False
    for char in text:
        if char == "\t":
            cell = " " * (TAB_STOP - column % TAB_STOP)
        elif _is_hidden(char) or (unicodedata.category(char) in _COMBINING and not bearing):
            cell = f"〈U+{ord(char):04X}〉"
        else:
            cell = char
        # One mark on a character; a heap of them is no writing, and takes up no room however long it is.
        bearing = cell == char and not char.isspace() and unicodedata.category(char) not in _COMBINING
        column += sum(wcwidth(c) for c in cell)
        cells.append(cell)
    return cells


def _is_hidden(char: str) -> bool:
    """Whether a character would not be seen where it stands, or would move what stands after it."""
    category = unicodedata.category(char)
    if category in _NOT_PRINTED or _MISLEADING.match(char):
        return True
    return wcwidth(char) < 1 and category not in _COMBINING


def _json_escape(char: str) -> str:
    return json.dumps(char)[1:-1]
