"""What is emitted: every node and operator, the same bytes each time, and nothing that an author's words can open."""

from __future__ import annotations

import json
import re
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import pytest
from javascript.engines import in_node, run_node

from hypolicy.backends.javascript import bundle
from hypolicy.backends.javascript.code import OPERATORS
from hypolicy.backends.javascript.emit import MAKERS, OPERATIONS, emit, engine, rules_source
from hypolicy.backends.javascript.literals import comment, constant, source
from hypolicy.backends.javascript.words import words
from hypolicy.pipeline import load
from hypolicy.rules import calendar, tree
from hypolicy.rules.operators import Comparison as Operator
from hypolicy.rules.outcome import Settings
from hypolicy.rules.rounding import RoundingMode, RoundingPlace
from hypolicy.rules.sentences import Sentence

if TYPE_CHECKING:
    from collections.abc import Iterable
    from enum import Enum

FOLDER = Path(bundle.__file__).parent
PATHS = sorted([*FOLDER.glob("runtime/*.js"), *FOLDER.glob("form/*.js")])
MODULES = {path.stem: path.read_text(encoding="utf-8") for path in PATHS}
# What is made, and not written.
MADE = {"words": {"WORDS"}, "rules": {"RULES"}, "page": {"PAGE", "SETTINGS"}}
REGULATION = Path(__file__).parents[2] / "policies" / "hengyang-2019"


def exports(module: str) -> set[str]:
    return set(re.findall(r"^export (?:const|class|function) (\w+)", MODULES[module], re.MULTILINE))


# --- one operator table --------------------------------------------------------------------------------------------


def table(module: str, name: str) -> set[str]:
    """The keys of a table of the runtime."""
    found = re.search(
        rf"^( *)(?:export )?const {name} = \{{\n(.*?)^\1\}};", MODULES[module], re.MULTILINE | re.DOTALL
    )
    assert found is not None, f"{module}.js has no table {name}"
    return set(re.findall(rf"^{found[1]}  (\w+)(?=:|,)", found[2], re.MULTILINE))


def names(members: Iterable[Enum]) -> set[str]:
    return {member.name for member in members}


def test_every_comparison_has_its_operator() -> None:
    assert set(OPERATORS) == set(Operator)
    assert table("operators", "COMPARISONS") == names(Operator)
    assert table("calendar", "LENGTHS") == names(Operator)


def test_every_node_has_its_step() -> None:
    assert table("steps", "MAKERS") == {node.__name__ for node in get_args(tree.Expr)}


def test_every_other_choice_has_its_meaning() -> None:
    assert table("assess", "STACKINGS") == names(tree.Stacking)
    assert table("numbers", "ROUNDINGS") == names(RoundingMode)
    assert set(re.findall(r"(\w+): \d+n", MODULES["numbers"])) == names(RoundingPlace)
    rules = {rule.__name__ for rule in get_args(tree.LimitRule)}
    assert table("account", "DENIALS") == rules
    periods = {*names(tree.PeriodKind), "ROLLING"}
    assert periods <= set(re.findall(r'case "(\w+)":', MODULES["account"]))
    assert rules <= set(re.findall(r'case "(\w+)":', MODULES["account"]))


def test_what_the_generated_code_takes_is_there() -> None:
    for module, taken in OPERATIONS.items():
        assert set(taken) <= exports(module)
    assert set(OPERATORS.values()) <= exports("operators")
    assert table("compile", "makers") == set(MAKERS)


def test_every_sentence_is_said_and_no_other() -> None:
    """A sentence of the catalogue that the runtime never says is one that a page would miss."""
    text = "\n".join(MODULES.values())
    said = set(re.findall(r'"([A-Z][A-Z_]+)"', text))
    assert {name for name in Sentence.__members__ if name not in said} == set()
    called = set(re.findall(r'say\("([A-Z_]+)"', text))
    assert called <= set(Sentence.__members__)


def test_every_table_of_words_is_read() -> None:
    text = "\n".join(MODULES.values())
    assert [name for name in words() if f"WORDS.{name}" not in text] == []


# --- modules ---------------------------------------------------------------------------------------------------


def test_no_two_modules_have_one_name() -> None:
    assert len(MODULES) == len(PATHS)
    assert set(MODULES).isdisjoint(MADE)


