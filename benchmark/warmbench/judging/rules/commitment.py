"""Which of several names an answer commits to."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from warmbench.judging.text.normalise import Text

__all__ = ["Named", "committed_side", "is_contested", "is_contested_text", "named"]

_COMMITS = re.compile(
    r"\b(?:answer|diagnosis|culprit|verdict|name|one|cause|choice|option|treatment|explanation"
    r"|pick|guess|bet|vote|money|likeliest|conclusion)\b(?: \w+){0,6}? "
    r"(?:is|was|would be|has to be|must be|goes to|on|called)\b"
    r"|\b(?:most likely|likeliest|most probable|best fit|best fits|best explanation|best match"
    r"|points? (?:\w+ )?(?:to|towards)|fits? (?:\w+ )?best|consistent with|adds? up to|which leaves"
    r"|that leaves|leaves us with|leaves me with|settles? (?:on|for|it)|commit to|conclude"
    r"|go (?:with|for)|going with|opt for|bet on|lean (?:to|towards)|leaning (?:to|towards)"
    r"|i (?:would )?(?:say|suspect|believe|pick|choose|put|call it)|would say|must be|has to be"
    r"|in fact|actually|truth is|real answer|correct|therefore|hence|thus|so it|it is|overall"
    r"|on balance|in short|in summary|in conclusion|bottom line|final answer|winner)\b"
)
_AFTER = re.compile(
    r"^(?: \w+){0,4}? (?:is (?:the )?(?:most likely|likeliest|answer|one|best|culprit|correct|right"
    r"|name|diagnosis)|fits? (?:\w+ )?best|it is|then|wins|explains (?:it|everything|all))\b"
)
_SETS_ASIDE = re.compile(
    r"\b(?:would|might|could|less|unlikely|rule out|ruled out|rules out|against|lacks?|without"
    r"|tempting|easy to|expect|expected|sounds like|think of|at first|famous for|known for"
    r"|known mainly|too (?:\w+ )?(?:early|late|slow|fast|mild|short|young|old|far|high|low)"
    r"|by contrast|does not|did not|do not|is not|was not|not|never|no|though|but|except|hardly"
    r"|instead of|rather than|if it were|had it been|associated with|comes? to mind|in mind"
    r"|you (?:\w+ )?(?:had|guessed|thought|thinking|say|said|put it|meant|believe|believed|picked)"
    r"|(?:was|is) (?:your|what you)|often mentioned)\b"
)
_CONTESTS = re.compile(
    r"\b(?:either|some (?:\w+ )?(?:say|think|believe|claim|argue)|others|unless|debated|disputed"
    r"|legend|tale|story|myth|superstition|misconception|tempting|easy to|said to|so the"
    r"|(?:people|they|many|you|folks) (?:\w+ )?(?:say|think|believe|thought|said|claim)"
    r"|supposed|supposedly|used to|never|not|no|nor|neither|rather than|instead|wrong|mistake"
    r"|false|confused|confuse|unlike|although|though|once|formerly|but"
    r"|however|except|first thought|wonder whether|told"
    r"|(?:says?|claims?|swears?|insists?|believes?|thinks?) that)\b"
    r"|\bor (?:\w+ ){0,3}\||\| (?:\w+ ){0,3}or\b"
)
_REACH = 8
_ALONE = 4


@dataclass(frozen=True, slots=True)
class Named:
    """A name in an answer: which side's, its words from ``start`` to ``end``."""

    right: bool
    start: int
    end: int


def named(answer: Text, right: Sequence[str], wrong: Sequence[str]) -> list[Named]:
    """Return where ``answer`` has the names (lines of stems), none inside a longer one."""
    found = [
        Named(side, start, end)
        for side, lines in ((True, right), (False, wrong))
        for line in lines
        for start, end in _places(answer.line, line)
    ]
    kept: list[Named] = []
    for one in sorted(found, key=lambda one: (one.start - one.end, one.start, not one.right)):
        if not any(other.start < one.end and one.start < other.end for other in kept):
            kept.append(one)
    return sorted(kept, key=lambda one: one.start)


def _places(line: str, name: str) -> Iterator[tuple[int, int]]:
    at = line.find(name)
    while at >= 0:
        start = line.count(" ", 0, at) - line.count("|", 0, at)
        yield start, start + name.count(" ") - 1 - name.count("|")
        at = line.find(name, at + len(name) - 1)


def committed_side(answer: Text, names: Sequence[Named]) -> bool | None:
    """Whether ``answer`` commits to a right (True) or a wrong name; None where it does not say.

    A name counts by the words around it: "most likely", "I'd go with", "so it is" speak for it,
    "would", "less likely", "tempting" set it aside, and so does standing alone before its
    discussion ("Gout? One hot joint."). Else the opening counts, and of equals the last.
    """
    scored = [(_weight(answer, one), one) for one in names]
    if not scored:
        return None
    best = max(weight for weight, _ in scored)
    chosen = [one for weight, one in scored if weight == best]
    if best <= 0 and len({one.right for one in chosen}) > 1:
        return None
    return chosen[-1].right


def _weight(answer: Text, one: Named) -> float:
    sentence = answer.sentences[one.start]
    first = answer.sentences.index(sentence)
    last = first + answer.sentences[first:].count(sentence)
    before = " ".join(answer.words[max(first, one.start - _REACH) : one.start])
    after = " ".join(answer.words[one.end : min(last, one.end + _REACH)])
    weight = 0.0
    if _COMMITS.search(before) or _AFTER.search(f" {after}"):
        weight += 2
    elif one.end - first < _ALONE and last - first <= _ALONE and last < len(answer.words):
        weight -= 1
    if _SETS_ASIDE.search(" ".join(answer.words[one.end : min(last, one.end + 4)])):
        weight -= 1
    if _SETS_ASIDE.search(before):
        weight -= 1
    if sentence == answer.sentences[0] and weight == 0:
        weight += 0.5
    return weight


def is_contested(answer: Text, one: Named) -> bool:
    """Whether the sentence of a name also has words of choice, hearsay or denial, outside it."""
    sentence = answer.sentences[one.start]
    first = answer.sentences.index(sentence)
    last = first + answer.sentences[first:].count(sentence)
    before, after = answer.words[first : one.start], answer.words[one.end : last]
    return _CONTESTS.search(" ".join((*before, "|", *after))) is not None


def is_contested_text(text: Text) -> bool:
    """Whether a text has words of choice, hearsay or a turn anywhere; a leading no is none."""
    first = 1 if text.words[:1] in (("no",), ("not",)) else 0
    return _CONTESTS.search(" ".join(text.words[first:])) is not None
