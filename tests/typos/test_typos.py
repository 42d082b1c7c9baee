"""A slip of the hand is told, changes nothing, or makes another rule that was reviewed (tests/typos/valid).

A sample in every run, another one for each policy; `make typos` tries every slip.
"""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import pytest
from typos.known import known
from typos.slips import VALID, Proofreader, Verdict

if TYPE_CHECKING:
    from typos.slips import Slip, Window

POLICIES = Path(__file__).parents[2] / "policies"
# Slips judged in their windows, and by the whole check.
SAMPLES = {"hengyang-2019": (6_000, 8), "shenzhen-2024": (4_000, 12)}


@pytest.mark.parametrize("policy", SAMPLES)
def test_no_slip_changes_the_rules_in_silence(policy: str, tmp_path: Path) -> None:
    reader = Proofreader(POLICIES / policy, tmp_path)
    in_windows, whole = SAMPLES[policy]
    every = [(window, slip) for window in reader.windows for slip in reader.slips(window)]
    open_ = [
        (window, slip)
        for window, slip in Random(1).sample(every, in_windows)
        if reader.in_window(window, slip) is None
    ]
    assert open_, "some slips are for the whole check"
    silent = [unknown(reader, policy, *one) for one in open_[:whole]]
    assert [words for words in silent if words] == []


def unknown(reader: Proofreader, policy: str, window: Window, slip: Slip) -> str:
    """The slip, where it makes another rule that nobody has reviewed."""
    text = window.source.text
    if reader.in_folder(window.source, slip) is not Verdict.OTHER or slip.sort(text) in VALID:
        return ""
    line = f"{window.source.path}\t{slip.words(text)}"
    return "" if line in known(policy) else line


def test_windows_tell_what_the_whole_check_tells(tmp_path: Path) -> None:
    """What a window settles, the whole check settles alike."""
    reader = Proofreader(POLICIES / "shenzhen-2024", tmp_path)
    every = [(window, slip) for window in reader.windows for slip in reader.slips(window)]
    for window, slip in Random(2).sample(every, 40):
        settled = reader.in_window(window, slip)
        if settled is not None:
            assert reader.in_folder(window.source, slip) is settled, slip.words(window.source.text)
