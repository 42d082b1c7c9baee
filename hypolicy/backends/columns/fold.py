"""The ledger kernel: payable entries in the order of the ledger, as the text of a Python function.

For each entry every sentence of every limit in the order of writing, then what is refused with others of its record,
then the running cap of its item: what `backends.exact.ledger` does, on accounts that are numbered beforehand. A
refused entry uses nothing up. Entries of earlier batches come first and are never refused.

What the function leaves for an entry is a verdict: 0 granted as it was asked, `n` refused by sentence n, then one
that the cap of its item is used up, and one that the cap left only a part (see `limits`).
"""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING, assert_never

from attrs import define, field, frozen

from hypolicy.backends.columns.functions import preamble
from hypolicy.backends.columns.limits import NONE, Cap, Limits, Stated
from hypolicy.backends.columns.writer import Writer
from hypolicy.rules import tree

if TYPE_CHECKING:
    from hypolicy.rules.limits import Rule

GRANTED = 0


@frozen
class FoldKernel:
    """`arguments` are accounts of entries and states of accounts, by kind and number."""

    body: str = field(repr=False)
    functions: frozenset[str]
    arguments: tuple[tuple[str, int], ...]

    @property
    def text(self) -> str:
        return preamble(self.functions) + self.body


def fold_kernel(limits: Limits) -> FoldKernel:
    return _Fold(limits).write()


