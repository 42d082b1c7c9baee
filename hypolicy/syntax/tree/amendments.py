"""Sentences of an amending document: each names a place of the policy and the words or the value it expects there.

What a change adds, or puts in place of something, stands behind it as sentences of their own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

from hypolicy.syntax.tree.expressions import Name, Node, Number, Text

if TYPE_CHECKING:
    from datetime import date


@frozen
class AmendmentHead(Node):
    name: Name


@frozen
class BlockName(Node):
    """A block of the rules, by the word that declares it and its name; 台账 has none."""

    word: str
    name: Name | None

    def __str__(self) -> str:
        return f"{self.word}「{self.name}」" if self.name is not None else self.word


@frozen
class OfficialWords(Node):
    """The official text of a clause."""

    clause: Name

    def __str__(self) -> str:
        return f"{self.clause}原文"


@frozen
class RuleWords(Node):
    """The rules of a clause."""

    clause: Name

    def __str__(self) -> str:
        return f"{self.clause}规则"


WordsPlace = BlockName | OfficialWords | RuleWords


@frozen
class WordsChanged(Node):
    """将…中的“…”修改为“…”, and 删去…中的“…” where `new` is None."""

    place: WordsPlace
    old: Name
    new: Name | None


@frozen
class WordsAdded(Node):
    place: WordsPlace
    after: Name
    new: Name


@frozen
class ItemAdded(Node):
    """An item of a list （1）（2）…, behind another one; those behind it are numbered anew."""

    place: WordsPlace
    after: Name
    new: Name


@frozen
class ItemDeleted(Node):
    place: WordsPlace
    old: Name


@frozen
class BlockChanged(Node):
    block: BlockName
    old: Name


@frozen
class BlockDeleted(Node):
    block: BlockName
    old: Name


@frozen
class ContentAdded(Node):
    """What follows is added at the end of a clause or of a block, or `behind` a block."""

    place: BlockName | Name
    behind: bool


@frozen
class ClauseAdded(Node):
    after: Name
    clause: Name
    title: str


@frozen
class ClauseChanged(Node):
    clause: Name
    title: Name


@frozen
class ClauseRepealed(Node):
    clause: Name
    title: Name


@frozen
class PolicyRepealed(Node):
    pass


@frozen
class ValueChanged(Node):
    """The value of a parameter, or the file of a table, from a day: that of the document where none is written."""

    block: BlockName
    since: date | None
    old: Number | Text
    new: Number | Text


@frozen
class TermChanged(Node):
    old: date
    new: date


Change = (
    WordsChanged
    | WordsAdded
    | ItemAdded
    | ItemDeleted
    | BlockChanged
    | BlockDeleted
    | ContentAdded
    | ClauseAdded
    | ClauseChanged
    | ClauseRepealed
    | PolicyRepealed
    | ValueChanged
    | TermChanged
)


@frozen
class RankLine(Node):
    word: str


@frozen
class Effective(Node):
    day: date


@frozen
class StateLine(Node):
    word: str


@frozen
class TransitionLine(Node):
    """`began` is the date of a record that tells whether it straddles the day."""

    began: Name | None
    word: str
