"""Dates, weekdays and times of day stay the same, however they are written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from warmbench.judging.text.vocabulary import listed
from warmbench_builders.sft.faithfulness.mismatch import Mismatch, Pair
from warmbench_builders.sft.faithfulness.reply import Reply

__all__ = ["Moment", "check_dates", "moments", "years"]

_MONTHS = listed(
    "January February March April May June July August September October November December"
)
_MONTH_NUMBERS = {name[:3].lower(): number for number, name in enumerate(_MONTHS, start=1)}
_MONTH = re.compile(
    rf"\b(?:{'|'.join(_MONTHS)}|(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)(?=\.? \d)\.?"
    r"|(?<=\d )(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\b\.?)(?![\w'-])"
)
_MONTH_WORDS = frozenset(
    [*(name.lower() for name in _MONTHS), *(name[:3].lower() for name in _MONTHS), "sept"]
)
_DAYS = ("Mon", "Tues", "Wednes", "Thurs", "Fri", "Satur", "Sun")
_WEEKDAY_WORDS = frozenset(f"{day.lower()}day{plural}" for day in _DAYS for plural in ("", "s"))
_WEEKDAY = re.compile(rf"\b({'|'.join(_DAYS)})days?\b")
# A pattern that begins with a digit is looked for fast, so what must not come before it is asked
# after its first digit.
_ISO = re.compile(r"(\d(?<![\w-]\d)\d{3})-(\d{2})-(\d{2})(?![\w-])")
_SLASHED = re.compile(r"\d(?<![\w/.]\d)\d{0,3}([/.])\d{1,2}\1\d{2,4}(?![\w/])")
_TIME = re.compile(
    r"(\d(?<![\w:.]\d)\d?)(?:[:.](\d{2}))?(?::\d{2})?"
    r"(?: ?([ap])\.? ?m\b\.?|(?<=[:]\d\d)(?![\w:]))",
    re.IGNORECASE,
)
_NAMED_TIME = re.compile(r"\b(noon|midday|midnight)\b", re.IGNORECASE)
_NAMED_TIMES = {"noon": "12:00", "midday": "12:00", "midnight": "0:00"}
_DAY_BEFORE = re.compile(r"(?<!\d)(\d{1,2})(?:st|nd|rd|th)?(?: of)? $")
_DAY_AFTER = re.compile(r" (\d{1,2})(?:st|nd|rd|th)?(?![\w:]|[.,]\d| ?[ap]\.?m)")
_YEAR_AFTER = re.compile(r",? (\d{4})(?!\w)")

# "May" and "March" are verbs too.
_CALENDAR = re.compile(
    r"\b(?:in|of|by|since|until|till|last|next|this|early|late|mid|from|to|through|every|each|and"
    r"|between|during|before|after|for|a|around) $",
    re.IGNORECASE,
)
_REACH = 16
"""Characters around a month that can hold its day."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A day, month, weekday or time of day: ``key`` is alike for alike moments."""

    key: str
    shown: str
    start: int
    end: int


def check_dates(pair: Pair) -> Iterator[Mismatch]:
    """One mismatch for each moment that is missing, and each that is new."""
    original, rewrite, prompt = (
        {moment.key: moment.shown for moment in moments(reply)}
        for reply in (pair.original, pair.rewrite, pair.prompt)
    )
    for key, shown in original.items():
        if key not in rewrite:
            yield Mismatch("dates", f"'{shown}' is missing or changed")
    for key, shown in rewrite.items():
        if key not in original and key not in prompt:
            yield Mismatch("dates", f"'{shown}' is new")


def moments(reply: Reply) -> tuple[Moment, ...]:
    """The moments of a reply; years are numbers and stand apart."""
    readers = (_written_in_digits, _times, _months, _weekdays, _named_times)
    return tuple(moment for read in readers for moment in read(reply))


def years(reply: Reply) -> Iterator[str]:
    """The years of dates that are written in digits throughout, as 1998-05-12."""
    return (match[1] for match in _ISO.finditer(reply.prose))


def _written_in_digits(reply: Reply) -> Iterator[Moment]:
    prose = reply.prose
    for match in _ISO.finditer(prose):
        yield Moment(f"day {int(match[2])}-{int(match[3])}", match[0], *match.span())
    for match in _SLASHED.finditer(prose):
        yield Moment(f"day {match[0]}", match[0], *match.span())


def _weekdays(reply: Reply) -> Iterator[Moment]:
    if not reply.lows.isdisjoint(_WEEKDAY_WORDS):
        for match in _WEEKDAY.finditer(reply.prose):
            yield Moment(f"weekday {match[1]}", match[0].removesuffix("s"), *match.span())


def _months(reply: Reply) -> Iterator[Moment]:
    if reply.lows.isdisjoint(_MONTH_WORDS):
        return
    prose = reply.prose
    for match in _MONTH.finditer(prose):
        start, end = match.span()
        month = _MONTH_NUMBERS[match[0][:3].lower()]
        around = prose[max(start - _REACH, 0) : start].rpartition("\n")[2]
        day = _DAY_BEFORE.search(around)
        if day:
            start -= len(day[0])
        else:
            day = _DAY_AFTER.match(prose, end)
            end = day.end() if day else end
        dated = day is not None or _YEAR_AFTER.match(prose, end) is not None
        if not dated and match[0] in ("May", "March") and not _CALENDAR.search(around):
            continue
        key = f"day {month}-{int(day[1])}" if day else f"month {month}"
        yield Moment(key, prose[start:end].strip(), start, end)


def _times(reply: Reply) -> Iterator[Moment]:
    prose = reply.prose
    for match in _TIME.finditer(prose):
        hour, minute = int(match[1]), match[2] or "00"
        if hour > 24 or int(minute) > 59:
            continue
        if match[3]:
            hour = hour % 12 + (12 if match[3] in "pP" else 0)
        yield Moment(f"time {hour}:{minute}", match[0].strip(), *match.span())


def _named_times(reply: Reply) -> Iterator[Moment]:
    if reply.lows.isdisjoint(_NAMED_TIMES):
        return
    for match in _NAMED_TIME.finditer(reply.prose):
        yield Moment(f"time {_NAMED_TIMES[match[1].lower()]}", match[0], *match.span())
