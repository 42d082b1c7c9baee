"""Worked cases, told: what each record of a case came to, and how."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hypolicy.rules.outcome import Decision, Settings
    from hypolicy.rules.trace import Trace
    from hypolicy.rules.tree import WorkedCase


@frozen
class ToldRecord:
    """One record: the trace of its items, and its checks, goals and computations by name."""

    trace: Trace
    figures: Mapping[str, Decision]


@frozen
class Story:
    """A worked case with what came of it under its settings; one record told for each record of the case."""

    case: WorkedCase
    settings: Settings
    records: tuple[ToldRecord, ...]
