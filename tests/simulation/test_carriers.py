"""What a run hands over: every figure is the same wherever it stands, and nothing runs or asks for the network."""

from __future__ import annotations

import json
import re
from collections import Counter
from decimal import Decimal
from hashlib import sha256
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Final
from zipfile import ZipFile

import polars as pl
import pytest
from attrs import frozen
from browser.chromium import AXE, new_page
from cli.running import run
from simulation.small import SCENARIO, SMALL, edited
from simulation.soffice import SOFFICE, Cell, cells, recalculated

from hypolicy_simulator import pipeline
from hypolicy_simulator.answers.columns import Holds, holds
from hypolicy_simulator.workbook.check import ALL_AGREE, DIFFERS

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser

RISE: Final = SMALL / "修订" / "提高.hyp"
HOSTILE: Final = """=HYPERLINK("http://x.invalid","点") <script>alert(1)</script> & '「"""
ILLUSTRATIVE: Final = (
    (
        "表「标准」（工种）：“电工”800元；“焊工”1000元。",
        "表「标准」（工种）的「标准额」（金额）：自2020年1月1日起取自“标准.csv”。",
    ),
    ("金额：标准（工种）。", "金额：标准（工种）的标准额。"),
)
FORMULAS: Final = ("=1+1", "+1", "-1+1", "@SUM(A1)")
Place = tuple[str, str]


class Page(HTMLParser):
    """What the report has: its tables by caption, exact amounts where they are; its texts, tags and addresses."""

    def __init__(self) -> None:
        super().__init__()
        self.tables: dict[str, list[list[str]]] = {}
        self.tags: Counter[str] = Counter()
        self.addresses: list[str] = []
        self.texts: list[str] = []
        self._caption = self._row = self._exact = False
        self._rows: list[list[str]] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        known = dict(attributes)
        self.addresses += [
            known[name] or "" for name in ("href", "src", "xlink:href", "action") if name in known
        ]
        match tag:
            case "table":
                self._rows = []
            case "caption":
                self._caption = True
            case "span":
                self._caption = False
            case "tr":
                self._rows.append([])
            case "td" | "th":
                self._rows[-1].append("")
                self._row = True
            case "data":
                self._exact = True
                if self._row:
                    self._rows[-1][-1] = known["value"] or ""

    def handle_endtag(self, tag: str) -> None:
        self._caption &= tag != "caption"
        self._row &= tag not in ("td", "th")
        self._exact &= tag != "data"

    def handle_data(self, data: str) -> None:
        self.texts.append(data)
        if self._caption:
            self.tables[data] = self._rows
        elif self._row and not self._exact:
            self._rows[-1][-1] += data

    def column(self, caption: str, header: str) -> list[str]:
        head, *rows = self.tables[caption]
        return [row[head.index(header)] for row in rows]


@frozen
class Carried:
    """A run of the limited scenario with an amendment, whose name is hostile."""

    out: Path
    scenario: Path
    cells: dict[Place, Cell]
    page: Page

    def table(self, name: str) -> pl.DataFrame:
        return pl.read_csv(self.out / f"{name}.csv", infer_schema=False)

    @property
    def total(self) -> Decimal:
        return sum(map(Decimal, self.table("budget")["金额"]), Decimal(0))

    def sheet(self, name: str) -> dict[str, Cell]:
        return {place: cell for (sheet, place), cell in self.cells.items() if sheet == name}


@pytest.fixture(scope="module")
def carried(tmp_path_factory: pytest.TempPathFactory) -> Carried:
    folder = tmp_path_factory.mktemp("carried")
    name = json.dumps(HOSTILE, ensure_ascii=False)
    about = json.dumps(FORMULAS[0])
    path = edited(
        folder,
        [
            ("限额.toml", 'name = "限额"', f"name = {name}\nabout = {about}"),
            ("县.csv", "本测试", FORMULAS[3]),
        ],
    ).with_name("限额.toml")
    out = folder / "out"
    done = run("simulate", path, "--out", out, "--replicates", 20, "--amendment", RISE)
    assert done.code == 0, done.err
    page = Page()
    page.feed((out / "report.html").read_text(encoding="utf-8"))
    return Carried(out, path, cells(out / "budget.xlsx"), page)


