"""Words that exclude each other: opposites, and the few that a thing can only be one of."""

from __future__ import annotations

from warmbench.judging.text.vocabulary import listed

__all__ = ["are_opposites"]

_SETS = tuple(
    frozenset(listed(words))
    for words in (
        "north south east west northern southern eastern western",
        "northeast northwest southeast southwest",
        "left right",
        "upper lower middle",
        "inner outer",
        "anterior posterior",
        "proximal distal",
        "medial lateral",
        "superior inferior",
        "dorsal ventral",
        "acute chronic",
        "benign malignant",
        "male female",
        "man woman",
        "boy girl",
        "king queen",
        "father mother",
        "brother sister",
        "son daughter",
        "husband wife",
        "old new",
        "big small large little",
        "great little lesser",
        "major minor",
        "high low",
        "early late",
        "first last second third",
        "before after",
        "black white red blue green yellow brown",
        "hot cold",
        "wet dry",
        "open closed",
        "arterial venous",
        "systolic diastolic",
        "sensory motor",
        "viral bacterial fungal",
        "positive negative",
        "maximum minimum",
        "summer winter spring autumn fall",
        "alpha beta gamma delta",
    )
)
_PAIRS = (
    ("hyper", "hypo"), ("macro", "micro"), ("pre", "post"), ("intra", "extra"), ("intra", "inter"),
    ("endo", "exo"), ("ab", "ad"), ("poly", "oligo"), ("tachy", "brady"), ("over", "under"),
)  # fmt: skip
_PREFIXES = frozenset(
    listed(
        "a anti auto counter de dis extra fore hyper hypo il im in inter intra ir macro mega meta "
        "micro mid mis mono multi neo non over para peri poly post pre pro pseudo semi sub super "
        "supra trans tri ultra un under"
    )
)


def are_opposites(one: str, other: str) -> bool:
    """Whether two folded words exclude each other: north and south, hyper- and hypotension,
    direct and indirect, tension and hypertension."""
    if one == other or not one or not other:
        return False
    if any(one in words and other in words for words in _SETS):
        return True
    return (
        _has_prefix(one, other)
        or _has_prefix(other, one)
        or any(_differ(one, other, *pair) or _differ(other, one, *pair) for pair in _PAIRS)
    )


def _has_prefix(one: str, other: str) -> bool:
    return len(other) >= 4 and one.endswith(other) and one.removesuffix(other) in _PREFIXES


def _differ(one: str, other: str, first: str, second: str) -> bool:
    return (
        one.startswith(first)
        and other.startswith(second)
        and len(one) > len(first) + 2
        and one.removeprefix(first) == other.removeprefix(second)
    )
