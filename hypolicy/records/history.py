"""The ledger entries of earlier runs, read back as history."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import evolve, frozen

from hypolicy.records.decode import Decoded, decode
from hypolicy.records.files import read_raw
from hypolicy.rules import tree
from hypolicy.rules.ledger import ledger_facts
from hypolicy.rules.outcome import Entry
from hypolicy.rules.types import MONEY, EnumType, Type

if TYPE_CHECKING:
    from pathlib import Path

ITEM = "补贴项目"
AMOUNT = "金额"


@frozen
class History:
    decoded: Decoded
    entries: tuple[Entry, ...]


def read_history(path: Path, policy: tree.Policy, encoding: str) -> History:
    """Entries as they stand. Faults are left in `decoded`; the entries are only good where there is none.

    Raises Refusal where the file cannot be read or lacks a column.
    """
    assert policy.ledger is not None
    always = {policy.ledger.year_date, *policy.ledger.order}
    facts = [
        evolve(fact, index=i, optional=fact.optional and fact not in always, column=fact.name)
        for i, fact in enumerate(ledger_facts(policy))
    ]
    items = EnumType(ITEM, tuple(benefit.name for benefit in policy.benefits))
    origin = facts[0].origin
    columns = (
        *facts,
        _column(ITEM, items, len(facts), origin),
        _column(AMOUNT, MONEY, len(facts) + 1, origin),
    )
    # An entry is a record and an item: no column alone is a key, so none is checked for repeats.
    no_key = _column("", items, -1, origin)
    decoded = decode(read_raw(path, encoding), tree.RecordKind("台账", no_key, columns, (), (), origin))
    if decoded.faults:
        return History(decoded, ())
    values = decoded.columns
    entries = []
    for row in range(decoded.height):
        fen = values[AMOUNT][row]
        assert fen is not None
        entry_facts = {fact.name: values[fact.name][row] for fact in facts}
        entries.append(Entry(str(values[ITEM][row]), entry_facts, int(fen * 100)))  # type: ignore[arg-type,operator]
    return History(decoded, tuple(entries))


def _column(name: str, kind: Type, index: int, origin: tree.Origin) -> tree.Fact:
    return tree.Fact(name, kind, index, "台账", False, "", False, False, "", "", origin)
