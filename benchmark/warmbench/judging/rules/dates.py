"""Dates in a text, as far as they are said."""

from __future__ import annotations

from dataclasses import dataclass

from warmbench.judging.text.vocabulary import listed

__all__ = ["Date", "dates"]

_MONTHS = {
    name: number
    for number, names in enumerate(
        listed(
            "january,jan february,feb march,mar april,apr may june,jun july,jul august,aug "
            "september,sept,sep october,oct november,nov december,dec"
        ),
        1,
    )
    for name in names.split(",")
}


@dataclass(frozen=True, slots=True)
class Date:
    """A day of the month, a month, a year, as far as they are given; the month always is."""

    day: int | None
    month: int
    year: int | None

    def agrees(self, other: Date) -> bool:
        """Whether nothing that both dates say differs."""
        return (
            self.month == other.month
            and (None in (self.day, other.day) or self.day == other.day)
            and (None in (self.year, other.year) or self.year == other.year)
        )


def dates(words: tuple[str, ...]) -> tuple[Date, ...]:
    """Return the dates in ``words``: "17 april 1982", "april 17th 1982", "april 1982"."""
    found: list[Date] = []
    for at, word in enumerate(words):
        month = _MONTHS.get(word)
        if month is None:
            continue
        after, before = words[at + 1 : at + 3], words[max(at - 2, 0) : at]
        if before[-1:] == ("of",):
            before = before[:-1]
        day = _day(after[:1]) or _day(before[-1:])
        year = _year(after[:1]) or _year(after[1:2])
        if day or year:  # "may" and "march" are words too
            found.append(Date(day, month, year))
    return tuple(found)


def _day(words: tuple[str, ...]) -> int | None:
    number = words[0].removesuffix("th") if words else ""
    return int(number) if number.isdecimal() and len(number) < 3 and 0 < int(number) < 32 else None


def _year(words: tuple[str, ...]) -> int | None:
    """A year, with the footnote marks that may stick to it: "20171" is 2017."""
    number = words[0] if words else ""
    if not number.isdecimal() or len(number) < 4:
        return None
    return int(number[:4] if len(number) <= 6 else number[:9])
