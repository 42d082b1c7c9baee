"""Sentences gathered into blocks, blocks into a document."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

if TYPE_CHECKING:
    from hypolicy.syntax.tree.declarations import Declaration
    from hypolicy.syntax.tree.expressions import Name
    from hypolicy.syntax.tree.lines import Line


@frozen
class Block:
    """A declaration with the lines that belong to it, the clause it stands in, and the quotes before it.

    `damaged`: a line could not be read, so nothing that seems to be missing is known to be missing.
    """

    clause: str
    head: Declaration
    lines: tuple[Line, ...]
    quotes: tuple[Name, ...]
    damaged: bool = False


@frozen
class Document:
    """All blocks of all files, in the order in which the files include each other.

    `lost` are the names that sentences which could not be read may have declared; `unknown` are the places of words
    that nobody declares. Both have been reported.
    """

    blocks: tuple[Block, ...]
    lost: frozenset[str] = frozenset()
    unknown: frozenset[tuple[str, int]] = frozenset()
