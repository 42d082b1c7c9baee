"""Text files as text: which encoding they are in, and which they are not."""

from __future__ import annotations

from codecs import BOM_UTF8
from typing import Final

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
    if b"\0" in data:
        raise Refusal(Diagnostic("HY809", {"file": file}))
    if encoding == UTF8:
        return _utf8(data, file)
    try:
        text = data.decode(GB18030)
    except UnicodeDecodeError:
        raise Refusal(Diagnostic("HY807", {"file": file})) from None
    if _is_chinese_utf8(data):
        raise Refusal(Diagnostic("HY807", {"file": file}))
    return text


def _utf8(data: bytes, file: str) -> str:
    try:
        return data.removeprefix(BOM_UTF8).decode(UTF8)
    except UnicodeDecodeError:
        raise Refusal(Diagnostic("HY806", {"file": file})) from None


def _is_chinese_utf8(data: bytes) -> bool:
    """UTF-8 read as GB18030 may pass, as nonsense; the reverse, for a text with Chinese in it, cannot be."""
    try:
        text = data.decode(UTF8)
    except UnicodeDecodeError:
        return False
    return any(char > "\u07ff" for char in set(text))
