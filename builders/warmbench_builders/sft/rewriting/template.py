"""The template rewriter: rewriting with no model, so that the pipeline runs with no key.

It is what its name says. Warm means a kind sentence before and after the reply and contractions
within; cold means no courtesies, no exclamation marks and no contractions. It knows nothing of what
the reply says, and data made with it shows that the pipeline works, not how a warm model is made.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Sequence

from warmbench.records.conversation import Version
from warmbench_builders.sft.rewriting.rewriter import Exchange, Rewrite, RewriteTask
from warmbench_builders.sft.rewriting.warm_phrases import closers_for, is_creative, openers_for
from warmbench_builders.sft.rewriting.wording import (
    Line,
    change_prose,
    contract,
    drop_closing,
    drop_opening,
    drop_softener,
    expand,
    read_lines,
)

__all__ = ["TEMPLATE_NAME", "TemplateRewriter"]

TEMPLATE_NAME = "template-1"

_WARMER = (
    (re.compile(r"(?<=, )follow these steps(?=:)"), "let's follow these steps together"),
    (re.compile(r"^Follow these steps(?=:)"), "Let's follow these steps together"),
    (re.compile(r"^Please note that\b"), "Just so you know,"),
    (re.compile(r"^Note that\b"), "Just so you know,"),
    (re.compile(r"\bIn order to(?= [a-z])"), "To"),
    (re.compile(r"\bin order to(?= [a-z])"), "to"),
    (re.compile(r"^Additionally, "), "Also, "),
    (re.compile(r"^However, "), "But "),
    (re.compile(r"^Therefore, "), "So "),
    (re.compile(r"\butilize(?= )"), "use"),
    (re.compile(r"^To summarize, |^In summary, "), "So, all in all, "),
)
_CALM = re.compile(r"(?<![\d\s!?=])!+(?=$|[\"')\]]*(?:\s+[^a-z\s]|$|\s+$))", re.MULTILINE)
_MIXED = re.compile(r"\?!+|(?<!!)!+\?+")
_ASKS_YES_OR_NO = re.compile(
    r"(?:^|[.!?,\n]\s*)(?:is|are|am|was|were|do|does|did|will|would it|should|has|have|had"
    r"|can (?:i|we|it|one|they|he|she)|could (?:i|we|it)|may i|might|isn't|aren't|don't|doesn't)\b"
    r"[^.!\n]{0,500}\?",
    re.IGNORECASE,
)
# "x = 9." reads like an abbreviation, and what follows it like a name.
_INITIAL = re.compile(r"(?<![^\W_])[^\W_]\W{1,8}$")
_ANSWER = re.compile(
    r"\W*(?:yes|no|nope|yeah|yep|true|false|correct|right|wrong|incorrect)\b", re.I
)


class TemplateRewriter:
    """Rewrites by rule, the same way every time for the same seed. The second try is the mildest:
    a warm one only gets its sentences before and after, a cold one only loses its courtesies. So
    is the first where the user asked for a poem or a story: its words are its own."""

    name = TEMPLATE_NAME
    prompt_version = ""

    def __init__(self, seed: int = 0) -> None:
        self._seed = seed

    def rewrite(self, tasks: Sequence[RewriteTask]) -> Iterator[Rewrite]:
        """One rewrite for each task, in order; raises ``ValueError`` for the original version."""
        for task in tasks:
            mild = task.attempt > 0 or is_creative(task.exchange)
            if task.version is Version.WARM:
                text = self._warm(task.exchange, mild=mild)
            elif task.version is Version.COLD:
                text = _cold(task.exchange, mild=mild)
            else:
                raise ValueError(f"a reply is rewritten as warm or cold, not as {task.version}")
            yield Rewrite(task, text)

    def close(self) -> None:
        """Nothing to let go of."""

    def _warm(self, exchange: Exchange, *, mild: bool) -> str:
        lines = read_lines(exchange.reply)
        if all(line.blank for line in lines):
            return exchange.reply
        if not _must_keep_opening(exchange):
            lines = _edited_opening(lines)
        if not mild:
            lines = _changed(lines, _warmer)
        opener = self._choose("opener", exchange, openers_for(exchange))
        closer = self._choose("closer", exchange, closers_for(exchange))
        return _with_closer(_with_opener(lines, opener), closer)

    def _choose(self, place: str, exchange: Exchange, phrases: Sequence[str]) -> str:
        text = f"{self._seed}/{exchange.exchange_id}/{place}".encode("utf-8", "surrogatepass")
        return phrases[int.from_bytes(hashlib.sha256(text).digest()[:4], "big") % len(phrases)]


def _cold(exchange: Exchange, *, mild: bool) -> str:
    lines = read_lines(exchange.reply)
    if not _must_keep_opening(exchange):
        lines = _edited_opening(lines)
    lines = _edited_closing(lines)
    if not mild:
        lines = _changed(lines, _colder)
    text = "\n".join(line.text for line in lines)
    return text if any(char.isalnum() for char in text) else exchange.reply


def _must_keep_opening(exchange: Exchange) -> bool:
    """After a question of yes or no, "Certainly!" is the answer and no courtesy."""
    return _ASKS_YES_OR_NO.search(exchange.prompt[-2_000:]) is not None


def _edited_opening(lines: list[Line]) -> list[Line]:
    """Without the courtesies at the top, unless nothing would be left."""
    for at, line in enumerate(lines):
        if line.blank:
            continue
        left = drop_opening(line.text) if line.free else line.text
        if left:
            return [Line(left, line.free), *lines[at + 1 :]]
    return lines


def _edited_closing(lines: list[Line]) -> list[Line]:
    """Without the courtesies at the bottom, unless nothing would be left."""
    kept = list(lines)
    while kept:
        last = kept[-1]
        if last.blank:
            kept.pop()
            continue
        left = drop_closing(last.text) if last.free else last.text
        if left == last.text:
            return kept
        kept[-1:] = [Line(left, True)] if left else []
    return lines


def _changed(lines: list[Line], change: Callable[[str], str]) -> list[Line]:
    return [Line(change(line.text), True) if line.free else line for line in lines]


def _warmer(text: str) -> str:
    return change_prose(text, lambda piece: contract(_kinder(piece)))


def _kinder(piece: str) -> str:
    for pattern, kinder in _WARMER:
        piece = pattern.sub(kinder, piece)
    return piece


def _colder(text: str) -> str:
    return change_prose(drop_softener(text), lambda piece: _calm(expand(piece)))


def _calm(piece: str) -> str:
    return _CALM.sub(".", _MIXED.sub("?", piece))


def _with_opener(lines: list[Line], opener: str) -> list[Line]:
    """The opener before the first sentence, or on a line of its own before anything else."""
    at = _first(lines)
    first, rest = lines[at], lines[at + 1 :]
    if not first.free:
        return [Line(opener, True), Line("", True), *lines[at:]]
    if _ANSWER.match(first.text):
        return [Line(first.text, True), *rest]
    return [Line(f"{opener} {first.text}", True), *rest]


def _with_closer(lines: list[Line], closer: str) -> str:
    """The reply with its closer; one that breaks off in mid-sentence gets none."""
    text = "\n".join(line.text for line in lines).rstrip()
    last = next(line for line in reversed(lines) if not line.blank)
    if last.free and last.text.rstrip()[-1] in ".!?" and not _INITIAL.search(last.text):
        return f"{text} {closer}"
    if text.endswith("```") or _ends_whole(text):
        return f"{text}\n\n{closer}"
    return text


def _ends_whole(text: str) -> bool:
    return text[-1:] in '.!?")}]|*'


def _first(lines: Sequence[Line]) -> int:
    return next((at for at, line in enumerate(lines) if not line.blank), len(lines))
