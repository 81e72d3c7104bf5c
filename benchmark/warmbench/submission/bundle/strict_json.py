"""JSON as a bundle may hold it: every parser reads the same from it, and none is overrun by it."""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import Any, NoReturn

from warmbench.submission.bundle.limits import LIMITS, Limits
from warmbench.submission.bundle.refused_bundle import RefusedBundle
from warmbench.submission.bundle.rejection_code import RejectionCode

__all__ = ["read_strict_json"]

_STRINGS = re.compile(rb'"(?:[^"\\]|\\.)*+(?:"|\\?\Z)', re.DOTALL)
"""A string, or one that never ends: each byte is looked at once."""

_OUTSIDE = re.compile(rb"[^\[\]{}]+")
_REAL_CHARACTERS = 64


def read_strict_json(content: bytes, where: str, limits: Limits = LIMITS) -> dict[str, Any]:
    """The object in ``content``.

    Raises ``RefusedBundle`` for what is not UTF-8, begins with a byte order mark, names a key
    twice, holds NaN, an infinity, a whole number of too many digits, half a character (a lone
    surrogate), or lies too deep in itself.
    """
    text = _decoded(content, where)
    _check_depth(content, where, limits)

    def number(digits: str) -> int:
        if len(digits) > limits.digits:
            _refuse(where, f"a number of {len(digits):,} digits; {limits.digits} are accepted")
        return int(digits)

    def real(digits: str) -> float:
        if len(digits) > _REAL_CHARACTERS:
            _refuse(where, f"a number of {len(digits):,} characters")
        value = float(digits)
        if value in (float("inf"), float("-inf")):
            _refuse(where, f"the number {digits[:40]} is too large")
        return value

    def constant(name: str) -> NoReturn:
        _refuse(where, f"{name} is no number of JSON")

    def pairs(found: list[tuple[str, Any]]) -> dict[str, Any]:
        once = dict(found)
        if len(once) != len(found):
            twice = Counter(key for key, _ in found).most_common(1)[0][0]
            _refuse(where, f"the key {twice[:80]!r} stands twice in one object")
        return once

    try:
        value = json.loads(
            text,
            parse_int=number,
            parse_float=real,
            parse_constant=constant,
            object_pairs_hook=pairs,
        )
    except (ValueError, RecursionError) as error:
        _refuse(where, f"not valid JSON ({error})")
    if not isinstance(value, dict):
        _refuse(where, f"expected an object, found {type(value).__name__}")
    _check_surrogates(text, value, where)
    return value


def _decoded(content: bytes, where: str) -> str:
    if content.startswith(b"\xef\xbb\xbf"):
        _refuse(where, "begins with a byte order mark; save it as UTF-8 without one")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        _refuse(where, f"byte {error.start} is not UTF-8")


def _check_depth(content: bytes, where: str, limits: Limits) -> None:
    """Count brackets before parsing: parsers that call themselves run out of stack."""
    depth = 0
    for bracket in _OUTSIDE.sub(b"", _STRINGS.sub(b"", content)):
        depth += 1 if bracket in b"[{" else -1
        if depth > limits.json_depth:
            _refuse(where, f"lists and objects lie over {limits.json_depth} deep in each other")


def _check_surrogates(text: str, value: dict[str, Any], where: str) -> None:
    if "\\u" in text:
        try:
            json.dumps(value, ensure_ascii=False).encode()
        except UnicodeEncodeError:
            _refuse(where, "a text holds half a character (a lone surrogate)")


def _refuse(where: str, text: str) -> NoReturn:
    raise RefusedBundle(RejectionCode.BAD_JSON, where, text)
