"""Text to tokens, by longest match over keywords and declared words.

Chinese has no spaces between words, so the vocabulary decides where a word ends. Lark's own lexers rank terminals
by pattern, not by what matched, hence this one. It never stops at a mistake: an unknown stretch of text becomes a
problem with a suggestion, and is passed on as a word, so that the rest of the file is read too.
"""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Final

from attrs import define, field, frozen

from hypolicy.diagnostics.suggest import question
from hypolicy.rules.amendment import Rank, State, Transition
from hypolicy.rules.operators import WORDS as COMPARISON_WORDS
from hypolicy.rules.rounding import RoundingMode
from hypolicy.rules.tree import Stacking
from hypolicy.source import limits
from hypolicy.source.text import SourceText, Span
from hypolicy.syntax import tokens as t
from hypolicy.syntax.blocks import BLOCK_HEADS, BLOCK_WITHOUT_NAME
from hypolicy.syntax.literals import Literals, Quantity
from hypolicy.syntax.marks import Mark, MarkKind, Page, page_of, page_without_prose
from hypolicy.syntax.problems import Effect, Problem
from hypolicy.syntax.unknown import Speller

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence, Set

# A word as it is spelled in folded text, its terminal, and its value.
Entry = tuple[str, str, str]


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
    """Tokens in order; ；（2） is one token, and a comma before 且 and 或 is none."""

    lexemes: list[Lexeme] = field(factory=list)
    trivia: list[Trivia] = field(factory=list)
    problems: list[Problem] = field(factory=list)


FIXED_WORDS: Final[dict[str, str]] = {
    **{word: "POSTFIX" if word in t.POSTFIX_WORDS else "COMPARE" for word in COMPARISON_WORDS},
    **dict.fromkeys(t.SYMBOL_FOLDS, "COMPARE"),
    **{mode.value: "STACKING" for mode in Stacking},
    **{mode.value: "ROUND_MODE" for mode in RoundingMode},
    **{f"取整到{place}": "ROUND_TO" for place in "元角分"},
    **dict.fromkeys(t.STATUS_WORDS, "STATUS"),
    **{transition.value: "TRANSITION" for transition in Transition},
    **t.ARITHMETIC,
}
# Words that are the language's only behind the ： of these sentences, and elsewhere may be anybody's.
_WORDS_OF: Final[dict[str, tuple[str, tuple[str, ...]]]] = {
    "_K_RANK": ("RANK", tuple(rank.value for rank in Rank)),
    "_K_STATE": ("STATE", tuple(state.value for state in State)),
}
# Behind these, at the beginning of a sentence, stands the clause that an amendment speaks of.
_BEFORE_A_CLAUSE: Final = frozenset({"_K_CHANGE", "_K_DELETE", "_K_AT", "K_REPEAL"})

# In these sentences every name in 「」 is a label; elsewhere it may stand for a declared word.
_LABELLED_SENTENCES: Final = frozenset({"_K_READING", "_K_FIXED_READING", "_K_ADOPT", "_K_REFER"})
_WORD_MAY_FOLLOW: Final = frozenset(
    {
        "_K_AND", "_K_OR", "_K_NOT", "_K_HAS", "_K_HAS_NOT", "_K_AT", "_K_NOT_AT", "_K_FROM", "_K_UNTIL", "_K_OF",
        "_K_IS", "_K_IS_NOT", "_K_BELONGS", "_K_NOT_BELONGS", "_K_APPLIES_TO", "_K_ONLY_FOR", "_K_SAME", "_K_WITH",
        "_K_MEANS", "_K_USE_TABLE", "_K_HOLDER",
    }
)  # fmt: skip
_MEANS: Final = re.compile(r"\s*指")
_COLON: Final = re.compile(r"\s*:")
# What stands for itself wherever it is, and a run of characters up to it.
_KNOWN: Final = frozenset("。;:,、().") | frozenset('#「」“”"><=')
_RUN: Final = re.compile(r"[^。;:,、().#「」“”\"><=\s0-9]+")
_BEHIND_A_CLAUSE: Final = re.compile(r"\s*(?:[「。、,;]|\.(?![0-9])|\Z)")


