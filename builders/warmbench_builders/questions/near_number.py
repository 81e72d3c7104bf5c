"""Years and numbers near the right one, as somebody would misremember them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

import regex

from .answer_kind import number_in, number_word

__all__ = ["near_numbers", "near_years", "number_names"]

_LATEST_YEAR = 2017  # when TriviaQA was published
_DECADE = regex.compile(r"\b\d{1,3}0['\u2019]?s\b", regex.IGNORECASE)
_OLYMPIC = regex.compile(r"\bolympics?\b", regex.IGNORECASE)
_WARS = (
    (
        regex.compile(r"\b(?:World War (?:One|I|1)|First World War|WW ?I)\b", regex.IGNORECASE),
        range(1914, 1919),
    ),
    (
        regex.compile(r"\b(?:World War (?:Two|II|2)|Second World War|WW ?II)\b", regex.IGNORECASE),
        range(1939, 1946),
    ),
)
"""How a question names a war, and its years."""
_SPELT_OUT = 10
_LARGEST = 1000


def near_years(key: str, question: str, right: int) -> tuple[str, ...]:
    """Years two to eight away, not named in the question, in an order drawn by ``key``.

    A decade, a century or a world war that the question names is kept, and so are the four years
    between two Olympic Games.
    """
    four = right % 4 == 0 and _OLYMPIC.search(question)
    steps = (4, 8, 12) if four else range(2, 9)
    years = [right + sign * step for step in steps for sign in (-1, 1)]
    for war, war_years in _WARS:
        if right in war_years and war.search(question):
            years = list(war_years)
            years.remove(right)
    decade = _DECADE.search(question) is not None
    kept = [
        str(year)
        for year in years
        if year <= max(right, _LATEST_YEAR)
        and year // 100 == right // 100
        and (not decade or year // 10 == right // 10)
        and str(year) not in question
    ]
    return tuple(_drawn(key, kept)[:3])


def number_names(aliases: Iterable[str]) -> tuple[str, ...]:
    """A whole number of the aliases in words, as people write it up to ten, and in figures.

    Empty where the aliases name no number, several, or one that is no small whole number.
    """
    values = {value for alias in aliases if (value := number_in(alias)) is not None}
    if len(values) != 1:
        return ()
    value = values.pop()
    if value != int(value) or not 2 <= value <= _LARGEST:
        return ()
    word, figures = number_word(int(value)), str(int(value))
    if word is None:
        return (figures,)
    return (word, figures) if value <= _SPELT_OUT else (figures, word)


def near_numbers(key: str, right: Sequence[str]) -> tuple[str, ...]:
    """Numbers near the one of ``number_names``, as round and written as it, drawn by ``key``."""
    value = next(int(name) for name in right if name.isdigit())
    grain = 100 if value % 100 == 0 else 10 if value % 10 == 0 and value > 20 else 1
    reach = max(2 * grain, value // 8)
    near = [
        value + sign * step
        for step in range(grain, reach + 1, grain)
        for sign in (-1, 1)
        if value + sign * step > 1
    ]
    spelt = not right[0].isdigit()
    return tuple(_drawn(key, [_written(number, spelt) for number in near])[:3])


def _written(number: int, spelt: bool) -> str:
    word = number_word(number) if spelt else None
    return word if word is not None else str(number)


def _drawn(key: str, texts: Iterable[str]) -> list[str]:
    return sorted(texts, key=lambda text: hashlib.sha256(f"{key}|{text}".encode()).digest())
