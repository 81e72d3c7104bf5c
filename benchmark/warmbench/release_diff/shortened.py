"""Old and new values, short enough for one line of a table, with what differs still in sight."""

from __future__ import annotations

import json
from itertools import takewhile
from typing import Any

from warmbench.report.visible_text import visible_text

__all__ = ["shortened"]

_LENGTH = 60
"""Longest text of one value, in characters."""

_BEFORE = 15
"""How much of what is the same is shown before the first difference."""


def shortened(old: Any, new: Any) -> tuple[str, str]:
    """Both values as text on one line, cut to where they begin to differ.

    >>> shortened("Perth", ["Perth", "Sydney"])
    ('Perth', '["Perth", "Sydney"]')
    """
    one, other = _text(old), _text(new)
    same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))
    start = max(0, same - _BEFORE) if max(len(one), len(other)) > _LENGTH else 0
    return _cut(one, start), _cut(other, start)


def _text(value: Any) -> str:
    if isinstance(value, str):
        text = value
    elif isinstance(value, list) and value and all(_is_message(part) for part in value):
        text = " ".join(f"{part['role']}: {part['content']}" for part in value)
    else:
        text = json.dumps(value, ensure_ascii=False)
    return " ".join(visible_text(text).split())


def _is_message(value: Any) -> bool:
    return isinstance(value, dict) and {"role", "content"} <= value.keys()


def _cut(text: str, start: int) -> str:
    left_out = "…" if start else ""
    part = text[start:]
    return f"{left_out}{part if len(part) <= _LENGTH else part[: _LENGTH - 1] + '…'}" or "(empty)"
