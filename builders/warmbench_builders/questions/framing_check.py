"""Whether framing statements carry their own context and nothing else, as far as counting can tell.

A loss of accuracy must come from what a statement says, not from its length, its tone where it
should have none, or a statement that turns up twice. Whether a statement sounds like a person is
left to readers. Tone is VADER's compound score (Hutto & Gilbert, ICWSM 2014), from -1 to 1.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations
from statistics import mean, stdev

import regex
from rapidfuzz import fuzz

from warmbench.conditions import CONTEXT_GROUPS, Context
from warmbench_builders.questions.framings import Framing

__all__ = [
    "ContextMeasure",
    "Finding",
    "check_framings",
    "check_likeness",
    "measure_framings",
]

# Long enough to say who speaks and why, short enough not to drown a trivia question of ten words.
STATEMENT_WORDS = (18, 34)

# Means this near, and spreads this alike, leave length no part in the differences of contexts:
# four words are under a sixth of a statement.
CONTEXT_MEAN_WORDS = (24.0, 28.0)
CONTEXT_SD_WORDS = (1.5, 3.5)

# VADER calls a text positive from 0.05 and negative from -0.05. An emotion must be well past that,
# and a neutral statement near it: one stray word of the lexicon is worth about 0.25. Relations and
# stakes may have any tone, since trust and admiration are warm words by nature.
CONTEXT_COMPOUND = {
    Context.NEUTRAL: (-0.15, 0.15),
    Context.ANGER: (-1.0, -0.3),
    Context.SADNESS: (-1.0, -0.3),
    Context.HAPPINESS: (0.5, 1.0),
}

# rapidfuzz's token_sort_ratio, 0 to 100. Two unrelated statements of this length reach about 60,
# for the letters they share; a reworded one lies above 70.
NEAR_DUPLICATE = 70.0

# Beside texts of others, hold a greater distance than among our own.
NEAR_OTHERS = 65.0

# An opening of this many words that returns would be learnt as a sign of its set.
OPENING_WORDS = 3

_WORD = regex.compile(r"[\p{L}\p{N}']+")
_DIGIT = regex.compile(r"\p{N}")
_ADDRESSES_MODEL = regex.compile(r"\b(?:you|your|yours|yourself)\b", regex.IGNORECASE)
_FRAMED = tuple(context for context in Context if context is not Context.PLAIN)


@dataclass(frozen=True, slots=True)
class Finding:
    """One problem: ``where`` is a framing id (two, joined by `` and ``) or a context."""

    where: str
    problem: str


@dataclass(frozen=True, slots=True)
class ContextMeasure:
    """Length (words, parted by spaces) and tone (VADER compound) of a context's statements."""

    context: Context
    statements: int
    mean_words: float
    sd_words: float
    min_words: int
    max_words: int
    mean_compound: float
    min_compound: float
    max_compound: float


def check_framings(framings: Sequence[Framing]) -> list[Finding]:
    """What is wrong with one set of framings; an empty list when nothing is."""
    compound = _compound_scorer()
    findings = [finding for framing in framings for finding in _check_statement(framing, compound)]
    findings += _check_openings(framings)
    findings += _check_pairs(framings)
    findings += _check_balance(framings, compound)
    return findings


def check_likeness(
    framings: Sequence[Framing], others: Sequence[Framing], limit: float = NEAR_OTHERS
) -> list[Finding]:
    """Statements that are too like one of ``others`` (another set, or a study's own)."""
    pairs = ((framing, other) for framing in framings for other in others)
    return [finding for a, b in pairs if (finding := _alike(a, b, limit))]


def measure_framings(framings: Sequence[Framing]) -> tuple[ContextMeasure, ...]:
    """Length and tone of every context that has statements, in the order of ``Context``."""
    return _measure(framings, _compound_scorer())


def _measure(
    framings: Sequence[Framing], compound: Callable[[str], float]
) -> tuple[ContextMeasure, ...]:
    texts: dict[Context, list[str]] = defaultdict(list)
    for framing in framings:
        texts[framing.context].append(framing.text)
    return tuple(
        _measure_context(context, texts[context], compound)
        for context in Context
        if context in texts
    )