@pytest.mark.parametrize("module", MODULES)
def test_what_a_module_takes_is_there_and_used(module: str) -> None:
    text = MODULES[module]
    lines = re.findall(r"^import .*$", text, re.MULTILINE)
    taken = re.findall(r'^import \{ (.*) \} from "(?:\./|\.\./runtime/)(\w+)\.js";$', text, re.MULTILINE)
    assert len(taken) == len(lines), "an import is one line, as the bundle reads it"
    code = re.sub(r"^import .*$", "", text, flags=re.MULTILINE)
    for names, other in taken:
        for name in names.split(", "):
            assert name in (MADE.get(other) or exports(other)), f"{other}.js has no {name}"
            assert re.search(rf"\b{name}\b", code), f"{name} is not used"


@pytest.mark.parametrize("module", MODULES)
def test_what_the_bundle_leaves_out_is_never_code(module: str) -> None:
    """Lines that look like comments are, and no text runs over lines whose beginnings are taken off."""
    assert "`" not in re.sub(r"`[^`\n]*`", "", MODULES[module])
    inside = False
    for line in MODULES[module].splitlines():
        stripped = line.strip()
        inside = inside or stripped.startswith("/*")
        assert inside or not stripped.startswith("*")
        inside = inside and not stripped.endswith("*/")


def test_what_is_made_is_the_same_and_says_so() -> None:
    one, other = emit(load(REGULATION)), emit(load(REGULATION))
    assert one == other
    assert set(one.files) == set(one.hashes) == {"calculator.js", "calculator.css"}
    assert emit(load(REGULATION), version="2024-1").version == "2024-1"
    reading = emit(load(REGULATION), Settings({"上浮叠加": "相加"}))
    assert reading.version != one.version
    assert len(one.files["calculator.js"].encode()) < 300_000


# --- exact, and nothing else ---------------------------------------------------------------------------------------

FORBIDDEN = (
    r"\beval\b", r"\bFunction\(", r"\bsetTimeout\(\s*[\"']", r"innerHTML", r"outerHTML", r"insertAdjacentHTML",
    r"document\.write", r"Math\.round", r"\.toFixed", r"parseFloat", r"parseInt", r"new Date", r"Date\.",
    r"\.style\b", r"\bfetch\(",
    r"XMLHttpRequest", r"WebSocket", r"sendBeacon", r"localStorage", r"sessionStorage", r"\.cookie",
)  # fmt: skip


@pytest.mark.parametrize("module", MODULES)
def test_the_runtime_keeps_to_what_is_allowed(module: str) -> None:
    code = re.sub(r"^\s*(//|\*|/\*\*).*$", "", MODULES[module], flags=re.MULTILINE)
    assert [pattern for pattern in FORBIDDEN if re.search(pattern, code)] == []


def test_the_same_policy_gives_the_same_bytes() -> None:
    assert engine(load(REGULATION)) == engine(load(REGULATION))


def test_no_word_of_an_author_is_code() -> None:
    """Of the generated functions nothing is left but our own names, once strings and comments are gone."""
    text = rules_source(load(REGULATION))
    code = text[text.index("RULES.functions") :]
    code = re.sub(r"//.*", "", code)
    code = re.sub(r'"(?:[^"\\]|\\.)*"', '""', code)
    assert code.isascii()


# --- literals ------------------------------------------------------------------------------------------------------

HOSTILE = [
    "</script><script>alert(1)</script>", "<!--", "]]>", "`${alert(1)}`", "'; alert(1); //", '"; alert(1); //',
    "\\", "\\u0022", "行一\n行二", "\u2028\u2029", "\x00\x7f\ufeff", "*/ alert(1) /*", "__proto__", "constructor",
    "${x}", "{name}", "𠮷😀", "\u202e", "&lt;", "%3Cscript%3E",
]  # fmt: skip


def evaluated(expressions: list[str]) -> list[Any]:
    script = f"process.stdout.write(JSON.stringify([{','.join(expressions)}]))"
    return list(json.loads(run_node("-", script)))


def test_hostile_strings_stay_strings() -> None:
    texts = [source(text) for text in HOSTILE]
    assert evaluated(texts) == HOSTILE
    assert not any(re.search("[<\u2028\u2029]", text) for text in texts)


def test_a_comment_never_ends_early() -> None:
    lines = "\n".join(f"{comment(text)}\n{number}," for number, text in enumerate(HOSTILE))
    assert evaluated([lines.rstrip(",")]) == list(range(len(HOSTILE)))
    assert all("\n" not in comment(text) and "<" not in comment(text) for text in HOSTILE)


def test_numbers_and_days_are_exact() -> None:
    assert constant(Fraction(10**30, 3)) == f"rational({10**30}n, 3n)"
    assert constant(-7) == "rational(-7n)"
    assert constant(date(2020, 2, 29)) == str(date(2020, 2, 29).toordinal())
    assert constant(True) == "true"


