"""Properties are tried on the same examples every time."""

from __future__ import annotations

from hypothesis import settings

steady = settings(derandomize=True, max_examples=200, deadline=None, database=None)
