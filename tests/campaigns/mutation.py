"""Mutation testing: small changes to the code, each of which some test should notice.

    make mutation [SAMPLE=50 SEED=2]

Changes are made in the syntax tree of one module at a time and loaded in a child process that runs the tests which
reach the changed line, the quickest first, up to the first failure; what survives these has to survive others of
every file of tests too. Nothing is written to the sources. A mutant that no test notices has survived; one on a line
that no test reaches has survived too. A test that never ends has noticed.
"""

from __future__ import annotations

import argparse
import ast
import builtins
import hashlib
import json
import os
import random
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from importlib.util import spec_from_file_location
from itertools import accumulate, compress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import coverage
import pytest
from attrs import define, field, frozen

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

ROOT: Final = Path(__file__).parents[2]
# What is quick to tell of rules and check; not what runs in other processes or browsers, and not the campaigns and
# commands that take minutes and tell of all.
SUITES: Final = (
    "tests/rules",
    "tests/conformance",
    "tests/exact",
    "tests/proof",
    "tests/explain",
    "tests/diagnostics",
    "tests/difference",
    "tests/amendments",
    "tests/rates",
    "tests/format",
    "tests/editor",
    "tests/docs/test_language_reference.py",
    "tests/cli/test_check_and_test.py",
    "tests/cli/test_faults.py",
    "tests/cli/test_outputs.py",
    "tests/records/test_decode.py",
    "tests/records/test_overlaps.py",
    "tests/records/test_read.py",
    "tests/records/test_write.py",
    "tests/pages/test_clauses.py",
    "tests/pages/test_editions.py",
    "tests/pages/test_words.py",
    "tests/javascript/test_questions.py",
)
PYTEST: Final = ("-n0", "-p", "no:cacheprovider", "-p", "no:terminal")
BUDGET: Final = 20.0  # seconds of tests that a mutant gets, the quickest first
SECOND: Final = 40.0  # seconds of others for one that survives these, of every file in turn
PATIENCE: Final = (30, 4)  # seconds for the tests of one mutant, and how many times what they take without it
WAITING: Final = 10  # times as long where the machine has other work, or where it sleeps
FIRST: Final = 40  # tests tried before all the others that reach the line

_SWAPS: Final[dict[type[ast.AST], type[ast.AST]]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.And: ast.Or,
    ast.Or: ast.And,
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.FloorDiv: ast.Mult,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
}


@frozen
class Site:
    """A node that may change, with the statement and the function that it stands in."""

    node: ast.AST
    statement: ast.stmt
    function: str

    @property
    def line(self) -> int:
        located = next(n for n in ast.walk(self.node) if hasattr(n, "lineno"))
        return int(located.lineno)

    @property
    def around(self) -> range:
        """The lines that run with it, where its own is not one that runs: of a head, or of a constant."""
        body = getattr(self.statement, "body", None)
        last = self.statement.end_lineno or self.statement.lineno
        if body and not isinstance(self.statement, ast.FunctionDef):
            last = body[0].lineno - 1
        return range(self.statement.lineno, last + 1)


@frozen
class Mutant:
    """One change, by the place of its node among those of the module that may change and its number there."""

    path: Path
    line: int
    around: range
    function: str
    site: int
    number: int

    @property
    def file(self) -> str:
        return str(self.path.relative_to(ROOT))


# --- changes ---------------------------------------------------------------------------------------------------


def changes(node: ast.AST) -> Iterator[Callable[[Any], ast.AST | None]]:
    """What may be done to a node: functions that edit it, or give what is to stand in its place."""
    match node:
        case ast.Compare(ops=ops):
            for index, op in enumerate(ops):
                yield lambda n, index=index, op=op: n.ops.__setitem__(index, _SWAPS[type(op)]())
        case ast.BoolOp() | ast.BinOp() if type(node.op) in _SWAPS:
            yield lambda n: setattr(n, "op", _SWAPS[type(n.op)]())
        case ast.UnaryOp(op=ast.Not()):
            yield lambda n: n.operand
        case ast.Constant(value=bool(value)):
            yield lambda n: setattr(n, "value", not value)
        case ast.Constant(value=int(value)):
            yield lambda n: setattr(n, "value", value + 1)
        case ast.Constant(value=str(value)) if value:
            yield lambda n: setattr(n, "value", value + "X")
        case ast.If() | ast.IfExp() | ast.While():
            yield lambda n: setattr(n, "test", ast.UnaryOp(ast.Not(), n.test))
        case ast.Return(value=ast.expr()) if not _is_none(node.value):
            yield lambda n: setattr(n, "value", ast.Constant(None))
        case ast.Expr(value=ast.Call()):
            yield lambda n: ast.Pass()
        case ast.Continue():
            yield lambda n: ast.Break()
        case ast.Break():
            yield lambda n: ast.Pass()
        case ast.comprehension(ifs=[_, *_]):
            yield lambda n: setattr(n, "ifs", [])
        case ast.match_case(guard=ast.expr()):
            yield lambda n: setattr(n, "guard", None)
        case _:
            return