# --- money ------------------------------------------------------------------------------------------------------


def test_money_adds_up_on_every_carrier(carried: Carried) -> None:
    summary = carried.table("summary").filter(pl.all_horizontal(pl.exclude("人次", "金额") == "合计"))
    assert [Decimal(amount) for amount in summary["金额"]] == [carried.total]
    kept = json.loads((carried.out / "results.json").read_text(encoding="utf-8"))["表"]
    assert sum(Decimal(row["金额"]) for row in kept["budget"]) == carried.total
    assert sum(map(Decimal, carried.table("cash_flow")["应付"])) == carried.total


def test_the_detail_is_the_budget_with_its_intervals(carried: Carried) -> None:
    budget, intervals = carried.table("budget"), carried.table("intervals").filter(指标="金额")
    names = budget.columns[:-2]
    wide = rows_of(carried.sheet("明细"))
    header = next(row for row in wide if row[:1] == ["年度"])
    detail = wide[wide.index(header) + 1 :]
    assert len(detail) == budget.height
    for row, cell in zip(detail, budget.rows(named=True), strict=True):
        shown = dict(zip(header, row, strict=True))
        for name in budget.columns:
            value = shown[name]
            assert value == cell[name] or Decimal(str(value)) == Decimal(cell[name]), name
        for kind in ("机会", "假设"):
            of_cell = intervals.filter(pl.col(name) == cell[name] for name in names)
            [known] = of_cell.filter(不确定性=kind).rows(named=True)
            assert Decimal(str(shown[f"{kind}下限"])) == Decimal(known["P5"])
            assert Decimal(str(shown[f"{kind}上限"])) == Decimal(known["P95"])


def test_formulas_have_the_sums_of_the_engine(carried: Carried) -> None:
    summary = carried.table("summary")
    by_item = rows_of(carried.sheet("支出汇总"))
    [start, _] = [number for number, row in enumerate(by_item) if row[:2] == ["补贴项目", "资金来源"]][1:]
    header = by_item[start]
    for row in by_item[start + 1 :]:
        if row[:1] == ["人次"] or len(row) < len(header):
            break
        for year, amount in zip(header[2:], row[2:], strict=True):
            wanted = {
                "年度": str(year).removesuffix("年"),
                "县": "合计",
                "补贴项目": row[0],
                "资金来源": row[1],
            }
            [known] = summary.filter(pl.col(name) == label for name, label in wanted.items())["金额"]
            assert Decimal(str(amount)) == Decimal(known)


def test_the_report_has_the_same_money(carried: Carried) -> None:
    *_, by_item = carried.page.column("支出，按补贴项目和资金", "合计")
    assert Decimal(by_item) == carried.total
    for caption, header in (("支出，按县", "合计"), ("每月应付，按资金", "补助")):
        assert carried.page.column(caption, header), caption
    *counties, whole = carried.page.column("支出，按县", "合计")
    assert sum(map(Decimal, counties)) == Decimal(whole) == carried.total
    months = [carried.page.column("每月应付，按资金", fund) for fund in ("专户", "补助")]
    assert sum(Decimal(amount) for month in months for amount in month) == carried.total
    shares = carried.page.column("各条款的支出，各年合计", "分担的支出")
    assert sum(map(Decimal, shares)) == carried.total
    changes = carried.page.column("修订与现行的支出", "增减")
    assert sum(map(Decimal, changes[:-1])) == Decimal(changes[-1]) > 0


def test_every_amount_of_the_report_is_one_of_the_tables(carried: Carried) -> None:
    """None of them was computed for the report."""
    known = {
        Decimal(value)
        for path in carried.out.glob("*.csv")
        for column in carried.table(path.stem)
        for value in column
        if value and re.fullmatch(r"-?\d+\.\d\d", value)
    }
    page = (carried.out / "report.html").read_text(encoding="utf-8")
    shown = {Decimal(value) for value in re.findall(r'<data value="([^"]*)"', page)}
    assert len(shown) > 50
    assert shown - known <= {Decimal("0.00")}


