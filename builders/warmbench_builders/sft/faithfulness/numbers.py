"""Numbers: each value with its unit stays, and none comes in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence

from warmbench_builders.sft.faithfulness.breach import Breach, Pair
from warmbench_builders.sft.faithfulness.dates import moments, years
from warmbench_builders.sft.faithfulness.quantity import Quantity, quantities
from warmbench_builders.sft.faithfulness.reply import Reply

__all__ = ["check_numbers"]


def check_numbers(pair: Pair) -> Iterator[Breach]:
    """Numbers that are missing, new, or have another unit.

    A number without a unit agrees with one that has one: "20 or 30 minutes". What the user said
    may be repeated, and idle numbers ("one of us") only serve to match.
    """
    original, rewrite = _numbers(pair.original), _numbers(pair.rewrite)
    missing, new = (_telling(found) for found in _unmatched(original, rewrite))
    if not missing or not new:  # said once more, or once less, and nothing else in its place
        missing, new = _unsaid(missing, rewrite), _unsaid(new, original)
    known = _numbers(pair.prompt) if new else ()
    new = _unsaid(new, known)
    yield from _breaches(missing, new)


def _numbers(reply: Reply) -> tuple[Quantity, ...]:
    found = quantities(reply.prose, [(moment.start, moment.end) for moment in moments(reply)])
    if "-" not in reply.prose:
        return found
    return found + tuple(Quantity(year, "", year, False, 0, 0) for year in years(reply))


def _telling(found: Iterable[Quantity]) -> list[Quantity]:
    return [one for one in found if not one.idle]


def _unsaid(found: Sequence[Quantity], elsewhere: Iterable[Quantity]) -> list[Quantity]:
    said = {(one.value, one.unit) for one in elsewhere} if found else set()
    return [one for one in found if (one.value, one.unit) not in said]


def _unmatched(
    original: Iterable[Quantity], rewrite: Iterable[Quantity]
) -> tuple[list[Quantity], list[Quantity]]:
    """What is left on either side once alike numbers are taken away, the most alike first."""
    left, right = _without_alike(original, rewrite, lambda one: (one.value, one.unit, one.idle))
    left, right = _without_alike(left, right, lambda one: (one.value, one.unit))
    bare, left = _bare_and_others(left)
    bare, right = _without_alike(bare, right, lambda one: one.value)
    bare_right, right = _bare_and_others(right)
    left, bare_right = _without_alike(left, bare_right, lambda one: one.value)
    return [*bare, *left], [*bare_right, *right]


def _without_alike(
    original: Iterable[Quantity], rewrite: Iterable[Quantity], key: Callable[[Quantity], Hashable]
) -> tuple[list[Quantity], list[Quantity]]:
    waiting: dict[Hashable, list[Quantity]] = defaultdict(list)
    for one in rewrite:
        waiting[key(one)].append(one)
    left = [one for one in original if not (waiting.get(key(one)) and waiting[key(one)].pop())]
    return left, [one for alike in waiting.values() for one in alike]


def _bare_and_others(found: Iterable[Quantity]) -> tuple[list[Quantity], list[Quantity]]:
    bare: list[Quantity] = []
    others: list[Quantity] = []
    for one in found:
        (others if one.unit else bare).append(one)
    return bare, others


def _breaches(missing: Iterable[Quantity], new: Iterable[Quantity]) -> Iterator[Breach]:
    for state, found in (("missing", missing), ("new", new)):
        for shown in dict.fromkeys(one.shown for one in found):
            yield Breach("numbers", f"the number '{shown[:60]}' is {state}")
