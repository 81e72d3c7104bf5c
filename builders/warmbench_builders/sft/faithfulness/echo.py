"""A rewrite that repeats what the user said in place of what the assistant said."""

from __future__ import annotations

from collections.abc import Iterator

from warmbench_builders.sft.faithfulness.mismatch import Mismatch, Pair
from warmbench_builders.sft.faithfulness.reply import Reply

__all__ = ["check_echo"]

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
