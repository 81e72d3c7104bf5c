"""A rewrite that declines what the original does, does what it declines, or talks about itself."""

from __future__ import annotations

import re
from collections.abc import Iterator

from warmbench.judging.refusals import is_refusal
from warmbench.judging.text.vocabulary import listed
from warmbench_builders.sft.faithfulness.mismatch import Mismatch, Pair
from warmbench_builders.sft.faithfulness.reply import Reply

__all__ = ["check_refusal"]

_READ = 3_000
"""Characters: a refusal comes early, and what follows is offers."""

_EDGE = 400
"""Characters at either end that are searched for meta talk."""

# Any trace of declining. A refusal in one text needs no more than a trace in the other: whether
# the words around it still make it one is for a reader.
_TRACE = re.compile(
    r"\b(?:can't|cannot|can not|won't|will not|couldn't|unable|not able|decline|refuse|rather not"
    r"|not (?:going to|comfortable|something i|allowed|qualified)|don't (?:know|have|feel)"
    r"|do not (?:know|have|feel)|no comment|not sure|no idea|outside (?:of )?what|beyond what)\b",
    re.IGNORECASE,
)
_TRACE_WORDS = frozenset(
    listed("can't cannot not won't couldn't unable decline refuse rather don't no outside beyond")
)
_META_WORDS = frozenset(
    listed("rewritten rewrite reworded rephrased version response reply message text answer made")
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


def check_refusal(pair: Pair) -> Iterator[Mismatch]:
    """Refusing on one side only; or meta talk, such as "Here is the rewritten version:"."""
    original, rewrite = _trace(pair.original), _trace(pair.rewrite)
    if rewrite and not original and is_refusal(pair.rewrite.text[:_READ]):
        yield Mismatch("refusal", f"the rewrite declines ('{_around(rewrite)}')")
    if original and not rewrite and is_refusal(pair.original.text[:_READ]):
        yield Mismatch("refusal", f"the rewrite no longer declines ('{_around(original)}')")
    talk = _self_talk(pair.rewrite)
    if talk and talk.lower() not in pair.original.text.lower():
        yield Mismatch("refusal", f"the rewrite talks about itself ('{talk}')")


def _trace(reply: Reply) -> re.Match[str] | None:
    return (
        None if reply.lows.isdisjoint(_TRACE_WORDS) else _TRACE.search(_plain(reply.text[:_READ]))
    )


def _self_talk(reply: Reply) -> str:
    """What the beginning or the end says of rewriting, if anything."""
    if reply.lows.isdisjoint(_META_WORDS):
        return ""
    for part in (reply.text[:_EDGE], reply.text[-_EDGE:]):
        match = _META.search(_plain(part))
        if match:
            return " ".join(match[0].split())
    return ""


def _plain(text: str) -> str:
    return text.replace("\u2019", "'")


def _around(match: re.Match[str]) -> str:
    return " ".join(match.string[max(match.start() - 12, 0) : match.end() + 20].split())
