"""Code: every block and every inline piece stays as it is, byte for byte, in its order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from textwrap import shorten

from warmbench_builders.faithfulness.breach import Breach, Pair

__all__ = ["check_code"]


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
