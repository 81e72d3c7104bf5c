"""What of an answer, and which references, are put to an inference model."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from warmbench.judging.llm.reply import visible
from warmbench.judging.nli.inference import Pair
from warmbench.judging.text.normalise import normalise

__all__ = [
    "MOST_REFERENCES",
    "MOST_WINDOWS",
    "SHOWN",
    "WHOLE_WORDS",
    "nearest",
    "pair_of",
    "windows_of",
]

MOST_WINDOWS = 16
"""Of an answer; one with more sentences is read by several sentences at once."""
WHOLE_WORDS = 80
"""An answer of at most so many words is read as a whole, too."""
MOST_REFERENCES = 8
"""Of each side: those that share most with the answer."""
SHOWN = {"question": 400, "window": 600, "reference": 300}
"""Characters, so that a model of 512 tokens cuts little off. Of a longer question its end is shown,
where it is asked."""

_MARKUP = re.compile(r"^[ ]*(?:[-*+\u2022>|]|#{1,6}|\d{1,2}[.)])[ ]+|\*\*|__|`", re.MULTILINE)
_ENDS = re.compile(r"(?<=[.!?])[\"'\u201d\u2019)\]]*\s+(?=\S)|\n+")


def windows_of(answer: str) -> list[str]:
    """The sentences of an answer, in order, each once; before them the whole of a short one.

    >>> windows_of("Many say Sydney. It is **Canberra**.")
    ['Many say Sydney. It is Canberra.', 'Many say Sydney.', 'It is Canberra.']
    """
    plain = _MARKUP.sub("", visible(answer))
    sentences = [one for part in _ENDS.split(plain) if normalise(one := " ".join(part.split()))]
    size = max(1, math.ceil(len(sentences) / MOST_WINDOWS))
    windows = [" ".join(sentences[at : at + size]) for at in range(0, len(sentences), size)]
    if len(sentences) > 1 and len(plain.split()) <= WHOLE_WORDS:
        windows.insert(0, " ".join(sentences))
    return list(dict.fromkeys(windows)) or [" ".join(plain.split())]


def nearest(references: Sequence[str], answer: str) -> list[str]:
    """At most ``MOST_REFERENCES``: those of whose words the answer has most, in their order."""
    named = [one for one in dict.fromkeys(references) if normalise(one)]
    if len(named) <= MOST_REFERENCES:
        return named
    said = set(normalise(answer).stems)
    shares = {one: _share(one, said) for one in named}
    chosen = sorted(named, key=lambda one: -shares[one])[:MOST_REFERENCES]
    return [one for one in named if one in chosen]


def _share(reference: str, said: set[str]) -> float:
    stems = set(normalise(reference).stems)
    return len(stems & said) / len(stems)


def pair_of(question: str, window: str, reference: str) -> Pair:
    """The question with what is said, and the question with what may follow from it."""
    asked = _end(" ".join(visible(question).split()), SHOWN["question"])
    said = window[: SHOWN["window"]]
    told = " ".join(visible(reference).split())[: SHOWN["reference"]]
    return Pair(f"{asked} {said}", f"{asked} {told}")


def _end(text: str, most: int) -> str:
    """The last whole words of ``text``."""
    return text if len(text) <= most else text[-most:].partition(" ")[2]
