"""The power of the checks: facts changed on purpose in faithful rewrites, and how many are found.

A mutation changes one fact of a rewrite that has no breach. A place is where a kind of change can
be made; where a set has fewer places than are wanted, a place is changed in several ways.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from warmbench.judging.vocabulary import listed
from warmbench_builders.faithfulness.checks import check_rewrite

__all__ = ["MUTATIONS", "Mutant", "RewritePair", "plant", "recall"]


@dataclass(frozen=True, slots=True)
class RewritePair:
    """A reply and its faithful rewrite; ``pair_id`` decides, with the seed, what is changed."""

    pair_id: str
    original: str
    rewrite: str
    prompt: str = ""


@dataclass(frozen=True, slots=True)
class Mutant:
    """A pair with one fact of the rewrite changed. ``place`` names where."""

    kind: str
    place: str
    pair: RewritePair
    text: str


Edit = tuple[int, int, str]
"""From where to where, and what stands there instead."""

_CODE = re.compile(r"```.*?```|`[^`\n]+`", re.DOTALL)
_URL = re.compile(r"https?://[^\s)>\]`]+")
_NUMBER = re.compile(r"(?<![\w.,/:-])\d+(?:,\d{3})*(?:\.\d+)?(?![\w/:]|\.\d|,\d|\. )")
_UNIT = re.compile(
    r"(?<=\d )(?:minutes|hours|days|weeks|km|cm|metres|grams|litres|GB|degrees|percent)\b"
)
_OTHER_UNITS = {
    "minutes": ("hours", "days"), "hours": ("minutes", "days"), "days": ("weeks", "hours"),
    "weeks": ("days", "months"), "km": ("miles", "metres"), "cm": ("mm", "inches"),
    "metres": ("km", "feet"), "grams": ("kilograms", "ounces"), "litres": ("gallons", "cups"),
    "GB": ("MB", "TB"), "degrees": ("percent", "minutes"), "percent": ("degrees", "grams"),
}  # fmt: skip
_WEEKDAYS = listed("Monday Tuesday Wednesday Thursday Friday Saturday Sunday")
_MONTHS = listed(
    "January February March April June July August September October November December"
)
_DATE = re.compile(rf"\b(?:{'|'.join([*_WEEKDAYS, *_MONTHS])})\b|\b(?:1\d|20)\d\d\b(?!,)")
_NAME = re.compile(r"(?<=[a-z,] )[A-Z][a-z]{3,}\b")
_NAMES = (
    "Amara", "Lisbon", "Kenji", "Ghana", "Oslo", "Rosa", "Peru", "Tariq", "Vienna", "Ngozi",
)  # fmt: skip
_AUXILIARY = re.compile(r"\b(?:is|are|was|were|can|will|should|must|has) (?=[a-z]{3,})")
_NEGATION = re.compile(
    r"\b(?:is|are|was|were|do|does|did|can|will|should|would|could|must|has|have) not(?= \w)"
    r"|\b(?:is|are|was|were|do|does|did|would|could|should|has|have)n't(?= \w)"
)
_ITEM = re.compile(r"^(?:[-*]|\d+\.) .+(?:\n|\Z)", re.MULTILINE)
_ANSWER = re.compile(r"\A(?:Yes|No)\b")
_LETTER = re.compile(r"[A-Za-z0-9]")


def _outside(pattern: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    """Matches that stand in no code and no URL."""
    held = [m.span() for found in (_CODE, _URL) for m in found.finditer(text)]
    for match in pattern.finditer(text):
        if not any(start < match.end() and match.start() < end for start, end in held):
            yield match


def _numbers(pair: RewritePair) -> Iterator[list[Edit]]:
    for match in _outside(_NUMBER, pair.rewrite):
        value = match[0]
        if re.search(rf"(?<![\d.,]){re.escape(value)}(?![\d])", pair.original):
            digits = value.replace(",", "")
            number = float(digits) if "." in digits else int(digits)
            other = [number + 3, number * 2 + 1, number + 10]
            yield [(*match.span(), f"{o:g}" if "." in digits else str(int(o))) for o in other]


def _units(pair: RewritePair) -> Iterator[list[Edit]]:
    for match in _outside(_UNIT, pair.rewrite):
        yield [(*match.span(), unit) for unit in _OTHER_UNITS[match[0]]]


def _dates(pair: RewritePair) -> Iterator[list[Edit]]:
    for match in _outside(_DATE, pair.rewrite):
        if match[0] not in pair.original:
            continue
        for names in (_WEEKDAYS, _MONTHS):
            if match[0] in names:
                others = [name for name in names if name != match[0]]
                yield [(*match.span(), name) for name in others[:4]]
        if match[0].isdigit():
            yield [(*match.span(), str(int(match[0]) + step)) for step in (2, 11, -7)]


def _names(pair: RewritePair) -> Iterator[list[Edit]]:
    for match in _outside(_NAME, pair.rewrite):
        name = match[0]
        if name in _WEEKDAYS or name in _MONTHS or not re.search(rf"\b{name}\b", pair.original):
            continue
        both = pair.original + pair.rewrite + pair.prompt
        others = [other for other in _NAMES if other not in both]
        yield [(*match.span(), other) for other in others[:4]]


def _negations_added(pair: RewritePair) -> Iterator[list[Edit]]:
    """A clause that the original has word for word, so that it is a fact and no kindness."""
    for match in _outside(_AUXILIARY, pair.rewrite):
        words = pair.rewrite[match.start() :].split()[:4]
        before = pair.rewrite[: match.start()].split()[-1:]
        clause = " ".join([*before, *words])
        if len(words) == 4 and clause in pair.original and "not" not in clause:
            yield [(match.end(), match.end(), "not ")]


def _negations_removed(pair: RewritePair) -> Iterator[list[Edit]]:
    for match in _outside(_NEGATION, pair.rewrite):
        after = " ".join(pair.rewrite[match.end() :].split()[:2])
        if after and re.search(rf"(?:not|n't) {re.escape(after)}", pair.original):
            yield [(*match.span(), match[0].removesuffix("n't").removesuffix(" not"))]


def _codes(pair: RewritePair) -> Iterator[list[Edit]]:
    for match in _CODE.finditer(pair.rewrite):
        letters = [m.start() for m in _LETTER.finditer(pair.rewrite, match.start(), match.end())]
        chosen = letters[len(letters) // 3 :: max(1, len(letters) // 3)][:3]
        yield [(at, at + 1, _other_letter(pair.rewrite[at])) for at in chosen]


def _urls(pair: RewritePair) -> Iterator[list[Edit]]:
    for match in _URL.finditer(pair.rewrite):
        letters = [
            m.start() for m in _LETTER.finditer(pair.rewrite, match.start() + 8, match.end())
        ]
        chosen = letters[:: max(1, len(letters) // 12)][:12]
        yield [(at, at + 1, _other_letter(pair.rewrite[at])) for at in chosen]


def _items(pair: RewritePair) -> Iterator[list[Edit]]:
    for match in _outside(_ITEM, pair.rewrite):
        mark = match[0].split()[0]
        added = f"{mark} a pinch of luck and a quiet corner\n"
        yield [(*match.span(), ""), (match.start(), match.start(), added)]


def _answers(pair: RewritePair) -> Iterator[list[Edit]]:
    for match in _ANSWER.finditer(pair.rewrite):
        if pair.original.startswith(match[0]):
            yield [(*match.span(), "No" if match[0] == "Yes" else "Yes")]


def _other_letter(letter: str) -> str:
    if letter.isdigit():
        return str((int(letter) + 1) % 10)
    return "x" if letter.lower() != "x" else "y"


MUTATIONS: dict[str, Callable[[RewritePair], Iterable[list[Edit]]]] = {
    "number": _numbers,
    "unit": _units,
    "date": _dates,
    "name": _names,
    "negation_added": _negations_added,
    "negation_removed": _negations_removed,
    "code": _codes,
    "url": _urls,
    "list_item": _items,
    "answer": _answers,
}
"""Kind of change -> the places of a pair, each with the ways in which it can be changed."""


def plant(pairs: Sequence[RewritePair], kind: str, wanted: int, seed: int = 0) -> list[Mutant]:
    """Up to ``wanted`` mutants of one kind, from as many places as there are, the same each time.

    Places come in an order of chance; each is changed in one way before any is in a second.
    """
    places = [
        (f"{pair.pair_id}#{number}", pair, edits)
        for pair in pairs
        for number, edits in enumerate(MUTATIONS[kind](pair))
        if edits
    ]
    places.sort(key=lambda place: hashlib.sha256(f"{seed}/{kind}/{place[0]}".encode()).digest())
    mutants: list[Mutant] = []
    for way in range(max((len(edits) for _, _, edits in places), default=0)):
        for name, pair, edits in places:
            if way < len(edits) and len(mutants) < wanted:
                start, end, text = edits[way]
                changed = pair.rewrite[:start] + text + pair.rewrite[end:]
                mutants.append(Mutant(kind, name, pair, changed))
    return mutants


def recall(mutants: Sequence[Mutant]) -> float:
    """The share of mutants in which any check finds a breach."""
    found = (bool(check_rewrite(m.pair.original, m.text, prompt=m.pair.prompt)) for m in mutants)
    return sum(found) / len(mutants)
