"""Lark's tree of a sentence of an amending document to the tree as written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lark import v_args

from hypolicy.syntax import tree
from hypolicy.syntax.expression_builder import Children, ExpressionBuilder

if TYPE_CHECKING:
    from lark.tree import Meta

    from hypolicy.syntax.tree import Name


@v_args(meta=True)
class AmendmentBuilder(ExpressionBuilder):
    """Builds changes and the lines of an amending document's head."""

    def amendment(self, meta: Meta, c: Children) -> tree.AmendmentHead:
        return tree.AmendmentHead(self._name(c[0]), span=self._span(meta))

    def block_kind(self, meta: Meta, c: Children) -> str:
        return str(c[0])

    ledger_kind = block_kind

    def block(self, meta: Meta, c: Children) -> tree.BlockName:
        return tree.BlockName(c[0], self._name(c[1]) if len(c) > 1 else None, span=self._span(meta))

    def clause(self, meta: Meta, c: Children) -> Name:
        return self._name(c[0])

    def official_words(self, meta: Meta, c: Children) -> tree.OfficialWords:
        return tree.OfficialWords(self._name(c[0]), span=self._span(meta))

    def rule_words(self, meta: Meta, c: Children) -> tree.RuleWords:
        return tree.RuleWords(self._name(c[0]), span=self._span(meta))

    def words_changed(self, meta: Meta, c: Children) -> tree.WordsChanged:
        return tree.WordsChanged(c[0], self._name(c[1]), self._name(c[2]), span=self._span(meta))

    def words_deleted(self, meta: Meta, c: Children) -> tree.WordsChanged:
        return tree.WordsChanged(c[0], self._name(c[1]), None, span=self._span(meta))

    def words_added(self, meta: Meta, c: Children) -> tree.WordsAdded:
        return tree.WordsAdded(c[0], self._name(c[1]), self._name(c[2]), span=self._span(meta))

    def item_added(self, meta: Meta, c: Children) -> tree.ItemAdded:
        return tree.ItemAdded(c[0], self._name(c[1]), self._name(c[2]), span=self._span(meta))

    def item_deleted(self, meta: Meta, c: Children) -> tree.ItemDeleted:
        return tree.ItemDeleted(c[0], self._name(c[1]), span=self._span(meta))

    def block_changed(self, meta: Meta, c: Children) -> tree.BlockChanged:
        return tree.BlockChanged(c[0], self._name(c[1]), span=self._span(meta))

    def block_deleted(self, meta: Meta, c: Children) -> tree.BlockDeleted:
        return tree.BlockDeleted(c[0], self._name(c[1]), span=self._span(meta))

    def content_added(self, meta: Meta, c: Children) -> tree.ContentAdded:
        return tree.ContentAdded(c[0], False, span=self._span(meta))

    def content_added_behind(self, meta: Meta, c: Children) -> tree.ContentAdded:
        return tree.ContentAdded(c[0], True, span=self._span(meta))

    def clause_added(self, meta: Meta, c: Children) -> tree.ClauseAdded:
        title = str(c[2]) if len(c) > 2 else ""
        return tree.ClauseAdded(c[0], self._name(c[1]), title, span=self._span(meta))

    def clause_changed(self, meta: Meta, c: Children) -> tree.ClauseChanged:
        return tree.ClauseChanged(c[0], self._name(c[1]), span=self._span(meta))

    def clause_repealed(self, meta: Meta, c: Children) -> tree.ClauseRepealed:
        return tree.ClauseRepealed(c[-2], self._name(c[-1]), span=self._span(meta))

    def policy_repealed(self, meta: Meta, c: Children) -> tree.PolicyRepealed:
        return tree.PolicyRepealed(span=self._span(meta))

    def changed_value(self, meta: Meta, c: Children) -> tree.Expr:
        return self._value(c[0])

    def value_changed(self, meta: Meta, c: Children) -> tree.ValueChanged:
        block, *since, old, new = c
        return tree.ValueChanged(
            block, self._day(since[0]) if since else None, old, new, span=self._span(meta)
        )

    def term_changed(self, meta: Meta, c: Children) -> tree.TermChanged:
        return tree.TermChanged(self._day(c[0]), self._day(c[1]), span=self._span(meta))

    def rank(self, meta: Meta, c: Children) -> tree.RankLine:
        return tree.RankLine(str(c[0]), span=self._span(meta))

    def effective(self, meta: Meta, c: Children) -> tree.Effective:
        return tree.Effective(self._day(c[0]), span=self._span(meta))

    def state(self, meta: Meta, c: Children) -> tree.StateLine:
        return tree.StateLine(str(c[0]), span=self._span(meta))

    def transition(self, meta: Meta, c: Children) -> tree.TransitionLine:
        return tree.TransitionLine(None, str(c[0]), span=self._span(meta))

    def straddling(self, meta: Meta, c: Children) -> tree.TransitionLine:
        return tree.TransitionLine(self._name(c[0]), str(c[1]), span=self._span(meta))
