"""One way of writing for numbers in digits: thousands, decimals, signs and short scales."""

from __future__ import annotations

import re

__all__ = ["decades", "is_number", "plain_numbers", "signed"]

_COMMAS = re.compile(r"\d+(?:,\d+)+")
_DOTTED_THOUSANDS = re.compile(r"(?<![\d.,])\d{1,3}(?:\.\d{3}){2,}(?![\d.]*\d)")
_SPACED_THOUSANDS = re.compile(
    r"(?<![\d.,] )(?<![\d.,])\d{1,3}(?:(?: \d{3}){2,}|(?: 000)+)(?![.,]?\d)"
)
_ONE_SPACE = re.compile(
    r"(?:^|\b(?P<before>[a-z]+) )(?P<thousands>[1-9]\d{0,2}) (?P<rest>\d{3})"
    r"(?![.,]?\d)(?! ?(?:st|nd|rd|th|ad|bc)\b)"
)
_BEFORE_A_NUMBER = {
    *("is", "was", "are", "were", "be", "of", "at", "has", "have", "had", "about", "exactly"),
    *("around", "approximately", "roughly", "nearly", "almost", "over", "under", "some", "than"),
    *("to", "by", "with", "measures", "reaches", "total", "stands", "only", "just"),
}
_TENS = {
    "twenties": 2, "thirties": 3, "forties": 4, "fifties": 5,
    "sixties": 6, "seventies": 7, "eighties": 8, "nineties": 9,
}  # fmt: skip
_CENTURIES = {"sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19}
_DECADE = re.compile(
    rf"\b(?:(?P<century>{'|'.join(_CENTURIES)})[ -]|(?:his|her|their|my|your|our|its) "
    rf"(?P<age>(?:early|mid|late)[ -])?)?(?P<tens>{'|'.join(_TENS)})\b"
    r"|(?:\bthe |')(?P<short>[2-9]0)s\b|\b(?P<long>1\d\d0|20[0-2]0)'s\b"
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
    text = _ONE_SPACE.sub(_with_thousands, text)
    text = _NO_DECIMALS.sub("", _SHORT_RANGE.sub(_spelt_out, text))
    text = _POINT_FIRST.sub("0.", text)
    text = _BELOW_ZERO.sub(r"minus \1\2", text)
    text = _MINUS.sub(r" \1minus ", text)
    return _SHORT_SCALE.sub(lambda match: f" {_SHORT_SCALES[match[1]]}", text)


def _with_thousands(match: re.Match[str]) -> str:
    """ "8 848" is one number at the start and after a word such as "is"; "Apollo 11 300 km" has
    two."""
    before, number = match["before"], match["thousands"] + match["rest"]
    if before is None:
        return number
    return f"{before} {number}" if before in _BEFORE_A_NUMBER else match[0]


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


def decades(folded: str) -> str:
    """``folded`` with each decade as "1960s": "the sixties", "'60s", "eighteen sixties".

    "In her sixties" is an age and stays.
    """
    if "ties" not in folded and "0s" not in folded and "0's" not in folded:
        return folded
    return _DECADE.sub(_decade, folded)


def _decade(match: re.Match[str]) -> str:
    if match["long"]:
        return f"{match['long']}s"
    if match["short"]:
        return f" 19{match['short']}s"
    century = match["century"]
    if century is None and match[0] != match["tens"]:
        return match[0]
    return f"{_CENTURIES[century or 'nineteen']}{_TENS[match['tens']]}0s"
