"""What a simulation says of readings and drafts, on the pages; results of other rules, or touched, are refused."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

import pytest
from pages.conftest import DRAFT, SMALL
from pages.reading import read

from hypolicy.cli.main import root
from hypolicy.publication import publish

if TYPE_CHECKING:
    from pathlib import Path

from click.testing import CliRunner

READINGS = (
    "口径,选项,默认,本次采用,人次,金额,人次差,金额差,机会误差\n"
    "备案,须备案,是,是,100,30000.00,0,0.00,0.00\n"
    "备案,不问,否,否,112,34560.50,12,4560.50,80.00\n"
)
COMPARISON = (
    "年度,区,补贴项目,资金来源,现行人次,现行金额,修订人次,修订金额,人次差,金额差\n"
    "2022,合计,生活补助,就业资金,100,30000.00,100,36000.00,0,6000.00\n"
    "2022,甲区,生活补助,就业资金,50,15000.00,50,18000.00,0,3000.00\n"
    "2022,合计,工种补贴,就业资金,10,8000.00,10,8000.00,0,0.00\n"
    "2022,合计,合计,就业资金,110,38000.00,110,44000.00,0,6000.00\n"
    "2022,合计,合计,合计,110,38000.00,110,44000.00,0,6000.00\n"
)


@pytest.fixture
def results(tmp_path: Path) -> Path:
    """A folder as `simulate` writes it: a record with the hashes of the rules and of what was made of them."""
    folder = tmp_path / "模拟"
    folder.mkdir()
    texts = {"readings.csv": READINGS, "comparison.csv": COMPARISON}
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    record = {
        "情景": "小镇情景",
        "政策": "小政发〔2020〕1号",
        "输入": {path.name: digest(path.read_bytes()) for path in SMALL.rglob("*") if path.is_file()},
        "输出": {name: digest(text.encode()) for name, text in texts.items()},
    }
    (folder / "run.json").write_text(json.dumps(record, ensure_ascii=False), encoding="utf-8")
    return folder


def drafted(results: Path) -> None:
    """As if the run had been made with the draft."""
    path = results / "run.json"
    record = json.loads(path.read_text(encoding="utf-8"))
    record["修订"] = [DRAFT.name]
    record["输入"][DRAFT.name] = digest(DRAFT.read_bytes())
    path.write_text(json.dumps(record, ensure_ascii=False), encoding="utf-8")


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def test_readings_tell_their_price(results: Path, tmp_path: Path) -> None:
    publish(SMALL, tmp_path / "site", simulation=results)
    text = read(tmp_path / "site" / "readings.html").article
    assert "按情景「小镇情景」模拟，各年合计" in text
    assert "不问 多支出4,560.50元，多12人次" in " ".join(text.replace("　", " ").split())


def test_a_draft_tells_what_it_costs(results: Path, tmp_path: Path) -> None:
    drafted(results)
    publish(SMALL, tmp_path / "site", simulation=results, amendments=[DRAFT])
    text = read(tmp_path / "site" / "changes/2022-09-01.html").article
    assert "2022生活补助30,000元36,000元＋6,000元" in text
    assert "2022合计38,000元44,000元＋6,000元" in text
    assert "甲区" not in text
    assert "15,000元" not in text
    assert "工种补贴8,000元" not in text


def refused(results: Path, tmp_path: Path, *options: str) -> str:
    arguments = ["docs", str(SMALL), "--out", str(tmp_path / "site"), "--simulation", str(results), *options]
    done = CliRunner().invoke(root, arguments)
    assert done.exit_code == 2
    assert not (tmp_path / "site").exists()
    return done.output


def test_a_folder_without_a_record_is_refused(results: Path, tmp_path: Path) -> None:
    (results / "run.json").unlink()
    assert "HY896" in refused(results, tmp_path)


def test_a_record_that_cannot_be_read_is_refused(results: Path, tmp_path: Path) -> None:
    (results / "run.json").write_text("[]", encoding="utf-8")
    assert "HY896" in refused(results, tmp_path)


@pytest.mark.parametrize("what", ["政策", "输入", "参数"])
def test_results_of_other_rules_are_refused(results: Path, tmp_path: Path, what: str) -> None:
    record = json.loads((results / "run.json").read_text(encoding="utf-8"))
    record[what] = {"政策": "别的文号", "输入": {"政策.hyp": "0" * 64}, "参数": ["日补助=36"]}[what]
    (results / "run.json").write_text(json.dumps(record), encoding="utf-8")
    assert "HY897" in refused(results, tmp_path)


def test_results_of_a_draft_are_not_those_of_the_rules(results: Path, tmp_path: Path) -> None:
    drafted(results)
    assert DRAFT.name in refused(results, tmp_path)


def test_results_without_a_draft_are_not_those_of_it(results: Path, tmp_path: Path) -> None:
    assert DRAFT.name in refused(results, tmp_path, "--amendment", str(DRAFT))


def test_results_that_were_touched_are_refused(results: Path, tmp_path: Path) -> None:
    (results / "readings.csv").write_text(READINGS.replace("4560.50", "0.50"), encoding="utf-8")
    told = refused(results, tmp_path)
    assert "HY898" in told
    assert "readings.csv" in told
