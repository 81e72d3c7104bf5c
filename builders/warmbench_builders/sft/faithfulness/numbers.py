"""Numbers: each value with its unit stays, and none comes in.

"1,000" is 1000, "twenty" 20, "20 min" 20 minutes, "half a cup" 0.5 cups. Some words are numbers
only sometimes ("one of us", "a second", "first of all"): those are idle. An idle number may match a
like number in the other text, but a rewrite need not keep it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from warmbench.judging.text.numerals import digits
from warmbench.judging.text.vocabulary import listed
from warmbench_builders.sft.faithfulness.dates import moments, years
from warmbench_builders.sft.faithfulness.mismatch import Mismatch, Pair
from warmbench_builders.sft.faithfulness.reply import Reply
from warmbench_builders.sft.faithfulness.units import UNITS, is_short_unit

__all__ = ["Quantity", "check_numbers", "quantities"]

_DIGITS = re.compile(
    r"(?P<number>\d(?<![^\W_]\d)(?<!\d[.,]\d)\d*(?:[.,]\d+)*)(?P<over>/\d+(?!\d|[/.]\d))?(?P<tail>[^\W_]{0,30})"
)
_WORDS = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety "
    "hundred thousand million billion trillion dozen zero first third fourth fifth sixth seventh "
    "eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth seventeenth "
    "eighteenth nineteenth twentieth thirtieth fortieth fiftieth half quarter twice"
)
_WORD = rf"(?:{'|'.join(_WORDS.split())})"
_COIN = re.compile(r"[$\u20ac\u00a3\u00a5] ?\Z")
_SPELT = re.compile(rf"{_WORD}(?:(?:[ -]| and ){_WORD}){{0,8}}\b")
_SCALE = re.compile(r"[ -](hundred|thousand|million|billion|trillion|dozen)\b", re.IGNORECASE)
_AND_A_HALF = re.compile(r" and a (?:half|quarter)\b", re.IGNORECASE)
_UNIT = re.compile(
    r"[ -]?(%|\u00b0 ?[CcFf]?\b|\u00b0|per ?cent\b|degrees? (?:celsius|fahrenheit|C\b|F\b)"
    r"|[^\W\d_]{1,20}(?:/[^\W\d_]{1,4})?)",
    re.IGNORECASE,
)
_OF = re.compile(r" (?:of )?(?:an? |the )", re.IGNORECASE)
_RANGE = re.compile(r"\s?(?:-|\u2013|to|or|and|x|\u00d7|/)\s?", re.IGNORECASE)
_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_ORDINAL = frozenset(["st", "nd", "rd", "th"])
_VALUES = {"half": "0.5", "quarter": "0.25", "twice": "2"}

# Talk, rarely a fact: "one of us", "first of all", "a quarter", "thanks a million".
_IDLE = frozenset(
    listed("one first half quarter twice hundred thousand million billion dozen zero")
)
_IDLE_UNITS = frozenset(["time", "step"])
_US = re.compile(r" of (?:us|you)\b|-way\b|-fold\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number: its ``value`` in plain digits, its ``unit`` (empty: none that is known), the text
    ``shown``, and whether it is ``idle``; ``start`` and ``end`` are its place in the prose."""

    value: str
    unit: str
    shown: str
    idle: bool
    start: int
    end: int


def quantities(prose: str, taken: Sequence[tuple[int, int]] = ()) -> tuple[Quantity, ...]:
    """The numbers of a text in order, but for those within the places ``taken`` (by dates)."""
    found = sorted((*_in_digits(prose), *_in_words(prose)), key=lambda quantity: quantity.start)
    return tuple(_with_shared_units(prose, _outside(found, taken)))


def _in_digits(prose: str) -> Iterator[Quantity]:
    for match in _DIGITS.finditer(prose):
        tail = match["tail"].lower()
        # 5G, 3D and 2nd-hand ids are names; the 1990s are none.
        if tail not in ("", "k", "x", "s") and tail not in _ORDINAL and tail not in UNITS:
            continue
        value = _value(match["number"], match["over"] or "")
        end = match.end()
        scale = None if tail else _SCALE.match(prose, end)
        if scale and "/" not in value:
            value, end = digits([value, scale[1].lower()])[0], scale.end()
        half = _AND_A_HALF.match(prose, end)
        if half and value.isdecimal():
            value, end = value + (".5" if half[0].lower().endswith("half") else ".25"), half.end()
        coin = _COIN.search(prose, max(match.start() - 2, 0), match.start())
        if _is_negative(prose, match.start()):
            value = "-" + value
        unit, end = _unit(prose, end, tail, coin[0] if coin else "")
        if tail in _ORDINAL:
            value += "th"
        elif tail == "k":
            value = digits([value, "thousand"])[0]
        elif tail == "s" and len(value) >= 3:
            value, unit = value + "s", ""
        yield Quantity(value, unit, prose[match.start() : end].strip(), False, match.start(), end)


