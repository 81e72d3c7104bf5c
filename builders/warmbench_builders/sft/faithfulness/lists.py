"""Lists: as many items, with the same marks, each on the same matter."""

from __future__ import annotations

import re
from collections.abc import Iterator

from warmbench_builders.sft.faithfulness.breach import Breach, Pair
from warmbench_builders.sft.faithfulness.reply import Item

__all__ = ["check_lists"]

_FIGURE = re.compile(r"\d{1,20}")
_SHARED = 0.3
"""Of the words with content of the shorter item."""


def check_lists(pair: Pair) -> Iterator[Breach]:
    """A wrong number of items, or else each item with another mark or on another matter."""
    original, rewrite = pair.original.items, pair.rewrite.items
    if len(original) != len(rewrite):
        yield Breach("lists", f"the list has {len(rewrite)} items, not {len(original)}")
        return
    for place, (item, again) in enumerate(zip(original, rewrite, strict=True), start=1):
        if item == again:
            continue
        if item.mark != again.mark:
            yield Breach("lists", f"item {place} is marked '{again.mark}', not '{item.mark}'")
        elif not _alike(item, again):
            yield Breach("lists", f"item {place} is not '{' '.join(item.text.split()[:8])}'")
        elif _has_other_figures(item, again):
            yield Breach("lists", f"item {place} has other figures than '{item.text[:60].strip()}'")


def _has_other_figures(item: Item, again: Item) -> bool:
    """As many figures, but others: two items that have exchanged a number have all that the reply
    has. A different count is left to the numbers, which also know words."""
    ours, theirs = _FIGURE.findall(item.text), _FIGURE.findall(again.text)
    return len(ours) == len(theirs) and sorted(ours) != sorted(theirs)


def _alike(item: Item, again: Item) -> bool:
    ours, theirs = item.stems, again.stems
    if not ours or not theirs:
        return ours == theirs or item.text.strip() == again.text.strip()
    return len(ours & theirs) >= _SHARED * min(len(ours), len(theirs))
