"""Length: a rewrite far shorter or longer has left something out, or put something in.

A rewrite that repeats what the user said in place of what the assistant said.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from warmbench_builders.sft.faithfulness.mismatch import Mismatch, Pair
from warmbench_builders.sft.faithfulness.reply import OBJECT, Reply

__all__ = ["check_echo", "check_empty", "check_length", "check_truncated"]

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


_PHRASE = 3
"""Words a phrase: single words return in any reply on the same matter."""

_OPENING = 5
"""A shorter message has to be all of the reply: "Yes, please" may open any."""

_MOSTLY = 0.7
_SURPLUS = 0.4
"""How much more than the original a rewrite may share with the prompt."""


def check_echo(pair: Pair) -> Iterator[Mismatch]:
    """Most phrases of the rewrite stand in the prompt, and those of the original do not; or the
    whole prompt opens the rewrite."""
    if _repeats(pair):
        yield Mismatch("echo", "the rewrite repeats the user's message")
    elif _opens_with(pair.rewrite, pair.prompt) and not _opens_with(pair.original, pair.prompt):
        yield Mismatch("echo", "the rewrite begins with the user's message")


def _repeats(pair: Pair) -> bool:
    lows = pair.rewrite.lows
    if not lows or len(lows & pair.prompt.lows) < _MOSTLY * _MOSTLY * len(lows):
        return False  # spares the phrases, for nearly every pair
    asked = _phrases(pair.prompt)
    shared, before = _share(pair.rewrite, asked), _share(pair.original, asked)
    return shared >= _MOSTLY and shared - before >= _SURPLUS


def _opens_with(reply: Reply, prompt: Reply) -> bool:
    asked = prompt.words.lows
    if len(asked) < _OPENING:
        return reply.words.lows == asked != ()
    return reply.words.lows[: len(asked)] == asked


def _phrases(reply: Reply) -> frozenset[tuple[str, ...]]:
    lows = reply.words.lows
    return frozenset(zip(*(lows[at:] for at in range(_PHRASE)), strict=False))


def _share(reply: Reply, asked: frozenset[tuple[str, ...]]) -> float:
    phrases = _phrases(reply)
    return len(phrases & asked) / len(phrases) if phrases else 0.0
