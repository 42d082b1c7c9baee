"""The clauses of a policy: each once, in its order, with the passages of the rule files that treat it."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

from hypolicy.backends.pages.declared import outcomes
from hypolicy.pipeline import load

HENGYANG = Path(__file__).parents[2] / "policies" / "hengyang-2019"


def test_clauses_and_their_passages() -> None:
    clauses = load(HENGYANG).clauses
    assert [clause.number for clause in clauses][:5] == ["抬头", "前言", "一", "二", "三"]
    assert len({clause.number for clause in clauses}) == len(clauses)
    living = next(clause for clause in clauses if clause.number == "七")
    assert living.title == "生活费补贴"
    assert [str(span.source.path) for span in living.passages] == ["七 生活费补贴.hyp", "用例/七.hyp"]
    assert living.passages[0].text.startswith("七「生活费补贴」。")
    assert living.passages[0].text.rstrip().endswith("一期培训的天数不按施行期起止拆分。”。")


def test_passages_of_one_file_do_not_overlap() -> None:
    passages = [span for clause in load(HENGYANG).clauses for span in clause.passages]
    places = sorted((str(span.source.path), span.start, span.end) for span in passages)
    for (file, _, end), (other, start, _) in pairwise(places):
        assert file != other or end <= start


def test_who_advances_the_money_is_kept() -> None:
    benefit = next(benefit for benefit in load(HENGYANG).benefits if benefit.name == "生活费补贴")
    assert [(payee.fact is not None, payee.advanced) for payee in benefit.payees] == [
        (True, True),
        (False, False),
    ]


def test_something_became_of_every_sentence_that_is_a_rule() -> None:
    for folder in ("hengyang-2019", "shenzhen-2024"):
        found = outcomes(load(HENGYANG.parent / folder))
        assert [
            quote.text for quote, things in found.items() if quote.treatment == "规则" and not things
        ] == []


def test_quotes_with_nothing_between_them_belong_to_the_same_rules() -> None:
    found = outcomes(load(HENGYANG.parent / "shenzhen-2024"))
    [one, other] = [
        {thing.name for thing in things}
        for quote, things in found.items()
        if quote.text.startswith(("（一）职业技能提升补贴1", "7.用人单位"))
    ]
    assert one == other
    assert "职业技能提升补贴" in one