@define
class _Fold:
    """Writes the function: what is asked of an entry, and what it uses up."""

    limits: Limits
    checks: Writer = field(factory=Writer)
    uses: Writer = field(factory=Writer)
    arguments: dict[str, None] = field(factory=dict)
    functions: set[str] = field(factory=set)

    def write(self) -> FoldKernel:
        limits = self.limits
        for number, rule in enumerate(limits.accounts):
            self.enter(number, rule)
        for purse in limits.purses:
            self.spend(purse)
        for edition in range(limits.editions):
            before = len(self.checks.lines)
            head = f"if edition[e] == {edition}:"
            with self.checks.block(head) if limits.editions > 1 else nullcontext():
                self.edition(edition)
            if limits.editions > 1 and self.checks.lines[before + 1].strip() == "pass":
                del self.checks.lines[before:]
        named = [argument.rsplit("_", 1) for argument in self.arguments]
        arguments = tuple((kind, int(number)) for kind, number in named)
        return FoldKernel(self.text(), frozenset(self.functions), arguments)

    def edition(self, edition: int) -> None:
        limits = self.limits
        for number, stated in enumerate(limits.sentences, 1):
            if stated.edition == edition and stated.account != NONE:
                self.check(number, stated)
        for limit, by_edition in limits.linked.items():
            self.along(limit, sorted(by_edition.get(edition, frozenset()) & limits.items))
        for cap in limits.caps:
            if cap.edition == edition:
                self.cap(cap)

    def text(self) -> str:
        out = Writer()
        out.signature("fold", ["order", "who", "item", "edition", "day", "fen", *self.arguments, "verdict"])
        out.depth += 1
        with out.block("for e in order:"):
            out.line("v = 0")
            out.line("now = day[e]")
            if self.checks.lines:
                with out.block("if who[e] >= 0:"):
                    out.include(self.checks)
            if self.uses.lines:
                with out.block(f"if v == 0 or v == {self.limits.cut}:"):
                    out.include(self.uses)
            out.line("verdict[e] = v")
        return out.text

    def argument(self, kind: str, number: int) -> str:
        name = f"{kind}_{number}"
        self.arguments.setdefault(name)
        return name

    def refused(self, limit: str) -> str:
        """The array of the sentence by which a limit has refused an item of each record; empty where nobody asks."""
        linked = list(self.limits.linked)
        return self.argument("refused", linked.index(limit)) if limit in linked else ""

    # ------------------------------------------------------------------------------------------- sentences

    def check(self, number: int, stated: Stated) -> None:
        rule, account, checks = stated.rule, stated.account, self.checks
        checks.comment(f"{rule.reason.clause}　限制「{rule.limit.name}」：{rule.reason.text}".strip("　"))
        checks.line(f"a = account_{account}[e]")
        match rule.rule:
            case tree.NoRepeat():
                test = f"until_{account}[a] > now"
            case tree.NotTogether():
                test = self.other_item(account, rule)
            case tree.NoLower():
                test = f"rank_{account}[e] < best_{account}[a]"
            case tree.CountLimit(_, times):
                test = self.counted(account, rule.period, times)
            case _:
                assert_never(rule.rule)
        with checks.block(f"if v == 0 and a >= 0 and {test}:"):
            checks.line(f"v = {number}")
            refused = self.refused(rule.limit.name)
            if refused:
                checks.line(f"{refused}[who[e]] = v")

    def other_item(self, account: int, rule: Rule) -> str:
        with self.checks.block("if a >= 0:"):
            self.checks.line(f"a *= {len(self.limits.policy.benefits)}")
        tests = [
            f"item[e] != {place} and until_{account}[a + {place}] > now"
            for place in self.limits.places(rule.members)
        ]
        return f"({' or '.join(tests)})" if tests else "False"

    def counted(self, account: int, period: tree.FixedPeriod, times: int) -> str:
        if not isinstance(period, tree.Rolling):
            return f"count_{account}[a] >= {times}"
        self.functions.add("add_months")
        checks = self.checks
        checks.line("c = 0")
        with checks.block("if v == 0 and a >= 0:"):
            checks.line(f"p = last_{account}[a]")
            with checks.block("while p >= 0:"):
                with checks.block(f"if add_months(day[p], {period.months}) > now:"):
                    checks.line("c += 1")
                checks.line(f"p = before_{account}[p]")
        return f"c >= {times}"

    def along(self, limit: str, members: list[int]) -> None:
        """Items that are refused with another of their record."""
        refused = self.refused(limit)
        if members:
            self.checks.comment(f"因「{limit}」一并不予")
            tests = " or ".join(f"item[e] == {place}" for place in members)
            with self.checks.block(f"if v == 0 and ({tests}):"):
                self.checks.line(f"v = {refused}[who[e]]")

    def cap(self, cap: Cap) -> None:
        purse, running, checks = cap.purse, cap.running, self.checks
        benefit = self.limits.policy.benefits[cap.item]
        checks.comment(f"{running.reason.clause}　「{benefit.name}」{running.period.value}封顶".strip("　"))
        checks.line(f"a = purse_{purse}[e]")
        with checks.block("if v == 0 and a >= 0:"):
            if isinstance(running.period, tree.Rolling):
                self.functions.add("add_months")
                checks.line(f"rest = {running.fen}")
                checks.line(f"p = held_{purse}[a]")
                with checks.block("while p >= 0:"):
                    with checks.block(f"if add_months(day[p], {running.period.months}) > now:"):
                        checks.line("rest -= fen[p]")
                    checks.line(f"p = prior_{purse}[p]")
            else:
                checks.line(f"rest = {running.fen} - spent_{purse}[a]")
            with checks.block("if rest <= 0:"):
                checks.line(f"v = {self.limits.used_up}")
            with checks.block("elif fen[e] > rest:"):
                checks.line("fen[e] = rest")
                checks.line(f"v = {self.limits.cut}")

    # ---------------------------------------------------------------------------------------- what is used up

    def enter(self, number: int, rule: Rule) -> None:
        uses = self.uses
        uses.line(f"a = {self.argument('account', number)}[e]")
        with uses.block("if a >= 0:"):
            match rule.rule:
                case tree.NoRepeat():
                    self.until(number, rule.period, "a")
                case tree.NotTogether():
                    self.until(number, rule.period, f"a * {len(self.limits.policy.benefits)} + item[e]")
                case tree.NoLower():
                    rank, best = self.argument("rank", number), self.argument("best", number)
                    uses.line(f"{best}[a] = max({best}[a], {rank}[e])")
                case tree.CountLimit() if isinstance(rule.period, tree.Rolling):
                    last, before = self.argument("last", number), self.argument("before", number)
                    uses.line(f"{before}[e] = {last}[a]")
                    uses.line(f"{last}[a] = e")
                case tree.CountLimit():
                    uses.line(f"{self.argument('count', number)}[a] += 1")
                case _:
                    assert_never(rule.rule)

    def until(self, number: int, period: tree.FixedPeriod, place: str) -> None:
        """Until when something stands in an account: for good, or for a rolling period."""
        until = self.argument("until", number)
        if isinstance(period, tree.Rolling):
            self.functions.add("add_months")
            self.uses.line(f"{until}[{place}] = max({until}[{place}], add_months(now, {period.months}))")
        else:
            self.uses.line(f"{until}[{place}] = LAST_DAY + 1")

    def spend(self, purse: Cap) -> None:
        uses, number = self.uses, purse.purse
        uses.line(f"a = {self.argument('purse', number)}[e]")
        with uses.block("if a >= 0:"):
            if isinstance(purse.running.period, tree.Rolling):
                held, prior = self.argument("held", number), self.argument("prior", number)
                uses.line(f"{prior}[e] = {held}[a]")
                uses.line(f"{held}[a] = e")
            else:
                uses.line(f"{self.argument('spent', number)}[a] += fen[e]")
