"""Numbers of a reference and of an answer: when one says another number than the other."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Sequence

from warmbench.judging.text.normalise import stem
from warmbench.judging.text.number_forms import is_number
from warmbench.judging.text.vocabulary import FUNCTION_WORDS, listed

__all__ = ["has_footnote_mark", "says_it_of_another_number"]

_KINDS = (
    "km,kilometer,kilometre mile,mi m,meter,metre cm,centimeter,centimetre "
    "mm,millimeter,millimetre foot,feet,ft inch,inches yard,yd",
    "kg,kilogram,kilo g,gram,gramme mg,milligram pound,lb,lbs ounce,oz ton,tonne stone",
    "celsius,centigrade,c fahrenheit,f kelvin",
    "second,sec minute,min hour,hr day week month year,yr decade century",
    "dollar,usd euro,eur gbp yen rupee cent",
    "l,liter,litre ml,milliliter,millilitre gallon pint",
    "bc,bce ad,ce",
    "percent degree",
)
_BEFORE = ("ad,ce", "dollar,usd", "euro,eur", "gbp")
_DECIMAL = re.compile(r"-?\d{1,15}(?:\.\d{1,15})?")
_UNITS = {
    stem(name): (kind, names)
    for kind, units in enumerate(map(listed, _KINDS))
    for names in units
    for name in names.split(",")
}
"""Stem of a unit -> its kind, and which of that kind: a number of one is not that of another."""


def has_footnote_mark(year: str, numbers: Iterable[str]) -> bool:
    """Whether one of ``numbers`` is ``year`` (four digits) with a mark of a digit or two stuck to
    it: "20171" is 2017. No other number is ever read so: 500 is not 50."""
    if len(year) != 4 or not year.isdecimal() or not 1000 <= int(year) < 2100:
        return False
    return any(
        number.isdecimal() and number.startswith(year) and 5 <= len(number) <= 6
        for number in numbers
    )


def says_it_of_another_number(
    alias: Sequence[str], answer: Sequence[str], echoed: Container[str]
) -> bool:
    """Whether ``answer`` has another number in the place of one of ``alias``: "World War 3" for
    "World War 2", 500 states for 50, or the same number of another unit, 5 miles for 5 km.

    Both are words of normalised texts; numbers in ``echoed``, those of the question, don't count.
    """
    return any(
        _is_replaced(alias, at, answer, echoed) if word not in answer
        else _is_of_another_unit(alias, at, answer)
        for at, word in enumerate(alias)
        if is_number(word)
    )  # fmt: skip


def _is_replaced(
    alias: Sequence[str], at: int, answer: Sequence[str], echoed: Container[str]
) -> bool:
    """Whether a number that is neither the alias's nor the question's has the same neighbour, or
    is the same with more digits."""
    word, beside = alias[at], _neighbours(alias, at)
    if f"{word}th" in answer or word.removesuffix("th") in answer:
        return False
    others = {
        place: other
        for place, other in enumerate(answer)
        if is_number(other) and other not in alias and other not in echoed
    }
    if has_footnote_mark(word, others.values()):
        return False
    return any(
        (other.startswith(word) and len(alias) > 1)
        or (_shared(beside, _neighbours(answer, place)) and not _is_rounded(word, other))
        for place, other in others.items()
    )


def _shared(one: tuple[str, str], other: tuple[str, str]) -> bool:
    return any(word and word == new for word, new in zip(one, other, strict=True))


def _is_rounded(one: str, other: str) -> bool:
    """Whether the one with fewer digits is the other, rounded or cut: 225 for 224.7."""
    if not (_DECIMAL.fullmatch(one) and _DECIMAL.fullmatch(other)):
        return False
    places = [_last_place(number) for number in (one, other)]
    if places[0] == places[1]:
        return False
    return abs(float(one) - float(other)) <= 0.501 * 10.0 ** max(places)


def _last_place(number: str) -> int:
    """The power of ten of the last digit; the zeros of millions are no digits: 1.4 million."""
    _, point, decimals = number.partition(".")
    zeros = len(number) - len(number.rstrip("0"))
    return -len(decimals) if point else (zeros if zeros >= 5 else 0)


def _neighbours(words: Sequence[str], at: int) -> tuple[str, str]:
    """The stems before and after a word; empty where they tell nothing."""
    before = words[at - 1] if at else ""
    after = words[at + 1] if at + 1 < len(words) else ""
    return _telling(before), _telling(after)


def _telling(word: str) -> str:
    return "" if not word or word in FUNCTION_WORDS or is_number(word) else stem(word)


def _is_of_another_unit(alias: Sequence[str], at: int, answer: Sequence[str]) -> bool:
    """Whether the number is there, and wherever it is, with another unit of the same kind."""
    wanted = _unit(alias, at)
    if wanted is None:
        return False
    units = [_unit(answer, place) for place, word in enumerate(answer) if word == alias[at]]
    return all(unit is not None and unit[0] == wanted[0] and unit != wanted for unit in units)


def _unit(words: Sequence[str], at: int) -> tuple[int, str] | None:
    """The unit after a number, or the era or the currency before it."""
    before, after = _neighbours(words, at)
    unit = _UNITS.get(before)
    return _UNITS.get(after) or (unit if unit and unit[1] in _BEFORE else None)
