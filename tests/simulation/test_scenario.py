"""What a scenario may say, and that every mistake in it is told, all at once, with what to do about it."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from simulation.small import SCENARIO, edited, made, ready

from hypolicy.diagnostics.refusal import Refusal
from hypolicy.diagnostics.render import render_text
from hypolicy.diagnostics.simulation_codes import SIMULATION_CODES
from hypolicy_simulator.chance.worlds import MIDDLE
from hypolicy_simulator.population.synthesis import synthesise
from hypolicy_simulator.scenario.domains import DAYS, NUMBERS, Labels

if TYPE_CHECKING:
    from hypolicy.diagnostics.diagnostic import Diagnostic

CASES: list[dict[str, Any]] = tomllib.loads((Path(__file__).parent / "bad.toml").read_text(encoding="utf-8"))[
    "case"
]


def told(path: Path) -> tuple[Diagnostic, ...]:
    """What is told of a scenario, up to its trainings."""
    with pytest.raises(Refusal) as refused:
        made(path)[2].trainings(0, MIDDLE)
    return refused.value.diagnostics


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_a_mistake_is_told(case: dict[str, Any], tmp_path: Path) -> None:
    found = told(edited(tmp_path, [(case["file"], case["find"], case["put"])]))
    said = render_text(found, color=False)
    assert sorted(d.code for d in found) == case["codes"], said
    assert case.get("says", "") in said


def test_the_place_of_a_mistake_is_its_line(tmp_path: Path) -> None:
    path = edited(tmp_path, [("情景.toml", 'from = "开班日期"\nplus', 'from = "开班曰期"\nplus')])
    span = told(path)[0].places[0].span
    line, column = span.source.position(span.start)
    assert path.read_text(encoding="utf-8").splitlines()[line - 1] == 'name = "结业日期"'
    assert column == 1


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    edits = [
        ("情景.toml", "seed = 7", "sead = 7"),
        ("县.csv", "甲县,300", "甲县,三百"),
        ("参训.csv", "40%", "400%"),
    ]
    assert sorted(d.code for d in told(edited(tmp_path, edits))) == ["HY712", "HY713", "HY718", "HY718"]


def test_every_name_has_its_domain() -> None:
    domains = ready(SCENARIO).domains
    assert domains["行业"] == Labels(("无", "农业", "工业"))
    assert domains["困难"] == Labels(("否", "是"))
    assert domains["工种"] == Labels(("电工", "焊工", "茶艺师"))
    assert domains["计划天数"] == NUMBERS
    assert domains["首签日期"] == domains["合同起始日期"] == DAYS


# Reached elsewhere: by commands, or by an environment that lacks a library.
ELSEWHERE = {
    "HY710",
    "HY734",
    "HY735",
    "HY738",
    *(f"HY{number}" for number in range(741, 761) if number != 749),
}


def test_every_code_has_a_case() -> None:
    reached = {code for case in CASES for code in case["codes"]}
    assert {code.number for code in SIMULATION_CODES} - reached == ELSEWHERE


def test_too_many_combinations_are_refused(tmp_path: Path) -> None:
    labels = ", ".join(f'"{name}"' for name in "甲乙丙丁戊己庚辛壬癸")
    more = "".join(f'[[dimension]]\nname = "维{n}"\nlabels = [{labels}]\n\n' for n in range(5))
    uses = "".join(f'\n[[impossible]]\nwhen = {{ "维{n}" = "甲" }}\nreason = "没有"\n' for n in range(5))
    path = edited(
        tmp_path, [("情景.toml", '[[dimension]]\nname = "县"', f'{more}[[dimension]]\nname = "县"')]
    )
    path.write_text(path.read_text(encoding="utf-8") + uses, encoding="utf-8")
    assert [d.code for d in told(path)] == ["HY734"]


def test_people_whom_no_file_counts_are_told(tmp_path: Path) -> None:
    path = edited(tmp_path, [("县.csv", "\n丙县,100,本测试,2026,假设,", "")])
    [found] = told(path)
    assert found.code == "HY738"
    assert "县为丙县、在职为否" in found.message


def test_a_scenario_that_is_not_there_is_told(tmp_path: Path) -> None:
    assert [d.code for d in told(tmp_path / "没有.toml")] == ["HY710"]


def test_no_solver_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "scipy.sparse", None)
    checked = ready(SCENARIO)
    with pytest.raises(Refusal) as refused:
        synthesise(checked, 12345)  # a seed for which no table is kept
    assert [d.code for d in refused.value.diagnostics] == ["HY735"]
