"""Small policies written in the language, and short ways to decide records under them."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from attrs import frozen

from hypolicy.backends.exact.evaluate import Evaluator
from hypolicy.check.policy import check
from hypolicy.diagnostics.diagnostic import Collector
from hypolicy.pipeline import load
from hypolicy.rules.outcome import Decided, Decision, Entry, Settings
from hypolicy.source.folder import PolicyFolder
from hypolicy.syntax.include import gather
from hypolicy.syntax.parser import parse

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from hypolicy.rules.tree import Policy

Facts = dict[str, Any]

HEAD = """
政策「小政策」。
施行期：自2020年1月1日起至2022年12月31日止。
适用日：发证日期。
汇总年度：发证日期。
"""
LEDGER = """
台账：
  归集「每人」：学员编号。
  归集「每企业」：企业。
  次序：发证日期、记录编号。
  台账年度：发证日期。
"""
WORDS = """
资金「专户」。
枚举「技能等级」：由低到高，初级、中级、高级。
记录「培训」：以记录编号为键。
事实「记录编号」：编号。
事实「学员编号」：编号。
事实「企业」：文本。
事实「类型」：甲类、乙类、丙类。
事实「工种」：焊工、电工、车工。
事实「等级」：技能等级。
事实「困难」：是否。
事实「移民」：是否。
事实「课时」：整数「课时」。
事实「天数」：整数「天」。
事实「学费」：金额。
事实「备案日期」：日期，可空（“未备案”）。
事实「开班日期」：日期。
事实「发证日期」：日期。
"""
RECORD: Facts = {
    "记录编号": "1",
    "学员编号": "P1",
    "企业": "E1",
    "类型": "甲类",
    "工种": "焊工",
    "等级": "中级",
    "困难": False,
    "移民": False,
    "课时": 10,
    "天数": 5,
    "学费": 0,
    "备案日期": date(2020, 2, 1),
    "开班日期": date(2020, 3, 1),
    "发证日期": date(2020, 6, 1),
}


def day(text: str) -> date:
    return date.fromisoformat(text)


def reading(name: str, default: str, *others: str) -> str:
    """A 口径 with its options, in the language."""
    also = "、".join(f"「{option}」" for option in others)
    return f"口径「{name}」：默认「{default}」，另可{also}。\n  理由：“文件没有写明”。"


def benefit(*lines: str) -> str:
    """甲补贴, with these lines."""
    return "\n  ".join(("补贴「甲补贴」：", "发给：本人。", "资金：专户。", *lines))


def records(*changes: Facts) -> list[Facts]:
    """The usual record with each of the changes; records are numbered where a change does not say otherwise."""
    return [RECORD | {"记录编号": str(number)} | change for number, change in enumerate(changes, 1)]


@frozen
class Small:
    """A small policy. Results read as `准予100.00`, `不予：理由`, `待定：理由` or `不适用`."""

    policy: Policy

    @property
    def items(self) -> list[str]:
        return [benefit.name for benefit in self.policy.benefits]

    def rows(self, facts: Iterable[Facts]) -> list[list[Any]]:
        return [[record.get(fact.name) for fact in self.policy.records[0].facts] for record in facts]

    def decide(
        self,
        facts: Sequence[Facts],
        readings: dict[str, str] | None = None,
        history: Iterable[Entry] = (),
        *,
        complete: bool = True,
        **settings: Any,
    ) -> Decided:
        evaluator = Evaluator(self.policy, Settings(readings or {}, **settings), complete)
        return evaluator.decide(self.rows(facts), history)

    def decisions(self, facts: Sequence[Facts], item: str = "", **chosen: Any) -> list[Decision]:
        """The decisions on one item, the first where none is named."""
        place = self.items.index(item) if item else 0
        return [row[place] for row in self.decide(facts, **chosen).rows]

    def results(self, facts: Sequence[Facts], item: str = "", **chosen: Any) -> list[str]:
        return [shown(decision) for decision in self.decisions(facts, item, **chosen)]

    def result(self, item: str = "", /, complete: bool = True, **changes: Any) -> str:
        """The result of one usual record with some facts changed; `...` takes a fact away."""
        facts = {name: value for name, value in (RECORD | changes).items() if value is not ...}
        return self.results([facts], item, complete=complete)[0]


def shown(decision: Decision) -> str:
    match decision.status.value:
        case "准予":
            return f"准予{decision.fen // 100}.{decision.fen % 100:02}"
        case "不适用":
            return "不适用"
        case status:
            return f"{status}：{decision.reason_text}"


def written(
    folder: Path, *texts: str, head: str = HEAD, ledger: str = LEDGER, words: str = WORDS, proved: bool = True
) -> Small:
    """The policy of the usual words and these texts, written to a folder and read from it.

    Where it is not `proved`, cases and uplifts that can meet are let through, as tables that a run puts in place
    of the policy's own may let them meet later.
    """
    folder.mkdir(exist_ok=True)
    (folder / "政策.hyp").write_text("\n".join((head, ledger, words, *texts)), encoding="utf-8")
    return Small(load(folder) if proved else _unproved(folder))


def _unproved(folder: Path) -> Policy:
    opened, collector = PolicyFolder(folder.resolve()), Collector()
    document, vocabulary = parse(gather(opened, collector), collector)
    policy = check(document, vocabulary, opened, collector)
    assert policy is not None
    assert not collector.has_errors, [diagnostic.message for diagnostic in collector.found]
    return policy