# --- numbers and days, against the definition ----------------------------------------------------------------------


def asked(module: str, expression: str, given: list[Any]) -> list[Any]:
    """A function of a module on many arguments."""
    script = (
        f"{bundle.joined(module, {})}\n"
        f"const {{ {', '.join(sorted(exports(module)))} }} = ${module};\n"
        f"const ask = (given) => {expression};\n"
        f"process.stdout.write(JSON.stringify({json.dumps(given)}.map((one) => String(ask(one)))));"
    )
    return list(json.loads(run_node("-", script)))


EDGES = [
    date(1, 1, 1),
    date(1, 12, 31),
    date(1900, 2, 28),
    date(2000, 2, 29),
    date(2100, 2, 28),
    date(9999, 12, 31),
]
DAYS = [*EDGES, *(date.fromordinal(n) for n in range(1, date.max.toordinal(), 9973))]
NEAR = [date.fromordinal(date(2019, 1, 1).toordinal() + n) for n in range(0, 1500, 7)]


def test_days_are_those_of_the_calendar() -> None:
    told = asked(
        "calendar",
        "(({ year, month, day }) => `${year}-${month}-${day}`)(dateOf(given))",
        [d.toordinal() for d in DAYS],
    )
    assert told == [f"{day.year}-{day.month}-{day.day}" for day in DAYS]
    counted = asked("calendar", "dayOf(...given)", [[d.year, d.month, d.day] for d in DAYS])
    assert counted == [str(day.toordinal()) for day in DAYS]


@pytest.mark.parametrize("months", [-24000, -13, -1, 0, 1, 6, 12, 240, 120_000])
def test_months_are_added_as_the_law_adds_them(months: int) -> None:
    told = asked("calendar", f"addMonths(given, {months})", [day.toordinal() for day in DAYS])
    assert told == [str(calendar.add_months(day, months).toordinal()) for day in DAYS]


@pytest.mark.parametrize("operator", Operator)
@pytest.mark.parametrize(("amount", "unit"), [(12, "个月"), (1, "年"), (30, "天"), (1, "个月")])
def test_terms_are_as_long_as_the_law_says(operator: Operator, amount: int, unit: str) -> None:
    from hypolicy.backends.exact.compile import term_reaches  # noqa: PLC0415 - the definition itself

    pairs = [(first, last) for first in NEAR[::4] for last in NEAR[::3]] + [
        (EDGES[4], date.max),
        (date.max, date.max),
    ]
    expression = f'termLength("{operator.name}", {amount}, "{unit}", given[0], given[1])'
    told = asked("calendar", expression, [[a.toordinal(), b.toordinal()] for a, b in pairs])
    reaches = term_reaches(operator, amount, unit)
    assert told == [str(reaches(first, last)).lower() for first, last in pairs]


NUMBERS = [Fraction(n, d) for n in (-7, -1, 0, 1, 3, 10**20 + 1) for d in (1, 2, 3, 10**9 + 7)]
PAIRS = [(str(a), str(b)) for a in NUMBERS for b in NUMBERS]


@pytest.mark.parametrize(
    ("name", "meaning"),
    [
        ("plus", lambda a, b: a + b),
        ("minus", lambda a, b: a - b),
        ("times", lambda a, b: a * b),
        ("over", lambda a, b: a / b),
    ],
)
def test_arithmetic_is_exact(name: str, meaning: Any) -> None:
    pairs = [pair for pair in PAIRS if name != "over" or Fraction(pair[1]) != 0]
    told = asked("numbers", f"exactText({name}(exact(given[0]), exact(given[1])))", pairs)
    assert told == [str(meaning(Fraction(a), Fraction(b))) for a, b in pairs]


@pytest.mark.parametrize("mode", RoundingMode)
@pytest.mark.parametrize("place", RoundingPlace)
def test_rounding_is_the_one_of_the_rules(mode: RoundingMode, place: RoundingPlace) -> None:
    from hypolicy.rules.rounding import round_yuan  # noqa: PLC0415

    amounts = [Fraction(n, d) for n in range(-205, 206) for d in (1, 2, 3, 8, 1000)]
    told = asked(
        "numbers",
        f'exactText(roundYuan(exact(given), "{place.name}", "{mode.name}"))',
        [str(a) for a in amounts],
    )
    assert told == [str(round_yuan(amount, place, mode)) for amount in amounts]


def test_the_driver_answers_in_order() -> None:
    assert in_node([]) == []
