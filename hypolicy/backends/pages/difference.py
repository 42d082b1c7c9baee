"""A difference as one page to read and to print: nothing is loaded from elsewhere, and nothing runs in it."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from hypolicy.backends.pages.templating import templates
from hypolicy.rules import difference_words, impact_words

if TYPE_CHECKING:
    from jinja2 import Template

    from hypolicy.rules.difference import Difference


def difference_page(told: Difference) -> str:
    """The whole page. Whatever comes from policies and data is escaped."""
    examples = any(effect.example is not None for change in told.changes for effect in change.effects)
    return _template().render(told=told, words=difference_words, data=impact_words, examples=examples)


@cache
def _template() -> Template:
    return templates("hypolicy.backends.pages").get_template("difference.html")