def _measure_context(
    context: Context, texts: Sequence[str], compound: Callable[[str], float]
) -> ContextMeasure:
    words = [_word_count(text) for text in texts]
    compounds = [compound(text) for text in texts]
    return ContextMeasure(
        context=context,
        statements=len(texts),
        mean_words=mean(words),
        sd_words=stdev(words) if len(words) > 1 else 0.0,
        min_words=min(words),
        max_words=max(words),
        mean_compound=mean(compounds),
        min_compound=min(compounds),
        max_compound=max(compounds),
    )


def _check_statement(framing: Framing, compound: Callable[[str], float]) -> list[Finding]:
    problems = [
        _length_problem(framing),
        _tone_problem(framing, compound),
        _address_problem(framing),
        "has a digit, which could help to answer a question" if _DIGIT.search(framing.text) else "",
        "asks something itself; only the question may" if "?" in framing.text else "",
    ]
    return [Finding(framing.framing_id, problem) for problem in problems if problem]


def _length_problem(framing: Framing) -> str:
    low, high = STATEMENT_WORDS
    words = _word_count(framing.text)
    return "" if low <= words <= high else f"has {words} words; {low} to {high} are accepted"


def _tone_problem(framing: Framing, compound: Callable[[str], float]) -> str:
    if framing.context not in CONTEXT_COMPOUND:
        return ""
    low, high = CONTEXT_COMPOUND[framing.context]
    score = compound(framing.text)
    if low <= score <= high:
        return ""
    return f"has compound {score:+.2f}; {framing.context} needs {low:+.2f} to {high:+.2f}"


def _address_problem(framing: Framing) -> str:
    """A relation is to the model, so it says "you"; any other context leaves the model out."""
    addresses = bool(_ADDRESSES_MODEL.search(framing.text))
    relation = framing.context in CONTEXT_GROUPS["relation"]
    if relation and not addresses:
        return f"never says you; {framing.context} is a relation to the model"
    if addresses and not relation:
        return f"says you; {framing.context} must not speak about the model"
    return ""


def _check_openings(framings: Sequence[Framing]) -> list[Finding]:
    ids: dict[str, list[str]] = defaultdict(list)
    for framing in framings:
        words = _WORD.findall(framing.text.lower())[:OPENING_WORDS]
        ids[" ".join(words)].append(framing.framing_id)
    return [
        Finding(" and ".join(group), f"open with the same words, {opening!r}")
        for opening, group in ids.items()
        if len(group) > 1
    ]


def _check_pairs(framings: Sequence[Framing]) -> list[Finding]:
    pairs = combinations(framings, 2)
    return [finding for a, b in pairs if (finding := _alike(a, b, NEAR_DUPLICATE))]


def _alike(a: Framing, b: Framing, limit: float) -> Finding | None:
    likeness = fuzz.token_sort_ratio(a.text, b.text)
    if likeness < limit:
        return None
    where = f"{a.framing_id} and {b.framing_id}"
    return Finding(where, f"are alike by {likeness:.0f}; under {limit:.0f} is accepted")


def _check_balance(framings: Sequence[Framing], compound: Callable[[str], float]) -> list[Finding]:
    counts = Counter(framing.context for framing in framings)
    most = max(counts.values(), default=0)
    findings = [
        Finding(context.value, f"has {counts[context]} statements; the fullest context has {most}")
        for context in _FRAMED
        if counts[context] < most or not counts[context]
    ]
    for measure in _measure(framings, compound):
        findings += _check_lengths(measure)
    return findings


def _check_lengths(measure: ContextMeasure) -> list[Finding]:
    measures = (
        ("a mean", measure.mean_words, CONTEXT_MEAN_WORDS),
        ("a standard deviation", measure.sd_words, CONTEXT_SD_WORDS),
    )
    return [
        Finding(
            measure.context.value, f"has {name} of {value:.1f} words; {low} to {high} are accepted"
        )
        for name, value, (low, high) in measures
        if not low <= value <= high
    ]


def _word_count(text: str) -> int:
    return len(text.split())


def _compound_scorer() -> Callable[[str], float]:
    # Imported here: the `build` extra has it, and reading framings must not need it.
    from vaderSentiment.vaderSentiment import (
        SentimentIntensityAnalyzer,
    )

    polarity_scores = SentimentIntensityAnalyzer().polarity_scores

    def compound(text: str) -> float:
        return float(polarity_scores(text)["compound"])

    return compound
