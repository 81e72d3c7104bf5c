"""Numbers written in words, ordinals and scales, brought to digits."""

from __future__ import annotations

__all__ = ["digits"]

_UNITS = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_ORDINAL_UNITS = [
    "zeroth",
    "first",
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
    "eleventh",
    "twelfth",
    "thirteenth",
    "fourteenth",
    "fifteenth",
    "sixteenth",
    "seventeenth",
    "eighteenth",
    "nineteenth",
]
_CARDINALS = {word: n for n, word in enumerate(_UNITS)} | {
    word: 10 * n for n, word in enumerate(_TENS, 2)
}
_ORDINALS = {word: n for n, word in enumerate(_ORDINAL_UNITS)} | {
    word[:-1] + "ieth": 10 * n for n, word in enumerate(_TENS, 2)
}
_SCALES = {"hundred": 100, "thousand": 10**3, "million": 10**6, "billion": 10**9}
_SCALES |= {"trillion": 10**12, "dozen": 12}
_WORDS = _CARDINALS.keys() | _ORDINALS.keys() | _SCALES.keys()


def digits(words: list[str]) -> list[str]:
    """Return ``words`` with each run of number words as one number.

    ``["twenty", "one"]`` gives ``["21"]``, ``["1.5", "million"]`` gives ``["1500000"]``,
    ``["nineteen", "eighty", "four"]`` gives ``["1984"]``; ordinals keep their mark
    (``["third"]`` gives ``["3rd"]`` in the form ``"3th"``, the same for every ordinal).
    """
    if not any(word in _WORDS for word in words):
        return words
    out: list[str] = []
    start = 0
    while start < len(words):
        end, number = _run(words, start)
        out.append(words[start] if end == start else number)
        start = max(end, start + 1)
    return out


def _run(words: list[str], start: int) -> tuple[int, str]:
    """The number that starts at ``start`` and where it ends (``start`` itself: no number)."""
    total, part, previous, at = 0.0, 0.0, 0, start
    if _is_plain(words[start]) and words[start + 1 : start + 2] and words[start + 1] in _SCALES:
        part, at, previous = float(words[start]), start + 1, 10
    while at < len(words):
        word = words[at]
        if word in _ORDINALS and (at == start or _joins(part, _ORDINALS[word], previous)):
            return at + 1, f"{int(total + part + _ORDINALS[word])}th"
        if word in _CARDINALS:
            value = _CARDINALS[word]
            if at > start and not _joins(part, value, previous):
                if 10 < part < 100 and value >= 10 and not total:
                    part *= 100  # nineteen eighty four
                else:
                    break
            part, previous = part + value, value
        elif word in _SCALES:
            part, previous = max(part, 1) * _SCALES[word], _SCALES[word]
            if previous >= 1000:
                total, part = total + part, 0
        elif not (word == "and" and previous >= 100 and _continues(words, at)):
            break
        at += 1
    return at, f"{total + part:.10g}" if total + part < 1e10 else f"{int(total + part)}"


def _joins(part: float, value: int, previous: int) -> bool:
    """Whether ``value`` goes on with what was read: twenty + one, hundred + five."""
    return previous >= 100 or (previous >= 20 and value < 10 and part % 10 == 0)


def _continues(words: list[str], at: int) -> bool:
    return words[at + 1 : at + 2] != [] and words[at + 1] in _CARDINALS


def _is_plain(word: str) -> bool:
    return word[0].isdigit() and word.replace(".", "", 1).isdecimal() and len(word) < 16
