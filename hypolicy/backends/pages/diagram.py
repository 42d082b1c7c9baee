"""How an item is decided, as a flow of boxes laid out for a template to draw: narrow enough for a phone.

Down the left go the questions, to the right go the ends. All that it says stands as text beside it as well.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from attrs import define, field, frozen

from hypolicy.rules.phrases import listed
from hypolicy.rules.statements import FREE, words_of

if TYPE_CHECKING:
    from hypolicy.backends.pages.benefits import BenefitPage, CasePage, ConditionPage
    from hypolicy.rules.statements import Statement

WIDTH: Final = 420
_LEFT_WIDTH: Final = 250
_GAP: Final = 34
_RIGHT_X: Final = _LEFT_WIDTH + _GAP
_RIGHT_WIDTH: Final = WIDTH - _RIGHT_X - 2
_LINE: Final = 19
_PADDING: Final = 9
_BETWEEN: Final = 26
_SIZE: Final = 13


@frozen
class Box:
    """`tone` is question, step, or the tone of an end. Places are pixels from the upper left."""

    left: int
    top: int
    width: int
    height: int
    lines: tuple[tuple[int, str], ...]
    tone: str


@frozen
class Arrow:
    path: str
    label: str
    label_left: int
    label_top: int


@frozen
class Diagram:
    width: int
    height: int
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]


def diagram(page: BenefitPage) -> Diagram:
    flow = _Flow()
    if page.applies is not None:
        flow.ask(f"{_short(page.applies)}？", "否", "不适用", "apart")
    for told, _ in page.pending:
        flow.ask(f"{_short(told)}？", "是", "待定：另按规定办理", "pending", onward="否")
    for one in page.conditions:
        flow.condition(one)
    named = [case for case in page.cases if case.name]
    if named:
        for case in named:
            flow.ask(_case_question(case), "是", words_of(case.amount), "granted", onward="否")
        flow.step("都不符合：不予", "denied")
        flow.break_off()
        flow.step("符合一种的，算出金额", "step")
    else:
        flow.step(listed(words_of(case.amount) for case in page.cases), "step")
    raised = [words_of(one.text).replace("下列条件", "条件") for one in page.uplifts if one.parts]
    if raised:
        flow.step("；".join([*raised, page.stacking]).rstrip("；"), "step")
    for words in (page.cap, page.rounding):
        if words:
            flow.step(words, "step")
    for limit in page.limits:
        flow.ask(f"{'；'.join(limit.sentences)}？", "超过", "不予", "denied", onward="没有超过")
    flow.step("准予", "granted")
    return flow.drawn()


def _short(told: Statement) -> str:
    """A condition in the few words that a box has room for."""
    words = words_of(told.text)
    if not told.parts:
        return words
    name, _, rest = words.partition("，即")
    return name if rest else f"{words}：{'；'.join(_short(part) for part in told.parts)}"


def _case_question(case: CasePage) -> str:
    return f"{case.name}：{'，'.join(_short(one.told) for one in case.conditions)}？"


@define
class _Flow:
    top: int = 2
    boxes: list[Box] = field(factory=list)
    arrows: list[Arrow] = field(factory=list)
    onward: str = ""
    linked: bool = False

    def condition(self, one: ConditionPage) -> None:
        if one.told.text[-len(FREE) :] != FREE:
            self.ask(f"{_short(one.told)}？", "否", f"不予：{one.denial}", "denied")

    def ask(self, question: str, aside: str, end: str, tone: str, onward: str = "是") -> None:
        """A question that ends to the right on one answer and goes on below on the other."""
        box = self.step(question, "question")
        right = _box(_RIGHT_X, box.top, _RIGHT_WIDTH, end, tone)
        middle = box.top + min(box.height, right.height) // 2
        self.boxes.append(right)
        path = f"M{box.left + box.width} {middle}H{right.left - 5}"
        self.arrows.append(Arrow(path, aside, box.left + box.width + 4, middle - 5))
        self.top = max(box.top + box.height, right.top + right.height) + _BETWEEN
        self.onward = onward

    def step(self, words: str, tone: str) -> Box:
        box = _box(2, self.top, _LEFT_WIDTH, words, tone)
        if self.linked:
            above = self.boxes[-1] if self.boxes[-1].left == box.left else self.boxes[-2]
            middle = box.left + box.width // 2
            start = above.top + above.height
            self.arrows.append(
                Arrow(f"M{middle} {start}V{box.top - 5}", self.onward, middle + 7, box.top - 9)
            )
        self.boxes.append(box)
        self.linked, self.onward = True, ""
        self.top = box.top + box.height + _BETWEEN
        return box

    def break_off(self) -> None:
        """What follows is reached from the ends at the right."""
        self.linked = False

    def drawn(self) -> Diagram:
        bottom = max(box.top + box.height for box in self.boxes)
        return Diagram(WIDTH, bottom + 4, tuple(self.boxes), tuple(self.arrows))


def _box(left: int, top: int, width: int, words: str, tone: str) -> Box:
    lines = _wrapped(words, width - 2 * _PADDING)
    height = len(lines) * _LINE + 2 * _PADDING
    placed = tuple((top + _PADDING + (i + 1) * _LINE - 5, line) for i, line in enumerate(lines))
    return Box(left, top, width, height, placed, tone)


_NO_START: Final = "，。；：、？！）」”》%"


def _wrapped(words: str, width: int) -> list[str]:
    """Lines that fit; a mark that may not begin a line hangs at the end of the one before."""
    lines, line, used = [], "", 0.0
    for char in words:
        size = _SIZE if ord(char) > 0x2E7F or char in "“”‘’×÷" else _SIZE * 0.58
        if used + size > width and char not in _NO_START:
            lines.append(line)
            line, used = "", 0.0
        line += char
        used += size
    return [*lines, line] if line else lines or [""]
