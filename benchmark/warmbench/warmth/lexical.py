"""Warmth by words: cues of warmth less cues of coldness, in 100 words. No model, base install.

For each kind k of cue in ``cues.CUE_KINDS`` that occurs n(k) times in a text of W words:

    score = sum over k of  sign(k) * min(|worth(k)| * n(k) * 100 / max(W, 20), bound(k))

A text without a cue, or with as much warmth as coldness, scores 0. One more clear warm cue ("I
hope", "let's", an exclamation mark) in every 100 words adds 1; slight ones ("you", "it's",
"please") add a quarter. Each kind is bounded, so that no single trick (forty exclamation marks)
moves a score far. It is a rate: a text written twice has the same score. Below 20 words the rate is
that of 20, so that "Sure!" does not score as very warm. Code and URLs do not count, and a text
without words scores 0.

The lists were written against the advice and factual conversations of the open SFT set and tested
on the other query types. English only. It does not read meaning: "not lovely" counts as lovely.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache

from warmbench.errors import UsageError
from warmbench.warmth.cues import CONTRACTED_ENDINGS, CUE_KINDS, WORDS_BEFORE_S, CueKind
from warmbench.warmth.measure import MeasureOptions, Tick, no_tick, one_pass

__all__ = ["FEWEST_WORDS", "HIGHEST", "LOWEST", "Lexical"]

FEWEST_WORDS = 20
HIGHEST = sum(kind.bound for kind in CUE_KINDS if kind.worth > 0)
LOWEST = -sum(kind.bound for kind in CUE_KINDS if kind.worth < 0)
"""No text scores above or below."""

_NOT_PROSE = re.compile(r"```.*?(?:```|\Z)|`[^`\n]*`|https?://\S+", re.DOTALL)
_APOSTROPHES = str.maketrans(dict.fromkeys("\u2018\u2019\u02bc", "'"))
_TOKEN = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*|\d[\d.,]*|!+|[.?;:\n]|[❤♥☺✨\U0001f300-\U0001faff]")
_CONTRACTION = next(kind for kind in CUE_KINDS if kind.name == "contraction")

_Phrases = Mapping[str, Sequence[tuple[tuple[str, ...], CueKind]]]


class Lexical:
    """Unit: clear warm cues in 100 words, net of cold ones."""

    name = "lexical-1"

    @classmethod
    def open(cls, options: MeasureOptions) -> Lexical:
        if options.model or options.revision:
            raise UsageError("the measure 'lexical' takes no model; name one with a sociot measure")
        if options.passes is not None:
            raise one_pass("lexical")
        return cls()

    def score(self, texts: Sequence[str], tick: Tick = no_tick) -> list[float]:
        """One score a text, between ``LOWEST`` and ``HIGHEST``; 0 for one without words."""
        scores = []
        for text in texts:
            scores.append(_score(text))
            tick(1)
        return scores


def _score(text: str) -> float:
    prose = _NOT_PROSE.sub(" ", text).translate(_APOSTROPHES).lower()
    tokens = ["!" if token[0] == "!" else token for token in _TOKEN.findall(prose)]
    words = sum(token[0].isalnum() for token in tokens)
    if words == 0:
        return 0.0
    per_cue = 100.0 / max(words, FEWEST_WORDS)
    total = 0.0
    for kind, count in _count(tokens).items():
        amount = min(abs(kind.worth) * count * per_cue, kind.bound)
        total += amount if kind.worth > 0 else -amount
    return total


def _count(tokens: Sequence[str]) -> dict[CueKind, int]:
    phrases = _phrases()
    counts: dict[CueKind, int] = dict.fromkeys(CUE_KINDS, 0)
    free = 0  # the first token that no phrase has taken yet
    for position, token in enumerate(tokens):
        if "'" in token and _is_contraction(token):
            counts[_CONTRACTION] += 1
        if position < free or token not in phrases:
            continue
        for phrase, kind in phrases[token]:
            if tuple(tokens[position : position + len(phrase)]) == phrase:
                counts[kind] += 1
                free = position + len(phrase)
                break
    return counts


def _is_contraction(word: str) -> bool:
    stem, _, ending = word.rpartition("'")
    return word.endswith(CONTRACTED_ENDINGS) or (ending == "s" and stem in WORDS_BEFORE_S)


@cache
def _phrases() -> _Phrases:
    """First word -> the phrases that it opens, longest first."""
    found: dict[str, list[tuple[tuple[str, ...], CueKind]]] = {}
    for kind in CUE_KINDS:
        for phrase in kind.phrases:
            words = tuple(phrase.split())
            found.setdefault(words[0], []).append((words, kind))
    return {
        first: sorted(entries, key=lambda entry: -len(entry[0])) for first, entries in found.items()
    }
