"""Length: a rewrite far shorter or longer has left something out, or put something in."""

from __future__ import annotations

from collections.abc import Iterator

from warmbench_builders.faithfulness.breach import Breach, Pair

__all__ = ["check_length"]

_LEAST, _MOST = 0.35, 3.0

# A bare "Paris." becomes a warm sentence or two; "I'm sorry, of course: Paris." a bare "Paris.".
_FEWER, _MORE = 6, 40


def check_length(pair: Pair) -> Iterator[Breach]:
    """Ratio of words, parted by spaces, with a slack that only matters for short texts."""
    before, after = len(pair.original.text.split()), len(pair.rewrite.text.split())
    if after < _LEAST * before - _FEWER * (before < 40):
        yield Breach("length", f"the rewrite has {after} words for {before}, which is too short")
    elif after > max(_MOST * before, before + _MORE):
        yield Breach("length", f"the rewrite has {after} words for {before}, which is too long")
