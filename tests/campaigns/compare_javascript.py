"""The long comparison of the JavaScript back end with the exact evaluator (make campaign-javascript).

    python tests/campaigns/compare_javascript.py [--records 100000] [--seed 0]

Of every record the decisions, figures and the whole explanation are compared, byte for byte: half of the records are
the regulation's (people with several trainings, under several readings, every third not filled in to the end), a
quarter of random policies, a quarter of the conformance suite and the other policies, on the boundaries of their
rules. The first difference ends the run, with the seed that gives it again.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import defaultdict
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from explain.samples import READINGS, policy, rows  # noqa: E402
from javascript.engines import Comparison  # noqa: E402
from javascript.random_facts import RandomFacts  # noqa: E402
from strategies.random_batches import random_history, random_rows  # noqa: E402
from strategies.random_policies import loaded, random_policy  # noqa: E402

from docs.code_examples import laid_out  # noqa: E402
from hypolicy.backends.exact.evaluate import Evaluator  # noqa: E402
from hypolicy.pipeline import check_folder, load  # noqa: E402
from hypolicy.rules.facts import UNANSWERED  # noqa: E402
from hypolicy.rules.outcome import Settings  # noqa: E402

if TYPE_CHECKING:
    from hypolicy.rules.tree import Policy, RecordKind

BLOCK = 250  # records that one process of node is asked about


def with_holes(rng: Random, kind: RecordKind, records: list[list[Any]]) -> list[list[Any]]:
    keys = {kind.key.index}
    return [
        [v if i in keys or rng.random() > 0.2 else UNANSWERED for i, v in enumerate(row)] for row in records
    ]


def of_the_regulation(comparison: Comparison, seed: int) -> None:
    """People with several trainings, the last of whom has a history."""
    regulation, rng = policy(), Random(seed)
    kind = regulation.records[0]
    holder = next(fact.index for fact in kind.facts if fact.name == "学员编号")
    people: defaultdict[str, list[list[Any]]] = defaultdict(list)
    for row in rows(BLOCK, seed):
        people[row[holder]].append(row)
    settings = Settings(rng.choice(READINGS))
    *others, last = people.values()
    for number, records in enumerate(others):
        given = with_holes(rng, kind, records) if number % 3 == 0 else records
        comparison.decisions(regulation, kind, given, settings, called=f"regulation {seed} ")
        comparison.reasoning(
            regulation, kind, given, settings, complete=number % 3 != 0, called=f"regulation {seed} "
        )
    history = Evaluator(regulation, settings).decide(last[:-1]).granted
    comparison.reasoning(
        regulation, kind, last[-1:], settings, history, complete=True, called=f"regulation {seed} "
    )


def of_random_policies(comparison: Comparison, seed: int) -> None:
    for number in range(BLOCK // 24):
        rng = Random(seed * 1000 + number)
        written = loaded(random_policy(rng), comparison.folder / f"{seed}-{number}")
        kind = written.records[0]
        settings = Settings({reading.name: rng.choice(reading.options) for reading in written.readings})
        records, history = random_rows(rng, written, 12), random_history(rng, written, 4)
        for given in (records, with_holes(rng, kind, records)):
            comparison.decisions(
                written, kind, given, settings, history, called=f"random policy {seed} {number} "
            )
            comparison.reasoning(
                written, kind, given, settings, history, called=f"random policy {seed} {number} "
            )


def of_every_policy(comparison: Comparison, seed: int, policies: dict[str, Policy]) -> None:
    rng = Random(seed)
    while comparison.explained < BLOCK:
        name = rng.choice(list(policies))
        checked = policies[name]
        kind = rng.choice(checked.records)
        random = RandomFacts(checked, kind, rng, rng.choice((0.0, 0.0, 0.2)))
        records, settings = random.rows(4), random.settings()
        comparison.decisions(checked, kind, records, settings, called=f"{name} {seed} ")
        comparison.reasoning(checked, kind, records, settings, called=f"{name} {seed} ")


def every_policy(folder: Path) -> dict[str, Policy]:
    found = {"shenzhen-2024": load(ROOT / "policies" / "shenzhen-2024")}
    for number, case in enumerate(sorted((ROOT / "tests" / "conformance").glob("*/good/*"))):
        checked = check_folder(laid_out(case, folder / str(number))).policy
        assert checked is not None
        found[case.stem] = checked
    return found


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=0)
    chosen = parser.parse_args()
    started, compared, seed = time.process_time(), 0, chosen.seed
    with TemporaryDirectory() as cases:
        policies = every_policy(Path(cases))
        while compared < chosen.records:
            with TemporaryDirectory() as folder:
                comparison = Comparison(Path(folder))
                match seed % 4:
                    case 0 | 1:
                        of_the_regulation(comparison, seed)
                    case 2:
                        of_random_policies(comparison, seed)
                    case _:
                        of_every_policy(comparison, seed, policies)
                difference = comparison.first_difference()
            if difference:
                sys.exit(f"seed {seed}: {difference}")
            compared += comparison.explained
            seed += 1
            print(
                f"\r{compared:,} compared, seeds {chosen.seed} to {seed - 1}",
                end="",
                file=sys.stderr,
                flush=True,
            )
    print(
        f"\n{compared:,} results and explanations, no difference; {time.process_time() - started:,.0f} s of Python"
    )


if __name__ == "__main__":
    main()
