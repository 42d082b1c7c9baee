"""Publishing: a policy whose cases all come out becomes a folder of pages, whole or not at all.

checked policy → its cases, run and told step by step (backends.exact) → pages (backends.pages.site)
               → their layout (backends.pages.shell) → the folder, put in its place in one step
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shutil
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

from attrs import frozen

from hypolicy import __version__
from hypolicy.backends.exact.cases import run_case
from hypolicy.backends.exact.stories import tell
from hypolicy.backends.javascript.emit import emit
from hypolicy.backends.javascript.fragments import calculated, fragment
from hypolicy.backends.pages import addresses
from hypolicy.backends.pages.matter import Matter
from hypolicy.backends.pages.shell.paper import browser, print_pages
from hypolicy.backends.pages.site import site
from hypolicy.diagnostics.diagnostic import Diagnostic, Place
from hypolicy.diagnostics.refusal import Refusal
from hypolicy.pipeline import check_folder, load
from hypolicy.records.simulation import read_simulation
from hypolicy.records.writing import failure
from hypolicy.source.folder import PolicyFolder
from hypolicy.succession import amended, changed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from hypolicy.backends.javascript.emit import Bundle
    from hypolicy.backends.pages.site import Page, Site
    from hypolicy.rules.tree import Policy

# Stands in every folder that was written here, so that no other folder is ever replaced.
MARKER: Final = "site.json"
PAPER: Final = "policy.pdf"


@frozen
class Published:
    """What was written, and what the check has warned of."""

    pages: int
    warnings: tuple[Diagnostic, ...]


def publish(
    path: Path,
    out: Path,
    *,
    amendments: Sequence[Path] = (),
    before: Path | None = None,
    simulation: Path | None = None,
    pdf: bool = False,
) -> Published:
    """Write the site of the policy in folder `path` to the folder `out`, in place of an earlier one.

    With `amendments` the policy is shown as these drafts would leave it, which every page says. With `before`, the
    folder of an earlier version, a page tells what has changed since. With `simulation`, a folder that `simulate` has
    written, pages tell what other readings and the drafts would cost. With `pdf`, all of it
    is written as one document too.
    Raises Refusal, having written nothing, where the policy has errors, a case comes out otherwise, or `out` is no
    place to write to.
    """
    wrap = _wrapper()
    if pdf:
        browser()  # where there is none, it is said at once
    told, warnings = matter(path, amendments, before, simulation)
    made = site(told, paper=PAPER if pdf else "")
    footer = (
        f"{made.title}　规则版本{made.digest}",
        "说明由规则文件生成，供核对使用；是否享受以主管部门的审定为准。",
    )
    with _in_place_of(out) as folder:
        assets = {MARKER: _marker(made), **calculator(told).files}
        wrap(made.title, made.pages, assets, footer, folder, notice=made.notice)
        if pdf:
            print_pages(made.title, made.pages, folder, folder / PAPER, notice=made.notice)
    return Published(len(made.pages), warnings)


def matter(
    path: Path,
    amendments: Sequence[Path] = (),
    before: Path | None = None,
    simulation: Path | None = None,
) -> tuple[Matter, tuple[Diagnostic, ...]]:
    """What the pages are made of, and what the check has warned of.

    Raises Refusal where the policy has errors, or a case comes out otherwise before any draft is taken in: what
    drafts make of a case is what their readers want to see.
    """
    failures = tuple(_failures(load(path)))
    if failures:
        raise Refusal(*failures)
    checked, policy = check_folder(path, amendments=amendments), load(path, amendments=amendments)
    folder = PolicyFolder(path.resolve())
    official = folder.read(folder.resolve(policy.official_text)) if policy.official_text else None
    version = digest(policy, folder)
    changes = list(amended(path, policy, amendments)) if policy.amendments else []
    if before is not None:
        changes.append(changed(load(before), policy))
    told = Matter(
        policy,
        tuple(tell(policy, case) for case in policy.cases),
        checked.coverage,
        official,
        version,
        tuple(changes),
        read_simulation(simulation, policy.number, folder, amendments) if simulation is not None else None,
        {case.name: fragment(policy, case, version) for case in policy.cases} if calculated(policy) else None,
    )
    return told, checked.diagnostics


def calculator(told: Matter) -> Bundle:
    """The calculator that stands in the pages, its clauses linked to theirs."""
    links = {clause.number: addresses.clause(clause.number) for clause in told.policy.clauses}
    return emit(told.policy, links=links, version=told.digest)


def _failures(policy: Policy) -> Iterator[Diagnostic]:
    for case in policy.cases:
        for mismatch in run_case(policy, case).mismatches:
            facts = {
                "case": case.name,
                "item": mismatch.item,
                "expected": mismatch.expected,
                "got": mismatch.got,
            }
            yield Diagnostic("HY890", facts, (Place(case.origin.span.written),), case.origin.clause)


def digest(policy: Policy, folder: PolicyFolder) -> str:
    """Twelve hexadecimal digits that tell versions of the rules apart: of every rule file, and of every table."""
    told = hashlib.sha256()
    for path in folder.rule_files():
        told.update(f"{path}\n{folder.read(path).text}\0".encode())
    for table in policy.tables:
        for version in table.versions:
            told.update(f"{table.name}{version.period}{sorted(version.rows.items())}".encode())
    return told.hexdigest()[:12]


def _marker(made: Site) -> str:
    told = {"hypolicy": __version__, "title": made.title, "rules": made.digest, "pages": len(made.pages)}
    return json.dumps(told, ensure_ascii=False, indent=2) + "\n"


class _Wrap(Protocol):
    def __call__(
        self,
        title: str,
        pages: Sequence[Page],
        assets: Mapping[str, str],
        footer: Sequence[str],
        into: Path,
        *,
        notice: str = "",
    ) -> None: ...


def _wrapper() -> _Wrap:
    """The layout, whose libraries are an extra of the package."""
    try:
        from hypolicy.backends.pages.shell.wrap import wrap  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise Refusal(Diagnostic("HY892", {"missing": error.name or "mkdocs"})) from None
    return wrap


# --- the folder ------------------------------------------------------------------------------------------------


@contextmanager
def _in_place_of(out: Path) -> Iterator[Path]:
    """An empty folder beside `out`; on leaving without an exception it takes the place of `out`."""
    target = Path(os.path.realpath(out))
    if target.exists() and not _ours(target):
        raise Refusal(Diagnostic("HY891", {"path": str(out)}))
    temporary = target.with_name(f".{target.name}.{secrets.token_hex(6)}")
    old = target.with_name(f".{target.name}.{secrets.token_hex(6)}")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        temporary.mkdir()
        yield temporary
        if target.exists():
            target.rename(old)
        try:
            temporary.rename(target)
        except OSError:
            if old.exists():
                old.rename(target)
            raise
    except OSError as error:
        raise Refusal(Diagnostic("HY893", {"path": str(out), "reason": failure(error)})) from None
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
        if target.exists():
            shutil.rmtree(old, ignore_errors=True)


def _ours(folder: Path) -> bool:
    """Whether a folder may be replaced: it is empty, or was written here."""
    if not folder.is_dir():
        return False
    return not any(folder.iterdir()) or (folder / MARKER).is_file()
