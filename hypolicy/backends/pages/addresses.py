"""Where each thing has its page. An address rests on the number or the name alone, so it lasts while that does."""

from __future__ import annotations

import hashlib
import posixpath
import re
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from attrs import frozen

if TYPE_CHECKING:
    from datetime import date

    from hypolicy.backends.pages.matter import Edition

HOME: Final = "index.html"
READINGS: Final = "readings.html"
GLOSSARY: Final = "glossary.html"
OFFICIAL_TEXT: Final = "text.html"
CASES: Final = "cases.html"
CALCULATOR: Final = "calculator.html"

_DIGITS: Final = {char: value for value, char in enumerate("零一二三四五六七八九")}
_NUMERAL: Final = "零一二三四五六七八九十百0-9"
_CLAUSE: Final = re.compile(
    f"第?([{_NUMERAL}]+)(?:[章节条款项目])?(?:[（(]([{_NUMERAL}]+)[）)]|第([{_NUMERAL}]+)[款项])*"
)
_PIECES: Final = re.compile(f"[{_NUMERAL}]+")


def slug(name: str) -> str:
    """A short name of ASCII letters: 六（二） is 6-2; what is no number has a name of hexadecimal digits."""
    if _CLAUSE.fullmatch(name):
        return "-".join(str(chinese_number(piece)) for piece in _PIECES.findall(name))
    return "x" + hashlib.sha256(name.encode()).hexdigest()[:8]


def chinese_number(text: str) -> int:
    """A whole number below a thousand in Chinese numerals, or in digits."""
    if text.isdecimal():
        return int(text)
    total, digit = 0, None
    for char in text:
        match char:
            case "百":
                total, digit = total + 100 * (1 if digit is None else digit), None
            case "十":
                total, digit = total + 10 * (digit or 1), None
            case _:
                digit = _DIGITS.get(char, int(char) if char.isdecimal() else 0)
    return total + (digit or 0)


def clause(number: str) -> str:
    return f"clauses/{slug(number)}.html"


def standard(name: str) -> str:
    """The page of a parameter or a table."""
    return f"standards/{anchor(name)}.html"


def case(name: str) -> str:
    return f"cases/{anchor(name)}.html"


def change(day: date | None) -> str:
    """The page of what amendments of a day have changed; without a day, of what another version has not."""
    return f"changes/{day.isoformat() if day is not None else 'versions'}.html"


def anchor(name: str) -> str:
    """The place of a thing within a page."""
    return "x" + hashlib.sha256(name.encode()).hexdigest()[:8]


@frozen
class Addresses:
    """Addresses as seen from one page (`here`, below the root of the site) of an edition."""

    edition: Edition
    here: str

    def to(self, address: str, place: str = "") -> str:
        """The way to an address below the root."""
        path = posixpath.relpath(address, posixpath.dirname(self.here) or ".")
        return quote(path) + (f"#{place}" if place else "")

    def home(self) -> str:
        return self.to(self.edition.folder + HOME)

    def clause(self, number: str, place: str = "") -> str:
        return self.to(self.edition.folder + clause(number), place)

    def standard(self, name: str) -> str:
        return self.to(self.edition.folder + standard(name))

    @property
    def root(self) -> str:
        """What leads from the page to the root of the site, before an address below it."""
        return "../" * self.here.count("/")

    def case(self, name: str) -> str:
        return self.to(case(name))

    def change(self, day: date | None) -> str:
        return self.to(change(day))

    def reading(self, name: str) -> str:
        return self.to(READINGS, anchor(name))

    def term(self, name: str) -> str:
        return self.to(GLOSSARY, anchor(name))
