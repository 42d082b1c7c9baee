"""Two ways of writing have one form where they mean the same, and two forms where a record can tell them apart."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, Final

import pytest

from hypolicy.pipeline import load
from hypolicy.rules.normal_form import Forms, Interner, constant_of, plus, steps, times, with_value

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
事实「生日」：日期。
事实「止日」：日期，可空（“没有终止”）。
事实「工种」：文本。
事实「原工种」：文本。
事实「贫困」：是否。
事实「备案」：是否。
参数「定额」：自2024年1月1日起300元。
参数「变额」：自2024年1月1日起300元；自2025年1月1日起400元。
参数「不变额」：自2024年1月1日起300元；自2025年1月1日起300元。
参数「市额」：由“市局”规定，不超过500元。
参数「省额」：由“省厅”规定，不超过500元。
参数「高额」：由“市局”规定，不超过600元。
表「标准」（甲级）的「日额」（金额）、「紧缺」（是否）：自2024年1月1日起：初级20元，否；中级30元，是；高级40元，是。
表「新标准」（甲级）的「日额」（金额）、「紧缺」（是否）：
  自2024年1月1日起：初级20元，否；中级30元，是；高级40元，是；
  自2025年1月1日起：初级20元，否；中级30元，是；高级45元，是。
表「同标准」（甲级）的「日额」（金额）、「紧缺」（是否）：
  自2024年1月1日起：初级20元，否；中级30元，是；高级40元，是；
  自2025年1月1日起：高级40元，是；中级30元，是；初级20元，否。
表「名单」（工种）：“电工”、“焊工”。
表「档」（甲级）：初级、中级。
表「变动名单」（工种）：自2024年1月1日起：“电工”、“焊工”；自2025年1月1日起：“电工”。
口径「读法」：默认「甲」，另可「乙」。
  理由：“试点”。
概念「按读法」：按口径「读法」：「甲」指贫困；「乙」指备案。
概念「都一样」：按口径「读法」：「甲」指贫困；「乙」指贫困为是。
概念「读数」：按口径「读法」：「甲」指学费；「乙」指书费。
概念「读数另一法」：按口径「读法」：「甲」指书费；「乙」指学费。
表「文标准」（工种）的「月额」（金额）：自2024年1月1日起：“电工”20元；“焊工”30元。
概念「工种名」：工种。
概念「电工名」：“电工”。
概念「读工种」：按口径「读法」：「甲」指工种；「乙」指原工种。
概念「半数」：按口径「读法」：「甲」指甲数；「乙」指甲数÷2。
概念「整天数」：按口径「读法」：「甲」指甲数；「乙」指乙数。
概念「同数」：按口径「读法」：「甲」指学费；「乙」指学费×1。
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
    ("贫困为是", "贫困"),
    ("贫困为否", "非贫困"),
    ("贫困不为是", "非贫困"),
    ("贫困为备案", "备案为贫困"),
    ("贫困且贫困", "贫困"),
    ("贫困且（备案且甲数超过1天）", "（甲数超过1天且备案）且贫困"),
    ("非（贫困且备案）", "（非备案）或（非贫困）"),
    ("非（贫困或备案）", "（非备案）且（非贫困）"),
    ("贫困或（非贫困）", "一律符合"),
    ("贫困且（非贫困）", "一律不符"),
    ("贫困且一律符合", "贫困"),
    ("贫困或一律不符", "贫困"),
    ("贫困或一律符合", "一律符合"),
    ("甲级属于初级、中级、高级", "一律符合"),
    ("甲级属于初级、中级且甲级属于中级、高级", "甲级为中级"),
    ("甲级为初级且甲级为中级", "一律不符"),
    ("甲级为初级或甲级为中级", "甲级不为高级"),
    ("甲级不属于初级", "甲级属于中级、高级"),
    ("工种为“电工”或工种为“焊工”", "工种属于“焊工”、“电工”"),
    ("“电工”为工种", "工种为“电工”"),
    ("工种不为“电工”", "工种不属于“电工”"),
    ("工种在名单中", "工种属于“焊工”、“电工”"),
    ("甲级在档中", "甲级不为高级"),
    ("工种不在变动名单中", "非（工种在变动名单中）"),
    ("领证日在施行期内", "领证日不早于2024年1月1日且领证日不晚于2025年12月31日"),
    ("领证日不在施行期内", "领证日早于2024年1月1日或领证日晚于2025年12月31日"),
    ("领证日在开班日起30天内", "领证日不早于开班日且领证日不晚于（开班日加30天）"),
    ("自开班日起至领证日止不少于1年", "自开班日起至领证日止不少于12个月"),
    ("自开班日起至领证日止超过30天", "（开班日加30天）早于（领证日加1天）"),
    ("周岁数（生日、领证日）不少于16周岁", "（生日加16年）不晚于领证日"),
    ("周岁数（生日、领证日）不满16周岁", "（生日加16年）晚于领证日"),
    ("周岁数（生日、领证日）超过15周岁", "周岁数（生日、领证日）不少于16周岁"),
    ("周岁数（生日、领证日）不超过15周岁", "周岁数（生日、领证日）不满16周岁"),
    ("16周岁不超过周岁数（生日、领证日）", "周岁数（生日、领证日）不少于16周岁"),
    ("周岁数（生日、领证日）不满0周岁", "一律不符"),
    ("周岁数（生日、领证日）不少于0周岁", "一律符合"),
    ("（学费÷2）超过50元", "学费超过100元"),
    ("（学费－书费）为0元", "书费为学费"),
    ("（0元－学费）不少于（0元－100元）", "学费不超过100元"),
    ("100元不少于学费", "学费不超过100元"),
    ("（学费－学费＋1元）超过0元", "一律符合"),
    ("学费不超过不变额", "学费不超过300元"),
    ("（（学费＋1元）×（甲率＋1））超过0元", "（学费×甲率＋甲率×1元＋学费＋1元）超过0元"),
    ("（甲数×3）为10天", "一律不符"),
    ("（甲数×3）不为10天", "一律符合"),
    ("同标准（甲级）的日额超过20元", "标准（甲级）的日额超过20元"),
    ("都一样", "贫困"),
    ("同数超过1元", "学费超过1元"),
    ("没有止日", "非有止日"),
    ("工种名为“电工”", "工种为“电工”"),
    ("文标准（电工名）的月额超过20元", "文标准（“电工”）的月额超过20元"),
    ("整天数超过10天", "整天数不少于11天"),
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
    ("贫困且备案", "贫困或备案"),
    ("贫困为备案", "贫困不为备案"),
    ("按读法", "贫困"),
    ("读数超过1元", "读数另一法超过1元"),
    ("读数超过1元", "学费超过1元"),
    ("甲级属于初级、中级", "甲级属于中级、高级"),
    ("甲级为初级且贫困", "甲级为初级"),
    ("工种属于“焊工”、“电工”", "工种不属于“焊工”、“电工”"),
    ("工种在名单中", "工种在变动名单中"),
    ("有止日", "没有止日"),
    ("（学费×学费）超过（1元×1元）", "（学费×书费）超过（1元×1元）"),
    ("学费不超过市额", "学费不超过省额"),
    ("学费不超过市额", "学费不超过高额"),
    ("标准（甲级）的日额超过20元", "标准（乙级）的日额超过20元"),
    ("标准（甲级）的日额超过20元", "新标准（甲级）的日额超过20元"),
    ("标准（甲级）的紧缺", "标准（乙级）的紧缺"),
    ("周岁数（生日、领证日）不少于16周岁", "周岁数（生日、领证日）超过16周岁"),
    ("周岁数（生日、领证日）为16周岁", "周岁数（生日、领证日）不少于16周岁"),
    ("自开班日起至领证日止超过30天", "自开班日起至领证日止不少于30天"),
    ("领证日在开班日起30天内", "领证日在开班日起1个月内"),
    ("学费不超过100元", "学费不超过100.01元"),
    ("读工种为“电工”", "工种为“电工”"),
    ("文标准（工种）的月额超过20元", "文标准（原工种）的月额超过20元"),
    ("文标准（“焊工”）的月额超过20元", "文标准（“电工”）的月额超过20元"),
    ("半数超过10天", "半数不少于11天"),
    ("较大者（学费＋书费、100元）超过200元", "较大者（学费、100元）超过200元"),
    ("较大者（学费＋书费、100元）超过200元", "较大者（书费、100元）超过200元"),
    ("较大者（学费×2、100元）超过200元", "较大者（学费、100元）超过200元"),
    ("较大者（学费×甲率、100元）超过200元", "较大者（学费、100元）超过200元"),
    ("较大者（学费×甲率、100元）超过200元", "较大者（学费×甲率、100.50元）超过200元"),
]


def write_world(folder: Path) -> Policy:
    """A policy that has every text as a concept, 第0 and so on."""
    written = [f"概念「第{number}」：{text}。" for number, text in enumerate(_texts())]
    (folder / "政策.hyp").write_text(WORLD + "\n".join(written) + "\n", encoding="utf-8")
    return load(folder)


@pytest.fixture(scope="module")
def policy(tmp_path_factory: pytest.TempPathFactory) -> Policy:
    return write_world(tmp_path_factory.mktemp("试点"))


def _texts() -> list[str]:
    return [text for pair in (*SAME, *DIFFERENT) for text in pair]


def _forms(policy: Policy, place: int) -> tuple[int, int, int]:
    """Forms of both of a pair, and of the contrary of the first."""
    forms = Forms()
    bodies = {concept.name: concept.body for concept in policy.concepts}
    one, other = (bodies[f"第{2 * place + side}"] for side in (0, 1))
    return forms.truth(one), forms.truth(other), forms.truth(one, holds=False)


@pytest.mark.parametrize("place", range(len(SAME)), ids=lambda place: "｜".join(SAME[place]))
def test_the_same_however_it_is_written(policy: Policy, place: int) -> None:
    one, other, contrary = _forms(policy, place)
    assert one == other != contrary


@pytest.mark.parametrize("place", range(len(DIFFERENT)), ids=lambda place: "｜".join(DIFFERENT[place]))
def test_what_a_record_can_tell_apart_differs(policy: Policy, place: int) -> None:
    one, other, _ = _forms(policy, len(SAME) + place)
    assert one != other


# --- sums of products -------------------------------------------------------------------------------------------

X, Y = 1, 2  # atoms
ONE: Final[tuple[int, ...]] = ()


def sum_of(**terms: int) -> dict[tuple[int, ...], Fraction]:
    monomials = {"one": ONE, "x": (X,), "y": (Y,), "xx": (X, X), "xy": (X, Y), "yy": (Y, Y)}
    return {monomials[name]: Fraction(number) for name, number in terms.items()}


def test_sums_of_products_are_reckoned_with_as_at_school() -> None:
    assert plus(sum_of(x=2, one=1), sum_of(x=3, y=1)) == sum_of(x=5, y=1, one=1)
    assert plus(sum_of(x=2, one=1), sum_of(x=2, y=1), -1) == sum_of(y=-1, one=1)
    assert times(sum_of(x=1, y=1), sum_of(x=1, y=-1)) == sum_of(xx=1, yy=-1)
    assert times(sum_of(x=1, one=2), sum_of()) == {}
    assert with_value(sum_of(xx=1, xy=2, y=1, one=5), X, Fraction(3)) == sum_of(y=7, one=14)
    assert with_value(sum_of(xy=2, y=1), X, Fraction(0)) == sum_of(y=1)
    assert constant_of(sum_of(one=5)) == 5
    assert constant_of({}) == 0
    assert constant_of(sum_of(x=1, one=5)) is None


def test_the_contrary_of_the_contrary_is_the_thing_itself() -> None:
    interner = Interner()
    for form in (interner.form("true"), interner.form("false"), interner.form("fact", "申报", "贫困")):
        assert interner.opposite(interner.opposite(form)) == form != interner.opposite(form)
    assert interner.opposite(interner.form("true")) == interner.form("false")


def test_versions_are_drawn_together_where_nothing_changes() -> None:
    """The first one holds from the first of all days."""
    first, second, third = date(2024, 1, 1), date(2024, 7, 1), date(2025, 1, 1)
    assert steps([(first, 1), (second, 1), (third, 2)]) == [(date.min, 1), (third, 2)]
    assert steps([(first, 1), (second, 2), (third, 1)]) == [(date.min, 1), (second, 2), (third, 1)]
    assert steps([]) == []
