"""Characters that a terminal or a pipe can't write are replaced by similar ones.

Windows pipes are cp1252, and the C locale is ASCII: neither has the minus sign of a loss. Such a
character becomes its ASCII likeness (``-`` for U+2212, ``...`` for an ellipsis, ``n`` for an n with
an accent), and ``?`` where there is none.
"""

from __future__ import annotations

import codecs
import io
import sys
from typing import Any

__all__ = ["can_print", "prepare_output"]

_HANDLER = "warmbench"
_ASCII = "warmbench_ascii"
"""A codec that is ASCII with our likenesses. By its own name: click takes a stream that is called
``ascii`` for a mistake, and writes UTF-8 into it."""

_LIKENESSES = {"→": "->", "←": "<-", "✓": "+"}
"""Where another likeness than anyascii's says more."""


def prepare_output() -> None:
    """Let stdout and stderr take any text, whatever their encoding."""
    codecs.register_error(_HANDLER, _likeness)
    codecs.register(_find_codec)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            is_ascii = codecs.lookup(stream.encoding).name == "ascii"
            stream.reconfigure(encoding=_ASCII if is_ascii else None, errors=_HANDLER)


def can_print(text: str) -> bool:
    """Whether stdout can write each character as it is."""
    try:
        text.encode(getattr(sys.stdout, "encoding", None) or "utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _likeness(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    from anyascii import anyascii

    lost = error.object[error.start : error.end]
    half = "\ufffd" if error.encoding.startswith("utf") else "?"
    return "".join(_one(c, half, anyascii) for c in lost), error.end


def _one(character: str, half: str, anyascii: Any) -> str:
    if "\ud800" <= character <= "\udfff":
        return half
    return _LIKENESSES.get(character) or anyascii(character) or "?"


def _find_codec(name: str) -> codecs.CodecInfo | None:
    if name != _ASCII:
        return None
    return codecs.CodecInfo(
        codecs.ascii_encode, codecs.ascii_decode, incrementalencoder=_Encoder, name=_ASCII
    )


class _Encoder(codecs.IncrementalEncoder):
    def encode(self, text: str, final: bool = False) -> bytes:
        return codecs.ascii_encode(text, self.errors)[0]
