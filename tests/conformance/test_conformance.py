"""What the language accepts and what it refuses, case by case: `<topic>/good` and `<topic>/bad`.

A case is one rule file, the 政策.hyp of a folder of its own, or a folder with all that it needs. Where a topic has a
policy of its own (`<topic>/政策`), a case is a file of its folder 修订, or a folder laid over it. A good case has no
diagnostics and all its worked cases come out; its rules and what becomes of each record read as in the .txt file beside
the case. A bad case says on the line of each mistake `#! HY306` (or on the line before it `#! below HY306`, where a
comment would become part of the mistake), and on its first line `#! file HY120` for what has no place in a rule file;
exactly these must be reported, in the words of the .txt file beside the case.
`python tests/conformance/test_conformance.py --update` writes the words anew, to be read before they are kept.
"""

from __future__ import annotations

import re
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

if __name__ == "__main__":
    sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[2])]

import pytest
from rules.in_words import cases_in_words, rules_in_words

from docs.code_examples import laid_out
from hypolicy.backends.exact.cases import run_case
from hypolicy.diagnostics.diagnostic import Collector
from hypolicy.diagnostics.language_codes import LANGUAGE_CODES
from hypolicy.diagnostics.refusal import Refusal
from hypolicy.diagnostics.render import render_text
from hypolicy.pipeline import check_folder
from hypolicy.rules.statements import View
from hypolicy.source import limits
from hypolicy.source.folder import AMENDMENTS, PolicyFolder
from hypolicy.syntax.grammar import sentence_parser
from hypolicy.syntax.include import gather
from hypolicy.syntax.parser import parse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from hypolicy.diagnostics.diagnostic import Diagnostic
    from hypolicy.rules.tree import Policy

HERE = Path(__file__).parent
MARK = re.compile(r"#! ?(file|below)?((?: HY\d{3})+)$", re.MULTILINE)
Found = Counter[tuple[str, int, str]]  # file, line, code; file "" and line 0 where there is no place


def words_beside(case: Path) -> Path:
    return case.with_name(f"{case.name.removesuffix('.hyp')}.txt")


def words_of(diagnostics: tuple[Diagnostic, ...], folder: Path) -> str:
    """What a person reads, wherever the folder is."""
    return render_text(diagnostics, color=False).replace(str(folder), "政策目录") + "\n"


def read_out(policy: Policy) -> str:
    """What a person reads of a policy and of the records of its worked cases."""
    told = [*rules_in_words(policy, View(policy.term.start)), "", *cases_in_words(policy)]
    return "\n".join(line.rstrip() for line in "\n".join(told).splitlines()) + "\n"


def must_be_as_kept(words: str, case: Path) -> None:
    kept = words_beside(case)
    assert kept.is_file(), f"{kept.name} is missing: python {__file__} --update writes it"
    assert words == kept.read_text(encoding="utf-8")


def cases(kind: str) -> list[Path]:
    found = [path for folder in HERE.glob(f"*/{kind}") for path in folder.iterdir()]
    return sorted(path for path in found if path.is_dir() or path.suffix == ".hyp")


def name_of(path: Path) -> str:
    """Without slashes, so that a case can be chosen by its name."""
    return " ".join(path.relative_to(HERE).with_suffix("").parts)


GOOD = cases("good")
BAD = cases("bad")


