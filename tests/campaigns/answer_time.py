"""How long the calculator takes to answer, in a real browser (make answer-time).

Three trainings of one person are filled in through the form of the regulation, several times, each time in a page that
has just been opened. Of each answer, the time from the event to the results being laid out is taken, and apart from it
that of what comes after them (the address, and what would have to be otherwise). The least of the rounds counts, since
other programs may only make an answer slower. Prints median and most over the answers, in milliseconds.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from browser.chromium import launched  # noqa: E402 - found by the path above
from explain.samples import policy  # noqa: E402
from javascript.test_in_browser import PAGE, opened, persons  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Sequence

    from playwright.sync_api import Browser

ROUNDS = 5

# An answer is an event, and what comes after it a timer; both are timed from within the page.
TIMED = """() => {
  window.taken = { answer: [], after: [] };
  let begun = 0;
  const now = () => performance.now();
  addEventListener("change", () => (begun = now()), true);
  addEventListener("change", () => (void document.body.offsetHeight, taken.answer.push(now() - begun)));
  const plain = setTimeout;
  window.setTimeout = (task, ...more) => plain(() => {
    const start = now();
    task();
    taken.after.push(now() - start);
  }, ...more);
}"""


def measure(browser: Browser, folder: Path, records: Sequence[Sequence[Any]]) -> list[dict[str, list[float]]]:
    """For each training, what its answers took."""
    page = browser.new_page()
    form = opened(page, folder, policy())
    page.evaluate(TIMED)
    out = []
    for place, record in enumerate(records):
        if place > 0:
            page.get_by_role("button", name="再加一条").click()
        form.fill(place, record)
        out.append({what: page.evaluate(f"taken.{what}.splice(0)") for what in ("answer", "after")})
    page.close()
    return out


def main() -> None:
    records = next(records for records in persons() if len(records) > 2)
    with tempfile.TemporaryDirectory() as folder, launched() as browser:
        (Path(folder) / "index.html").write_text(PAGE, encoding="utf-8")
        rounds = [measure(browser, Path(folder), records) for _ in range(ROUNDS)]
    for place in range(len(records)):
        for what in ("answer", "after"):
            times = [min(each) for each in zip(*(one[place][what] for one in rounds), strict=False)]
            sys.stdout.write(
                f"trainings: {place + 1}, {what}: {len(times)} times, "
                f"median {median(times):.1f} ms, most {max(times):.1f} ms\n"
            )


if __name__ == "__main__":
    main()
