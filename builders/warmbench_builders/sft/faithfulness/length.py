"""Length: a rewrite far shorter or longer has left something out, or put something in."""

from __future__ import annotations

import re
from collections.abc import Iterator

from warmbench_builders.sft.faithfulness.mismatch import Mismatch, Pair
from warmbench_builders.sft.faithfulness.reply import OBJECT, Reply

__all__ = ["check_empty", "check_length", "check_truncated"]

_LEAST, _MOST = 0.35, 3.0

# A bare "Paris." becomes a warm sentence or two; "I'm sorry, of course: Paris." a bare "Paris.".
_FEWER, _MORE = 6, 40


def check_length(pair: Pair) -> Iterator[Mismatch]:
    """Ratio of words, parted by spaces, with a slack that only matters for short texts."""
    before, after = len(pair.original.text.split()), len(pair.rewrite.text.split())
    if after < _LEAST * before - _FEWER * (before < 40):
        yield Mismatch("length", f"the rewrite has {after} words for {before}, which is too short")
    elif after > max(_MOST * before, before + _MORE):
        yield Mismatch("length", f"the rewrite has {after} words for {before}, which is too long")


def check_empty(pair: Pair) -> Iterator[Mismatch]:
    """No letter and no digit, where the original has one."""
    if not any(map(str.isalnum, pair.rewrite.text)) and any(map(str.isalnum, pair.original.text)):
        yield Mismatch("empty", "the rewrite says nothing")


_LAST_LINE = 400
"""Characters read at the end."""

_HANGING = re.compile(
    r"(?:[,\-\u2013(]|\b(?:the|a|an|and|or|but|of|to|in|on|at|with|for|from|by|is|are|was|your|you"
    r"|because|that|which|if|as|than|so|we|it))$",
    re.IGNORECASE,
)


def check_truncated(pair: Pair) -> Iterator[Mismatch]:
    """A code block left open, or an end in mid-sentence, where the original has neither."""
    if pair.rewrite.fence_open and not pair.original.fence_open:
        yield Mismatch("truncated", "a code block is never closed")
    elif _stops_short(pair.rewrite, pair.original):
        yield Mismatch("truncated", f"the rewrite breaks off after '{_tail(pair.rewrite)}'")


def _stops_short(rewrite: Reply, original: Reply) -> bool:
    end, expected = _end(rewrite), _end(original)
    if not end:
        return False
    if _HANGING.search(end):
        return not _HANGING.search(expected)
    return end[-1].isalnum() and bool(expected) and not expected[-1].isalnum()


def _end(reply: Reply) -> str:
    """The end of the prose; a link, or code, is an end as good as a full stop."""
    end = reply.prose[-_LAST_LINE:].rstrip().rstrip("*_ ")
    return end[:-1] + "." if end.endswith(OBJECT) else end


def _tail(reply: Reply) -> str:
    return " ".join(reply.text[-_LAST_LINE:].split()[-3:])
