"""Blocks: a declaration with the lines that belong to it, and which line may stand in which.

A declaration that opens a block ends with ： and holds the lines up to the next declaration; others end with 。 and
may still be followed by lines of their own.
"""

from __future__ import annotations

from typing import Final

from hypolicy.syntax import tree

# Sentences that open a block when they end with ： directly behind their name, by their first terminal.
BLOCK_HEADS: Final[dict[str, str]] = {
    "_K_BENEFIT": "补贴",
    "_K_LIMIT": "限制",
    "_K_TEMPLATE": "参照用例",
    "_K_WORKED_CASE": "用例",
}
BLOCK_WITHOUT_NAME: Final = "_K_LEDGER"

LINES_OF: Final[dict[type, tuple[type, ...]]] = {
    tree.PolicyHead: (tree.Statement, tree.Naming, tree.Term),
    tree.Reading: (tree.Statement,),
    tree.FixedReading: (tree.Statement,),
    tree.Table: (tree.Uplift,),
    tree.Benefit: (
        tree.Parties,
        tree.Naming,
        tree.Statement,
        tree.Applies,
        tree.ConditionLine,
        tree.Amount,
        tree.Case,
        tree.Uplift,
        tree.StackingLine,
        tree.Cap,
        tree.Rounding,
        tree.Exclusion,
        tree.Otherwise,
    ),
    tree.Ledger: (tree.Holder, tree.Naming),
    tree.Limit: (
        tree.Covers,
        tree.NoRepeat,
        tree.NoLower,
        tree.NotTogether,
        tree.CountLimit,
        tree.Linked,
    ),
    tree.Template: (tree.Refer, tree.Assume, tree.UseTable, tree.UseValue, tree.Adopt),
    tree.WorkedCase: (tree.Refer, tree.Assume, tree.UseTable, tree.UseValue, tree.Adopt, tree.Due),
}
# Statements and namings are told apart by their first word.
WORDS_OF: Final[dict[type, frozenset[str]]] = {
    tree.PolicyHead: frozenset({"文号", "官方文本", "上位文件", "适用日", "汇总年度", "汇总维度"}),
    tree.Reading: frozenset({"理由", "问题"}),
    tree.FixedReading: frozenset({"理由", "问题"}),
    tree.Benefit: frozenset({"委托", "适用日", "汇总年度", "资金"}),
    tree.Ledger: frozenset({"次序", "台账年度"}),
}


def may_hold(head: tree.Declaration | None, line: tree.Line) -> bool:
    """Whether a line may stand in the block of a declaration."""
    if not isinstance(line, LINES_OF.get(type(head), ())):
        return False
    if isinstance(line, tree.Statement | tree.Naming):
        return line.word in WORDS_OF.get(type(head), frozenset())
    return True
