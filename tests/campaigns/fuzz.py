"""Coverage-guided fuzzing of decode, parse, check and proof: no crash, no hang, whatever the bytes (make fuzz).

    python tests/campaigns/fuzz.py [--minutes 10] [--corpus DIR]

An input is the bytes of 政策.hyp in a folder of its own, and, behind a record separator (0x1E), those of 目录.csv.
A finding is any exception but Refusal, or an input that takes more than five seconds; libFuzzer keeps it as crash-…
or timeout-… in the corpus folder. Needs atheris, which `make fuzz` installs into an environment of its own.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path
from time import process_time

import atheris

# The passes too, which `examine` would only import later, out of sight.
with atheris.instrument_imports(include=["hypolicy"]):
    import hypolicy.check.official_text
    import hypolicy.check.policy
    import hypolicy.proof.overlaps
    import hypolicy.syntax.parser  # noqa: F401
    from hypolicy.diagnostics.refusal import Refusal
    from hypolicy.diagnostics.render import render_json, render_text
    from hypolicy.pipeline import examine
    from hypolicy.source.folder import PolicyFolder
    from hypolicy.syntax.grammar import keywords
    from hypolicy.syntax.lexer import FIXED_WORDS

ROOT = Path(__file__).parents[2]
WORK = Path(tempfile.mkdtemp(prefix="hypolicy-fuzz-"))
SECONDS_ALLOWED = 5
SEPARATOR = b"\x1e"


def one_input(data: bytes) -> None:
    start = process_time()
    rules, _, table = data.partition(SEPARATOR)
    (WORK / "政策.hyp").write_bytes(rules)
    (WORK / "目录.csv").write_bytes(table)
    try:
        found = examine(PolicyFolder(WORK.resolve())).diagnostics
    except Refusal as refusal:
        found = refusal.diagnostics
    render_text(found, color=True)
    render_json(found)
    # Of the processor, since libFuzzer's own clock runs on while others work.
    assert process_time() - start < SECONDS_ALLOWED


def seeds(corpus: Path) -> None:
    """The regulations' own files and the conformance cases, as single files, with their table where they have one."""
    corpus.mkdir(parents=True, exist_ok=True)
    files = [*ROOT.glob("policies/*/*.hyp"), *ROOT.glob("tests/conformance/**/*.hyp")]
    for number, file in enumerate(sorted(files)):
        tables = sorted(file.parent.glob("*.csv")) if file.name == "政策.hyp" else []
        parts = [file.read_bytes(), *(table.read_bytes() for table in tables[:1])]
        (corpus / f"seed-{number:04}").write_bytes(SEPARATOR.join(parts))


def dictionary(folder: Path) -> Path:
    """The words and marks of the language, for mutations that make sense."""
    words = {
        *keywords(),
        *FIXED_WORDS,
        *"。；：，、（）「」“”#>",
        "2024年1月1日",
        "100元",
        "5元/课时",
        "70%",
        "「奖补」",
    }
    lines = ['"' + "".join(f"\\x{byte:02x}" for byte in word.encode()) + '"\n' for word in sorted(words)]
    path = folder / "words.dict"
    path.write_text("".join(lines), encoding="ascii")
    return path


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=int, default=10)
    parser.add_argument("--corpus", type=Path, default=ROOT / "out" / "fuzz")
    chosen = parser.parse_args()
    seeds(chosen.corpus)
    arguments = [
        sys.argv[0],
        str(chosen.corpus),
        f"-dict={dictionary(WORK)}",
        f"-max_total_time={chosen.minutes * 60}",
        f"-timeout={20 * SECONDS_ALLOWED}",
        "-max_len=20000",
        "-rss_limit_mb=1024",
        f"-artifact_prefix={chosen.corpus}/",
    ]
    atheris.Setup(arguments, one_input)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
