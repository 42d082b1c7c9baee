"""The grammar itself: one reading of every sentence, and the tables that are kept of it."""

from __future__ import annotations

from hypolicy.syntax.grammar import (
    grammar_file,
    kept_tables,
    parser_from_grammar,
    sentence_parser,
)


def test_no_sentence_has_two_readings() -> None:
    """Lark settles a shift/reduce conflict in silence, unless it is asked not to."""
    parser = parser_from_grammar(grammar_file().read_text(encoding="utf-8"), strict=True)
    assert {rule.origin.name for rule in parser.rules} == {
        rule.origin.name for rule in sentence_parser().rules
    }


def test_the_tables_beside_the_grammar_are_of_this_grammar() -> None:
    """Others would do no harm but to the time of every start."""
    assert kept_tables(grammar_file().read_text(encoding="utf-8")) is not None
