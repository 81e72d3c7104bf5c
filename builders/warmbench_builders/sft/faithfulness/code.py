"""Code: every block and every inline piece stays as it is, byte for byte, in its order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from textwrap import shorten

from warmbench_builders.sft.faithfulness.breach import Breach, Pair

__all__ = ["check_code", "check_urls"]


def check_code(pair: Pair) -> Iterator[Breach]:
    """At most one breach: what is missing first, then what is new, then the order."""
    original, rewrite = pair.original.code, pair.rewrite.code
    if original == rewrite:
        return
    missing = Counter(original) - Counter(rewrite)
    added = Counter(rewrite) - Counter(original)
    if missing:
        yield Breach("code", f"the code '{_short(next(iter(missing)))}' is missing or changed")
    elif added:
        yield Breach("code", f"the code '{_short(next(iter(added)))}' is new")
    else:
        yield Breach("code", "the pieces of code stand in another order")


def _short(code: str) -> str:
    return shorten(code.strip("`~"), 80, placeholder=" ...") or " ".join(code.split())[:80]


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
