"""Visible text: what came from a model or a user, with nothing hidden in it.

Escaping HTML is the template's business. Here are the characters that no escaping stops: those
that turn the reading direction of everything behind them, print nothing, or end a line.
"""

from __future__ import annotations

import html
import unicodedata

__all__ = ["CUT_AT", "cut", "plot_text", "visible_text"]

CUT_AT = 4_000
"""Longest text of one answer or prompt on the page, in characters."""

_LABEL_LENGTH = 28
"""Longest label of a figure, in characters."""

_LINE_ENDS = str.maketrans(dict.fromkeys("\r\v\f\x85\u2028\u2029", "\n"))
_KEPT = {"\n", "\t", "\u200c", "\u200d"}
"""Joiners shape letters in Persian or Hindi and make up emoji."""
_HIDDEN_CATEGORIES = {"Cc", "Cf", "Cs"}


def visible_text(text: str) -> str:
    """``text`` with direction marks, controls, invisibles and lone surrogates written out.

    >>> visible_text("safe\\u202etxt")
    'safe⟨U+202E⟩txt'
    """
    lines = text.replace("\r\n", "\n").translate(_LINE_ENDS)
    return "".join(map(_shown, lines))


def _shown(character: str) -> str:
    if character in _KEPT or unicodedata.category(character) not in _HIDDEN_CATEGORIES:
        return character
    return f"⟨U+{ord(character):04X}⟩"


def cut(text: str, limit: int = CUT_AT) -> tuple[str, int]:
    """The first ``limit`` characters, and how many are left out."""
    return text[:limit], max(0, len(text) - limit)


def plot_text(text: str) -> str:
    """``text`` for a plotly label, which reads a part of HTML: nothing in it is markup, it stays
    on one line, and it is short enough to leave room for the figure."""
    line = " ".join(visible_text(text).split())
    short = line if len(line) <= _LABEL_LENGTH else f"{line[: _LABEL_LENGTH - 1]}…"
    return html.escape(short, quote=False)
