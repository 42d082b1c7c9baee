"""Tests on Spark itself need an environment with it, and Java: `make cluster`. Elsewhere they are not collected."""

from __future__ import annotations

from importlib.util import find_spec

collect_ignore_glob = [] if find_spec("pyspark") else ["test_*.py"]
