"""Code, addresses and lists stay: what a rewrite may not reword."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from textwrap import shorten

from warmbench_builders.sft.faithfulness.mismatch import Mismatch, Pair
from warmbench_builders.sft.faithfulness.reply import Item

__all__ = ["check_code", "check_lists", "check_urls"]


def check_code(pair: Pair) -> Iterator[Mismatch]:
    """At most one mismatch: what is missing first, then what is new, then the order."""
    original, rewrite = pair.original.code, pair.rewrite.code
    if original == rewrite:
        return
    missing = Counter(original) - Counter(rewrite)
    added = Counter(rewrite) - Counter(original)
    if missing:
        yield Mismatch("code", f"the code '{_short(next(iter(missing)))}' is missing or changed")
    elif added:
        yield Mismatch("code", f"the code '{_short(next(iter(added)))}' is new")
    else:
        yield Mismatch("code", "the pieces of code stand in another order")


def _short(code: str) -> str:
    return shorten(code.strip("`~"), 80, placeholder=" ...") or " ".join(code.split())[:80]


_SHOWN = 100


def check_urls(pair: Pair) -> Iterator[Mismatch]:
    """One mismatch for each address that is missing, and each that neither the original nor the
    user has."""
    original, rewrite = dict.fromkeys(pair.original.links), dict.fromkeys(pair.rewrite.links)
    for link in original:
        # A rewrite may put an address between backquotes, or take it out of them.
        if link not in rewrite and link not in pair.rewrite.text:
            yield Mismatch("urls", f"the address '{link[:_SHOWN]}' is missing or changed")
    for link in rewrite:
        known = link in original or link in pair.original.text or link in pair.prompt.text
        if not known:
            yield Mismatch("urls", f"the address '{link[:_SHOWN]}' is new")


_NUMBER = re.compile(r"\d{1,20}")
_SHARED = 0.3
"""Of the words with content of the shorter item."""


def check_lists(pair: Pair) -> Iterator[Mismatch]:
    """A wrong number of items, or else each item with another mark or on another matter."""
    original, rewrite = pair.original.items, pair.rewrite.items
    if len(original) != len(rewrite):
        yield Mismatch("lists", f"the list has {len(rewrite)} items, not {len(original)}")
        return
    for place, (item, again) in enumerate(zip(original, rewrite, strict=True), start=1):
        if item == again:
            continue
        if item.mark != again.mark:
            yield Mismatch("lists", f"item {place} is marked '{again.mark}', not '{item.mark}'")
        elif not _alike(item, again):
            yield Mismatch("lists", f"item {place} is not '{' '.join(item.text.split()[:8])}'")
        elif _has_other_numbers(item, again):
            yield Mismatch(
                "lists", f"item {place} has other numbers than '{item.text[:60].strip()}'"
            )


def _has_other_numbers(item: Item, again: Item) -> bool:
    """As many numbers, but others: two items that swapped a number leave the reply as a whole with
    the same ones. A different count is left to ``check_numbers``, which also reads words."""
    ours, theirs = _NUMBER.findall(item.text), _NUMBER.findall(again.text)
    return len(ours) == len(theirs) and sorted(ours) != sorted(theirs)


def _alike(item: Item, again: Item) -> bool:
    ours, theirs = item.stems, again.stems
    if not ours or not theirs:
        return ours == theirs or item.text.strip() == again.text.strip()
    return len(ours & theirs) >= _SHARED * min(len(ours), len(theirs))
