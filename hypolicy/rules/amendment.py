"""Amending documents: what rank and state one may have, and which records it leaves to the rules before it."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from attrs import frozen

if TYPE_CHECKING:
    from datetime import date

    from hypolicy.rules.tree import Expr, Origin


class Rank(Enum):
    """位阶, the highest first: 上位法优于下位法 (立法法 on the ranks of law; organs of a higher level come first)."""

    LAW = "法律"
    ADMINISTRATIVE_REGULATION = "行政法规"
    LOCAL_REGULATION = "地方性法规"
    RULE = "规章"
    NATIONAL_DOCUMENT = "国家级规范性文件"
    PROVINCIAL_DOCUMENT = "省级规范性文件"
    CITY_DOCUMENT = "市级规范性文件"
    COUNTY_DOCUMENT = "县级规范性文件"

    @property
    def height(self) -> int:
        """The greater, the higher."""
        return -list(Rank).index(self)


class State(Enum):
    """状态 of an amending document. Only what is in force changes the policy without being asked to."""

    DRAFT = "草案"
    CONSULTATION = "征求意见"
    IN_FORCE = "施行"
    REPEALED = "废止"


class Transition(Enum):
    """新旧衔接: which rules decide a record that begins before the day of an amendment and is governed by a later one.

    从新: the new ones; 从旧: the old ones; 取有利: those under which more is paid.
    """

    NEW = "从新"
    OLD = "从旧"
    BETTER = "取有利"


@frozen
class Amendment:
    """修订: an amending document that the policy has taken in.

    A record straddles its day where `began`, a date of the record, lies before it; None where no record does.
    """

    title: str
    number: str
    rank: Rank
    day: date
    state: State
    transition: Transition
    began: Expr | None
    grounds: tuple[str, ...]
    origin: Origin
