"""Every slip of the hand in the rule files of a policy (make typos): which ones nobody would notice.

    python tests/typos/campaign.py [--policy NAME] [--only FILE...] [--share N] [--update]
    python tests/typos/campaign.py [--policy NAME] --listed

Without --update, exit code 1 where a slip makes another rule that is not in tests/typos/valid. With --share N only
every N-th of the slips that need the whole check gets it. With --listed only the slips of the list are tried, and
those that are told now are struck off it.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from typos.known import known, notes, write  # noqa: E402 - found by the path above
from typos.slips import VALID, Proofreader, Sort, Verdict  # noqa: E402


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--policy", default="hengyang-2019")
    parser.add_argument("--only", nargs="*", default=[])
    parser.add_argument("--share", type=int, default=1)
    parser.add_argument("--update", action="store_true")
    parser.add_argument("--listed", action="store_true")
    chosen = parser.parse_args()
    if chosen.listed:
        return strike_off(chosen.policy)
    counts: Counter[Verdict | Sort] = Counter()
    other: set[str] = set()
    start = process_time()
    with TemporaryDirectory() as scratch:
        reader = Proofreader(ROOT / "policies" / chosen.policy, Path(scratch))
        whole = 0
        for number, window in enumerate(reader.windows, 1):
            source = window.source
            if chosen.only and source.path.name not in chosen.only:
                continue
            for slip in reader.slips(window):
                verdict = reader.in_window(window, slip)
                sort = slip.sort(source.text)
                if verdict is None and sort in VALID:
                    counts[sort] += 1
                    continue
                if verdict is None:
                    whole += 1
                    if whole % chosen.share:
                        continue
                    verdict = reader.in_folder(source, slip)
                counts[verdict] += 1
                if verdict is Verdict.OTHER:
                    counts[sort] += 1
                    other.add(f"{source.path}\t{slip.words(source.text)}")
            print(f"\r{number}/{len(reader.windows)} 句", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    tried = sum(counts[kind] for kind in (*Verdict, *VALID))
    told = "，".join(f"{kind.value} {counts[kind]:,}" for kind in (*Verdict, *VALID))
    summary = f"{chosen.policy}：试过 {tried:,} 处笔误；{told}。"
    print(f"{summary}其中 {whole:,} 处整部检查。{process_time() - start:.0f} 秒处理器时间。")
    if chosen.update:
        write(chosen.policy, (summary,), other | (known(chosen.policy) if chosen.only else set()))
        return 0
    new = sorted(other - known(chosen.policy))
    for line in new:
        print(line)
    return 1 if new else 0


def strike_off(policy: str) -> int:
    """Judge the slips of the list again, and keep those that still make another rule."""
    listed, kept = known(policy), set()
    with TemporaryDirectory() as scratch:
        reader = Proofreader(ROOT / "policies" / policy, Path(scratch))
        for window in reader.windows:
            for slip in reader.slips(window):
                line = f"{window.source.path}\t{slip.words(window.source.text)}"
                if line not in listed or slip.sort(window.source.text) in VALID:
                    continue
                if reader.verdict(window, slip) is Verdict.OTHER:
                    kept.add(line)
    print(f"{policy}：列出的 {len(listed):,} 处笔误，仍是另一条规则的 {len(kept):,} 处。")
    told = [f"检查改进以后，又指出 {len(listed) - len(kept)} 处。"] if len(kept) < len(listed) else []
    write(policy, (*notes(policy), *told), kept)
    return 0


if __name__ == "__main__":
    sys.exit(main())
