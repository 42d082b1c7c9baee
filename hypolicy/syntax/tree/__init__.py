"""The tree as written: what the author said, sentence by sentence, before any name is looked up.

A `Name` keeps its place, so every later message can point at it. Expressions are the closed union `Expr`; sentences
are `Declaration`s, which may open a block, and `Line`s, which stand in one.
"""

from hypolicy.syntax.tree.amendments import *  # noqa: F403 - one tree, in files by topic
from hypolicy.syntax.tree.declarations import *  # noqa: F403
from hypolicy.syntax.tree.document import *  # noqa: F403
from hypolicy.syntax.tree.expressions import *  # noqa: F403
from hypolicy.syntax.tree.lines import *  # noqa: F403