def _is_none(node: ast.AST | None) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def sites(node: ast.AST, statement: ast.stmt | None = None, names: tuple[str, ...] = ()) -> Iterator[Site]:
    """Nodes of functions that run, lambdas of a module among them.

    Left out is what says nothing about a result: docstrings, annotations and other words for the type checker,
    decorators (of ours only caches and kinds of methods), and assertions with all that they consist of: `assert`,
    exceptions for our own bugs, `assert_never`, and `strict=True` of `zip`.
    """
    for part, value in ast.iter_fields(node):
        if part in ("annotation", "returns", "decorator_list", "type_params"):
            continue
        for child in value if isinstance(value, list) else [value]:
            if not isinstance(child, ast.AST) or _asserts(child) or _is_docstring(child):
                continue
            within = child if isinstance(child, ast.stmt) else statement
            path = names
            if isinstance(child, (ast.FunctionDef, ast.Lambda)):
                path = (*names, getattr(child, "name", "lambda"))
            if path and within is not None:
                yield Site(child, within, ".".join(path))
            yield from sites(child, within, path)


def _asserts(node: ast.AST) -> bool:
    match node:
        case ast.Assert() | ast.Expr(value=ast.Call(func=ast.Name(id="assert_never"))):
            return True
        case ast.Raise(exc=ast.Call(func=ast.Name(id=name)) | ast.Name(id=name)):
            return hasattr(builtins, name)
        case ast.keyword(arg="strict", value=ast.Constant(value=True)):
            return True
        case _:
            return False