def _value(number: str, over: str) -> str:
    if _THOUSANDS.fullmatch(number):
        number = number.replace(",", "")
    number = number.rstrip(".,")
    if number.count(".") == 1 and "," not in number:
        number = number.rstrip("0").rstrip(".")
    return {"1/2": "0.5", "1/4": "0.25", "3/4": "0.75"}.get(number + over, number + over)


def _is_negative(prose: str, start: int) -> bool:
    return prose[start - 1 : start] == "-" and (start < 2 or prose[start - 2] in " (\n:")


def _unit(prose: str, end: int, tail: str, coin: str) -> tuple[str, int]:
    """The unit of a number that ends at ``end``, and where the unit ends."""
    if coin:
        return UNITS[coin.strip()], end
    if tail in UNITS:
        return UNITS[tail], end
    match = None if tail in ("s", "x") else _UNIT.match(prose, end)
    if not match:
        return ("time" if tail == "x" else ""), end
    name = " ".join(match[1].split())
    low = name.lower()
    if low.startswith("degree") and " " in low:
        low = "\u00b0" + low.split()[1][0]
    low = {"per cent": "percent"}.get(low, low.replace(" ", ""))
    if is_short_unit(low) and low not in ("%", "\u00b0") and (name in "aA" or match[0][0] == "-"):
        return ("amp", match.end()) if name == "A" else ("", end)
    return (UNITS[low], match.end()) if low in UNITS else ("", end)


def _in_words(prose: str) -> Iterator[Quantity]:
    read_to = 0
    for match in _SPELT.finditer(prose.lower()):
        if match.start() < read_to:
            continue  # the half of "two and a half"
        before = prose[max(match.start() - 2, 0) : match.start()]
        if before and (before[-1].isalnum() or before[-1] in "'/_"):
            continue
        words = [word for word in match[0].replace("-", " ").split() if word != "and"]
        if len(words) == 1 and before[:1].isdigit():
            continue  # "1.5 million" is read with its digits
        values = [_VALUES.get(value, value) for value in digits(words)]
        half = _AND_A_HALF.match(prose, match.end())
        end = match.end()
        if half and values[-1].isdecimal():
            values[-1] += ".5" if half[0].lower().endswith("half") else ".25"
            end = half.end()
        of = _OF.match(prose, end) if words[-1] in ("half", "quarter") else None
        unit, unit_end = _unit(prose, of.end() - 1 if of else end, "", "")
        end = unit_end if unit else end
        read_to = end
        idle = all(word in _IDLE for word in words) and not (
            words[-1] in ("half", "dozen") and unit not in ("", *_IDLE_UNITS)
        )
        idle = (
            idle or _US.match(prose, end) is not None or (unit in _IDLE_UNITS and len(words) == 1)
        )
        for value in values:
            yield Quantity(value, unit, prose[match.start() : end], idle, match.start(), end)


def _outside(found: Iterable[Quantity], taken: Sequence[tuple[int, int]]) -> Iterator[Quantity]:
    places = iter(sorted(taken))
    place = next(places, None)
    for quantity in found:
        while place and place[1] <= quantity.start:
            place = next(places, None)
        if not place or quantity.start < place[0]:
            yield quantity


def _with_shared_units(prose: str, found: Iterable[Quantity]) -> list[Quantity]:
    """The first number of a range takes the unit of the second: 20 to 25 minutes."""
    shared = list(found)
    for at in range(len(shared) - 2, -1, -1):
        one, next_one = shared[at], shared[at + 1]
        near = not one.unit and next_one.unit and next_one.start - one.end < 8
        if near and _RANGE.fullmatch(prose, one.end, next_one.start):
            shared[at] = replace(one, unit=next_one.unit)
    return shared


def check_numbers(pair: Pair) -> Iterator[Mismatch]:
    """Numbers that are missing, new, or have another unit.

    A number without a unit agrees with one that has one: "20 or 30 minutes". What the user said
    may be repeated, and idle numbers ("one of us") only serve to match.
    """
    original, rewrite = _numbers(pair.original), _numbers(pair.rewrite)
    missing, new = (_telling(found) for found in _unmatched(original, rewrite))
    if not missing or not new:  # said once more, or once less, and nothing else in its place
        missing, new = _not_in(missing, rewrite), _not_in(new, original)
    known = _numbers(pair.prompt) if new else ()
    new = _not_in(new, known)
    yield from _mismatches(missing, new)


def _numbers(reply: Reply) -> tuple[Quantity, ...]:
    found = quantities(reply.prose, [(moment.start, moment.end) for moment in moments(reply)])
    if "-" not in reply.prose:
        return found
    return found + tuple(Quantity(year, "", year, False, 0, 0) for year in years(reply))


def _telling(found: Iterable[Quantity]) -> list[Quantity]:
    return [one for one in found if not one.idle]


def _not_in(found: Sequence[Quantity], elsewhere: Iterable[Quantity]) -> list[Quantity]:
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


def _mismatches(missing: Iterable[Quantity], new: Iterable[Quantity]) -> Iterator[Mismatch]:
    for state, found in (("missing", missing), ("new", new)):
        for shown in dict.fromkeys(one.shown for one in found):
            yield Mismatch("numbers", f"the number '{shown[:60]}' is {state}")
