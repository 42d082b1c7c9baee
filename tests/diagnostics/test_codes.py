"""A code is a promise: it has a number of its own, and words for a person."""

from __future__ import annotations

import re
from string import Formatter

from hypolicy.diagnostics.codes import CODES
from hypolicy.diagnostics.command_codes import COMMAND_CODES
from hypolicy.diagnostics.compile_codes import COMPILE_CODES
from hypolicy.diagnostics.data_codes import DATA_CODES
from hypolicy.diagnostics.language_codes import LANGUAGE_CODES
from hypolicy.diagnostics.simulation_codes import SIMULATION_CODES

ALL_CODES = (*LANGUAGE_CODES, *DATA_CODES, *COMPILE_CODES, *COMMAND_CODES, *SIMULATION_CODES)


def test_numbers_are_unique():
    numbers = [code.number for code in ALL_CODES]
    assert len(numbers) == len(set(numbers))
    assert set(numbers) == set(CODES)


def test_numbers_have_the_form_of_their_family():
    assert [code.number for code in ALL_CODES if not re.fullmatch(r"HY[1-9]\d\d", code.number)] == []


def test_every_code_has_a_sentence_that_ends():
    assert [code.number for code in ALL_CODES if not code.sentence.endswith("。")] == []


def test_every_code_says_what_to_do():
    assert [code.number for code in ALL_CODES if not code.help.strip()] == []


def test_facts_are_named():
    """A brace without a name in a sentence would only fail when a person makes the mistake."""
    for code in ALL_CODES:
        for text in (code.sentence, code.help):
            names = [name for _, name, _, _ in Formatter().parse(text) if name is not None]
            assert all(name.isidentifier() for name in names), code.number
