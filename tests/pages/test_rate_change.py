"""Changing one rate changes every page that states it, and no other sentence anywhere."""

from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING

from attrs import evolve
from pages.conftest import HENGYANG, replace_in
from pages.reading import read

from hypolicy.backends.exact.stories import tell
from hypolicy.backends.pages.matter import Matter
from hypolicy.backends.pages.site import site
from hypolicy.pipeline import check_folder

if TYPE_CHECKING:
    from pathlib import Path

# Money as it is written, alone or by the day, and the day's rate as one says it.
MONEY = re.compile(r"每天[\d,.]+元|[\d,]+(?:\.\d+)?元(?:/天)?")


def pages_of(folder: Path) -> dict[str, str]:
    """The text of every page of a policy, its cases told but not compared with what they expect."""
    checked = check_folder(folder)
    assert checked.policy is not None
    policy = checked.policy
    stories = tuple(tell(policy, case) for case in policy.cases)
    # The rules as written are not told again: there the new rate is the one that was written.
    bare = evolve(policy, clauses=tuple(evolve(clause, passages=()) for clause in policy.clauses))
    made = site(Matter(bare, stories, checked.coverage, None, "0"))
    return {page.address: read(str(page.body)).text for page in made.pages}


def states(text: str, yuan: int) -> bool:
    """Whether a page states the daily rate; the official text, which says 每人每天, stays as it is."""
    return re.search(rf"(?<!每人)每天{yuan}元|(?<!\d){yuan}元/天", text) is not None


def test_one_rate(tmp_path: Path) -> None:
    changed = tmp_path / "改后"
    shutil.copytree(HENGYANG, changed)
    replace_in(changed / "七 生活费补贴.hyp", "起20元/天。", "起23元/天。")
    before, after = pages_of(HENGYANG), pages_of(changed)

    assert before.keys() == after.keys()
    stating = {address for address, text in before.items() if states(text, 20)}
    assert len(stating) > 10
    for address, text in after.items():
        assert not states(text, 20), address
        assert states(text, 23) == (address in stating), address
        assert MONEY.sub("元", text) == MONEY.sub("元", before[address]), address
    differing = {address for address in before if before[address] != after[address]}
    assert stating <= differing
    # What differs without stating the rate tells of a case that is paid by it.
    for address in differing - stating:
        assert "生活费补贴" in before[address], address
