"""Lark's tree of an expression to the tree as written.

Each method has the name of a grammar rule and receives its children without keywords and punctuation.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, cast

from lark import Token, v_args
from lark.visitors import Transformer_NonRecursive

from hypolicy.source.text import SourceText, Span
from hypolicy.syntax import tree
from hypolicy.syntax.tokens import NEGATIVE_ARITHMETIC
from hypolicy.syntax.tree import Name

if TYPE_CHECKING:
    from lark.tree import Meta

    from hypolicy.syntax.literals import Quantity

Children = Sequence[Any]


@v_args(meta=True)
class ExpressionBuilder(Transformer_NonRecursive):  # type: ignore[type-arg]
    """Builds expressions; `Builder` adds the sentences around them."""

    def __init__(self, source: SourceText) -> None:
        super().__init__(visit_tokens=False)
        self.source = source

    def _span(self, meta: Meta) -> Span:
        return Span(self.source, meta.start_pos, meta.end_pos)

    def _token_span(self, token: Token) -> Span:
        return Span(self.source, token.start_pos or 0, token.end_pos or 0)

    def _name(self, token: Token) -> Name:
        return Name(str(token), self._token_span(token))

    def _names(self, tokens: Children) -> tuple[Name, ...]:
        return tuple(self._name(token) for token in tokens)

    def _text(self, token: Token) -> str:
        return str(token)

    def _quantity(self, token: Token) -> Quantity:
        return cast("Quantity", token.value)

    def _day(self, token: Token) -> date:
        return date.fromisoformat(str(token))

    def _value(self, child: Any) -> tree.Expr:
        """A bare token where a value is wanted."""
        if not isinstance(child, Token):
            return cast("tree.Expr", child)
        span = self._token_span(child)
        match child.type:
            case "QUANTITY":
                return tree.Number(self._quantity(child), span=span)
            case "DATE":
                return tree.Day(self._day(child), span=span)
            case "STRING":
                return tree.Text(str(child), span=span)
            case "K_YES" | "K_NO":
                return tree.Truth(child.type == "K_YES", span=span)
            case _:
                return tree.Word(str(child), span=span)

    def _flat(self, c: Children, kind: type[tree.Conjunction | tree.Disjunction]) -> tuple[tree.Expr, ...]:
        first, *rest = c
        return (*first.operands, *rest) if isinstance(first, kind) else tuple(c)

    def conjuncts(self, meta: Meta, c: Children) -> tree.Expr:
        if len(c) == 1:
            return cast("tree.Expr", c[0])
        return tree.Conjunction(self._flat(c, tree.Conjunction), span=self._span(meta))

    def disjuncts(self, meta: Meta, c: Children) -> tree.Expr:
        return tree.Disjunction(self._flat(c, tree.Disjunction), span=self._span(meta))

    def and_list(self, meta: Meta, c: Children) -> tree.Expr:
        return tree.Conjunction(self._flat(c, tree.Conjunction), span=self._span(meta))

    def every_or_either(self, meta: Meta, c: Children) -> bool:
        return bool(c[0].type == "K_EVERY")

    def outer_list(self, meta: Meta, c: Children) -> tree.Expr:
        every, *items = c
        span = self._span(meta)
        if every:
            return tree.Conjunction(tuple(items), span=span)
        return tree.Disjunction(tuple(items), span=span)

    inner_list = outer_list

    def negation(self, meta: Meta, c: Children) -> tree.Negation:
        return tree.Negation(c[0], span=self._span(meta))

    def compare(self, meta: Meta, c: Children) -> tree.Comparison:
        return tree.Comparison(str(c[1]), c[0], c[2], span=self._span(meta))

    def equal(self, meta: Meta, c: Children) -> tree.Comparison:
        return tree.Comparison("为", c[0], c[1], span=self._span(meta))

    def unequal(self, meta: Meta, c: Children) -> tree.Comparison:
        return tree.Comparison("不为", c[0], c[1], span=self._span(meta))

    def compare_postfix(self, meta: Meta, c: Children) -> tree.Comparison:
        return tree.Comparison(str(c[2]), c[0], self._value(c[1]), span=self._span(meta))

    def choices(self, meta: Meta, c: Children) -> tuple[tree.Expr, ...]:
        return tuple(self._value(token) for token in c)

    def belongs(self, meta: Meta, c: Children) -> tree.Belongs:
        return tree.Belongs(False, c[0], c[1], span=self._span(meta))

    def not_belongs(self, meta: Meta, c: Children) -> tree.Belongs:
        return tree.Belongs(True, c[0], c[1], span=self._span(meta))

    def in_table(self, meta: Meta, c: Children) -> tree.InTable:
        return tree.InTable(False, c[0], self._name(c[1]), span=self._span(meta))

    def not_in_table(self, meta: Meta, c: Children) -> tree.InTable:
        return tree.InTable(True, c[0], self._name(c[1]), span=self._span(meta))

    def in_term(self, meta: Meta, c: Children) -> tree.InTerm:
        return tree.InTerm(False, c[0], span=self._span(meta))

    def not_in_term(self, meta: Meta, c: Children) -> tree.InTerm:
        return tree.InTerm(True, c[0], span=self._span(meta))

    def within(self, meta: Meta, c: Children) -> tree.Within:
        return tree.Within(c[0], c[1], self._quantity(c[2]), span=self._span(meta))

    def age(self, meta: Meta, c: Children) -> tree.Age:
        return tree.Age(c[0], c[1], span=self._span(meta))

    def given(self, meta: Meta, c: Children) -> tree.Given:
        return tree.Given(False, self._name(c[0]), span=self._span(meta))

    def not_given(self, meta: Meta, c: Children) -> tree.Given:
        return tree.Given(True, self._name(c[0]), span=self._span(meta))

    def term_length(self, meta: Meta, c: Children) -> tree.TermLength:
        return tree.TermLength(c[0], c[1], str(c[2]), self._quantity(c[3]), span=self._span(meta))

    def sum_of(self, meta: Meta, c: Children) -> tree.SumOf:
        terms = [(False, c[0])]
        terms += [
            (str(sign) in NEGATIVE_ARITHMETIC, term) for sign, term in zip(c[1::2], c[2::2], strict=True)
        ]
        return tree.SumOf(tuple(terms), span=self._span(meta))

    def product_of(self, meta: Meta, c: Children) -> tree.ProductOf:
        factors = [(False, c[0])]
        factors += [(str(sign) in NEGATIVE_ARITHMETIC, f) for sign, f in zip(c[1::2], c[2::2], strict=True)]
        return tree.ProductOf(tuple(factors), span=self._span(meta))

    def word(self, meta: Meta, c: Children) -> tree.Word:
        return tree.Word(str(c[0]), span=self._span(meta))

    def quantity(self, meta: Meta, c: Children) -> tree.Number:
        return tree.Number(self._quantity(c[0]), span=self._span(meta))

    def date(self, meta: Meta, c: Children) -> tree.Day:
        return tree.Day(self._day(c[0]), span=self._span(meta))

    def string(self, meta: Meta, c: Children) -> tree.Text:
        return tree.Text(str(c[0]), span=self._span(meta))

    def yes(self, meta: Meta, c: Children) -> tree.Truth:
        return tree.Truth(True, span=self._span(meta))

    def no(self, meta: Meta, c: Children) -> tree.Truth:
        return tree.Truth(False, span=self._span(meta))

    def always(self, meta: Meta, c: Children) -> tree.Always:
        return tree.Always(True, span=self._span(meta))

    def never(self, meta: Meta, c: Children) -> tree.Always:
        return tree.Always(False, span=self._span(meta))

    def bracketed(self, meta: Meta, c: Children) -> tree.Expr:
        return cast("tree.Expr", c[0])

    def lookup(self, meta: Meta, c: Children) -> tree.Lookup:
        return tree.Lookup(self._name(c[0]), tuple(c[1:]), None, span=self._span(meta))

    def lookup_column(self, meta: Meta, c: Children) -> tree.Lookup:
        return tree.Lookup(self._name(c[0]), tuple(c[1:-1]), self._name(c[-1]), span=self._span(meta))

    def extreme(self, meta: Meta, c: Children) -> tree.Extreme:
        return tree.Extreme(c[0].type == "K_LARGER", tuple(c[1:]), span=self._span(meta))
