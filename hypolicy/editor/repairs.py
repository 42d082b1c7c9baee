"""Repairs of the mistakes whose diagnostics say what is to be written; the author chooses them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from attrs import frozen

from hypolicy.diagnostics.suggest import asked_about
from hypolicy.source.text import Span

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from hypolicy.diagnostics.diagnostic import Diagnostic


@frozen
class Repair:
    """Write `text` in place of the words; `surely` where nothing else can be meant."""

    title: str
    span: Span
    text: str
    surely: bool = False


def repairs(diagnostic: Diagnostic) -> list[Repair]:
    """The repairs of the first place of a diagnostic."""
    if not diagnostic.places:
        return []
    span = diagnostic.places[0].span
    word = asked_about(diagnostic.suggestion)
    if word and word != span.text:
        quoted = span.text.startswith("「") and span.text.endswith("」")
        return [Repair(f"改为「{word}」", span, f"「{word}」" if quoted else word, surely=True)]
    return list(_BY_CODE.get(diagnostic.code, _none)(diagnostic, span))


def _none(_: Diagnostic, __: Span) -> Iterator[Repair]:
    yield from ()


def _remove(_: Diagnostic, span: Span) -> Iterator[Repair]:
    yield Repair("删去看不见的字符", span, "", surely=True)


def _stop(_: Diagnostic, span: Span) -> Iterator[Repair]:
    yield Repair("在句末补上「。」", Span(span.source, span.end, span.end), "。", surely=True)


def _semicolon(_: Diagnostic, span: Span) -> Iterator[Repair]:
    behind = len(span.source.text[: span.start].rstrip())
    yield Repair("补上「；」", Span(span.source, behind, behind), "；", surely=True)


def _as_name(_: Diagnostic, span: Span) -> Iterator[Repair]:
    yield Repair(f"写成「{span.text}」", span, f"「{span.text}」", surely=True)


def _as_text(_: Diagnostic, span: Span) -> Iterator[Repair]:
    yield Repair(f"写成“{span.text}”", span, f"“{span.text}”", surely=True)


def _comma(diagnostic: Diagnostic, span: Span) -> Iterator[Repair]:
    if diagnostic.facts["after"] in ("且", "或"):
        yield Repair("删去「，」", span, "", surely=True)
    else:
        for text in ("，且", "，或", "、"):
            yield Repair(f"改为「{text}」", span, text)


def _number(diagnostic: Diagnostic, span: Span) -> Iterator[Repair]:
    number = diagnostic.facts.get("number", "")
    if number:
        yield Repair(f"改为{number}", span, number, surely=True)


def _day(diagnostic: Diagnostic, span: Span) -> Iterator[Repair]:
    example = diagnostic.facts.get("example", "")
    if example and span.text == diagnostic.facts.get("word"):
        yield Repair(f"写成「{example}」", span, example, surely=True)


def _mark(diagnostic: Diagnostic, span: Span) -> Iterator[Repair]:
    yield Repair(f"删去「{diagnostic.facts.get('mark', '')}」", span, "")


def _cut(diagnostic: Diagnostic, span: Span) -> Iterator[Repair]:
    first, other = diagnostic.facts["first"], diagnostic.facts["other"]
    yield Repair(f"写成「{first}「{other}」」", span, f"{first}「{other}」", surely=True)


def _comment(_: Diagnostic, span: Span) -> Iterator[Repair]:
    yield Repair("删去「#」，使这一句生效", span, span.text.lstrip("#＃ \t"))


def _touching(_: Diagnostic, span: Span) -> Iterator[Repair]:
    yield Repair("在「#」之后空一格", span, f"{span.text[0]} {span.text[1:]}")
    yield Repair("删去「#」", span, span.text[1:])


_BY_CODE: Final[dict[str, Callable[[Diagnostic, Span], Iterator[Repair]]]] = {
    "HY102": _remove,
    "HY110": _stop,
    "HY114": _comma,
    "HY115": _number,
    "HY117": _mark,
    "HY118": _day,
    "HY119": _semicolon,
    "HY130": _as_name,
    "HY131": _as_text,
    "HY132": _comment,
    "HY134": _touching,
    "HY218": _cut,
}
