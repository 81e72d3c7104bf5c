"""The facts of a text that no rewording may change: numbers, negations, sides, normality."""

from __future__ import annotations

from collections import Counter

import regex

__all__ = ["facts_of"]

# A digit glued to a letter belongs to a name (HCO3, T4, mm3), not to a measurement.
_NUMBER = regex.compile(
    r"(?<![A-Za-z\d.,^])\d+(?:[.,]\d+)*|(?<=\bG)\d(?=-?P\d\b)|(?<=\bG\d-?P)\d\b"
)
_CLASSES = {
    "negation": regex.compile(
        r"\b(?:no|not|never|none|neither|nor|nothing|without|cannot|den(?:y|ies|ied|ying)"
        r"|negative|absent|absence|afebrile|asymptomatic|non-?contributory|insignificant)\b|n't\b",
        regex.IGNORECASE,
    ),
    "left": regex.compile(r"\bleft\b", regex.IGNORECASE),
    "right": regex.compile(r"\bright\b", regex.IGNORECASE),
    "both sides": regex.compile(r"\bbilateral(?:ly)?\b|\bboth\b", regex.IGNORECASE),
    "one side": regex.compile(r"\bunilateral(?:ly)?\b|\bone side\b", regex.IGNORECASE),
    "normal": regex.compile(r"\bnormal\b|\bunremarkable\b|\breference range\b", regex.IGNORECASE),
}


def facts_of(text: str) -> Counter[str]:
    """Count every number, and how often something is negated, sided or called normal.

    Two wordings of the same vignette must give equal counters.
    """
    facts = Counter(number.rstrip(".,") for number in _NUMBER.findall(text))
    facts.update({name: len(pattern.findall(text)) for name, pattern in _CLASSES.items()})
    return +facts
