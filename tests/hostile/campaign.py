"""Every hostile pattern at full size, each in a process that may use five seconds and 512 MB (make hostile).

    python tests/hostile/campaign.py [--bytes N] [--only WORD]

Lists what comes near the limit; exit code 1 where a pattern needs more, crashes, or is not told of.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from hostile.patterns import every_text  # noqa: E402 - found by the path above

from hypolicy.source import limits  # noqa: E402

CHILD = Path(__file__).with_name("child.py")
SECONDS, MEGABYTES = 5, 512
NEAR = 0.5


def bounded() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEGABYTES << 20, MEGABYTES << 20))


def tried(name: str, text: str) -> tuple[bool, str]:
    """Whether a pattern was told of within the limits, and what to say of it."""
    with TemporaryDirectory() as scratch:
        folder = Path(scratch) / name
        folder.mkdir()
        (folder / "政策.hyp").write_text(text, encoding="utf-8", newline="")
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        done = subprocess.run(
            [sys.executable, str(CHILD), str(folder)],
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            preexec_fn=bounded,
            capture_output=True,
            check=False,
        )
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    said = f"{name}：{seconds:.2f} 秒"
    if done.returncode:
        return False, f"{said}，没有在限度之内结束（{done.returncode}）{done.stderr.decode()[-300:]}"
    codes = json.loads(done.stdout)["codes"]
    return True, f"{said}，{'、'.join(codes) or '没有问题'}" if seconds > NEAR * SECONDS else ""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bytes", type=int, default=limits.MAX_FILE_BYTES - 1)
    parser.add_argument("--only", default="")
    chosen = parser.parse_args()
    patterns = {name: text for name, text in every_text(chosen.bytes) if chosen.only in name}
    failed = 0
    for name, text in patterns.items():
        good, said = tried(name, text)
        failed += not good
        if said:
            print(said, flush=True)
    print(
        f"共 {len(patterns)} 种，超出限度 {failed} 种。每种最多 {SECONDS} 秒处理器时间、{MEGABYTES} MB 内存。"
    )
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
