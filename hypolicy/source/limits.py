"""Every limit on what a rule file may contain, in one table; the language reference prints it.

Limits exist so that no text, however hostile, costs more than seconds: each one has a code of its own.
"""

from typing import Final

MAX_FILE_BYTES: Final = 1 << 20
MAX_FILES: Final = 256
# All rule files of a policy together.
MAX_POLICY_BYTES: Final = 2 << 20
MAX_INCLUDE_DEPTH: Final = 8
MAX_TOKENS: Final = 40_000
MAX_NESTING: Final = 32
# Levels of an expression with the concepts in it unfolded: evaluators recurse no deeper.
MAX_LEVELS: Final = 120
MAX_NAME_CHARS: Final = 64
MAX_DIGITS: Final = 18
MAX_QUANTITY: Final = 10**15
# Nobody grows older: a larger number of years of age is a slip, as 600周岁 for 60周岁.
MAX_AGE: Final = 150
MAX_TERMS: Final = 4_096
MAX_TABLE_ROWS: Final = 100_000
MAX_SHOWN_DIAGNOSTICS: Final = 100
# Beyond so many mistakes a file is no rule file; it is read no further, and nobody counts them.
MAX_PROBLEMS: Final = 2_000

# Data: an integer fact and an amount of money stay far below 2**62, so that columns can hold them.
MAX_COUNT: Final = 10**9
MAX_MONEY_FEN: Final = 10**15

# The search for the smallest change that turns a 不予 into a 准予: so many facts at most, tried so often, told so far.
MAX_CHANGED_FACTS: Final = 3
MAX_TRIES: Final = 6_000
MAX_WAYS: Final = 24
