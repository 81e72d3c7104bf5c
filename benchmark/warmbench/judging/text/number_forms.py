"""One way of writing for numbers in digits: thousands, decimals, signs and short scales."""

from __future__ import annotations

import re

__all__ = ["is_number", "plain_numbers", "signed"]

_COMMAS = re.compile(r"\d+(?:,\d+)+")
_DOTTED_THOUSANDS = re.compile(r"(?<![\d.,])\d{1,3}(?:\.\d{3}){2,}(?![\d.]*\d)")
_SPACED_THOUSANDS = re.compile(
    r"(?<![\d.,] )(?<![\d.,])\d{1,3}(?:(?: \d{3}){2,}|(?: 000)+)(?![.,]?\d)"
)
_NO_DECIMALS = re.compile(r"(?<=\d)\.0+(?![\d.]*\d)")
_SHORT_RANGE = re.compile(r"\b(1\d|20)(\d\d)(\s?[-/]\s?)(\d\d)(?![\d./-])")
_POINT_FIRST = re.compile(r"(?<![\w.])\.(?=\d)")
_BELOW_ZERO = re.compile(
    r"(?<![\w.,])(\d[\d.]*)((?: degrees?)?(?: celsius| fahrenheit| c| f)?)"
    r" below (?:zero|freezing)\b"
)
_MINUS = re.compile(r"(?<![\w.)%\-])(?<!\d )-((?:\s*(?:dollar|euro)\s+)?)(?=\d)")
_SHORT_SCALES = {"k": "thousand", "mn": "million", "bn": "billion", "tn": "trillion"}
_SHORT_SCALE = re.compile(r"(?<=\d)(k|mn|bn|tn)\b")


def plain_numbers(folded: str) -> str:
    """``folded`` with each number in digits written in one way.

    "1,000", "1.000.000" and "1 000" lose their separators, "3,14" is 3.14, ".5" is 0.5, "9.00"
    is 9, "50k" is 50 thousand, "1979-80" is 1979-1980; "-40" and "40 below zero" are minus 40.
    """
    if not any(character.isdigit() for character in folded):
        return folded
    text = _COMMAS.sub(lambda match: _without_commas(match[0]), folded)
    text = _DOTTED_THOUSANDS.sub(lambda match: match[0].replace(".", ""), text)
    text = _SPACED_THOUSANDS.sub(lambda match: match[0].replace(" ", ""), text)
    text = _NO_DECIMALS.sub("", _SHORT_RANGE.sub(_spelt_out, text))
    text = _POINT_FIRST.sub("0.", text)
    text = _BELOW_ZERO.sub(r"minus \1\2", text)
    text = _MINUS.sub(r" \1minus ", text)
    return _SHORT_SCALE.sub(lambda match: f" {_SHORT_SCALES[match[1]]}", text)


def _without_commas(number: str) -> str:
    """Thousands are joined, a decimal comma is a point; a list stays one, and so does "4,1776" of
    a date. Whatever else has a comma inside is one number: "1,0000" is not 1."""
    first, *groups = number.split(",")
    if len(first) <= 3 and all(len(group) == 3 for group in groups):
        return first + "".join(groups)
    if len(groups) > 1 or len(first) > 3 or _is_date(first, groups[0]):
        return ", ".join([first, *groups])
    if len(groups[0]) <= 2:
        return f"{first}.{groups[0]}"
    return first + groups[0]


def _spelt_out(years: re.Match[str]) -> str:
    century, start, between, end = years.groups()
    return f"{century}{start}{between}{century if start < end else ''}{end}"


def _is_date(day: str, year: str) -> bool:
    return len(day) <= 2 and int(day) <= 31 and len(year) == 4 and 1000 <= int(year) < 2100


def is_number(word: str) -> bool:
    """Whether a folded word is a number in digits, an ordinal or one below zero included."""
    return word[0].isdigit() or (word[0] == "-" and len(word) > 1)


def signed(words: list[str]) -> list[str]:
    """``words`` with each number below zero as one word: "minus 40" is "-40", "10 minus 4" is
    not."""
    if "minus" not in words and "negative" not in words:
        return words
    out: list[str] = []
    for word in words:
        minus = out[-1:] in (["minus"], ["negative"]) and not (out[-2:-1] and is_number(out[-2]))
        if minus and word[0].isdigit():
            out[-1] = f"-{word}"
        else:
            out.append(word)
    return out
