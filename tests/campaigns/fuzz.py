"""Coverage-guided fuzzing of decode, parse and check: no crash, no hang, whatever the bytes (make fuzz).

    python tests/campaigns/fuzz.py [--minutes 10] [--corpus DIR]

An input is the bytes of 政策.hyp in a folder of its own. A finding is any exception but Refusal, or an input that
takes more than five seconds; libFuzzer keeps it as crash-… or timeout-… in the corpus folder. Needs `pip install
atheris`, which is no dependency of the project.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["hypolicy"]):
    from hypolicy.check.policy import check
    from hypolicy.diagnostics.diagnostic import Collector
    from hypolicy.diagnostics.refusal import Refusal
    from hypolicy.diagnostics.render import render_json, render_text
    from hypolicy.proof.overlaps import Overlaps
    from hypolicy.source.folder import PolicyFolder
    from hypolicy.syntax.include import gather
    from hypolicy.syntax.parser import parse

ROOT = Path(__file__).parents[2]
WORK = Path(tempfile.mkdtemp(prefix="hypolicy-fuzz-"))
SECONDS_ALLOWED = 5


def one_input(data: bytes) -> None:
    (WORK / "政策.hyp").write_bytes(data)
    folder = PolicyFolder(WORK.resolve())
    collector = Collector()
    try:
        sources = gather(folder, collector)
    except Refusal:
        return
    document, vocabulary = parse(sources, collector)
    policy = check(document, vocabulary, folder, collector)
    if policy is not None and not collector.has_errors:
        Overlaps(policy, collector).examine()
    render_text(collector.found, color=True)
    render_json(collector.found)


def seeds(corpus: Path) -> None:
    """The regulation's own files and the conformance cases, as single files."""
    corpus.mkdir(parents=True, exist_ok=True)
    files = [*ROOT.glob("policies/*/*.hyp"), *ROOT.glob("tests/conformance/**/*.hyp")]
    for number, file in enumerate(sorted(files)):
        (corpus / f"seed-{number:04}").write_bytes(file.read_bytes())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=int, default=10)
    parser.add_argument("--corpus", type=Path, default=ROOT / "out" / "fuzz")
    chosen = parser.parse_args()
    seeds(chosen.corpus)
    arguments = [
        sys.argv[0],
        str(chosen.corpus),
        f"-max_total_time={chosen.minutes * 60}",
        f"-timeout={SECONDS_ALLOWED}",
        "-max_len=20000",
        "-rss_limit_mb=1024",
        f"-artifact_prefix={chosen.corpus}/",
    ]
    atheris.Setup(arguments, one_input)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