@define
class Lexer:
    """`keywords` maps words to terminals of the grammar; `words` are declared, `units` too."""

    keywords: Mapping[str, str]
    words: Set[str] = frozenset()
    units: Set[str] = frozenset()
    literals: Literals = field(init=False)
    speller: Speller = field(init=False)
    _entries: dict[str, Entry] = field(init=False)
    # The lengths of the words that begin with a character, the longest first.
    _lengths: dict[str, list[int]] = field(init=False)

    def __attrs_post_init__(self) -> None:
        known = {t.fold(word): ("WORD", word) for word in self.words}
        known.update({word: (kind, t.SYMBOL_FOLDS.get(word, word)) for word, kind in FIXED_WORDS.items()})
        known.update({word: (kind, word) for word, kind in self.keywords.items()})
        self._entries = {spelled: (spelled, kind, value) for spelled, (kind, value) in known.items()}
        lengths: defaultdict[str, set[int]] = defaultdict(set)
        for spelled in known:
            lengths[spelled[0]].add(len(spelled))
        self._lengths = {first: sorted(found, reverse=True) for first, found in lengths.items()}
        self.literals = Literals(self.units)
        self.speller = Speller(sorted(self.words), sorted({*self.keywords, *FIXED_WORDS}))

    def lex(self, source: SourceText) -> Lexed:
        """All tokens of a file."""
        page = page_without_prose(source, self.is_prose)
        run = _Run(self, page)
        run.read()
        run.out.problems[:0] = page.problems
        run.out.lexemes = list(_joined(run.out.lexemes))
        run.out.trivia = sorted([*_comments(page), *run.out.trivia], key=lambda trivia: trivia.span.start)
        return run.out

    def is_prose(self, line: str) -> bool:
        """Whether a line has words, outside of texts, that the language does not know."""
        run = _Run(self, page_of(SourceText(PurePosixPath(), line)))
        run.read()
        return any(problem.code == "HY201" for problem in run.out.problems)

    def words_at(self, text: str, at: int) -> Iterator[Entry]:
        """The keywords and declared words at a place of folded text, the longest first."""
        for length in self._lengths.get(text[at], ()):
            entry = self._entries.get(text[at : at + length])
            if entry is not None:
                yield entry

    def match_word(self, text: str, at: int) -> Entry | None:
        """The longest keyword or declared word at a place of folded text."""
        entries = self._entries
        for length in self._lengths.get(text[at], ()):
            entry = entries.get(text[at : at + length])
            if entry is not None:
                return entry
        return None