def rows_of(sheet: dict[str, Cell]) -> list[list[str | float | None]]:
    """A sheet by rows, from the top; what a cell of a formula shows is its stored value."""
    rows: dict[int, list[str | float | None]] = {}
    for place, cell in sheet.items():
        rows.setdefault(int(re.sub("[A-Z]", "", place)), []).append(cell.value)
    return [rows[number] for number in sorted(rows)]


def test_the_workbook_finds_that_all_agrees(carried: Carried) -> None:
    found = [cell.value for cell in carried.sheet("校验").values()]
    assert ALL_AGREE in found
    assert DIFFERS not in found


@pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not installed")
def test_libreoffice_calculates_the_same_to_the_fen(carried: Carried, tmp_path: Path) -> None:
    """And that it calculates at all: where the detail was changed, the workbook no longer agrees with itself."""
    book, changed = carried.out / "budget.xlsx", tmp_path / "changed.xlsx"
    change_detail(book, changed, list(dict.fromkeys(sheet for sheet, _ in carried.cells)))
    again, other = map(cells, recalculated(tmp_path, book, changed))
    live = {place: cell for place, cell in carried.cells.items() if cell.formula}
    assert len(live) > 150
    for place, cell in live.items():
        now = again[place].value
        if isinstance(cell.value, float) and "/" in cell.formula:
            assert now == pytest.approx(cell.value, rel=1e-12), place
        else:
            assert (now or "") == (cell.value or ""), (place, cell)
    assert DIFFERS in [cell.value for (sheet, _), cell in other.items() if sheet == "校验"]


def change_detail(book: Path, changed: Path, sheets: list[str]) -> None:
    """A copy of a workbook whose first amount of the detail is a fen."""
    part = f"xl/worksheets/sheet{sheets.index('明细') + 1}.xml"
    with ZipFile(book) as old, ZipFile(changed, "w") as new:
        for name in old.namelist():
            content = old.read(name).decode()
            if name == part:
                content, count = re.subn(r'(<c r="F\d+" s="\d+"><v>)[0-9.]+', r"\g<1>0.01", content, count=1)
                assert count == 1
            new.writestr(name, content)


# --- what they say ----------------------------------------------------------------------------------------------


def test_every_figure_of_a_table_is_one_in_the_workbook(carried: Carried) -> None:
    """A column of figures that nobody has said what it holds would be shown as texts."""
    texts = {
        "年度",
        "开班年度",
        "拨付年度",
        "用完月份",
        "日期",
        "数",
        "采用",
        "换算比例",
        "比例",
        "预算科目",
        "月份",
    }
    for path in carried.out.glob("*.csv"):
        table = carried.table(path.stem)
        for column in table.columns:
            some = [value for value in table[column] if value]
            if some and all(re.fullmatch(r"-?\d+(\.\d+)?", value) for value in some):
                assert column in texts or holds(path.name, column) is not Holds.TEXT, (path.name, column)


@pytest.mark.parametrize("width", [390, 1280])
def test_everybody_can_read_the_report(carried: Carried, browser: Browser, width: int) -> None:
    """It is no wider than a screen, asks for nothing but itself, and axe finds nothing in it, light or dark."""
    scheme = "dark" if width == 390 else "light"
    viewport = {"width": width, "height": 900}
    with new_page(browser, viewport=viewport, color_scheme=scheme, bypass_csp=True) as (page, asked, wrong):
        page.goto((carried.out / "report.html").as_uri())
        page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
        assert page.evaluate("document.documentElement.scrollWidth") == width
        assert len(asked) == 1
        assert wrong == []
        if AXE.is_file():
            page.add_script_tag(path=AXE)
            found = page.evaluate("axe.run().then((all) => all.violations.map((one) => one.id))")
            assert found == []


