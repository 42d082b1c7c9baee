"""The same, compiled for the processor: what Numba makes of the generated texts gives the same numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from columns.agreement import difference, of_random_policy
from differential.test_agreement import policy, rows

from hypolicy.backends.columns import machine
from hypolicy.backends.columns.program import Jit, Wanted, canonical_frame, compile_policy
from hypolicy.diagnostics.refusal import Refusal

if TYPE_CHECKING:
    from pathlib import Path

# The policies with these numbers are others than those of the plain runs.
SEEDS = range(1_000_000, 1_000_020)


@pytest.mark.parametrize("seed", SEEDS)
def test_random_policies(seed: int, tmp_path: Path) -> None:
    assert not of_random_policy(seed, tmp_path / "policy", 200, Jit.ALWAYS, most_items=1)


def test_the_regulation() -> None:
    assert difference(compile_policy(policy(), jit=Jit.ALWAYS), rows()[:2500], (), 0) == ""


def test_without_numba_only_the_plain_way_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hypolicy.backends.columns.program.numba_installed", lambda: False)
    with pytest.raises(Refusal, match="HY854"):
        compile_policy(policy(), jit=Jit.ALWAYS)
    program = compile_policy(policy(), jit=Jit.AUTO)
    assert isinstance(program.machine(10**9), machine.PlainMachine)


def test_what_was_compiled_is_kept_and_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HYPOLICY_CACHE", str(tmp_path / "cache"))
    text = "def rows(start, stop, out):\n    for i in range(start, stop):\n        out[i] = i * i\n"
    frame = canonical_frame(policy().records[0], rows()[:10])
    assert frame.height == 10
    for _ in range(2):
        out = frame["课时"].to_numpy().copy()
        machine.CompiledMachine().call(text, "rows", [0, 10], [out])
        assert out.tolist() == [i * i for i in range(10)]
    files = (path.suffix for path in (tmp_path / "cache" / "kernels").rglob("*") if path.is_file())
    assert sorted(set(files) - {".pyc"}) == [".nbc", ".nbi", ".py"]


def test_it_is_compiled_only_where_so_many_rows_come() -> None:
    program = compile_policy(policy())
    assert isinstance(program.machine(99_999), machine.PlainMachine)
    assert isinstance(program.machine(100_000), machine.CompiledMachine)
    assert program.start(wanted=Wanted.GRANTED).finish().totals.cells() == []
