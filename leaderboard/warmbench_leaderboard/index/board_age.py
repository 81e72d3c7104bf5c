"""How old a board is that can't be renewed, as a sentence."""

from __future__ import annotations

__all__ = ["age_sentence"]

_UNITS = (("day", 86_400), ("hour", 3_600), ("minute", 60))


def age_sentence(where: str, age_s: float | None, problem: str | None) -> str:
    """What a reader should know. ``age_s``: seconds since the board was last known to be up to
    date, None where it never was since this page was started; ``problem``: why not, if known."""
    if problem is None:
        return f"This board is not yet compared with the submissions at {where}."
    known = (
        "is the last one known, from before this page was started"
        if age_s is None
        else f"was up to date {_ago(age_s)}"
    )
    return f"The submissions can't be read at the moment ({problem}). This board {known}."


def _ago(age_s: float) -> str:
    for name, seconds in _UNITS:
        count = int(age_s // seconds)
        if count:
            return f"{count:,} {name}{'' if count == 1 else 's'} ago"
    return "less than a minute ago"
