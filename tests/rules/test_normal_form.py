"""Two ways of writing have one form where they mean the same, and two forms where a record can tell them apart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from hypolicy.pipeline import load
from hypolicy.rules.normal_form import Forms

if TYPE_CHECKING:
    from pathlib import Path

    from hypolicy.rules.tree import Policy

WORLD: Final = """政策「试点」。
施行期：自2024年1月1日起至2025年12月31日止。
适用日：领证日。
汇总年度：领证日。
台账：
  归集「每人」：证件号。
  次序：领证日、申报号。
  台账年度：领证日。
记录「申报」：以申报号为键。
事实「申报号」：编号。
事实「证件号」：编号，个人信息。
枚举「等级」：由低到高，初级、中级、高级。
事实「甲级」：等级。
事实「乙级」：等级。
事实「领证日」：日期。
事实「开班日」：日期。
事实「甲数」：整数「天」。
事实「乙数」：整数「天」。
事实「甲率」：小数。
事实「学费」：金额。
事实「书费」：金额。
参数「定额」：自2024年1月1日起300元。
参数「变额」：自2024年1月1日起300元；自2025年1月1日起400元。
资金「专账」。
补贴「奖补」：
  发给：本人。
  资金：专账。
  条件：领证日在施行期内。
  金额：定额。
"""
SAME: Final = [
    ("甲数超过乙数", "乙数低于甲数"),
    ("甲数超过10天", "甲数不少于11天"),
    ("甲数不超过10天", "甲数少于11天"),
    ("（甲数＋乙数）超过10天", "（乙数＋甲数）超过10天"),
    ("（甲数－乙数）超过0天", "甲数超过乙数"),
    ("（甲数×2）超过21天", "甲数不少于11天"),
    ("（甲数×2）为21天", "（甲数×4）为42天"),
    ("学费不超过定额", "学费不超过300元"),
    ("较大者（学费、书费）超过100元", "较大者（书费、学费）超过100元"),
    ("甲级为乙级", "乙级为甲级"),
    ("甲级不为乙级", "乙级不为甲级"),
    ("甲级高于初级", "甲级属于中级、高级"),
    ("（开班日加1年）不早于领证日", "（开班日加12个月）不早于领证日"),
    ("（开班日加10天）早于领证日", "领证日晚于（开班日加10天）"),
]
DIFFERENT: Final = [
    ("甲数超过乙数", "甲数不少于乙数"),
    ("甲数超过10天", "甲数超过11天"),
    ("甲率超过10", "甲率不少于11"),
    ("甲率超过10", "甲率不少于10"),
    ("甲率不超过10", "甲率低于10"),
    ("（甲数×2）为21天", "（甲数×2）为22天"),
    ("（甲数×2）为21天", "（甲数×2）不为21天"),
    ("（甲数＋甲数）超过乙数", "甲数超过乙数"),
    ("学费不超过定额", "学费不超过变额"),
    ("学费不超过变额", "书费不超过变额"),
    ("较大者（学费、书费）超过100元", "较小者（学费、书费）超过100元"),
    ("较大者（学费、书费）超过100元", "较大者（学费、定额）超过100元"),
    ("（学费÷书费）超过200%", "（书费÷学费）超过200%"),
    ("甲级为乙级", "甲级不为乙级"),
    ("甲级高于乙级", "甲级不低于乙级"),
    ("甲级高于乙级", "乙级高于甲级"),
    ("（开班日加1年）不早于领证日", "（开班日加1个月）不早于领证日"),
]


@pytest.fixture(scope="module")
def policy(tmp_path_factory: pytest.TempPathFactory) -> Policy:
    folder: Path = tmp_path_factory.mktemp("试点")
    written = [f"概念「第{number}」：{text}。" for number, text in enumerate(_texts())]
    (folder / "政策.hyp").write_text(WORLD + "\n".join(written) + "\n", encoding="utf-8")
    return load(folder)


def _texts() -> list[str]:
    return [text for pair in (*SAME, *DIFFERENT) for text in pair]


def _forms(policy: Policy, place: int) -> tuple[int, int, int]:
    """Forms of both of a pair, and of the contrary of the first."""
    forms = Forms()
    one, other = (policy.concepts[2 * place + side].body for side in (0, 1))
    return forms.truth(one), forms.truth(other), forms.truth(one, holds=False)


@pytest.mark.parametrize("place", range(len(SAME)), ids=lambda place: "｜".join(SAME[place]))
def test_the_same_however_it_is_written(policy: Policy, place: int) -> None:
    one, other, contrary = _forms(policy, place)
    assert one == other != contrary


@pytest.mark.parametrize("place", range(len(DIFFERENT)), ids=lambda place: "｜".join(DIFFERENT[place]))
def test_what_a_record_can_tell_apart_differs(policy: Policy, place: int) -> None:
    one, other, _ = _forms(policy, len(SAME) + place)
    assert one != other
