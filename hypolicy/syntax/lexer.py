"""Text to tokens, by longest match over keywords and declared words.

Chinese has no spaces between words, so the vocabulary decides where a word ends. Lark's own lexers rank terminals
by pattern, not by what matched, hence this one. It never stops at a mistake: an unknown stretch of text is
reported with a suggestion and passed on as a word, so that the rest of the file is checked too.
"""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from attrs import define, field, frozen

from hypolicy.diagnostics.suggest import closest
from hypolicy.rules.operators import WORDS as COMPARISON_WORDS
from hypolicy.rules.rounding import RoundingMode
from hypolicy.rules.tree import Stacking
from hypolicy.rules.units import MULTIPLIERS, RATIO, SPELLINGS, Unit
from hypolicy.source import limits
from hypolicy.source.text import SourceText, Span
from hypolicy.syntax import tokens as t

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Set

    from hypolicy.diagnostics.diagnostic import Collector


@frozen
class Quantity:
    """A number with its unit, as written."""

    number: Fraction
    unit: Unit
    whole: bool
    unit_name: str


@frozen
class Lexeme:
    """One token: `kind` is a terminal of the grammar, `value` what it says."""

    kind: str
    value: str | Quantity
    span: Span


@frozen
class Trivia:
    """A quote (official text) or a comment, with its place among the tokens."""

    is_quote: bool
    text: str
    span: Span


@define
class Lexed:
    lexemes: list[Lexeme] = field(factory=list)
    trivia: list[Trivia] = field(factory=list)


FIXED_WORDS: Final[dict[str, str]] = {
    **{word: "POSTFIX" if word in t.POSTFIX_WORDS else "COMPARE" for word in COMPARISON_WORDS},
    **{mode.value: "STACKING" for mode in Stacking},
    **{mode.value: "ROUND_MODE" for mode in RoundingMode},
    **{f"取整到{place}": "ROUND_TO" for place in "元角分"},
    **dict.fromkeys(t.STATUS_WORDS, "STATUS"),
    **t.ARITHMETIC,
}

# After these a name in 「」 is a label or a birth; elsewhere it may stand for a declared word.
_LABELLED_SENTENCES: Final = frozenset({"_K_TABLE", "_K_READING", "_K_FIXED_READING", "_K_ADOPT", "_K_REFER"})


@define
class Lexer:
    """`keywords` maps words to terminals of the grammar; `words` are declared, `units` too."""

    keywords: Mapping[str, str]
    words: Set[str] = frozenset()
    units: Set[str] = frozenset()
    collector: Collector | None = None
    _by_first: dict[str, list[tuple[str, str]]] = field(init=False)
    _unit_names: list[str] = field(init=False)

    def __attrs_post_init__(self) -> None:
        known: dict[str, str] = dict.fromkeys(map(t.fold, self.words), "WORD")
        known.update(FIXED_WORDS)
        known.update(self.keywords)
        by_first: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
        for word, kind in known.items():
            by_first[word[0]].append((word, kind))
        for entries in by_first.values():
            entries.sort(key=lambda entry: -len(entry[0]))
        self._by_first = dict(by_first)
        self._unit_names = sorted({*SPELLINGS, *self.units}, key=len, reverse=True)

    def lex(self, source: SourceText) -> Lexed:
        """All tokens of a file; punctuation before 且 and 或 is dropped, ；（2） is one token."""
        return _Run(self, source).result()

    def match_word(self, text: str, at: int) -> tuple[str, str] | None:
        """The longest keyword or declared word at a place of folded text, and its terminal."""
        for word, kind in self._by_first.get(text[at], ()):
            if text.startswith(word, at):
                return word, kind
        return None

    def match_unit(self, text: str, at: int) -> str | None:
        return next((name for name in self._unit_names if text.startswith(name, at)), None)


