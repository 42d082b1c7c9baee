"""Text files as text: which encoding they are in, and which they are not."""

from __future__ import annotations

from codecs import BOM_UTF8
from typing import Final

from attrs import define

from hypolicy.diagnostics.diagnostic import Diagnostic
from hypolicy.diagnostics.refusal import Refusal

UTF8: Final = "utf-8"
GB18030: Final = "gb18030"

# GBK and GB2312 are parts of GB18030, which is what Chinese Windows saves.
_ENCODINGS: Final = {
    "utf-8": UTF8,
    "utf8": UTF8,
    "utf-8-sig": UTF8,
    "gb18030": GB18030,
    "gbk": GB18030,
    "gb2312": GB18030,
    "cp936": GB18030,
}


def encoding_named(name: str) -> str:
    """The encoding that a person means, or a refusal."""
    encoding = _ENCODINGS.get(name.strip().lower().replace("_", "-"))
    if encoding is None:
        raise Refusal(Diagnostic("HY808", {"encoding": name}))
    return encoding


def decode_text(data: bytes, encoding: str, file: str) -> str:
    """The text of a file's bytes, without the mark that some programs put before UTF-8."""
    return TextDecoder(encoding, file).decode(data, last=True)


@define
class TextDecoder:
    """The text of a file, of which pieces that end with a character are given in turn."""

    encoding: str
    file: str
    begun: bool = False
    # Whether all so far could be UTF-8, and whether there was any Chinese.
    utf8: bool = True
    chinese: bool = False

    def decode(self, data: bytes, *, last: bool) -> str:
        if b"\0" in data:
            raise Refusal(Diagnostic("HY809", {"file": self.file}))
        if not self.begun:
            data = data.removeprefix(BOM_UTF8)
            self.begun = True
        try:
            text = data.decode(self.encoding)
        except UnicodeDecodeError:
            raise Refusal(
                Diagnostic("HY806" if self.encoding == UTF8 else "HY807", {"file": self.file})
            ) from None
        if self.encoding == GB18030:
            self._refuse_utf8(data, last=last)
        return text

    def _refuse_utf8(self, data: bytes, *, last: bool) -> None:
        """UTF-8 read as GB18030 may pass, as nonsense; the reverse, for a text with Chinese in it, cannot be."""
        if self.utf8:
            try:
                self.chinese = self.chinese or any(char > "\u07ff" for char in set(data.decode(UTF8)))
            except UnicodeDecodeError:
                self.utf8 = False
        if last and self.utf8 and self.chinese:
            raise Refusal(Diagnostic("HY807", {"file": self.file}))
