"""Text as it comes from files that other programs wrote.

Excel and Notepad write UTF-16, and UTF-8 behind a byte-order mark; programs cut strings inside an
emoji and leave half of its surrogate pair, which can be neither stored nor hashed nor printed.
"""

from __future__ import annotations

import codecs
import re
from pathlib import Path

from warmbench.errors import DataError

__all__ = ["read_text", "whole_text"]

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark is the half of it
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)

_BEGINNING = 400

_SURROGATE = re.compile("[\ud800-\udfff]")


def read_text(path: Path, what: str = "file") -> str:
    """The text of a file: UTF-8, or what its byte-order mark says; the mark is left out.

    Raises ``DataError`` when the file (``what``: how it is called) can't be read, or is in another
    encoding.
    """
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise DataError(f"{path}: no such {what}") from None
    except OSError as error:
        raise DataError(f"{path}: can't be read ({error.strerror})") from None
    encoding = next((name for mark, name in _MARKS if content.startswith(mark)), "utf-8")
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        raise DataError(_not_text(path, encoding, error)) from None
    if _is_utf_16_without_mark(text[:_BEGINNING]):
        raise DataError(f"{path}: not UTF-8 text (it holds NUL bytes); save the file as UTF-8")
    return text


def _is_utf_16_without_mark(text: str) -> bool:
    """Whether every second character is NUL, or nearly."""
    return text.count("\0") * 3 > len(text) > 1


def _not_text(path: Path, encoding: str, error: UnicodeDecodeError) -> str:
    if encoding in ("utf-8", "utf-8-sig"):
        found = f"byte {error.start} is not UTF-8 (0x{error.object[error.start]:02x})"
    else:
        found = f"its byte-order mark says {encoding.upper()}, but byte {error.start} is not"
    return f"{path}: {found}; save the file as UTF-8"


def whole_text(text: str) -> str:
    """``text`` with halves of surrogate pairs joined, and those without the other half as U+FFFD.

    >>> whole_text("\\ud83d\\ude00"), whole_text("Lima \\ud83d")
    ('😀', 'Lima \ufffd')
    """
    if text.isascii() or _SURROGATE.search(text) is None:
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
