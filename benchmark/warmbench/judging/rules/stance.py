"""Which words of an answer it asserts, which it denies, and which it only ascribes to someone."""

from __future__ import annotations

import re
from collections.abc import Container
from enum import Enum
from itertools import pairwise

from warmbench.judging.text.normalise import Text

__all__ = ["Stance", "only", "stances"]


class Stance(Enum):
    """What an answer does with a word of it."""

    ASSERTED = "asserted"
    DENIED = "denied"
    ASCRIBED = "ascribed"


_AUXILIARY = r"(?:is|are|was|were|be|been|do|does|did|has|have|had|can|could|would|will|should)"
_NOT_A_DENIAL = re.compile(
    r"\b(?:not (?:only|just|merely|simply|sure|certain|worry|hesitate|alone|forget|far|to mention"
    r"|sugarcoat|easy|least|bad|mind|feel|be afraid)"
    r"|no (?:doubt|worries|problem|matter|wonder|need)|why not|(?:can not|never) go wrong"
    r"|not (?:be )?(?:more|happier|prouder))\b"
)
_CONCEDES = re.compile(r"(?:even )?(?:while|although|though)\b")
_TURN = re.compile(
    r"\b(?:but|however|though|although|whereas|while|yet|actually|in fact|in reality"
    r"|instead(?! of)|rather(?! than)|correct answer|right answer|real answer|truth is)\b"
)
_DENIES_AFTER = re.compile(
    r"\b(?:not|never|nor|neither|rather than|instead of|unlike|as opposed to|contrary to"
    r"|confused with|mistaken for|no longer|would not say)\b"
)
_DENIES_CLAUSE = re.compile(
    rf"\b{_AUXILIARY} (?:\w+ )?not\b"
    r"|\b(?:is|are|was|were|be|being) (?:\w+ )?(?:wrong|incorrect|false|mistaken|untrue"
    r"|inaccurate)\b"
    r"|\b(?:myth|misconception|wrong answer|incorrect answer|debunked|mix up|mixed up)\b"
)
_ASCRIBES_AFTER = re.compile(
    r"\byou (?:\w+ )?(?:think|thought|believe|believed|assume|assumed|say|said|guess|guessed"
    r"|mentioned|suggest|suggested|heard|had in mind|feel)\b"
    r"|\b(?:people|folks|others|some|many|everyone|commonly|often|widely|popularly) (?:\w+ )?"
    r"(?:think|believe|believed|assume|assumed|say|thought|guess|confuse|confused|mistaken)\b"
    r"|\b(?:see|get|understand|understandable|know) why\b|\b(?:sounds|looks|seems) like\b"
)
_ASCRIBES_CLAUSE = re.compile(
    r"\b(?:great|good|nice|lovely|reasonable|fair|solid|close|natural|common|popular|tempting"
    r"|understandable|logical) (?:guess|thought|try|answer to give|choice to guess|mistake|mixup"
    r"|assumption)\b|\bclose but\b"
)


def stances(text: Text, *, denying_question: bool = False) -> tuple[Stance, ...]:
    """Return one stance a word of ``text``.

    A clause of ``text`` is cut at words that turn ("but", "actually"). Where the question itself
    denies ("Which of these is not a fruit?"), a denial in the answer may only repeat it, so only
    contrasts ("rather than Sydney") still deny.
    """
    out: list[Stance] = [Stance.ASSERTED] * len(text.words)
    for start, end in _segments(text):
        line = " ".join(text.words[start:end])
        for stance, place in _marks(line, denying_question):
            first = start + line.count(" ", 0, place)
            out[first:end] = [stance] * (end - first)
    return tuple(out)


def _segments(text: Text) -> list[tuple[int, int]]:
    cuts = [0]
    cuts += [at for at in range(1, len(text.words)) if text.clauses[at] != text.clauses[at - 1]]
    line = " ".join(text.words)
    cuts += [line.count(" ", 0, turn.start()) for turn in _TURN.finditer(line)]
    cuts = [*sorted(set(cuts)), len(text.words)]
    return [(a, b) for a, b in pairwise(cuts) if a < b]


def _marks(line: str, denying_question: bool) -> list[tuple[Stance, int]]:
    """The stances that the segment ``line`` sets and the character each starts at."""
    plain = _NOT_A_DENIAL.sub(lambda match: "_" * len(match[0]), line)
    if plain != line:  # keep the number of words: blanks stay blanks
        plain = "".join(" " if a == " " else b for a, b in zip(line, plain, strict=True))
    marks: list[tuple[Stance, int]] = []
    if match := _ASCRIBES_AFTER.search(plain):
        marks.append((Stance.ASCRIBED, match.start()))
    if _ASCRIBES_CLAUSE.search(plain) or _CONCEDES.match(plain):
        marks.append((Stance.ASCRIBED, 0))
    if not denying_question and _DENIES_CLAUSE.search(plain):
        marks.append((Stance.DENIED, 0))
    elif match := _DENIES_AFTER.search(plain):
        contrast = match[0] not in ("not", "never") or not denying_question
        marks += [(Stance.DENIED, match.start())] if contrast else []
    return marks


def only(text: Text, stance: tuple[Stance, ...], kept: Container[Stance]) -> Text:
    """Return the words of ``text`` whose stance is in ``kept``; a gap breaks a phrase."""
    return text.only([one in kept for one in stance])
