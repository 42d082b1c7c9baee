"""How many examples a property test tries: a few in the suite, many times as many where time is given.

HYPOLICY_THOROUGH=40 pytest tests/amendments tests/difference      (make properties)
"""

from __future__ import annotations

import os
from typing import Final

from hypothesis import Phase, settings

TIMES: Final = int(os.environ.get("HYPOLICY_THOROUGH", "1"))


def seeds_tried(count: int) -> settings:
    """For tests whose one argument is a seed: one is as good as another, and shrinking it would only take time."""
    return settings(max_examples=count * TIMES, deadline=None, phases=[Phase.reuse, Phase.generate])