@define
class _Run:
    """One pass over one file."""

    lexer: Lexer
    source: SourceText
    text: str = field(init=False)
    out: Lexed = field(factory=Lexed)
    at: int = 0
    depth: int = 0
    sentence_head: str = ""

    def __attrs_post_init__(self) -> None:
        self.text = t.fold(self.source.text)

    def result(self) -> Lexed:
        while self.at < len(self.text):
            if len(self.out.lexemes) > limits.MAX_TOKENS:
                self.report("HY106", self.at, self.at + 1, limit=limits.MAX_TOKENS)
                break
            self.step()
        self.out.lexemes = list(_joined(self.out.lexemes))
        return self.out

    # ------------------------------------------------------------------------------------------- one token

    def step(self) -> None:
        char = self.text[self.at]
        if char in t.SPACE:
            self.at += 1
        elif char == "#":
            self.comment()
        elif char == ">" and self.between_sentences() and self.at_line_start():
            self.quote()
        elif char == "「":
            self.quoted_name()
        elif char in "“\"":
            self.string()
        elif char in t.PUNCTUATION or (char == "." and not self.text[self.at + 1 : self.at + 2].isdigit()):
            self.punctuation()
        elif char in t.INNER_ITEMS and self.after_colon_or_semicolon():
            kind = "_INNER" if self.last_kind() == "_COLON" else "_NEXT_INNER"
            self.item(kind, t.INNER_ITEMS.index(char) + 1, self.at + 1)
        elif char.isascii() and char.isdigit():
            self.number()
        else:
            self.word()

    def push(self, kind: str, value: str | Quantity, end: int) -> None:
        if not self.sentence_head or self.last_kind() == "_STOP":
            self.sentence_head = kind
        self.out.lexemes.append(Lexeme(kind, value, Span(self.source, self.at, end)))
        self.at = end

    def last_kind(self) -> str:
        return self.out.lexemes[-1].kind if self.out.lexemes else "_STOP"

    def after_colon_or_semicolon(self) -> bool:
        return self.last_kind() in ("_COLON", "_SEMI")

    def between_sentences(self) -> bool:
        kinds = [lexeme.kind for lexeme in self.out.lexemes[-3:]]
        return self.last_kind() == "_STOP" or (kinds[-1:] == ["_COLON"] and self.sentence_head in BLOCK_HEADS)

    def at_line_start(self) -> bool:
        before = self.text.rfind("\n", 0, self.at) + 1
        return not self.text[before : self.at].strip()

    def line_end(self) -> int:
        end = self.text.find("\n", self.at)
        return len(self.text) if end < 0 else end

    def comment(self) -> None:
        end = self.line_end()
        words = self.source.text[self.at + 1 : end].strip()
        self.out.trivia.append(Trivia(False, words, Span(self.source, self.at, end)))
        self.at = end

    def quote(self) -> None:
        """Lines that begin with > and follow each other are one quote."""
        start, lines, end = self.at, [], self.at
        while self.at < len(self.text) and self.text[self.at] == ">":
            end = self.line_end()
            lines.append(self.source.text[self.at + 1 : end].strip())
            self.at = end
            following = self.at + 1
            while following < len(self.text) and self.text[following] in " \t":
                following += 1
            if following < len(self.text) and self.text[following] == ">":
                self.at = following
        self.out.trivia.append(Trivia(True, "".join(lines), Span(self.source, start, end)))

    def quoted_name(self) -> None:
        end = self.source.text.find("」", self.at)
        newline = self.source.text.find("\n", self.at)
        if end < 0 or (0 <= newline < end):
            self.report("HY103", self.at, self.at + 1, mark="「", closing="」")
            self.at += 1
            return
        name = self.source.text[self.at + 1 : end].strip()
        if not name or len(name) > limits.MAX_NAME_CHARS:
            self.report("HY105", self.at, end + 1, limit=limits.MAX_NAME_CHARS)
        kind = "WORD" if self.stands_for_a_word(name, end + 1) else "QNAME"
        self.push(kind, name, end + 1)

    def stands_for_a_word(self, name: str, after: int) -> bool:
        """A declared word may be quoted where it is used, to show where it ends."""
        if name not in self.lexer.words or self.sentence_head in _LABELLED_SENTENCES:
            return False
        following = self.text[after : after + 8].lstrip()
        before = self.last_kind()
        expected = not before.startswith(("_K_", "K_", "CLAUSE")) or before in _WORD_MAY_FOLLOW
        return expected and not following.startswith("指")

    def string(self) -> None:
        """“…” may nest; "…" may not."""
        text, start = self.source.text, self.at
        if text[start] in '"＂':
            end = text.find('"', start + 1)
            end = end if end >= 0 else text.find("＂", start + 1)
        else:
            end, level = start, 0
            while end < len(text):
                level += {"“": 1, "”": -1}.get(text[end], 0)
                if level == 0:
                    break
                end += 1
            else:
                end = -1
        if end < 0:
            self.report("HY103", start, start + 1, mark="“", closing="”")
            self.at = self.line_end()
            return
        self.push("STRING", "".join(line.strip() for line in text[start + 1 : end].splitlines()), end + 1)

    def punctuation(self) -> None:
        char = self.text[self.at]
        if char == "(" and self.after_colon_or_semicolon():
            item = t.OUTER_ITEM.match(self.text, self.at)
            if item:
                kind = "_OUTER" if self.last_kind() == "_COLON" else "_NEXT_OUTER"
                self.item(kind, int(item[1]), item.end())
                return
        kind = t.PUNCTUATION.get(char, "_STOP")
        self.depth += {"_LPAR": 1, "_RPAR": -1}.get(kind, 0)
        if kind == "_STOP":
            self.depth = 0
        if self.depth > limits.MAX_NESTING:
            self.report("HY107", self.at, self.at + 1, limit=limits.MAX_NESTING)
            self.at = self.skip_sentence()
            return
        self.push(kind, char, self.at + 1)

    def skip_sentence(self) -> int:
        end = self.text.find("。", self.at)
        return len(self.text) if end < 0 else end

    def item(self, kind: str, number: int, end: int) -> None:
        self.push(kind, str(number), end)

    def number(self) -> None:
        day = t.DATE.match(self.text, self.at)
        if day:
            self.push("DATE", f"{day[1]}-{int(day[2]):02}-{int(day[3]):02}", day.end())
            return
        found = t.NUMBER.match(self.text, self.at)
        assert found  # the first character is a digit
        digits, end = found[0], found.end()
        if len(digits) > limits.MAX_DIGITS:
            self.report("HY104", self.at, end, limit=limits.MAX_DIGITS)
            digits = "1"
        self.push("QUANTITY", *self.quantity(digits, end))

    def quantity(self, digits: str, end: int) -> tuple[Quantity, int]:
        number, whole = Fraction(digits), "." not in digits
        text = self.text
        spaced = end
        while spaced < len(text) and text[spaced] in " \t":
            spaced += 1
        if text.startswith("%", spaced):
            return Quantity(number / 100, RATIO, False, "%"), spaced + 1
        after = spaced
        if text[after : after + 1] in MULTIPLIERS:
            number *= MULTIPLIERS[text[after]]
            after += 1
        name = self.lexer.match_unit(text, after)
        if name is None:
            return Quantity(number, RATIO, whole and number.denominator == 1, ""), (
                after if after > spaced else end
            )
        after += len(name)
        unit, scale = _unit(name)
        if text.startswith("/", after):
            below = self.lexer.match_unit(text, after + 1)
            if below is None:
                self.report("HY204", after, after + 2, word=text[after + 1 : after + 3])
                return Quantity(number * scale, unit, False, name), after + 1
            lower, lower_scale = _unit(below)
            end = after + 1 + len(below)
            return Quantity(number * scale / lower_scale, unit / lower, False, f"{name}/{below}"), end
        return Quantity(number * scale, unit, (number * scale).denominator == 1, name), after

    def word(self) -> None:
        found = self.lexer.match_word(self.text, self.at)
        clause = t.CLAUSE.match(self.text, self.at)
        if clause and (found is None or len(clause[0]) > len(found[0])):
            self.push("CLAUSE", clause[0].replace("(", "（").replace(")", "）"), clause.end())
        elif found:
            word, kind = found
            self.push(kind, t.SYMBOL_FOLDS.get(word, word), self.at + len(word))
        else:
            symbol = next((s for s in t.SYMBOL_COMPARISONS if self.text.startswith(s, self.at)), None)
            if symbol:
                self.push("COMPARE", t.SYMBOL_FOLDS.get(symbol, symbol), self.at + len(symbol))
            else:
                self.unknown()

    def unknown(self) -> None:
        """A stretch that is no word: up to the next place where something is known."""
        end = self.at + 1
        while end < len(self.text) and not self.known_at(end):
            end += 1
        words = self.source.text[self.at : end]
        if self.lexer.collector is None:
            self.push("WORD", words, end)  # the first pass knows no words yet, and looks for none
            return
        if any(char in t.INVISIBLE for char in words):
            hidden = next(char for char in words if char in t.INVISIBLE)
            self.report("HY102", self.at, end, character=f"U+{ord(hidden):04X}")
        elif words[0] in t.INNER_ITEMS:
            self.report("HY108", self.at, end, word=words[0])
        else:
            near = closest(words, sorted(self.lexer.words)) or closest(words, sorted(self.lexer.keywords))
            if near:
                self.report("HY201", self.at, end, suggestion=f"是否「{near[0]}」？", word=words)
            else:
                self.report("HY201", self.at, end, word=words)
        self.push("WORD", words, end)

    def known_at(self, at: int) -> bool:
        char = self.text[at]
        return (
            char in t.SPACE
            or char in t.PUNCTUATION
            or char in "#「“\"><=≥≤≠"
            or (char.isascii() and char.isdigit())
            or self.lexer.match_word(self.text, at) is not None
        )

    def report(self, code: str, start: int, end: int, suggestion: str = "", **facts: object) -> None:
        if self.lexer.collector is not None:
            said = {name: str(value) for name, value in facts.items()}
            self.lexer.collector.report(code, Span(self.source, start, end), suggestion=suggestion, **said)


