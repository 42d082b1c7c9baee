"""What the checker makes of a rule file: every part of the rule tree, with its clause and its place.

python tests/conformance/test_tree.py --update    writes trees.txt anew; read the difference before a commit
"""

from __future__ import annotations

import sys
import tempfile
from datetime import date
from enum import Enum
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, get_args

if __name__ == "__main__":
    sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[2])]

import attrs
import pytest
from conformance.test_conformance import GOOD, laid_out, name_of

from hypolicy.pipeline import check_folder
from hypolicy.rules import tree
from hypolicy.rules.calendar import Period
from hypolicy.rules.types import BoolType, DateType, EnumType, IdentifierType, NumberType, TextType, Type
from hypolicy.source.text import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

GOLDEN: Final = Path(__file__).with_name("trees.txt")
# Between them they have every kind of sentence.
CASES: Final = (
    "benefits good 上浮比例可以是参数",
    "benefits good 委托的补贴待定",
    "benefits good 待定条件先于其他条件",
    "benefits good 由别的部门规定的参数",
    "benefits good 申请垫付和发给",
    "benefits good 适用日和汇总年度可以另写",
    "benefits good 情形各有条件其余不予",
    "cases good 几种记录的核查目标和测算",
    "cases good 校验和提示",
    "cases good 用表和改一格",
    "amendments good 从旧",
    "files good 官方文本逐句引用",
    "files good 数据文件用代码和另外的列名",
    "ledger good 因限制不予的连带不予",
    "ledger good 可以另按企业归集",
    "names good 事实的各种注明",
    "readings good 共同条件随口径所选的组",
    "readings good 口径选择叠加方式",
    "readings good 口径选择补贴组和期间",
    "readings good 固定口径只记下理由",
    "tables good 目录文件分版并上浮",
    "types good 每一种类型的事实",
)
# Where they are declared they are told; elsewhere their names will do.
_NAMED: Final = (
    tree.Fact, tree.Parameter, tree.Table, tree.Column, tree.Concept, tree.Fund, tree.Group, tree.Reading, tree.Holder,
)  # fmt: skip


def outline(policy: tree.Policy) -> Iterator[str]:
    for field in attrs.fields(tree.Policy):
        value = getattr(policy, field.name)
        if (
            isinstance(value, tuple)
            and value
            and attrs.has(type(value[0]))
            and not isinstance(value[0], tree.Fact)
        ):
            for one in value:
                yield f"{field.name}:"
                yield from _parts(one, "  ")
        else:
            yield f"{field.name}: {_shown(value)}"


def _parts(thing: Any, indent: str) -> Iterator[str]:
    """The fields of a thing, each on a line, what is empty left out; things within it that have fields below it."""
    for field in attrs.fields(type(thing)):
        value = getattr(thing, field.name)
        assert value is not None or "None" in str(field.type), f"{type(thing).__name__}.{field.name}"
        if value in (None, "", (), False):
            continue
        several = value if isinstance(value, tuple) else (value,)
        facts = isinstance(thing, tree.RecordKind) and field.name == "facts"
        if facts or any(_is_whole(one) for one in several):
            for one in several:
                yield f"{indent}{field.name}:"
                yield from _parts(one, f"{indent}  ")
        else:
            yield f"{indent}{field.name}: {_shown(value)}"


def _is_whole(value: Any) -> bool:
    """Whether something has a place of its own among the parts of a policy."""
    plain = (*_NAMED, *get_args(tree.Expr), *get_args(Type), tree.Origin, Span, Period, tree.Rolling)
    return attrs.has(type(value)) and not isinstance(value, plain)


def _shown(value: Any) -> str:
    match value:
        case tuple() | frozenset():
            return f"（{'、'.join(_shown(one) for one in value)}）"
        case dict():
            return "；".join(f"{_shown(key)} → {_shown(one)}" for key, one in value.items())
        case tree.Origin(clause, span):
            return f"【{clause}】{_shown(span)}" + (f" {value.amended}" if value.amended else "")
        case Span():
            first, last = value.source.position(value.start), value.source.position(value.end)
            return f"{value.source.path} {first[0]}:{first[1]} – {last[0]}:{last[1]}"
        case EnumType(_, labels, ordered, codes):
            return f"{value}（{'＜' if ordered else ''}{'、'.join(labels)}{'：' if codes else ''}{'、'.join(codes)}）"
        case NumberType(_, whole):
            return f"{value}{'，整数' if whole else ''}"
        case BoolType() | DateType() | TextType() | IdentifierType():
            return str(value)
        case Enum():
            return str(value.value)
        case _ if isinstance(value, _NAMED):
            return f"「{value.name}」"
        case _ if isinstance(value, get_args(tree.Expr)):
            return f"{type(value).__name__} “{''.join(value.origin.text.split())}” {value.origin.clause}"
        case str() | int() | Fraction() | date() | Period() | tree.Rolling() | None:
            return str(value)
        case _:
            return f"{type(value).__name__}（{'、'.join(_shown(one) for one in attrs.astuple(value, recurse=False))}）"


def told(case: Path) -> str:
    with tempfile.TemporaryDirectory() as scratch:
        policy = check_folder(laid_out(case, Path(scratch) / "policy")).policy
    assert policy is not None
    return "\n".join([f"# {name_of(case)}", *outline(policy)]) + "\n\n"


SHOWN: Final = [case for case in GOOD if name_of(case) in CASES]


@pytest.mark.parametrize("case", SHOWN, ids=name_of)
def test_the_tree_of_a_case(case: Path) -> None:
    kept = GOLDEN.read_text(encoding="utf-8")
    start = kept.index(f"# {name_of(case)}\n")
    assert told(case) == kept[start : kept.find("\n# ", start) + 1 or None]


def test_no_tree_is_left_over() -> None:
    kept = GOLDEN.read_text(encoding="utf-8")
    names = [line.removeprefix("# ") for line in kept.splitlines() if line.startswith("# ")]
    assert names == [name_of(case) for case in SHOWN]
    assert set(names) == set(CASES)


if __name__ == "__main__":
    text = "".join(map(told, SHOWN))
    if "--update" in sys.argv:
        GOLDEN.write_text(text, encoding="utf-8")
    else:
        sys.stdout.write(text)
