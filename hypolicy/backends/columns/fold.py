"""The ledger kernel: payable entries in the order of the ledger, as the text of a Python function.

For each entry every sentence of every limit in the order of writing, then what is refused with others of its record,
then the running cap of its item: what `backends.exact.ledger` does, on accounts that are numbered beforehand. A
refused entry uses nothing up. Entries of earlier batches come first and are never refused.

What the function leaves for an entry is a verdict: 0 granted as it was asked, `n` refused by sentence n, then one
that the cap of its item is used up, and one that the cap left only a part.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from attrs import define, field, frozen

from hypolicy.backends.columns.functions import preamble
from hypolicy.backends.columns.writer import Writer
from hypolicy.rules import tree
from hypolicy.rules.limits import Rule, RunningCap, caps_of, rules_of

if TYPE_CHECKING:
    from hypolicy.rules.outcome import Settings

GRANTED = 0


@frozen
class Cap:
    """A running cap and the place of its item."""

    item: int
    running: RunningCap


@frozen
class Limits:
    """Every sentence and cap of a policy under its settings; items are places in the policy.

    `items` enter the ledger; `linked` are those that each limit takes with it, some of which may not.
    """

    policy: tree.Policy
    rules: tuple[Rule, ...]
    caps: tuple[Cap, ...]
    linked: dict[str, frozenset[int]]
    items: frozenset[int]

    @property
    def touched(self) -> frozenset[int]:
        """The items that may come out otherwise than before the ledger."""
        return self.items.union(*self.linked.values())

    def places(self, names: frozenset[str]) -> list[int]:
        return [place for place, benefit in enumerate(self.policy.benefits) if benefit.name in names]

    # Verdicts beyond those of the sentences.

    @property
    def used_up(self) -> int:
        return len(self.rules) + 1

    @property
    def cut(self) -> int:
        return len(self.rules) + 2

    def along(self, limit: int) -> int:
        """Added to the number of the sentence by which a limit has refused another item of the record."""
        return len(self.rules) * (limit + 1) + 2


def limits_of(policy: tree.Policy, settings: Settings) -> Limits | None:
    """None where the policy has no ledger, or nothing in it is limited."""
    rules, caps = rules_of(policy, settings), caps_of(policy, settings)
    under = frozenset(caps).union(*(rule.members for rule in rules))
    if policy.ledger is None or not under:
        return None
    places = {benefit.name: place for place, benefit in enumerate(policy.benefits)}
    linked = {
        limit.name: frozenset(places[n] for n in settings.members(limit.linked) if n in places)
        for limit in policy.limits
        if limit.linked is not None
    }
    running = tuple(Cap(places[name], cap) for name, cap in caps.items())
    items = frozenset(places[name] for name in under if name in places)
    return Limits(policy, tuple(rules), running, linked, items)


@frozen
class FoldKernel:
    """`arguments` are accounts of entries and states of accounts, by kind and the number of the sentence or cap."""

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
    """Writes the function."""

    limits: Limits
    checks: Writer = field(factory=Writer)
    uses: Writer = field(factory=Writer)
    arguments: list[str] = field(factory=list)
    functions: set[str] = field(factory=set)

    def write(self) -> FoldKernel:
        limits = self.limits
        rules = tuple(n for n, rule in enumerate(limits.rules) if rule.period is not tree.PeriodKind.EACH)
        refusing = {limits.rules[n].limit.name for n in rules}
        linked = [limit for limit in limits.linked if limit in refusing]
        for number in rules:
            self.rule(number, limits.rules[number], keep=limits.rules[number].limit.name in linked)
        for limit in linked:
            self.along(limit)
        for number, cap in enumerate(limits.caps):
            self.cap(number, cap)
        self.arguments += [self.refused(limit) for limit in linked]
        named = [argument.rsplit("_", 1) for argument in self.arguments]
        return FoldKernel(
            self.text(), frozenset(self.functions), tuple((kind, int(number)) for kind, number in named)
        )

    def text(self) -> str:
        out = Writer()
        names = ["order", "who", "item", "day", "fen", *self.arguments, "verdict"]
        out.signature("fold", names)
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

    def refused(self, limit: str) -> str:
        """The array of the sentence by which a limit has refused an item of each record."""
        return f"refused_{list(self.limits.linked).index(limit)}"

    # ------------------------------------------------------------------------------------------- sentences

    def rule(self, number: int, rule: Rule, *, keep: bool) -> None:
        account, checks, uses = f"account_{number}", self.checks, self.uses
        self.arguments.append(account)
        for writer in (checks, uses):
            writer.comment(f"{rule.reason.clause}　限制「{rule.limit.name}」：{rule.reason.text}".strip("　"))
            writer.line(f"a = {account}[e]")
        match rule.rule:
            case tree.NoRepeat():
                test = self.seen(number, rule.period, "a")
            case tree.NotTogether():
                test = self.other_item(number, rule)
            case tree.NoLower(level=level):
                test = self.lower(number, level)
            case tree.CountLimit(_, times):
                test = self.count(number, rule.period, times)
            case _:
                assert_never(rule.rule)
        with checks.block(f"if v == 0 and a >= 0 and {test}:"):
            checks.line(f"v = {number + 1}")
            if keep:
                checks.line(f"{self.refused(rule.limit.name)}[who[e]] = v")

    def seen(self, number: int, period: tree.FixedPeriod, place: str) -> str:
        """Whether something stands in an account; for a rolling period, until when it does."""
        until = f"until_{number}"
        self.arguments.append(until)
        with self.uses.block("if a >= 0:"):
            if isinstance(period, tree.Rolling):
                self.functions.add("add_months")
                self.uses.line(f"{until}[{place}] = max({until}[{place}], add_months(now, {period.months}))")
            else:
                self.uses.line(f"{until}[{place}] = LAST_DAY + 1")
        return f"{until}[{place}] > now"

    def other_item(self, number: int, rule: Rule) -> str:
        members = self.limits.places(rule.members)
        self.seen(number, rule.period, f"a * {len(self.limits.policy.benefits)} + item[e]")
        with self.checks.block("if a >= 0:"):
            self.checks.line(f"a *= {len(self.limits.policy.benefits)}")
        tests = [f"item[e] != {place} and until_{number}[a + {place}] > now" for place in members]
        return f"({' or '.join(tests)})" if tests else "False"

    def lower(self, number: int, level: tree.Fact) -> str:
        rank, best = f"rank_{number}", f"best_{number}"
        self.arguments += [rank, best]
        with self.uses.block("if a >= 0:"):
            self.uses.line(f"{best}[a] = max({best}[a], {rank}[e])")
        return f"{rank}[e] < {best}[a]"

    def count(self, number: int, period: tree.FixedPeriod, times: int) -> str:
        if isinstance(period, tree.Rolling):
            self.arguments += [f"last_{number}", f"before_{number}"]
            self.checks.line("c = 0")
            with self.checks.block("if v == 0 and a >= 0:"):
                self.checks.line(f"p = last_{number}[a]")
                self.functions.add("add_months")
                with self.checks.block("while p >= 0:"):
                    with self.checks.block(f"if add_months(day[p], {period.months}) > now:"):
                        self.checks.line("c += 1")
                    self.checks.line(f"p = before_{number}[p]")
            with self.uses.block("if a >= 0:"):
                self.uses.line(f"before_{number}[e] = last_{number}[a]")
                self.uses.line(f"last_{number}[a] = e")
            return f"c >= {times}"
        self.arguments.append(f"count_{number}")
        with self.uses.block("if a >= 0:"):
            self.uses.line(f"count_{number}[a] += 1")
        return f"count_{number}[a] >= {times}"

    # ---------------------------------------------------------------------------------------- other entries

    def along(self, limit: str) -> None:
        """Items that are refused with another of their record."""
        members = sorted(self.limits.linked[limit] & self.limits.items)
        if not members:
            return
        self.checks.comment(f"因「{limit}」一并不予")
        tests = " or ".join(f"item[e] == {place}" for place in members)
        with self.checks.block(f"if v == 0 and ({tests}):"):
            self.checks.line(f"v = {self.refused(limit)}[who[e]]")

    def cap(self, number: int, cap: Cap) -> None:
        account, running = f"cap_{number}", cap.running
        benefit = self.limits.policy.benefits[cap.item]
        rolling = running.period if isinstance(running.period, tree.Rolling) else None
        self.arguments.append(account)
        self.arguments += [f"held_{number}", f"prior_{number}"] if rolling else [f"spent_{number}"]
        for writer in (self.checks, self.uses):
            writer.comment(
                f"{running.reason.clause}　「{benefit.name}」{running.period.value}封顶".strip("　")
            )
            writer.line(f"a = {account}[e]")
        checks, uses = self.checks, self.uses
        with checks.block("if v == 0 and a >= 0:"):
            if rolling is not None:
                self.functions.add("add_months")
                checks.line(f"rest = {running.fen}")
                checks.line(f"p = held_{number}[a]")
                with checks.block("while p >= 0:"):
                    with checks.block(f"if add_months(day[p], {rolling.months}) > now:"):
                        checks.line("rest -= fen[p]")
                    checks.line(f"p = prior_{number}[p]")
            else:
                checks.line(f"rest = {running.fen} - spent_{number}[a]")
            with checks.block("if rest <= 0:"):
                checks.line(f"v = {self.limits.used_up}")
            with checks.block("elif fen[e] > rest:"):
                checks.line("fen[e] = rest")
                checks.line(f"v = {self.limits.cut}")
        with uses.block("if a >= 0:"):
            if rolling is not None:
                uses.line(f"prior_{number}[e] = held_{number}[a]")
                uses.line(f"held_{number}[a] = e")
            else:
                uses.line(f"spent_{number}[a] += fen[e]")
