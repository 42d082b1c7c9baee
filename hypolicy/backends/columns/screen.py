"""Which entries a limit can possibly refuse, as the text of a Python function; all others stand without a fold.

Entries are brought together by the hash of their holder, a part of the table at a time. A group in which no limit
could be reached, whatever the order, is passed by counting. Hashes of texts will do for this: two values that meet in
one hash can only make a group look worse than it is, and what looks bad is folded exactly.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from attrs import define, field, frozen

from hypolicy.backends.columns.limits import NONE
from hypolicy.backends.columns.parts import SPREAD
from hypolicy.backends.columns.writer import Writer
from hypolicy.rules import tree

if TYPE_CHECKING:
    from hypolicy.backends.columns.limits import Limits

# Larger groups are folded without a look at their pairs.
_MOST_PAIRED: Final = 16
_MIX: Final = SPREAD - (1 << 64)  # as a signed number


# Lists the entries of holders that have another; perhaps some more, whose hashes meet with that of another.
SEVERAL: Final = f"""
def several(holder, shift, seen, entry):
    for e in range(len(holder)):
        h = (holder[e] * {_MIX}) >> shift & (len(seen) - 1)
        seen[h] = 2 if seen[h] else 1
    count = 0
    for e in range(len(holder)):
        if seen[(holder[e] * {_MIX}) >> shift & (len(seen) - 1)] > 1:
            entry[count] = e
            count += 1
    return count
"""


@frozen
class ScreenKernel:
    """One holder's groups: the holder, and the facts that are compared within a group, in the order of arguments."""

    text: str = field(repr=False)
    holder: tree.Fact
    facts: tuple[tree.Fact, ...]
    # Whether an entry can be in doubt without another of its holder.
    alone: bool


def screen_kernels(limits: Limits) -> list[ScreenKernel]:
    """One for each fact that limits run on."""
    return [_Screen(limits, holder).write() for holder in limits.holders.values()]


@define
class _Screen:
    limits: Limits
    holder: tree.Fact
    facts: dict[str, tree.Fact] = field(factory=dict)
    alone: bool = False
    start: list[str] = field(factory=list)
    one: Writer = field(factory=Writer)
    two: Writer = field(factory=Writer)

    def write(self) -> ScreenKernel:
        for number, stated in enumerate(self.limits.sentences):
            rule = stated.rule
            if rule.limit.holder.fact == self.holder and stated.account != NONE:
                self.rule(number, rule.rule, self.limits.places(rule.members))
        for number, cap in enumerate(self.limits.caps):
            if cap.running.cap.holder.fact == self.holder:
                self.alone = True
                self.start.append(f"spent_{number} = 0")
                with self.one.block(f"if item[p] == {cap.item}:"):
                    self.one.line(f"spent_{number} += fen[p]")
                    self.one.line(f"doubt |= spent_{number} > {cap.running.fen}")
        return ScreenKernel(self.text(), self.holder, tuple(self.facts.values()), self.alone)

    def rule(self, number: int, rule: tree.LimitRule, members: list[int]) -> None:
        one, other = _among("item[p]", members), _among("item[q]", members)
        match rule:
            case tree.CountLimit(_, times):
                self.alone |= times < 1
                self.start.append(f"count_{number} = 0")
                with self.one.block(f"if {one}:"):
                    self.one.line(f"count_{number} += 1")
                    self.one.line(f"doubt |= count_{number} > {times}")
            case tree.NoRepeat(keys):
                self.two.line(f"doubt |= {' and '.join([f'({one})', f'({other})', *map(self.same, keys)])}")
            case tree.NoLower(keys, level):
                rank = self.column(level)
                pairs = [f"({one})", f"({other})", *map(self.same, keys), f"{rank}[p] != {rank}[q]"]
                self.two.line(f"doubt |= {' and '.join(pairs)}")
            case tree.NotTogether():
                self.two.line(f"doubt |= ({one}) and ({other}) and item[p] != item[q]")

    def column(self, fact: tree.Fact) -> str:
        self.facts.setdefault(fact.name, fact)
        return f"key_{list(self.facts).index(fact.name)}"

    def same(self, fact: tree.Fact) -> str:
        column = self.column(fact)
        return f"{column}[p] == {column}[q]"

    def text(self) -> str:
        out = Writer()
        keys = [f"key_{place}" for place in range(len(self.facts))]
        parts = ["shift", "begin", "who", "entry", "head", "after"]
        out.signature("screen", ["row", "item", "fen", "holder", *keys, *parts, "suspect"])
        out.depth += 1
        out.comment("Entries by parts of the hash of their holder: how many, from where on, and which.")
        with out.block("for e in range(len(holder)):"):
            out.line(f"begin[((holder[e] * {_MIX}) >> shift & (len(begin) - 2)) + 1] += 1")
        with out.block("for part in range(1, len(begin)):"):
            out.line("begin[part] += begin[part - 1]")
        with out.block("for e in range(len(holder) - 1, -1, -1):"):
            out.line(f"part = ((holder[e] * {_MIX}) >> shift & (len(begin) - 2)) + 1")
            out.line("begin[part] -= 1")
            out.line("who[begin[part]] = holder[e]")
            out.line("entry[begin[part]] = e")
        with out.block("for part in range(1, len(begin)):"):
            out.line("first = begin[part]")
            out.line("last = begin[part + 1] if part + 1 < len(begin) else len(holder)")
            self.groups(out)
        return out.text

    def groups(self, out: Writer) -> None:
        out.line("size = 2")
        with out.block("while size < 2 * (last - first):"):
            out.line("size *= 2")
        with out.block("for h in range(size):"):
            out.line("head[h] = -1")
        with out.block("for place in range(first, last):"):
            out.line(f"h = (who[place] * {_MIX}) >> 7 & (size - 1)")
            with out.block("while head[h] >= 0 and who[head[h]] != who[place]:"):
                out.line("h = (h + 1) & (size - 1)")
            out.line("after[place] = head[h]")
            out.line("head[h] = place")
        with out.block("for h in range(size):"):
            if not self.alone:
                out.comment("One entry by itself is within every limit.")
                with out.block("if head[h] < 0 or after[head[h]] < 0:"):
                    out.line("continue")
            out.line("doubt = False")
            out.line("k = 0")
            for line in self.start:
                out.line(line)
            out.line("a = head[h]")
            with out.block("while a >= 0 and not doubt:"):
                out.line("p = entry[a]")
                out.comment("Earlier batches are not looked into.")
                out.line("k += 1")
                out.line(f"doubt = row[p] < 0 or k > {_MOST_PAIRED}")
                out.include(self.one)
                if self.two.lines:
                    out.line("b = after[a]")
                    with out.block("while b >= 0 and not doubt:"):
                        out.line("q = entry[b]")
                        out.include(self.two)
                        out.line("b = after[b]")
                out.line("a = after[a]")
            with out.block("if doubt:"):
                out.line("a = head[h]")
                with out.block("while a >= 0:"):
                    out.line("suspect[entry[a]] = 1")
                    out.line("a = after[a]")


def _among(item: str, members: list[int]) -> str:
    return " or ".join(f"{item} == {place}" for place in members) or "False"
