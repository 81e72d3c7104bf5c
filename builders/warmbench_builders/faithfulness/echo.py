"""A rewrite that repeats what the user said in place of what the assistant said."""

from __future__ import annotations

from collections.abc import Iterator

from warmbench_builders.faithfulness.breach import Breach, Pair
from warmbench_builders.faithfulness.reply import Reply

__all__ = ["check_echo"]

_PHRASE = 3
"""Words a phrase: single words return in any reply on the same matter."""

_MOSTLY = 0.7
_SURPLUS = 0.4
"""How much more than the original a rewrite may share with the prompt."""


def check_echo(pair: Pair) -> Iterator[Breach]:
    """Most phrases of the rewrite stand in the prompt, and those of the original do not; or the
    whole prompt opens the rewrite."""
    asked = _phrases(pair.prompt)
    if not asked:
        if _line(pair.prompt) and _line(pair.prompt) == _line(pair.rewrite) != _line(pair.original):
            yield Breach("echo", "the rewrite repeats the user's message")
        return
    shared, before = _share(pair.rewrite, asked), _share(pair.original, asked)
    if shared >= _MOSTLY and shared - before >= _SURPLUS:
        yield Breach("echo", "the rewrite repeats the user's message")
    elif len(asked) >= _PHRASE and _opens_with(pair.rewrite, pair.prompt) > _opens_with(
        pair.original, pair.prompt
    ):
        yield Breach("echo", "the rewrite begins with the user's message")


def _line(reply: Reply) -> str:
    return " ".join(reply.words.lows)


def _opens_with(reply: Reply, prompt: Reply) -> bool:
    asked = prompt.words.lows
    return reply.words.lows[: len(asked)] == asked


def _phrases(reply: Reply) -> frozenset[tuple[str, ...]]:
    lows = reply.words.lows
    return frozenset(zip(*(lows[at:] for at in range(_PHRASE)), strict=False))


def _share(reply: Reply, asked: frozenset[tuple[str, ...]]) -> float:
    phrases = _phrases(reply)
    return len(phrases & asked) / len(phrases) if phrases else 0.0
