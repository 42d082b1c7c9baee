"""What may be written at a place: the words that the grammar accepts there.

Chinese has no spaces, so the last word of the sentence may be complete or half written: words that continue it are
offered beside those that may follow it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from attrs import frozen

from hypolicy.editor.view import Symbol, label_space
from hypolicy.source.text import SourceText
from hypolicy.syntax import tree
from hypolicy.syntax.grammar import keywords
from hypolicy.syntax.lexer import FIXED_WORDS, opens_block
from hypolicy.syntax.parser import accepted_after
from hypolicy.syntax.sentences import sentences

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import PurePosixPath

    from hypolicy.editor.view import View
    from hypolicy.syntax.lexer import Lexeme

# A word half written may look like so many words at most: 贫困|劳|动.
_MOST_CUTS: Final = 3
_COMPARING: Final = frozenset({"_K_IS", "_K_IS_NOT", "_K_BELONGS", "_K_NOT_BELONGS"})
# Behind these stands the name of something that there is; behind others of their kind one is born.
_REFERRING: Final = frozenset({"_K_BY_READING", "_K_ADOPT", "_K_REFER", "_K_FULFIL"})


@frozen
class Offer:
    """A word with what it is; it is written in place of the characters `start` to `end`. `likely` ones come first."""

    word: str
    kind: str
    start: int
    end: int
    likely: bool = False
    quoted: bool = False

    @property
    def text(self) -> str:
        return f"「{self.word}」" if self.quoted else self.word


def offers(view: View, path: PurePosixPath, offset: int) -> list[Offer]:
    """What may be written at a place of a file; nothing inside of texts, quotes and comments."""
    source = view.sources[path]
    if _is_prose(view, path, offset):
        return []
    lexed = view.lexer(path).lex(SourceText(path, source.text[:offset]))
    found = list(sentences(lexed))
    sentence = found[-1].lexemes if found else []
    kinds = [lexeme.kind for lexeme in sentence]
    if kinds[-1:] == ["_STOP"] or opens_block(kinds):
        sentence = []
    return list(_Place(view, path, source, offset).offers(sentence))


def _is_prose(view: View, path: PurePosixPath, offset: int) -> bool:
    lexed = view.lexed(path)
    texts = [one.span for one in lexed.lexemes if one.kind == "STRING"]
    return any(span.start < offset < span.end for span in texts) or any(
        one.span.start < offset <= one.span.end for one in lexed.trivia
    )


@frozen
class _Place:
    view: View
    path: PurePosixPath
    source: SourceText
    offset: int

    def offers(self, sentence: Sequence[Lexeme]) -> Iterator[Offer]:
        last = sentence[-1] if sentence else None
        touches = last is not None and last.span.end == self.offset
        if last is not None and touches and last.kind == "QNAME" and not last.span.text.endswith("」"):
            yield from self.named(sentence[:-1], last.span.start)
            return
        known = self.view.words[self.path].words
        half = last is not None and touches and last.kind == "WORD" and str(last.value) not in known
        seen: set[str] = set()
        behind = () if half else self.following(sentence, self.offset)
        for offer in (*self.continuing(sentence), *behind):
            if offer.word not in seen:
                seen.add(offer.word)
                yield offer

    def continuing(self, sentence: Sequence[Lexeme]) -> Iterator[Offer]:
        """Words of which the end of the sentence may be the beginning."""
        behind = self.offset
        for cut in range(1, min(_MOST_CUTS, len(sentence)) + 1):
            lexeme = sentence[-cut]
            if lexeme.span.end != behind or not lexeme.span.text.strip():
                return
            behind = lexeme.span.start
            written = self.source.text[behind : self.offset]
            for offer in self.following(sentence[:-cut], behind):
                if offer.word.startswith(written) and offer.word != written:
                    yield offer

    def following(self, before: Sequence[Lexeme], start: int) -> Iterator[Offer]:
        """What may stand behind these tokens, written from `start` on; all words where they make no sense."""
        accepted = accepted_after(before)
        if "QNAME" in accepted:
            yield from self.named(before, start)
        if ("WORD" in accepted and before) or not accepted:
            likely = self.labels(before)
            for word in self.view.words[self.path].words:
                kind = self.view.kind(Symbol("", word)) or "词"
                yield Offer(word, kind, start, self.offset, likely=word in likely)
        for words in (keywords(), FIXED_WORDS):
            for word, kind in words.items():
                if kind in accepted and word.isalpha():
                    yield Offer(word, "用词", start, self.offset)

    def named(self, before: Sequence[Lexeme], start: int) -> Iterator[Offer]:
        """Names in 「」 that a sentence may refer to here."""
        kind = before[-1].kind if before else ""
        names: Iterable[str] = ()
        if kind == "_K_TAKE" and len(before) > 1:
            names = self.options(str(before[-2].value))
        elif kind in _REFERRING:
            names = self.view.symbols.all(label_space(kind) or "参数")
        what = "选项" if kind == "_K_TAKE" else label_space(kind) or "参数"
        closed = self.source.text[self.offset : self.offset + 1] == "」"
        for name in names:
            yield Offer(name, what, start, self.offset + closed, likely=True, quoted=True)

    def options(self, reading: str) -> list[str]:
        block = self.view.symbols.all("口径").get(reading)
        match block.head if block is not None else None:
            case tree.Reading(_, options):
                return [option.text for option in options]
            case _:
                return []

    def labels(self, before: Sequence[Lexeme]) -> set[str]:
        """The values of the fact that is compared: behind 为 or 属于, and behind each 、 that follows."""
        at = len(before) - 1
        if at > 0 and before[at].kind == "_MID":
            while at > 0 and before[at].kind in ("_MID", "WORD"):
                at -= 1
        if at < 1 or before[at].kind not in _COMPARING:
            return set()
        block = self.view.symbols.all("事实").get(str(before[at - 1].value))
        match block.head if block is not None else None:
            case tree.Fact(_, tree.TypeName(name)):
                enum = name.text
            case tree.Fact(name):
                enum = name.text
            case _:
                return set()
        return {label for label, (owner, _) in self.view.symbols.labels.items() if owner == enum}