BLOCK_HEADS: Final = frozenset({"_K_BENEFIT", "_K_LIMIT", "_K_TEMPLATE", "_K_WORKED_CASE", "_K_LEDGER"})
_WORD_MAY_FOLLOW: Final = frozenset(
    {
        "_K_AND", "_K_OR", "_K_NOT", "_K_HAS", "_K_HAS_NOT", "_K_AT", "_K_NOT_AT", "_K_FROM", "_K_UNTIL", "_K_OF",
        "_K_IS", "_K_IS_NOT", "_K_BELONGS", "_K_NOT_BELONGS", "_K_APPLIES_TO", "_K_ONLY_FOR", "_K_SAME", "_K_WITH",
        "_K_MEANS", "_K_USE_TABLE",
    }
)  # fmt: skip


def _unit(name: str) -> tuple[Unit, Fraction]:
    base, scale = SPELLINGS.get(name, (name, Fraction(1)))
    return Unit.of(base), scale


def _joined(lexemes: list[Lexeme]) -> Iterator[Lexeme]:
    """Drop a comma before 且 and 或; let ；（2） and ；② be one token each."""
    for index, lexeme in enumerate(lexemes):
        following = lexemes[index + 1].kind if index + 1 < len(lexemes) else ""
        if lexeme.kind == "_COMMA" and following in ("_K_AND", "_K_OR"):
            continue
        if lexeme.kind == "_SEMI" and following in ("_NEXT_OUTER", "_NEXT_INNER"):
            continue
        yield lexeme
