"""One spelling for words that are spelt in several ways, and when a word is another misspelt."""

from __future__ import annotations

import re
from functools import lru_cache

from rapidfuzz.distance import OSA

__all__ = ["is_misspelling", "one_spelling"]

_SHORTEST = 5
_DIGRAPHS = re.compile(r"[ao]e")
_ENDINGS = (
    (re.compile(r"our(?=(?:s|ed|ing|al|able|less|er|ers|ful|ite|ites|hood|hoods)?$)"), "or"),
    (re.compile(r"is(?=(?:e|ed|es|er|ers|ing|ation|ations)$)"), "iz"),
    (re.compile(r"ys(?=(?:e|ed|es|er|ing)$)"), "yz"),
    (re.compile(r"tre(?=s?$)"), "ter"),
    (re.compile(r"ogue(?=s?$)"), "og"),
    (re.compile(r"ll(?=(?:ed|ing)$)"), "l"),
    (re.compile(r"sulph"), "sulf"),
)
_DOUBLE = re.compile(r"(.)\1+")
_SOUNDS = str.maketrans("ykqzw", "iccsv")
_LONG = 8
_SAME_START = 5
_SUFFIXES = frozenset(
    {
        *("", "al", "able", "an", "ance", "ant", "ation", "e", "ed", "ence", "ent", "er", "ers"),
        *("ese", "ian", "ic", "ical", "ing", "ion", "ish", "ism", "ist", "ity", "ive", "ly", "n"),
        *("ness", "y"),
    }
)
_VOWELS = frozenset("aeiouy")


def one_spelling(word: str) -> str:
    """Return a folded word as American English has it: oesophagitis, behaviour, centre, analyse.

    It only has to be the same for both spellings: "promise" gets a z as well.
    """
    if len(word) < _SHORTEST:
        return word
    if len(word) > _SHORTEST:
        word = _DIGRAPHS.sub("e", word)
    for ending, instead in _ENDINGS:
        word = ending.sub(instead, word)
    return word


@lru_cache(maxsize=32_768)
def _sound(word: str) -> str:
    plain = one_spelling(word).replace("ph", "f").replace("kh", "k").replace("ck", "k")
    return _DOUBLE.sub(r"\1", plain.translate(_SOUNDS))


def _is_derived(one: str, other: str) -> bool:
    """Whether they differ in what makes a noun of an adjective or the like: Catholicism and
    Catholic, sharecroppers and sharecropping."""
    start = next(
        (at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b),
        min(len(one), len(other)),
    )
    return start >= _SAME_START and {one[start:], other[start:]} <= _SUFFIXES


def is_misspelling(one: str, other: str) -> bool:
    """Whether two folded words are one, transliterated, derived or misspelt: Dmitri and Dmitry,
    Catholic and Catholicism, Canbera.

    In long words a letter may be missing, doubled, swapped with the next, or another vowel within.
    Short words, beginnings and endings must be alike, for there one letter makes another word:
    Iran and Iraq, macrocytic and microcytic, sulfate and sulfite.
    """
    shorter = min(len(one), len(other))
    if shorter < _SHORTEST or one[0] != other[0] or abs(len(one) - len(other)) > 4:
        return False
    if _sound(one) == _sound(other) or _is_derived(one, other):
        return True
    if (
        shorter < _LONG
        or abs(len(one) - len(other)) > 1
        or OSA.distance(one, other, score_cutoff=1) != 1
    ):
        return False
    if len(one) != len(other):
        return True
    first, *rest = [at for at in range(len(one)) if one[at] != other[at]]
    inside = 4 <= first < len(one) - 3
    return bool(rest) or (inside and {one[first], other[first]} <= _VOWELS)
