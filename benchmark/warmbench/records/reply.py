"""A reply: what a model sent back, and the one place that decides what it counts as.

Every engine hands a ``Reply`` to ``response_of``, recorded answers and batches too. The table, in
the order in which it is read:

===============================================  =================  ==============
a reply that                                     is                 asked again
===============================================  =================  ==============
ended in an error of the server                  ``server_error``   at once
was withheld by a filter                         ``content_filter``  on resume
reasoned and was cut, or ended, before answering  ``reasoning_only``  on resume
is blank, cut at the token limit                 ``empty``          on resume
is blank for any other reason                    ``empty``          at once
has text, cut at the token limit                 an answer, ``length``  never
has text                                         an answer          never
===============================================  =================  ==============

Blank is text without a visible character, or of end tokens alone. Reasoning is never part of an
answer.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from warmbench.records.reasoning import part_reasoning
from warmbench.records.response import Answer, Failure, FailureKind, Response, Tokens

__all__ = ["CUT", "RECORDED", "Reply", "response_of"]

CUT = "length"
"""The finish reason of a reply that was cut at the token limit, in every engine."""

RECORDED = "recorded"
"""The finish reason of an answer from a file that does not say how it ended."""

_FINISH_REASONS = {
    "length": ("length", "max_tokens", "max_output_tokens", "max_length", "token_limit",
               "model_context_window_exceeded", "model_length"),
    "content_filter": ("content_filter", "content_filtered", "contentfilter", "refusal", "safety",
                       "recitation", "blocklist", "prohibited_content", "spii", "moderation",
                       "guardrail_intervened", "error_toxic", "sensitive", "image_safety"),
    "error": ("error", "abort", "aborted", "cancelled", "canceled", "failed", "unavailable",
              "timeout", "network_error", "insufficient_system_resource", "load",
              "malformed_function_call"),
    "stop": ("stop", "end_turn", "stop_sequence", "eos", "eos_token", "complete", "completed",
             "done", "end"),
}  # fmt: skip
"""Four ways in which a reply ends, with the words that providers use for them."""

_MEANING = {word: meaning for meaning, words in _FINISH_REASONS.items() for word in words}


@dataclass(frozen=True, slots=True)
class Reply:
    """The reply to one request, as the server or the file has it.

    ``text`` is None where there is none. ``reasoning`` is what the server keeps apart from it.
    ``error`` is the message of an error that came with it. Tokens: those billed, reasoning among
    the completion; None where the server does not say.
    """

    text: str | None
    finish_reason: str | None = None
    reasoning: str = ""
    error: str | None = None
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    reasoning_tokens: int | None = None
    model: str | None = None

    @property
    def billed(self) -> Tokens:
        return Tokens(self.prompt_tokens or 0, self.completion_tokens or 0)


@dataclass(frozen=True, slots=True)
class _Read:
    """A reply with its finish reason in our words, and its reasoning separated."""

    reply: Reply
    finish: str
    answer: str | None
    reasoning: str

    @property
    def is_blank(self) -> bool:
        return self.answer is None or _is_blank(self.answer)

    @property
    def has_reasoned(self) -> bool:
        return bool(self.reasoning.strip()) or (self.reply.reasoning_tokens or 0) > 0


@dataclass(frozen=True, slots=True)
class _Row:
    """One row of the table."""

    applies: Callable[[_Read], bool]
    kind: FailureKind
    message: Callable[[_Read], str]


def _because(read: _Read) -> str:
    return f" (finish_reason {read.reply.finish_reason or 'not given'})"


def _error(read: _Read) -> str:
    said = f": {read.reply.error}" if read.reply.error else ""
    return f"the server ended the reply with an error{said}{_because(read)}"


_NO_ANSWER = (
    _Row(
        lambda read: read.finish == "error" or (read.reply.error is not None),
        FailureKind.SERVER_ERROR,
        _error,
    ),
    _Row(
        lambda read: read.finish == "content_filter",
        FailureKind.CONTENT_FILTER,
        lambda read: f"withheld by a filter{_because(read)}",
    ),
    _Row(
        lambda read: read.answer is None or (read.is_blank and read.has_reasoned),
        FailureKind.REASONING_ONLY,
        lambda read: (
            f"cut at the token limit while still reasoning{_because(read)}; raise --max-tokens, or "
            "give reasoning tokens of its own with --reasoning-tokens"
            if read.finish == CUT
            else f"reasoning, and no answer after it{_because(read)}"
        ),
    ),
    _Row(
        lambda read: read.is_blank and read.finish == CUT,
        FailureKind.EMPTY,
        lambda read: (
            f"no text, yet cut at the token limit{_because(read)}; a reasoning model may "
            "have spent --max-tokens on reasoning that it does not show"
        ),
    ),
    _Row(
        lambda read: read.is_blank,
        FailureKind.EMPTY,
        lambda read: f"the reply has no text{_because(read)}",
    ),
)


def response_of(key: str, reply: Reply) -> Response:
    """What a reply to the request ``key`` is: its answer, or the failure to give one and why.

    An answer has its reasoning apart. A failure has the tokens that it was billed for.
    """
    read = _read(reply)
    for row in _NO_ANSWER:
        if row.applies(read):
            return Failure(
                key,
                row.kind,
                row.message(read),
                wasted=reply.billed,
                finish_reason=read.finish,
                reasoning=read.reasoning,
            )
    return Answer(
        key,
        read.answer or "",
        read.finish,
        reply.prompt_tokens,
        reply.completion_tokens,
        model=reply.model,
        reasoning=read.reasoning,
        reasoning_tokens=reply.reasoning_tokens,
    )


def _read(reply: Reply) -> _Read:
    word = (reply.finish_reason or "unknown").strip()
    finish = _MEANING.get(_plain_word(word), word)
    parted = part_reasoning(reply.text or "")
    reasoning = "\n\n".join(part for part in (reply.reasoning, parted.reasoning) if part.strip())
    return _Read(reply, finish, parted.answer, reasoning)


def _plain_word(finish_reason: str) -> str:
    """``FinishReason.MAX_TOKENS`` and ``content_filter: SAFETY`` without what stands around."""
    word = finish_reason.partition(":")[0].strip().lower()
    word = word.rpartition(".")[2].removeprefix("finish_reason_")
    return word.replace("-", "_").replace(" ", "_")


_END_TOKENS = re.compile(
    r"<\|(?:im_end|im_start|endoftext|eot_id|eom_id|end_of_text|end|return|eos|end_of_turn)\|>"
    r"|</s>|<s>|<eos>|<pad>|<end_of_turn>|<\uff5cend\u2581of\u2581sentence\uff5c>"
)
"""What a server with the wrong end token writes out: no word of an answer."""

_INVISIBLE = frozenset("\u00ad\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\ufe0f\uffa0")
"""Printable according to Python, but invisible."""


def _is_blank(text: str) -> bool:
    """Whether it has no visible character."""
    stripped = _END_TOKENS.sub("", text) if "<" in text else text
    return not any(c.isprintable() and c not in _INVISIBLE and not c.isspace() for c in stripped)
