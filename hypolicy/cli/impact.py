"""What a change of the rules does to the records of a file: read, checked and decided under both policies."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

from attrs import frozen

from hypolicy.cli.batches import require_sound
from hypolicy.cli.console import COULD_NOT_RUN, tell
from hypolicy.cli.engines import Begun, Columns, Exact, Order, Outputs, begin
from hypolicy.cli.progress import progress
from hypolicy.diagnostics.refusal import Refusal
from hypolicy.records.batch import decide_batch
from hypolicy.records.checks import Checks, Screening
from hypolicy.records.impact import Results, compiled_results, exact_results, impact
from hypolicy.records.reading import ROOM, Records
from hypolicy.records.sources import sources_of
from hypolicy.rules.difference_words import AFTER, BEFORE
from hypolicy.rules.outcome import Settings

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from hypolicy.records.sources import Source
    from hypolicy.rules.difference import Impact, Renaming
    from hypolicy.rules.tree import Policy


@frozen
class Read:
    """Records that are sound under both policies, and ready to be decided."""

    name: str
    before: Begun
    after: Begun

    def impact(self, renamings: Iterable[Renaming]) -> Impact:
        return impact(self.name, _results(self.before), _results(self.after), renamings)


def read(before: Policy, after: Policy, data: Sequence[Path], encoding: str, engine: str) -> Read:
    """Ends the run with every fault where the records cannot be decided under one of the policies."""
    sources = sources_of(data)
    first = _begun(BEFORE, before, sources, encoding, engine)
    second = _begun(AFTER, after, sources, encoding, engine)
    name = data[0].name if len(data) == 1 else f"{data[0].name}等{len(data)}处数据"
    return Read(name, first, second)


def _begun(side: str, policy: Policy, sources: Sequence[Source], encoding: str, engine: str) -> Begun:
    """`side` says in a message which of the policies finds fault."""
    settings, kind = Settings(), policy.records[0]
    with progress() as bar, ExitStack() as stack:
        bar.stage(side)
        records = Records(kind, sources, encoding, ROOM, bar.advance)
        checks = Checks(records, Screening(kind, settings), ROOM)
        order = Order(policy, settings, checks, (), Outputs(None, None, None, None))
        try:
            begun = begin(engine, order, stack)
        except Refusal:
            tell(f"按{side}的政策读取数据：")
            raise
    if checks.faults:
        tell(f"按{side}的政策读取数据：")
        require_sound(checks, sources[0].path, (), COULD_NOT_RUN)
    return begun


def _results(begun: Begun) -> Results:
    match begun:
        case Exact(order=order, rows=rows):
            decided = decide_batch(order.policy, order.settings, order.policy.records[0], rows)
            return Results(order.policy, [exact_results(decided, rows)])
        case Columns(order=order, program=program, settled=settled):
            from hypolicy.records.bulk import Outcomes  # noqa: PLC0415 - a batch need not wait for it

            assert settled is not None
            outcomes = Outcomes(order.checks.records.again, program, settled).pieces()
            return Results(order.policy, (compiled_results(order.policy, *each) for each in outcomes))
        case _:
            raise AssertionError(begun)