@pytest.fixture(scope="session", autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HYPOLICY_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield


def rule_files(folder: Path) -> dict[str, str]:
    """Every rule file that can be read as text."""
    out = {}
    for path in sorted(folder.rglob("*.hyp")):
        try:
            out[path.relative_to(folder).as_posix()] = path.read_text(encoding="utf-8-sig")
        except UnicodeDecodeError:
            continue
    return out


def expected(folder: Path) -> Found:
    out: Found = Counter()
    for file, text in rule_files(folder).items():
        for mark in MARK.finditer(text):
            line = text.count("\n", 0, mark.start()) + 1 + (mark[1] == "below")
            place = ("", 0) if mark[1] == "file" else (file, line)
            out.update((*place, code) for code in mark[2].split())
    return out


def diagnosed(folder: Path) -> tuple[Diagnostic, ...]:
    try:
        return check_folder(folder).diagnostics
    except Refusal as refusal:
        return refusal.diagnostics


def reported(folder: Path) -> Found:
    return places_of(diagnosed(folder))


def places_of(diagnostics: tuple[Diagnostic, ...]) -> Found:
    out: Found = Counter()
    for diagnostic in diagnostics:
        file, line = "", 0
        if diagnostic.places and diagnostic.places[0].span.source.path.suffix == ".hyp":
            span = diagnostic.places[0].span
            file, line = str(span.source.path), span.source.position(span.start)[0]
        out[file, line, diagnostic.code] += 1
    return out


# ------------------------------------------------------------------------------------------------- good and bad


@pytest.mark.parametrize("case", GOOD, ids=name_of)
def test_good(case: Path, tmp_path: Path) -> None:
    checked = check_folder(laid_out(case, tmp_path / "policy"))
    assert [(d.code, d.message, [str(p.span) for p in d.places]) for d in checked.diagnostics] == []
    assert checked.policy is not None
    assert checked.policy.cases, "a good case shows what comes out"
    results = [run_case(checked.policy, worked) for worked in checked.policy.cases]
    assert [(result.case.name, result.mismatches) for result in results if not result.passed] == []
    must_be_as_kept(read_out(checked.policy), case)


@pytest.mark.parametrize("case", BAD, ids=name_of)
def test_bad(case: Path, tmp_path: Path) -> None:
    folder = laid_out(case, tmp_path / "policy")
    wanted = expected(folder)
    assert wanted, "a bad case says what is wrong with it"
    diagnostics = diagnosed(folder)
    assert sorted(places_of(diagnostics).elements()) == sorted(wanted.elements())
    must_be_as_kept(words_of(diagnostics, folder), case)


# --------------------------------------------------------------------------------- what is too large to be kept

SMALL = """政策「试点」。
施行期：自2024年1月1日起至2025年12月31日止。
记录「申报」：以申报号为键。
事实「申报号」：编号。
事实「工种」：文本。
"""


def too_many_words(folder: Path) -> Found:
    """Nothing but full stops: other words would make the file too large first."""
    (folder / "政策.hyp").write_text(SMALL + "." * (limits.MAX_TOKENS + 1), encoding="utf-8")
    return reported(folder)


def too_large(folder: Path) -> Found:
    (folder / "政策.hyp").write_text(SMALL + "引用“大.hyp”。\n", encoding="utf-8")
    (folder / "大.hyp").write_text("# 注" * (limits.MAX_FILE_BYTES // 4), encoding="utf-8")
    return reported(folder)


def too_large_together(folder: Path) -> Found:
    count = limits.MAX_POLICY_BYTES // limits.MAX_FILE_BYTES
    (folder / "政策.hyp").write_text(
        SMALL + "".join(f"引用“{n}.hyp”。\n" for n in range(count)), encoding="utf-8"
    )
    for n in range(count):
        (folder / f"{n}.hyp").write_text("# 注" + " " * (limits.MAX_FILE_BYTES - 9), encoding="utf-8")
    return reported(folder)


def too_deep(folder: Path) -> Found:
    depth = limits.MAX_INCLUDE_DEPTH + 1
    for level in range(depth):
        including = SMALL if level == 0 else "# 下一层\n"
        name = "政策.hyp" if level == 0 else f"{level}.hyp"
        (folder / name).write_text(including + f"引用“{level + 1}.hyp”。\n", encoding="utf-8")
    (folder / f"{depth}.hyp").write_text("# 底\n", encoding="utf-8")
    return reported(folder)


def too_many_rows(folder: Path) -> Found:
    table = "表「目录」（工种）的「标准」（金额）：自2024年1月1日起取自“目录.csv”。\n"
    (folder / "政策.hyp").write_text(SMALL + table, encoding="utf-8")
    rows = "工种,标准\n" + "甲,1\n" * (limits.MAX_TABLE_ROWS + 1)
    (folder / "目录.csv").write_text(rows, encoding="utf-8")
    return reported(folder)


def too_many_terms(folder: Path) -> Found:
    sum_ = "加".join(["1元"] * (limits.MAX_TERMS + 2))
    (folder / "政策.hyp").write_text(SMALL + f"测算「合计」：{sum_}。\n", encoding="utf-8")
    return reported(folder)


LARGE: dict[str, Callable[[Path], Found]] = {
    "HY106": too_many_words,
    "HY123": too_large,
    "HY126": too_deep,
    "HY133": too_large_together,
    "HY128": too_many_terms,
    "HY414": too_many_rows,
}


@pytest.mark.parametrize("code", LARGE)
def test_too_large(code: str, tmp_path: Path) -> None:
    found = LARGE[code](tmp_path)
    assert [found_code for _, _, found_code in found.elements() if found_code != "HY127"] == [code]


@pytest.mark.parametrize("first", ["inner", "outer"])
@pytest.mark.parametrize(
    ("levels", "codes"),
    # Nobody uses the outermost: HY213.
    [(limits.MAX_LEVELS, ["HY213"]), (limits.MAX_LEVELS + 1, ["HY219"]), (3 * limits.MAX_LEVELS, ["HY219"])],
)
def test_as_deep_as_allowed(levels: int, codes: list[str], first: str, tmp_path: Path) -> None:
    """Concepts unfold as deep whichever of them is declared first; each is a level, and its name in another is one."""
    concepts = [
        "概念「第1层」：工种。",
        *(f"概念「第{n}层」：第{n - 1}层。" for n in range(2, levels // 2 + 1)),
    ]
    if levels % 2:
        concepts.append(f"概念「最上层」：非（第{levels // 2}层）。")
    ordered = concepts if first == "inner" else concepts[::-1]
    (tmp_path / "政策.hyp").write_text(SMALL.replace("文本", "是否") + "\n".join(ordered), encoding="utf-8")
    assert [code for _, _, code in reported(tmp_path).elements()] == codes


# ---------------------------------------------------------------------------------------------------- coverage


def test_every_code_is_reached() -> None:
    reached = set(LARGE)
    for case in BAD:
        folder = case if case.is_dir() else None
        texts = rule_files(folder).values() if folder else [case.read_text(encoding="utf-8-sig")]
        reached |= {code for text in texts for mark in MARK.finditer(text) for code in mark[2].split()}
    codes = {code.number for code in LANGUAGE_CODES}
    assert sorted(codes - reached) == []
    assert sorted(reached - codes) == []


def kept(symbol: Any) -> bool:
    return not (symbol.is_term and (symbol.filter_out or symbol.name.startswith("_")))


def tree_names() -> set[str]:
    """Every name that a node of a parsed sentence can have."""
    out = set()
    for rule in sentence_parser().rules:
        name = rule.origin.name
        inlined = name.startswith("_") or (
            rule.options.expand1 and len([symbol for symbol in rule.expansion if kept(symbol)]) == 1
        )
        if rule.alias:
            out.add(rule.alias)
        elif not inlined:
            out.add(name)
    return out


def test_every_construct_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    parser = sentence_parser()
    real = parser.parse
    seen: set[str] = set()

    def recorded(*arguments: Any, **options: Any) -> Any:
        tree = real(*arguments, **options)
        seen.update(node.data for node in tree.iter_subtrees())
        return tree

    monkeypatch.setattr(parser, "parse", recorded)
    monkeypatch.setattr("hypolicy.syntax.parser._sound", {})  # what other tests have read is read again
    for number, case in enumerate(GOOD):
        collector = Collector()
        folder = PolicyFolder(laid_out(case, tmp_path / str(number)))
        _, words = parse(gather(folder, collector), collector)
        amending = [path for path in folder.rule_files() if path.parts[0] == AMENDMENTS]
        parse([folder.read(path) for path in amending], collector, words)
    assert sorted(tree_names() - seen) == []


def update() -> None:
    for case in (*GOOD, *BAD):
        with tempfile.TemporaryDirectory() as scratch:
            folder = laid_out(case, Path(scratch) / "policy")
            policy = check_folder(folder).policy if case in GOOD else None
            words = words_of(diagnosed(folder), folder) if policy is None else read_out(policy)
            words_beside(case).write_text(words, encoding="utf-8")


if __name__ == "__main__" and sys.argv[1:] == ["--update"]:
    update()
