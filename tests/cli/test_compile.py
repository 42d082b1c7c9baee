"""compile: the program that the rules become, and what cannot become one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from cli.running import POLICY, SMALL, run, small_policy

if TYPE_CHECKING:
    from pathlib import Path


def test_the_program_of_the_regulation_is_python_and_names_its_clauses() -> None:
    done = run("compile", POLICY)
    assert (done.code, done.err) == (0, "")
    compile(done.out, "rules", "exec")
    for words in (
        "# 六（二） 补贴「岗位技能提升培训补贴」",
        "# 等级：0 无等级，1 初级工",
        "# 六（四） 限制「培训补贴次数」：超过3次",
        "fen = 培训天数[i] * 20 * 100",
    ):
        assert words in done.out


def test_settings_are_compiled_in() -> None:
    done = run("compile", POLICY, "--set", "生活费日标准=25元/天", "--reading", "安全补贴封顶=每年")
    assert done.code == 0
    assert "fen = 培训天数[i] * 25 * 100" in done.out
    assert "spent_0" in done.out
    assert run("compile", POLICY, "--set", "生活费日标准=贵").code == 2


MORE = "事实「学费」：金额。\n事实「节数」：整数。\n补贴「生活费」："
TABLES = """事实「工种」：文本。
表「改名」（工种）的「新名」（文本）：自2020年1月1日起取自“改名.csv”。
表「标准」（工种）的「数额」（金额）：自2020年1月1日起取自“标准.csv”。
共同条件「期」：适用于生活费：发证日期在施行期内，不符称“期限外”。
补贴「生活费」："""
LEFT_OPEN = """参数「日标准」：由“财政局”规定，不超过30元/天。
共同条件「期」：适用于生活费：发证日期在施行期内。
补贴「生活费」："""
MANY = "，且".join(f"天数不等于{number}天" for number in range(2, 70))
REFUSED = {
    "HY850": (
        SMALL.partition("用例")[0].replace("补贴「生活费」：", MORE).replace("20元/天×天数", "学费×节数×节数")
        + "  取整到分，四舍五入。\n"
    ),
    "HY851": SMALL.partition("用例")[0].replace("  金额", f"  条件：{MANY}。\n  金额"),
    "HY852": (
        SMALL.partition("用例")[0]
        .replace("补贴「生活费」：", TABLES)
        .replace("20元/天×天数", "标准（改名（工种）的新名）的数额")
    ),
    "HY917": (
        SMALL.partition("用例")[0]
        .replace("补贴「生活费」：", LEFT_OPEN)
        .replace("20元/天×天数", "日标准×天数")
        + "  取整到分，四舍五入。\n"
    ),
}


@pytest.mark.parametrize("code", REFUSED)
def test_what_cannot_be_compiled_is_told_by_name(code: str, tmp_path: Path) -> None:
    policy = small_policy(tmp_path, REFUSED[code])
    (policy / "改名.csv").write_text("工种,新名\n电工,电\n", encoding="utf-8")
    (policy / "标准.csv").write_text("工种,数额\n电,100\n", encoding="utf-8")
    done = run("compile", policy)
    assert (done.code, done.out) == (2, "")
    assert f"错误 {code}：" in done.err
    assert "帮助：" in done.err


def test_a_bound_in_a_validation_makes_room(tmp_path: Path) -> None:
    bounds = "校验「太多」：节数不超过1000。\n校验「太贵」：学费不超过10万元。\n"
    text = REFUSED["HY850"].replace("补贴「生活费」：", f"{bounds}补贴「生活费」：")
    assert run("compile", small_policy(tmp_path, text)).code == 0
