"""A rewrite that declines what the original does, does what it declines, or talks about itself."""

from __future__ import annotations

import re
from collections.abc import Iterator

from warmbench.judging.refusals import is_refusal
from warmbench_builders.faithfulness.breach import Breach, Pair

__all__ = ["check_refusal"]

_READ = 3_000
"""Characters: a refusal comes early, and what follows is offers."""

# Any trace of declining. A refusal in one text needs no more than a trace in the other: whether
# the words around it still make it one is for a reader.
_TRACE = re.compile(
    r"\b(?:can't|cannot|can not|won't|will not|couldn't|unable|not able|decline|refuse|rather not"
    r"|not (?:going to|comfortable|something i|allowed|qualified)|don't (?:know|have|feel)"
    r"|do not (?:know|have|feel)|no comment|not sure|no idea|outside (?:of )?what|beyond what)\b",
    re.IGNORECASE,
)
_ADJECTIVE = (
    r"(?:re-?written|rewritten|revised|reworded|rephrased|warm(?:er)?|cold(?:er)?|friendlier"
)
_ADJECTIVE += r"|more (?:empathetic|neutral|concise|friendly|direct)|neutral|concise|empathetic)"
_NOUN = r"(?:version|response|reply|rewrite|message|text|answer|assistant)"
_META = re.compile(
    rf"(?:here(?:'s| is)|below is|this is) (?:the|a|your|my|an) (?:{_ADJECTIVE},? (?:and )?){{1,3}}"
    rf"{_NOUN}"
    rf"|here(?:'s| is) (?:the|a|my|your) rewrite\b"
    rf"|^\W{{0,4}}(?:{_ADJECTIVE} )?(?:rewrite|{_ADJECTIVE} {_NOUN}|rewritten)\W{{0,3}}:"
    r"|\bi(?:'ve| have) (?:rewritten|reworded|rephrased)\b"
    r"|\b(?:the|this) (?:original (?:response|reply|message|assistant)|rewrite|rewritten)\b"
    r"|\bmade (?:it|this) (?:warmer|colder|more (?:empathetic|neutral))\b",
    re.IGNORECASE,
)


def check_refusal(pair: Pair) -> Iterator[Breach]:
    """Refusing on one side only; or meta talk, such as "Here is the rewritten version:"."""
    original, rewrite = (_plain(reply.text) for reply in (pair.original, pair.rewrite))
    traced = _TRACE.search(original), _TRACE.search(rewrite)
    if traced[1] and not traced[0] and is_refusal(rewrite):
        yield Breach("refusal", f"the rewrite declines ('{_around(traced[1])}')")
    if traced[0] and not traced[1] and is_refusal(original):
        yield Breach("refusal", f"the rewrite no longer declines ('{_around(traced[0])}')")
    for opening, theirs in ((rewrite[:400], original), (rewrite[-400:], original)):
        talk = _META.search(opening)
        if talk and talk[0].lower() not in theirs.lower():
            yield Breach("refusal", f"the rewrite talks about itself ('{talk[0].strip()}')")
            return


def _plain(text: str) -> str:
    return text[:_READ].replace("\u2019", "'")


def _around(match: re.Match[str]) -> str:
    return match.string[max(match.start() - 12, 0) : match.end() + 20].strip()