def _is_docstring(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def mutants(path: Path) -> Iterator[Mutant]:
    """Every mutant of a module."""
    for number, site in enumerate(sites(_parsed(path))):
        for change, _ in enumerate(changes(site.node)):
            yield Mutant(path, site.line, site.around, site.function, number, change)


def changed(mutant: Mutant) -> tuple[ast.Module, str, str]:
    """The tree of the module with the change, and the words before and after it."""
    module = _parsed(mutant.path)
    node = list(sites(module))[mutant.site].node
    before = _words(node)
    replaced = list(changes(node))[mutant.number](node)
    if replaced is not None:
        module = _Replace(node, replaced).visit(module)
    return ast.fix_missing_locations(module), before, _words(replaced or node)


def _parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


class _Replace(ast.NodeTransformer):
    def __init__(self, old: ast.AST, new: ast.AST) -> None:
        self.old, self.new = old, ast.copy_location(new, old)

    def visit(self, node: ast.AST) -> Any:
        return self.new if node is self.old else super().generic_visit(node)


def _words(node: ast.AST) -> str:
    if isinstance(node, ast.comprehension):
        return f"for … in …{''.join(f' if {ast.unparse(test)}' for test in node.ifs)}"
    if isinstance(node, ast.match_case):
        return f"case …{f' if {ast.unparse(node.guard)}' if node.guard else ''}"
    if isinstance(node, (ast.If, ast.While)):
        return f"if {ast.unparse(node.test)}"
    return ast.unparse(node)


# --- which tests reach a line ----------------------------------------------------------------------------------


@frozen
class Reach:
    """The tests that run each line, by their numbers, and how long each takes."""

    code: str
    seconds: dict[str, float]
    tests: dict[str, dict[int, list[int]]]

    def of(self, mutant: Mutant) -> list[list[str]]:
        """The tests of a mutant in parts, each run only where it survives the one before."""
        lines = self.tests.get(str(mutant.path), {})
        numbers = lines.get(mutant.line) or {test for line in mutant.around for test in lines.get(line, [])}
        names = list(self.seconds)
        quickest = sorted((names[number] for number in numbers), key=self._takes)
        first = self._within(BUDGET, quickest)
        second = self._within(SECOND, _by_turns([test for test in quickest if test not in set(first)]))
        return [part for part in (first[:FIRST], first[FIRST:], second) if part]

    def takes(self, tests: list[str]) -> float:
        return sum(map(self._takes, tests))

    def reaching(self, path: Path) -> list[str]:
        """Tests that run any line of a module."""
        names = list(self.seconds)
        lines = self.tests.get(str(path), {})
        return sorted({names[number] for tests in lines.values() for number in tests})

    def _within(self, seconds: float, tests: list[str]) -> list[str]:
        """As many as take no longer together, and one in any case."""
        sums = accumulate(map(self._takes, tests))
        return list(compress(tests, (so_far <= seconds for so_far in sums))) or tests[:1]

    def _takes(self, test: str) -> float:
        return self.seconds.get(test, 0.0)


def _by_turns(tests: list[str]) -> list[str]:
    """One of each file, then another one of each."""
    turns: Counter[str] = Counter()
    turn = {}
    for test in tests:
        file = test.split("::")[0]
        turn[test] = turns[file]
        turns[file] += 1
    return sorted(tests, key=turn.__getitem__)


class _Watch:
    """Tells coverage which test runs; runs only those that are not known."""

    def __init__(self, measured: coverage.Coverage, known: Reach | None) -> None:
        self.measured = measured
        self.known = known.seconds if known is not None else {}
        self.seconds: dict[str, float] = {}
        self.failed: list[str] = []

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items[:] = [item for item in items if item.nodeid not in self.known]

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        self.measured.switch_context(item.nodeid)
        start = time.process_time()
        result = yield
        self.seconds[item.nodeid] = time.process_time() - start
        return result  # type: ignore[return-value]

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.failed.append(f"{report.nodeid}: {report.longrepr}")

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self.failed.append(report.nodeid)


def measure(folders: list[Path], keep: Path, known: Reach | None) -> None:
    """Run every suite once, in a process of its own, and keep what each test reaches beside what is known."""
    measured = coverage.Coverage(data_file=None, include=[f"{folder}/*" for folder in folders])
    watch = _Watch(measured, known)
    measured.start()
    code = pytest.main([*PYTEST, *SUITES], plugins=[watch])
    measured.stop()
    data = measured.get_data()
    tests = known.tests if known is not None else {}
    for test in watch.failed:
        watch.seconds.pop(test, None)
    seconds = {**watch.known, **watch.seconds}
    numbers = {test: number for number, test in enumerate(seconds)}
    for file in data.measured_files():
        lines = tests.setdefault(file, {})
        for line, names in data.contexts_by_lineno(file).items():
            lines.setdefault(line, []).extend(numbers[test] for test in names if test in numbers)
    kept = {"code": _state(folders), "seconds": seconds, "tests": tests}
    keep.write_text(json.dumps(kept, ensure_ascii=False), encoding="utf-8")
    if watch.failed or code not in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
        print("Without any change, these fail:", *watch.failed, sep="\n  ")
        os._exit(1)


def reach(folders: list[Path], kept: Path | None) -> Reach:
    """What each test reaches: what a file keeps for the code as it is, and of other tests measured."""
    known = _read(kept) if kept is not None and kept.is_file() else None
    with tempfile.TemporaryDirectory() as folder:
        keep = kept or Path(folder) / "reach.json"
        child = os.fork()
        if child == 0:
            measure(folders, keep, known if known is not None and known.code == _state(folders) else None)
            os._exit(0)
        if os.waitpid(child, 0)[1]:
            sys.exit(1)
        return _read(keep)


def _read(keep: Path) -> Reach:
    kept = json.loads(keep.read_text(encoding="utf-8"))
    tests = {
        file: {int(line): numbers for line, numbers in lines.items()} for file, lines in kept["tests"].items()
    }
    return Reach(kept["code"], kept["seconds"], tests)


def _state(folders: list[Path]) -> str:
    """The code of some folders, as a hash."""
    digest = hashlib.sha256()
    for folder in folders:
        for path in sorted(folder.rglob("*.py")):
            digest.update(path.read_bytes())
    return digest.hexdigest()


# --- one mutant ------------------------------------------------------------------------------------------------


class _Loader:
    """Gives one module from a changed tree, all others as they are."""

    def __init__(self, path: Path, tree: ast.Module) -> None:
        self.name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        self.path, self.tree = path, tree

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
        if name != self.name:
            return None
        return spec_from_file_location(name, self.path, loader=self)  # type: ignore[arg-type]

    def create_module(self, spec: Any) -> None:
        return None

    def exec_module(self, module: Any) -> None:
        exec(compile(self.tree, str(self.path), "exec"), module.__dict__)  # noqa: S102


def survives(path: Path, tree: ast.Module, tests: list[str], seconds: float) -> bool:
    """Whether all these tests, which take so many seconds, pass with a module in this form."""
    patience = int(PATIENCE[0] + PATIENCE[1] * seconds)
    child = os.fork()
    if child == 0:
        os.setsid()
        resource.setrlimit(resource.RLIMIT_CPU, (patience, patience))
        silent = os.open(os.devnull, os.O_WRONLY)
        os.dup2(silent, 1)
        os.dup2(silent, 2)
        sys.meta_path.insert(0, _Loader(path, tree))  # type: ignore[arg-type]
        try:
            code = pytest.main(["-x", *PYTEST, *tests])
        except BaseException:
            code = 1
        os._exit(int(code))

    def give_up(number: int, frame: FrameType | None) -> None:
        os.killpg(child, signal.SIGKILL)

    signal.signal(signal.SIGALRM, give_up)
    signal.alarm(WAITING * patience)
    status = os.waitpid(child, 0)[1]
    signal.alarm(0)
    return status == 0


@define
class Report:
    """What has been tried. The order is random, so whatever is tried when a run is stopped is a sample too."""

    folders: list[str]
    seed: int
    code: str
    mutants: int
    survivors: list[dict[str, str | int]] = field(factory=list)
    by_file: defaultdict[str, Counter[str]] = field(factory=lambda: defaultdict(Counter))

    def tried(self, mutant: Mutant, before: str, after: str, tests: int, *, alive: bool) -> None:
        self.by_file[mutant.file]["survived" if alive else "killed"] += 1
        if alive:
            print(f"{mutant.file}:{mutant.line}: {before}  →  {after}  ({tests} tests)", flush=True)
            place: dict[str, str | int] = {"file": mutant.file, "line": mutant.line}
            change = {"function": mutant.function, "before": before, "after": after, "tests": tests}
            self.survivors.append({**place, **change})

    @property
    def counts(self) -> tuple[int, int]:
        """How many were tried, and how many of them killed."""
        tried = sum(counts.total() for counts in self.by_file.values())
        return tried, tried - len(self.survivors)

    @property
    def summary(self) -> str:
        tried, killed = self.counts
        return f"{tried} tried, {killed} killed: {killed / tried:.1%}"

    def write(self, to: Path) -> None:
        tried, killed = self.counts
        told = {
            "folders": self.folders,
            "suites": SUITES,
            "seconds": [BUDGET, SECOND],
            "seed": self.seed,
            "code": self.code,
            "mutants": self.mutants,
            "tried": tried,
            "killed": killed,
            "by_file": {file: dict(counts) for file, counts in sorted(self.by_file.items())},
            "survivors": self.survivors,
        }
        to.parent.mkdir(parents=True, exist_ok=True)
        to.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def main() -> None:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("folders", nargs="+", type=Path)
    options.add_argument("--sample", type=int, default=0, help="how many mutants, chosen at random; 0 is all")
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--out", type=Path)
    options.add_argument(
        "--reach", type=Path, help="keep what each test reaches in this file, or read it there"
    )
    chosen = options.parse_args()

    os.chdir(ROOT)
    code = subprocess.check_output(["git", "describe", "--always", "--dirty"], text=True).strip()
    sys.path[:0] = [str(ROOT), str(ROOT / "tests")]
    os.environ["HYPOLICY_CACHE"] = os.devnull + "/none"
    os.environ["PYTHONPATH"] = str(ROOT)
    folders = [folder.resolve() for folder in chosen.folders]
    reached = reach(folders, chosen.reach)
    for folder in folders:
        path = sorted(folder.rglob("*.py"))[-1]
        some = reached.reaching(path)[:FIRST]
        if not survives(path, _parsed(path), some, reached.takes(some)):
            sys.exit(f"{path}: the tests fail without any change to it")

    every = [m for folder in folders for path in sorted(folder.rglob("*.py")) for m in mutants(path)]
    picked = (
        every
        if not chosen.sample
        else random.Random(chosen.seed).sample(every, min(chosen.sample, len(every)))
    )
    report = Report([str(folder.relative_to(ROOT)) for folder in folders], chosen.seed, code, len(every))
    for number, mutant in enumerate(picked, start=1):
        tests = reached.of(mutant)
        tree, before, after = changed(mutant)
        alive = all(survives(mutant.path, tree, part, reached.takes(part)) for part in tests)
        report.tried(mutant, before, after, sum(map(len, tests)), alive=alive)
        if number % 50 == 0:
            print(f"… {number} of {len(picked)}, {len(report.survivors)} survived", flush=True)
        if chosen.out:
            report.write(chosen.out)
    print(f"{len(every)} mutants, {report.summary}")


if __name__ == "__main__":
    main()
