"""Who is paid."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from hypolicy.rules.facts import is_given

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hypolicy.rules.tree import Benefit, Fact

PERSON: Final = "本人"


def payee(benefit: Benefit, record: Sequence[Any]) -> tuple[str, str]:
    """The kind of payee and its name: the first of those named who is given; the person, without a name, otherwise."""
    fact = payee_fact(benefit, record)
    return (fact.name, str(record[fact.index])) if fact is not None else (PERSON, "")


def payee_fact(benefit: Benefit, record: Sequence[Any]) -> Fact | None:
    """The fact that names the payee; None where it is the person."""
    for candidate in benefit.payees:
        if candidate.fact is None:
            break
        if is_given(record[candidate.fact.index]):
            return candidate.fact
    return None