def test_texts_stay_texts(carried: Carried) -> None:
    for cell in carried.cells.values():
        if isinstance(cell.value, str) and cell.value.startswith(("=", "+", "-", "@")):
            assert not cell.formula
    assert any(cell.value == f"{HOSTILE}　支出测算" for cell in carried.cells.values())
    assert any(cell.value == FORMULAS[3] for cell in carried.cells.values())
    assert f"{HOSTILE}　支出测算" in carried.page.texts
    assert "<script>alert" not in (carried.out / "report.html").read_text(encoding="utf-8")


def test_nothing_is_asked_for_from_elsewhere(carried: Carried) -> None:
    assert not carried.page.tags.keys() & {
        "script",
        "link",
        "img",
        "iframe",
        "object",
        "embed",
        "form",
        "base",
    }
    assert carried.page.addresses
    assert all(address.startswith("#") for address in carried.page.addresses)
    style = (carried.out / "report.html").read_text(encoding="utf-8")
    style = style.partition("<style>")[2].partition("</style>")[0]
    assert not re.search(r"url\(|@import|https?:", style)
    with ZipFile(carried.out / "budget.xlsx") as parts:
        assert not [name for name in parts.namelist() if "external" in name.casefold()]
        for name in parts.namelist():
            if name.endswith(".rels"):
                assert b'TargetMode="External"' not in parts.read(name)


def test_assumptions_and_illustrative_data_are_told(carried: Carried) -> None:
    front = " ".join(str(cell.value) for cell in carried.sheet("封面").values())
    count = carried.table("assumptions").filter(pl.col("性质") == "假设").height
    for said in (front, "".join(carried.page.texts)):
        assert f"假设{count}个" in said
        assert "不是官方数据" in said


# --- files ------------------------------------------------------------------------------------------------------


def test_the_same_run_makes_the_same_bytes(tmp_path: Path) -> None:
    first, second = (simulated(tmp_path / name) for name in "ab")
    assert first == second
    kept = json.loads(first["run.json"])["输出"]
    for name in pipeline.CARRIERS:
        assert kept[name] == sha256(first[name]).hexdigest()


def simulated(out: Path) -> dict[str, bytes]:
    done = run("simulate", SCENARIO, "--out", out, "--quick", "--replicates", 2)
    assert done.code == 0, done.err
    return {path.name: path.read_bytes() for path in out.iterdir()}


def test_a_carrier_that_fails_leaves_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setitem(pipeline.CARRIERS, "budget.xlsx", stopped)
    assert run("simulate", SCENARIO, "--out", tmp_path, "--quick").code == 130
    assert not [path.name for path in tmp_path.iterdir() if not path.name.startswith(".")]


def test_illustrative_tables_are_named_on_each(tmp_path: Path) -> None:
    """A table whose data is marked 示例 is named where people look first."""
    policy = (SMALL / "政策" / "政策.hyp").read_text(encoding="utf-8")
    for found, put in ILLUSTRATIVE:
        assert found in policy
        policy = policy.replace(found, put)
    folder = tmp_path / "政策"
    folder.mkdir()
    (folder / "政策.hyp").write_text(policy, encoding="utf-8")
    (folder / "标准.csv").write_text(
        "工种,标准额,数据性质\n电工,800,示例\n焊工,1000,示例\n", encoding="utf-8"
    )
    scenario = edited(tmp_path, [])
    text = scenario.read_text(encoding="utf-8")
    scenario.write_text(re.sub('policy = "[^"]*"', 'policy = "../政策"', text), encoding="utf-8")
    out = tmp_path / "out"
    done = run("simulate", scenario, "--out", out, "--quick")
    assert done.code == 0, done.err
    said = "「标准」是示例数据，不是官方标准，金额仅供演示。"
    assert said in (out / "report.html").read_text(encoding="utf-8")
    assert any(
        said in str(cell.value) for (sheet, _), cell in cells(out / "budget.xlsx").items() if sheet == "封面"
    )
    assert said in json.loads((out / "results.json").read_text(encoding="utf-8"))["注意"]
