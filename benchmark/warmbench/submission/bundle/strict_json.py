"""JSON as a bundle may hold it: every parser reads the same from it, and none is overrun by it."""

from __future__ import annotations

import json
import re
from collections import Counter
from functools import lru_cache
from typing import Any, NoReturn

from warmbench.submission.bundle.limits import LIMITS, Limits
from warmbench.submission.bundle.rejection import RefusedBundle, RejectionCode

__all__ = ["NotStrictJSON", "read_strict_json", "strict_object"]

_STRINGS = re.compile(rb'"(?:[^"\\]|\\.)*+(?:"|\\?\Z)', re.DOTALL)
"""A string, or one that never ends: each byte is looked at once."""

_OUTSIDE = re.compile(rb"[^\[\]{}]+")
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_REAL_CHARACTERS = 64


class NotStrictJSON(ValueError):
    """Bytes that are not an object of strict JSON; the message is a sentence without a place."""


def read_strict_json(content: bytes, where: str, limits: Limits = LIMITS) -> dict[str, Any]:
    """The object in ``content``; raises ``RefusedBundle`` for what ``strict_object`` refuses."""
    try:
        return strict_object(content, limits)
    except NotStrictJSON as error:
        raise RefusedBundle(RejectionCode.BAD_JSON, where, str(error)) from None


def strict_object(content: bytes, limits: Limits = LIMITS) -> dict[str, Any]:
    """The object in ``content``.

    Raises ``NotStrictJSON`` for what is not UTF-8, begins with a byte order mark, names a key
    twice, holds NaN, an infinity, a whole number of too many digits, half a character (a lone
    surrogate), or is nested too deep.
    """
    _check_depth(content, limits)
    try:
        value = _decoder(limits.digits).decode(_text(content))
    except NotStrictJSON:
        raise
    except (ValueError, RecursionError) as error:
        raise NotStrictJSON(f"not valid JSON ({error})") from None
    if not isinstance(value, dict):
        raise NotStrictJSON(f"expected an object, found {type(value).__name__}")
    if b"\\u" in content:
        _check_surrogates(value)
    return value


@lru_cache(maxsize=4)
def _decoder(most_digits: int) -> json.JSONDecoder:
    def number(digits: str) -> int:
        if len(digits) > most_digits:
            _refuse(f"a number of {len(digits):,} digits; {most_digits} are accepted")
        return int(digits)

    return json.JSONDecoder(
        parse_int=number, parse_float=_real, parse_constant=_constant, object_pairs_hook=_pairs
    )


def _real(digits: str) -> float:
    if len(digits) > _REAL_CHARACTERS:
        _refuse(f"a number of {len(digits):,} characters; {_REAL_CHARACTERS} are accepted")
    value = float(digits)
    if value in (float("inf"), float("-inf")):
        _refuse(f"the number {digits[:40]} is too large")
    return value


def _constant(name: str) -> NoReturn:
    _refuse(f"{name} is not a number in JSON")


def _pairs(found: list[tuple[str, Any]]) -> dict[str, Any]:
    once = dict(found)
    if len(once) != len(found):
        twice = Counter(key for key, _ in found).most_common(1)[0][0]
        _refuse(f"the key {twice[:80]!r} appears twice in one object")
    return once


def _text(content: bytes) -> str:
    if content.startswith(_BYTE_ORDER_MARK):
        _refuse("begins with a byte order mark; save it as UTF-8 without one")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        _refuse(f"byte {error.start} is not UTF-8")


def _check_depth(content: bytes, limits: Limits) -> None:
    """Count brackets before parsing: parsers that call themselves run out of stack."""
    if content.count(b"[") + content.count(b"{") <= limits.json_depth:
        return
    depth = 0
    for bracket in _OUTSIDE.sub(b"", _STRINGS.sub(b"", content)):
        depth += 1 if bracket in b"[{" else -1
        if depth > limits.json_depth:
            _refuse(f"lists and objects are nested over {limits.json_depth} deep")


def _check_surrogates(value: dict[str, Any]) -> None:
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        _refuse("a text holds half a character (a lone surrogate)")


def _refuse(text: str) -> NoReturn:
    raise NotStrictJSON(text)
