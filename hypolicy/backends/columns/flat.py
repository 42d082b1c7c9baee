"""A generated text for the processor, where a branch that cannot be foreseen costs more than what it saves."""

from __future__ import annotations

import ast
from functools import reduce
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def flattened(text: str, packed: frozenset[str], flags: Sequence[str] = ()) -> str:
    """The same with `and` and `or` that look at all their operands, and with `packed` columns of a bit a row.

    The columns of `flags` are bits of one number a row, the first of them the lowest, in the column of the first.

    Terms are pure and total, so it makes no other difference. What is called is still called only where it is needed.
    """
    tree = _Flattened(packed, flags).visit(ast.parse(text))
    return ast.unparse(ast.fix_missing_locations(tree)) + "\n"


class _Flattened(ast.NodeTransformer):
    def __init__(self, packed: frozenset[str], flags: Sequence[str]) -> None:
        self.bits = {name: f"{name}[i >> 3] >> (i & 7) & 1" for name in packed}
        self.bits |= {name: f"{flags[0]}[i] >> {bit} & 1" for bit, name in enumerate(flags)}

    def visit_BoolOp(self, node: ast.BoolOp) -> ast.AST:
        self.generic_visit(node)
        if any(isinstance(part, ast.Call) for part in ast.walk(node)):
            return node
        operator = ast.BitAnd() if isinstance(node.op, ast.And) else ast.BitOr()
        return reduce(lambda left, right: ast.BinOp(left, operator, right), node.values)

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        self.generic_visit(node)
        sides = [node.left, *node.comparators]
        parts: list[ast.expr] = [
            ast.Compare(left, [operator], [right])
            for left, operator, right in zip(sides, node.ops, sides[1:], strict=False)
        ]
        return reduce(lambda left, right: ast.BinOp(left, ast.BitAnd(), right), parts)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.AST:
        self.generic_visit(node)
        if isinstance(node.op, ast.Not):
            return ast.Compare(node.operand, [ast.Eq()], [ast.Constant(0)])
        return node

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        self.generic_visit(node)
        if not isinstance(node.value, ast.Name) or node.value.id not in self.bits:
            return node
        bit: ast.expr = ast.parse(self.bits[node.value.id], mode="eval").body
        return bit
