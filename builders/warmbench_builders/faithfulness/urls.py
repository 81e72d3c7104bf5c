"""Addresses: URLs, e-mail addresses and file paths stay as they are."""

from __future__ import annotations

from collections.abc import Iterator

from warmbench_builders.faithfulness.breach import Breach, Pair

__all__ = ["check_urls"]

_SHOWN = 100


def check_urls(pair: Pair) -> Iterator[Breach]:
    """One breach for each address that is missing, and each that neither the original nor the
    user has."""
    original, rewrite = dict.fromkeys(pair.original.links), dict.fromkeys(pair.rewrite.links)
    for link in original:
        # A rewrite may put an address between backquotes, or take it out of them.
        if link not in rewrite and link not in pair.rewrite.text:
            yield Breach("urls", f"the address '{link[:_SHOWN]}' is missing or changed")
    for link in rewrite:
        known = link in original or link in pair.original.text or link in pair.prompt.text
        if not known:
            yield Breach("urls", f"the address '{link[:_SHOWN]}' is new")
