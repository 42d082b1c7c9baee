"""What a change does to records: the same as deciding all of them twice and subtracting, by either engine."""

from __future__ import annotations

import json
import os
import shutil
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from attrs import evolve
from click.testing import CliRunner
from docs.editing import edit
from docs.fences import ROOT
from wcwidth import wcswidth

from hypolicy.backends.exact.evaluate import Evaluator
from hypolicy.backends.pages.difference import difference_page
from hypolicy.cli.main import root
from hypolicy.pipeline import load
from hypolicy.records.batch import decide_batch, read_batch
from hypolicy.records.checks import Checks, Screening
from hypolicy.records.impact import Results, exact_results, impact
from hypolicy.records.reading import Records
from hypolicy.records.sources import sources_of
from hypolicy.rules.difference import Difference, Version
from hypolicy.rules.difference_text import difference_text
from hypolicy.rules.outcome import Settings, Status

if TYPE_CHECKING:
    from hypolicy.rules.tree import Policy

REGULATION = ROOT / "policies" / "hengyang-2019"
EVERY = 7
# What some lose, by a rate and by a limit of the ledger, and what others gain.
CHANGED = """--- 六 培训补贴.hyp
-参数「安全培训课时标准」：自2019年8月30日起5元/课时。
+参数「安全培训课时标准」：自2019年8月30日起4元/课时。
@@
-  每自然年享受不超过3次。
+  每自然年享受不超过1次。
"""
RATE = """--- 七 生活费补贴.hyp
-参数「生活费日标准」：自2019年8月30日起20元/天。
+参数「生活费日标准」：自2019年8月30日起20元/天；自2020年7月1日起30元/天。
"""


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("impact") / "修改后"
    shutil.copytree(REGULATION, folder)
    edit(folder, CHANGED)
    edit(folder, RATE)
    return folder


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Some of the example records, in two files."""
    folder = tmp_path_factory.mktemp("records")
    head, *lines = (REGULATION / "examples" / "records.csv").read_text(encoding="utf-8").splitlines()
    chosen = lines[::EVERY]
    paths = [folder / "上半.csv", folder / "下半.csv"]
    for path, part in zip(paths, (chosen[:100], chosen[100:]), strict=True):
        path.write_text("\n".join([head, *part]) + "\n", encoding="utf-8")
    return paths


def rows_of(policy: Policy, data: list[Path]) -> list[Any]:
    records = Records(policy.records[0], sources_of(data))
    return read_batch(Checks(records, Screening(policy.records[0], Settings())))


def counted(before: Path, after: Path, data: list[Path]) -> dict[str, dict[str, list[int]]]:
    """By kind of group and its name: granted before and after, fen before and after, more and less with their sums."""
    policies = [load(before), load(after)]
    rows = rows_of(policies[0], data)
    decided = [Evaluator(policy, Settings()).decide(rows).rows for policy in policies]
    county = next(fact for fact in policies[0].records[0].facts if fact.name == "县市区")
    out: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(lambda: [0] * 8))
    for row, *both in zip(rows, *decided, strict=True):
        groups: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
        for side, decisions in enumerate(both):
            for benefit, decision in zip(policies[side].benefits, decisions, strict=True):
                fen = decision.fen if decision.status is Status.GRANTED else 0
                clause = benefit.origin.clause
                for group in (
                    ("合计", "合计"),
                    ("按项目", benefit.name),
                    ("按条款", clause),
                    ("县市区", row[county.index]),
                ):
                    groups[group][side] += fen or 0
        for (kind, name), (old, new) in groups.items():
            sums = out[kind][name]
            more, less = max(new - old, 0), max(old - new, 0)
            added = [old > 0, new > 0, old, new, more > 0, more, less > 0, less]
            out[kind][name] = [one + another for one, another in zip(sums, added, strict=True)]
    return out


@pytest.fixture(scope="module")
def expected(changed: Path, data: list[Path]) -> dict[str, dict[str, list[int]]]:
    return counted(REGULATION, changed, data)


def fen(text: str) -> int:
    yuan, decimals = text.split(".")
    return int(yuan) * 100 + int(decimals)


def told(rows: list[dict[str, Any]]) -> dict[str, list[int]]:
    return {
        row["名称"]: [
            row["原准予"],
            row["现准予"],
            fen(row["原金额"]),
            fen(row["现金额"]),
            row["增加人次"],
            fen(row["增加金额"]),
            row["减少人次"],
            fen(row["减少金额"]),
        ]
        for row in rows
    }


@pytest.mark.parametrize("engine", ["exact", "columns"])
def test_the_same_as_deciding_twice_and_subtracting(
    engine: str, changed: Path, data: list[Path], expected: dict[str, dict[str, list[int]]]
) -> None:
    asked = ["diff", str(REGULATION), str(changed), "--format", "json", "--engine", engine]
    done = CliRunner().invoke(root, [*asked, *(word for path in data for word in ("--data", str(path)))])
    assert done.exit_code == 1, done.stderr
    said = json.loads(done.stdout)["数据影响"]
    assert said["记录数"] == len(rows_of(load(REGULATION), data))
    assert told([said["合计"]]) == expected["合计"]
    assert said["合计"]["增加人次"] > 0
    assert said["合计"]["减少人次"] > 0
    assert told(said["按项目"]) == expected["按项目"]
    assert told(said["按条款"]) == expected["按条款"]
    assert told(said["按汇总维度"]["县市区"]) == expected["县市区"]
    assert said["示例数据"] == ["补贴标准目录"]
    lost = sum(move["人次"] for move in said["结果变化"] if move["原结果"] == "准予")
    assert lost == sum(row[0] - row[1] for row in expected["按项目"].values()) > 0


def test_text_and_page_say_the_sums(
    changed: Path, data: list[Path], expected: dict[str, dict[str, list[int]]]
) -> None:
    results = []
    for folder in (REGULATION, changed):
        policy = load(folder)
        rows = rows_of(policy, data)
        decided = decide_batch(policy, Settings(), policy.records[0], rows)
        results.append(Results(policy, [exact_results(decided, rows)]))
    version = Version("方案", "1号")
    shown = Difference(version, version, (), (), (), impact("一批.csv", *results, ()))
    sums = expected["合计"]["合计"]
    for text in (difference_text(shown, 120), difference_text(shown, 60), difference_page(shown)):
        assert f"{sums[4]}条增加" in text
        assert f"{sums[6]}条减少" in text
        assert "补贴标准目录" in text
        assert "雁峰区" in text
        assert "生活费补贴" in text
    assert max(map(wcswidth, difference_text(shown, 60).splitlines())) <= 60
    golden = Path(__file__).with_name("impact.txt")
    if os.environ.get("HYPOLICY_GOLDEN") == "write":
        golden.write_text(difference_text(shown, 120), encoding="utf-8")
    assert difference_text(shown, 120) == golden.read_text(encoding="utf-8")


def test_personal_values_are_no_groups(data: list[Path]) -> None:
    policy = load(REGULATION)
    rows = rows_of(policy, data)
    decided = decide_batch(policy, Settings(), policy.records[0], rows)
    hidden = evolve(policy, dimensions=tuple(evolve(fact, personal=True) for fact in policy.dimensions))
    shown = [Results(each, [exact_results(evolve(decided, policy=each), rows)]) for each in (policy, hidden)]
    assert [name for name, _ in impact("甲", shown[0], shown[0], ()).dimensions] == ["县市区"]
    assert impact("甲", shown[1], shown[1], ()).dimensions == ()


def test_faulty_records_cannot_be_compared(changed: Path, data: list[Path], tmp_path: Path) -> None:
    faulty = tmp_path / "一批.csv"
    faulty.write_text(data[0].read_text(encoding="utf-8").replace("2020-", "2020/", 1), encoding="utf-8")
    done = CliRunner().invoke(root, ["diff", str(REGULATION), str(changed), "--data", str(faulty)])
    assert done.exit_code == 2
    assert "按修改前的政策读取数据：" in done.stderr
    assert not done.stdout
    done = CliRunner().invoke(
        root, ["diff", str(REGULATION), str(changed), "--data", str(data[0]), "--out", str(data[0])]
    )
    assert done.exit_code == 2
    assert "HY914" in done.stderr


def test_a_new_column_is_asked_for(data: list[Path], tmp_path: Path) -> None:
    folder = tmp_path / "修改后"
    shutil.copytree(REGULATION, folder)
    edit(folder, "--- 词汇.hyp\n 分组「用人单位」。\n+事实「小微企业」：文本，可空（“不在名录中”）。\n")
    done = CliRunner().invoke(root, ["diff", str(REGULATION), str(folder), "--data", str(data[0])])
    assert done.exit_code == 2
    assert "按修改后的政策读取数据：" in done.stderr
    assert "小微企业" in done.stderr
