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
    tree.PolicyHead: (tree.Statement, tree.Naming, tree.Term, tree.RankLine),
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
    tree.AmendmentHead: (
        tree.Statement,
        tree.RankLine,
        tree.Effective,
        tree.StateLine,
        tree.TransitionLine,
    ),
}
# Statements and namings are told apart by their first word.
WORDS_OF: Final[dict[type, frozenset[str]]] = {
    tree.PolicyHead: frozenset({"文号", "官方文本", "上位文件", "适用日", "汇总年度", "汇总维度"}),
    tree.Reading: frozenset({"理由", "问题"}),
    tree.FixedReading: frozenset({"理由", "问题"}),
    tree.Benefit: frozenset({"委托", "适用日", "汇总年度", "资金"}),
    tree.Ledger: frozenset({"次序", "台账年度"}),
    tree.AmendmentHead: frozenset({"文号", "上位文件"}),
}
# To which of these blocks an amendment may add lines, by the word that opens them.
OPENED_BY: Final[dict[str, type]] = {
    "政策": tree.PolicyHead,
    "口径": tree.Reading,
    "固定口径": tree.FixedReading,
    "表": tree.Table,
    "补贴": tree.Benefit,
    "台账": tree.Ledger,
    "限制": tree.Limit,
    "参照用例": tree.Template,
    "用例": tree.WorkedCase,
}


def may_hold(head: tree.Declaration | None, line: tree.Line) -> bool:
    """Whether a line may stand in the block of a declaration, or behind the change that adds it to one."""
    match head:
        case tree.ContentAdded(tree.BlockName(word), False):
            opener = OPENED_BY.get(word, type(None))
        case _:
            opener = type(head)
    if not isinstance(line, LINES_OF.get(opener, ())):
        return False
    if isinstance(line, tree.Statement | tree.Naming):
        return line.word in WORDS_OF.get(opener, frozenset())
    return True
