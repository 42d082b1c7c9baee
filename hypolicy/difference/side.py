"""One of the two policies that are compared, or the first with a single change in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from attrs import field, frozen

from hypolicy.difference.align import Matches
from hypolicy.rules.outcome import Settings

if TYPE_CHECKING:
    from hypolicy.rules import tree
    from hypolicy.rules.normal_form import Forms

Readings = Mapping[str, str]


@frozen
class Side:
    """`matches` says what things are called in the first policy; items, readings and options are told by these names.

    `defaults` are the options of readings that count as chosen where nothing is said.
    """

    policy: tree.Policy
    forms: Forms
    matches: Matches = field(factory=Matches)
    defaults: Readings = field(factory=dict)

    def benefit(self, name: str) -> tree.Benefit | None:
        return next((one for one in self.policy.benefits if self.matches.item(one.name) == name), None)

    def called(self, reading: str) -> str:
        """What a reading of this policy is called in the first."""
        return self.matches.readings[reading].name if reading in self.matches.readings else reading

    def options(self, chosen: Readings) -> dict[str, str]:
        """The readings of this policy in its own words: as chosen, and otherwise their default here."""
        out = {}
        for reading in self.policy.readings:
            name = self.called(reading.name)
            option = chosen.get(name) or self.defaults.get(name, reading.default)
            own = self.matches.option_back(reading.name, option)
            out[reading.name] = own if own in reading.options else reading.default
        return out

    def settings(self, chosen: Readings) -> Settings:
        return Settings(self.options(chosen))
