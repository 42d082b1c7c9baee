"""Names for kinds of arrays, so that signatures say what an array holds and not only how."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Elements = NDArray[np.uint64]  # what draws are keyed by: a person, a cell, an occasion
Draws = NDArray[np.uint64]  # whole numbers below 2**63
Column = NDArray[np.signedinteger[Any]]  # coded labels, numbers or days of persons or trainings
Flags = NDArray[np.int64]  # yes and no under several names, as bits of one number
Rows = NDArray[np.intp]  # places of rows in other arrays
Held = NDArray[np.bool_]  # for which rows something holds
Counts = NDArray[np.int64]
Fen = NDArray[np.int64]
Weights = NDArray[np.float64]
