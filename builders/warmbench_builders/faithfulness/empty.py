"""A rewrite that says nothing."""

from __future__ import annotations

from collections.abc import Iterator

from warmbench_builders.faithfulness.breach import Breach, Pair

__all__ = ["check_empty"]


def check_empty(pair: Pair) -> Iterator[Breach]:
    """No letter and no digit, where the original has one."""
    if not any(map(str.isalnum, pair.rewrite.text)) and any(map(str.isalnum, pair.original.text)):
        yield Breach("empty", "the rewrite says nothing")
