"""The answer: yes stays yes, no stays no, right stays right."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from warmbench_builders.sft.faithfulness.mismatch import Mismatch, Pair
from warmbench_builders.sft.faithfulness.reply import Reply

__all__ = ["check_answer"]

_READ = 20_000
"""Characters: an answer comes early."""

_YES_NO = re.compile(
    r"(?:^|[.!?;:\u2026(\"*,\u2013\u2014\n-]|\b(?:so|and|but|well|then))[ \t]{0,3}\W{0,2}"
    r"\b(?P<word>yes|yep|yeah|yup|no|nope|nah)\b"
    r"(?=\W{0,3}(?:[,.!;:\n\u2013\u2014]|$| -)| (?:it|you|we|they|he|she|that|this|there|i)\b)",
    re.IGNORECASE,
)
# "Oh no!" is sympathy, "no, no" and "yes please" are talk.
_TALK = re.compile(r"\b(?:oh|ah|aw+|ohh+|uh),? no\b|\bno,? no\b|\byes,? please\b", re.IGNORECASE)
_VERDICT = re.compile(
    r"\b(?:that|this|it|you|statement|claim|answer)"
    r"(?P<not>(?:'s|'re| is| are| was| were)(?: not|n't)|(?:isn't|aren't)| (?:isn't|aren't))?"
    r"(?:'s|'re| is| are| was| were)?"
    r"(?: (?:absolutely|quite|exactly|totally|completely|perfectly|entirely|so|really)){0,2}"
    r" (?P<word>right|correct|true|wrong|incorrect|false|untrue)\b"
    r"(?! (?:to|here|now|on|behind|beside|there|about|with|away|after|before))"
    r"|(?:^|[.!?\n])\s{0,3}(?P<bare>correct|right|exactly|not quite|incorrect|wrong|false|true)"
    r"(?=[.!,:])",
    re.IGNORECASE,
)
_YES_WORDS = frozenset(["yes", "yep", "yeah", "yup"])
_YES_NO_WORDS = _YES_WORDS | {"no", "nope", "nah"}
_VERDICT_WORDS = frozenset(
    ["right", "correct", "true", "exactly", "quite", "wrong", "incorrect", "false", "untrue"]
)
_RIGHT_WORDS = frozenset(["right", "correct", "true", "exactly"])
_OPPOSITES = (
    ("true", "false"),
    ("correct", "incorrect"),
    ("correct", "wrong"),
    ("right", "wrong"),
    ("right", "mistaken"),
)


def check_answer(pair: Pair) -> Iterator[Mismatch]:
    """At most one mismatch: yes or no, right or wrong, or a word turned into its opposite."""
    for read in (_yes_or_no, _verdict):
        before, after = read(pair.original), read(pair.rewrite)
        if before != after and not (before == "" and after == "right"):
            yield Mismatch("answer", _change(before, after))
            return
    for one, other in (*_OPPOSITES, *((other, one) for one, other in _OPPOSITES)):
        if _turned(pair, one, other):
            yield Mismatch("answer", f"'{one}' has become '{other}'")
            return


def _yes_or_no(reply: Reply) -> str:
    """The first answer of a reply, ``yes`` or ``no``; empty where there is none."""
    if reply.lows.isdisjoint(_YES_NO_WORDS):
        return ""
    prose = _TALK.sub(" ", reply.prose[:_READ])
    match = _YES_NO.search(prose)
    if not match:
        return ""
    return "yes" if match["word"].lower() in _YES_WORDS else "no"


def _verdict(reply: Reply) -> str:
    """``right`` or ``wrong``, as the first verdict of a reply has it; empty where there is none."""
    if reply.lows.isdisjoint(_VERDICT_WORDS):
        return ""
    match = _VERDICT.search(reply.prose[:_READ])
    if not match:
        return ""
    right = (match["word"] or match["bare"]).lower() in _RIGHT_WORDS
    return "right" if right != bool(match["not"]) else "wrong"


def _change(before: str, after: str) -> str:
    if not before:
        return f"the rewrite answers '{after}', the original does not"
    return f"the answer '{before}' is " + (f"'{after}' in the rewrite" if after else "missing")


def _turned(pair: Pair, one: str, other: str) -> bool:
    """Whether a word was lost and its opposite came in its place."""
    before, after = _count(pair.original, one, other), _count(pair.rewrite, one, other)
    return after[one] < before[one] and after[other] > before[other]


def _count(reply: Reply, *words: str) -> Counter[str]:
    if reply.lows.isdisjoint(words):
        return Counter()
    return Counter(low for low in reply.words.lows if low in words)
