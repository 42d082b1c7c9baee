"""What an editor says of the words under the pointer: the declaration of a name, the official text of a clause."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from attrs import frozen

from hypolicy.editor.view import Symbol, View, extent
from hypolicy.rules.calendar import chinese_date
from hypolicy.rules.operators import WORDS as COMPARISONS
from hypolicy.rules.operators import Comparison
from hypolicy.rules.phrases import value_text
from hypolicy.source.folded import Folded
from hypolicy.source.folder import UnusableFileError
from hypolicy.source.text import Span
from hypolicy.syntax import tree
from hypolicy.syntax.forms import forms_of
from hypolicy.syntax.grammar import keywords

if TYPE_CHECKING:
    from pathlib import PurePosixPath

    from hypolicy.rules.tree import Parameter, Policy
    from hypolicy.syntax.lexer import Trivia

_MOST_LINES: Final = 24
_MOST_QUOTES: Final = 6
_EDGES: Final = {
    Comparison.AT_LEAST: "，含本数",
    Comparison.AT_MOST: "，含本数",
    Comparison.ABOVE: "，不含本数",
    Comparison.BELOW: "，不含本数",
}


@frozen
class Told:
    """Markdown, and the words that it is about."""

    text: str
    span: Span


def hover(view: View, path: PurePosixPath, offset: int, policy: Policy | None) -> Told | None:
    """What to say of a place; None where there is nothing to say. `policy` is as last checked without errors."""
    quote = view.quote_at(path, offset)
    if quote is not None:
        return Told(_quote(view, path, quote), quote.span)
    number = view.at(path, offset)
    if number is None:
        return None
    lexeme = view.lexed(path).lexemes[number]
    symbol = view.symbol(path, number)
    text = ""
    if symbol is not None:
        text = _declared(view, symbol, policy)
    elif lexeme.kind == "CLAUSE":
        text = _clause(view, str(lexeme.value))
    elif lexeme.span.text in COMPARISONS:
        comparison = COMPARISONS[lexeme.span.text]
        text = f"{lexeme.span.text}：{comparison.symbol}{_EDGES.get(comparison, '')}"
    else:
        word = next((word for word, kind in keywords().items() if kind == lexeme.kind), "")
        text = "\n\n".join(f"`{form}`" for form in forms_of(word)) if word else ""
    return Told(text, lexeme.span) if text else None


def _declared(view: View, symbol: Symbol, policy: Policy | None) -> str:
    """What a name is, the sentence that says so, and where."""
    block, birth = view.block(symbol), view.birth(symbol)
    if block is None or birth is None:
        return ""
    kind = view.kind(symbol)
    if kind == "取值":
        kind = f"「{view.symbols.labels[symbol.name][0]}」的取值"
    title = " · ".join(filter(None, (f"**{kind}**", f"「{symbol.name}」", block.clause)))
    path = birth.source.path
    line, _ = birth.source.position(birth.start)
    parts = [title, _fenced(extent(block).text)]
    parameter = (
        next((p for p in policy.parameters if p.name == symbol.name), None) if policy is not None else None
    )
    if kind == "参数" and parameter is not None:
        parts += _amended(parameter)
    return "\n\n".join([*parts, f"{path} 第{line}行"])


def _amended(parameter: Parameter) -> list[str]:
    """The values of a parameter that amendments have changed."""
    if not any(version.origin.amended for version in parameter.versions):
        return []
    told = []
    for version in parameter.versions:
        start, end = version.period.start, version.period.end
        until = f"至{chinese_date(end)}止" if end is not None else ""
        by = f"（{'、'.join(version.origin.amended)}）" if version.origin.amended else ""
        told.append(f"- 自{chinese_date(start)}起{until}{value_text(version.value, parameter.type)}{by}")
    return ["计入修订以后：", "\n".join(told)]


def _clause(view: View, clause: str) -> str:
    """The official text that is quoted under a clause."""
    blocks = [block for each in view.blocks.values() for block in each if block.clause == clause]
    titles = [
        block.head.title for block in blocks if isinstance(block.head, tree.Heading) and block.head.title
    ]
    quotes = list(dict.fromkeys(quote.text for block in blocks for quote in block.quotes))
    if not (titles or quotes):
        return ""
    shown = [f"> {text}" for text in quotes[:_MOST_QUOTES]]
    more = [f"另有{len(quotes) - _MOST_QUOTES}段"] if len(quotes) > _MOST_QUOTES else []
    return "\n\n".join([f"**{clause}** {'、'.join(dict.fromkeys(titles))}", *shown, *more])


def _quote(view: View, path: PurePosixPath, quote: Trivia) -> str:
    """Where the quoted words stand in the official text."""
    headings = (b.head for b in view.blocks[path] if isinstance(b.head, tree.Heading))
    clause = next((h.clause for h in reversed(list(headings)) if h.span.start < quote.span.start), "")
    found = official_place(view, quote)
    where = "官方文本中没有这一段"
    if found is not None:
        line, _ = found.source.position(found.start)
        where = f"{found.source.path} 第{line}行"
    elif official_text(view) is None:
        where = "政策没有写官方文本"
    return "\n\n".join([f"**官方原文** {clause}".rstrip(), f"> {quote.text}", where])


def official_text(view: View) -> Span | None:
    """The whole of the official text, where the policy has one that can be read."""
    for block in (block for each in view.blocks.values() for block in each):
        for line in block.lines if isinstance(block.head, tree.PolicyHead) else ():
            if isinstance(line, tree.Statement) and line.word == "官方文本":
                try:
                    source = view.folder.read(view.folder.resolve(line.texts[0].text, line.span.source.path))
                except UnusableFileError:
                    return None
                return Span(source, 0, len(source.text))
    return None


def official_place(view: View, quote: Trivia) -> Span | None:
    """The words of the official text that a quote quotes."""
    whole = official_text(view)
    if whole is None:
        return None
    official = Folded.of(whole.source.text)
    words = Folded.of(quote.text).text
    at = official.text.find(words)
    if at < 0 or not words:
        return None
    return Span(whole.source, official.offsets[at], official.offsets[at + len(words) - 1] + 1)


def _fenced(text: str) -> str:
    lines = text.split("\n")
    cut = [*lines[:_MOST_LINES], "……"] if len(lines) > _MOST_LINES else lines
    return "\n".join(["```hyp", *(line.replace("```", "'''") for line in cut), "```"])