@define
class _Run:
    """One pass over a page."""

    lexer: Lexer
    page: Page
    at: int = 0
    text: str = field(init=False)
    out: Lexed = field(factory=Lexed)
    # The kinds of the tokens of this sentence so far, the start of the last one, how many brackets are open, and
    # whether the ： behind what the sentence declares has been passed.
    sentence: list[str] = field(factory=list)
    last_start: int = 0
    depth: int = 0
    in_body: bool = False

    def __attrs_post_init__(self) -> None:
        self.text = self.page.text

    def read(self) -> None:
        text, marks, space = self.text, self.page.marks, t.SPACE
        while self.at < len(text):
            mark = marks.get(self.at)
            if mark is not None:
                self.mark(mark)
            elif blank := space.match(text, self.at):
                self.at = blank.end()
            elif len(self.out.lexemes) >= limits.MAX_TOKENS:
                self.problem("HY106", self.at, self.at + 1, Effect.HIDES, limit=limits.MAX_TOKENS)
                return
            elif len(self.out.problems) >= limits.MAX_PROBLEMS:
                return
            else:
                self.token(text[self.at])

    def token(self, char: str) -> None:
        if char in t.PUNCTUATION or (char == "." and self.text[self.at + 1 : self.at + 2] not in t.DIGITS):
            self.punctuation(char)
        elif char in t.INNER_ITEMS and self.last_kind() in ("_COLON", "_SEMI"):
            kind = "_INNER" if self.last_kind() == "_COLON" else "_NEXT_INNER"
            self.push(kind, str(t.INNER_ITEMS.index(char) + 1), self.at + 1)
        elif char in t.DIGITS:
            self.literal()
        else:
            self.word()

    # ------------------------------------------------------------------------------------- what came before

    def push(self, kind: str, value: str | Quantity, end: int) -> None:
        if self.sentence_ended():
            self.sentence = []
            self.depth = 0
            self.in_body = False
        self.sentence.append(kind)
        self.out.lexemes.append(Lexeme(kind, value, self.page.span(self.at, end)))
        self.last_start = self.at
        self.at = end

    def problem(
        self, code: str, start: int, end: int, effect: Effect = Effect.NONE, advice: str = "", **facts: object
    ) -> None:
        if len(self.out.problems) < limits.MAX_PROBLEMS:
            self.out.problems.append(Problem(code, self.page.span(start, end), facts, advice, effect))

    def last_kind(self) -> str:
        return self.sentence[-1] if self.sentence else "_STOP"

    def sentence_ended(self) -> bool:
        return not self.sentence or self.sentence[-1] == "_STOP" or opens_block(self.sentence)

    # ---------------------------------------------------------------------------------------------- marks

    def mark(self, mark: Mark) -> None:
        match mark.kind:
            case MarkKind.NAME:
                self.at = mark.start
                self.push("WORD" if self.stands_for_a_word(mark) else "QNAME", mark.text, mark.end)
            case MarkKind.STRING:
                self.push("STRING", mark.text, mark.end)
            case MarkKind.QUOTE:
                self.out.trivia.append(Trivia(True, mark.text, self.page.span(mark.start, mark.end)))
                self.at = mark.end
            case MarkKind.TORN:
                self.torn(mark)
            case MarkKind.COMMENT | MarkKind.STRAY:
                self.at = mark.end

    def stands_for_a_word(self, mark: Mark) -> bool:
        """A declared word may be quoted where it is used, to show where it ends."""
        first = "" if self.sentence_ended() else self.sentence[0]
        if mark.text not in self.lexer.words or first in _LABELLED_SENTENCES or not first:
            return False
        before = self.last_kind()
        if first == "_K_TABLE":
            # The table and its columns are born before the ：, outside of brackets.
            return (self.in_body or self.depth > 0) and before != "_K_WHOLE"
        if before == "_K_HOLDER":
            return not _COLON.match(self.text, mark.end)
        expected = not before.startswith(("_K_", "K_", "CLAUSE")) or before in _WORD_MAY_FOLLOW
        return expected and not _MEANS.match(self.text, mark.end)

    def torn(self, mark: Mark) -> None:
        """A quote inside a sentence: end the sentence as its author forgot to."""
        if self.out.lexemes:
            last = self.out.lexemes[-1].span
            self.out.problems.append(Problem("HY110", Span(last.source, last.end - 1, last.end)))
            self.out.lexemes.append(Lexeme("_STOP", "。", Span(last.source, last.end, last.end)))
            self.sentence = ["_STOP"]
        self.out.trivia.append(Trivia(True, mark.text, self.page.span(mark.start, mark.end)))
        self.at = mark.end

    # ----------------------------------------------------------------------------------------- bare text

    def punctuation(self, char: str) -> None:
        last = self.last_kind()
        if char == "(" and last in ("_COLON", "_SEMI"):
            item = t.OUTER_ITEM.match(self.text, self.at)
            if item:
                self.push("_OUTER" if last == "_COLON" else "_NEXT_OUTER", str(int(item[1])), item.end())
                return
        kind = t.PUNCTUATION.get(char, "_STOP")
        self.push(kind, char, self.at + 1)
        self.depth += {"_LPAR": 1, "_RPAR": -1}.get(kind, 0)
        self.in_body = self.in_body or kind == "_COLON"

    def literal(self) -> None:
        read = self.lexer.literals.read(self.text, self.at, self.unknown_until)
        if read.fault is not None:
            fault = read.fault
            self.problem(fault.code, self.at, read.end, Effect.LOSES, fault.advice, **fault.facts)
        self.push(read.kind, read.value, read.end)

    def word(self) -> None:
        found = self.word_of_sentence() or self.lexer.match_word(self.text, self.at)
        clause = t.CLAUSE.match(self.text, self.at) if self.clause_may_stand() else None
        if (
            clause
            and (found is None or len(clause[0]) > len(found[0]))
            and (self.amends_a_clause() or _BEHIND_A_CLAUSE.match(self.text, clause.end()))
        ):
            self.push("CLAUSE", t.name_form(clause[0]), clause.end())
        elif found is not None:
            spelled, kind, value = found
            self.push(kind, value, self.at + len(spelled))
        elif not self.recut():
            self.unknown()

    def clause_may_stand(self) -> bool:
        if self.sentence_ended():
            return True
        return (
            self.sentence[-1] == "_K_GROUND"
            or self.sentence[-2:] == ["CLAUSE", "_MID"]
            or self.amends_a_clause()
        )

    def amends_a_clause(self) -> bool:
        """Whether this is where an amendment names the clause that it speaks of, or adds."""
        first = len(self.sentence) == 1 and self.sentence[0] in _BEFORE_A_CLAUSE
        return first or self.sentence == ["_K_AT", "CLAUSE", "_K_BEHIND", "_K_ADD"]

    def word_of_sentence(self) -> Entry | None:
        """A word that only sentences of this kind have."""
        if len(self.sentence) != 2 or self.sentence[1] != "_COLON" or self.sentence[0] not in _WORDS_OF:
            return None
        kind, words = _WORDS_OF[self.sentence[0]]
        return next(((word, kind, word) for word in words if self.text.startswith(word, self.at)), None)

    def recut(self) -> bool:
        """Cut the last word shorter where that lets the text go on, and say so: 在职|业工种 is 在|职业工种."""
        last = self.out.lexemes[-1] if self.out.lexemes else None
        if (
            last is None
            or last.kind in ("QNAME", "STRING")
            or self.page.span(self.at, self.at).start != last.span.end
        ):
            return False
        start, taken = self.last_start, self.at - self.last_start
        for spelled, kind, value in self.lexer.words_at(self.text, start):
            if len(spelled) >= taken:
                continue
            following = start + len(spelled)
            longer = self.lexer.match_word(self.text, following)
            if longer is None or following + len(longer[0]) <= self.at:
                continue
            word, end = self.page.raw[start : self.at], following + len(longer[0])
            self.problem("HY218", start, end, word=word, other=longer[2], first=value)
            self.out.lexemes.pop()
            self.sentence.pop()
            self.at = start
            self.push(kind, value, following)
            return True
        return False

    def unknown(self) -> None:
        """A stretch that is no word: reported with advice, and passed on as a word."""
        if self.text[self.at] in t.INNER_ITEMS:
            self.problem("HY108", self.at, self.at + 1, Effect.HIDES, word=self.text[self.at])
            self.at += 1
            return
        least = self.unknown_until(self.at + 1)
        run = _RUN.match(self.text, self.at, self.at + limits.MAX_NAME_CHARS)
        length, advice = self.lexer.speller.meant(run[0] if run else "", least - self.at)
        end = max(least, self.at + length)
        words = self.page.raw[self.at : end]
        start = self.last_start if self.ends_a_word(end) else self.at
        if start < self.at:
            known, word = self.page.raw[start : self.at], self.page.raw[start:end]
            advice = self.lexer.speller.meant(word, len(word))[1] or question(known)
        said = self.page.raw[start:end][: limits.MAX_NAME_CHARS]
        self.problem("HY201", start, end, advice=advice, word=said)
        self.push("WORD", words, end)

    def ends_a_word(self, end: int) -> bool:
        """Whether an unknown stretch is the tail of one word, of which the beginning is known: 女|性。"""
        last = self.out.lexemes[-1] if self.out.lexemes else None
        if last is None or last.kind != "WORD" or last.span.end != self.page.span(self.at, self.at).start:
            return False
        return end >= len(self.text) or self.text[end] in _KNOWN or self.text[end].isspace()

    def unknown_until(self, at: int) -> int:
        """The next place where something is known: the place itself, where it is."""
        text, marks = self.text, self.page.marks
        while at < len(text) and at not in marks:
            char = text[at]
            if char in _KNOWN or char.isspace() or char in t.DIGITS:
                break
            if self.lexer.match_word(text, at) is not None:
                break
            at += 1
        return at


def opens_block(kinds: Sequence[str]) -> bool:
    """Whether these are the terminals of a sentence that opens a block."""
    if len(kinds) == 3:
        return kinds[2] == "_COLON" and kinds[1] == "QNAME" and kinds[0] in BLOCK_HEADS
    return len(kinds) == 2 and kinds[0] == BLOCK_WITHOUT_NAME and kinds[1] == "_COLON"


def _comments(page: Page) -> Iterator[Trivia]:
    for mark in page.marks.values():
        if mark.kind is MarkKind.COMMENT:
            yield Trivia(False, page.raw[mark.start + 1 : mark.end].strip(), page.span(mark.start, mark.end))


def _joined(lexemes: list[Lexeme]) -> Iterator[Lexeme]:
    """Drop a comma before 且 and 或; let ；（2） and ；② be one token each."""
    following = ""
    kept: list[Lexeme] = []
    for lexeme in reversed(lexemes):
        dropped = (lexeme.kind == "_COMMA" and following in ("_K_AND", "_K_OR")) or (
            lexeme.kind == "_SEMI" and following in ("_NEXT_OUTER", "_NEXT_INNER")
        )
        if not dropped:
            kept.append(lexeme)
        following = lexeme.kind
    return reversed(kept)
