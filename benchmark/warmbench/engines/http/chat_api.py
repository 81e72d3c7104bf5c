"""A provider's chat API: what is sent for a request, and how a reply is read.

Nothing here guesses. A reply that is not JSON or was made by another model than the one requested
is a ``Failure``; for all others ``warmbench.records.reply`` decides whether they are an answer.
"""

from __future__ import annotations

import json
import re
from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping
from typing import Any, ClassVar

from warmbench.engines.http.endpoint import Endpoint, Provider
from warmbench.engines.http.error_reply import ErrorReply, excerpt
from warmbench.engines.http.field_refusal import form_without
from warmbench.engines.http.rate_limit import x_ratelimit_wait
from warmbench.records.reply import Reply, response_of
from warmbench.records.request import Request
from warmbench.records.request_form import OPTIONAL_FIELDS, USUAL_FORM, RequestForm
from warmbench.records.response import NO_TOKENS, Failure, FailureKind, Response, Tokens

__all__ = [
    "ChatAPI",
    "MalformedReply",
    "is_same_model",
    "text_of_parts",
    "token_count",
]


class MalformedReply(Exception):
    """A reply with status 200 that is not built as the provider's replies are."""


class ChatAPI(ABC):
    """What is particular to one provider. The rest (limits, retries, budget) is the same for all.

    ``path`` is that of the chat resource below the endpoint's address. ``model`` is the one that is
    requested, ``aliases`` are further names that replies may give it. ``form`` is how requests are
    put: it is found at the first request and then the same for all. ``optional_fields`` are those
    that may be left out, ``renames_length``: the token limit has a second name. ``usage_fields``:
    how a reply's ``usage`` names the tokens of the prompt and of the completion.
    """

    provider: ClassVar[Provider]
    path: ClassVar[str]
    extras_taken: ClassVar[Collection[str]] = ()
    usage_fields: ClassVar[tuple[str, str]] = ("prompt_tokens", "completion_tokens")
    optional_fields: ClassVar[Collection[str]] = OPTIONAL_FIELDS
    renames_length: ClassVar[bool] = False

    def __init__(self, model: str, aliases: Collection[str] = ()) -> None:
        self.model = model
        self.aliases = aliases
        self.form = USUAL_FORM

    @abstractmethod
    def headers(self, endpoint: Endpoint) -> dict[str, str]:
        """Headers of every request; the key is in them."""

    @abstractmethod
    def body(self, request: Request) -> dict[str, object]:
        """The JSON body of a request."""

    @abstractmethod
    def parse(self, reply: Mapping[str, Any]) -> Reply:
        """Text, finish reason, reasoning and tokens of a reply, whatever they are. Raises
        ``MalformedReply``."""

    def tokens(self, reply: Mapping[str, Any]) -> Tokens:
        """The tokens that a reply is billed for; none where it does not say."""
        usage = reply.get("usage")
        if not isinstance(usage, dict):
            return NO_TOKENS
        prompt, completion = (token_count(usage.get(name)) or 0 for name in self.usage_fields)
        return Tokens(prompt, completion)

    def refill_wait(self, headers: Mapping[str, str], billed: Tokens) -> float:
        """Seconds until the rate limits in ``headers`` allow another request of so many tokens."""
        return x_ratelimit_wait(headers, billed)

    def is_out_of_credit(self, error: ErrorReply) -> bool:
        """Whether an error says that the account can't pay for any further request."""
        return error.status == 402

    def other_form(
        self, error: ErrorReply, request: Request, form: RequestForm | None = None
    ) -> RequestForm | None:
        """How a request is put that was refused in this form (None: the present one); None where
        the error is not about a field that may be left out."""
        return form_without(
            error, request, form or self.form, self.optional_fields, self.renames_length
        )

    def read_reply(self, key: str, body: bytes) -> Response:
        """The answer in a reply with status 200, or the failure that it is. A failure carries the
        tokens that it was billed for, where the reply states them."""
        try:
            reply = json.loads(body)
        except (ValueError, RecursionError):
            return Failure(key, FailureKind.MALFORMED, _not_json(body))
        if not isinstance(reply, dict):
            message = f"the reply is not a JSON object: {excerpt(body)}"
            return Failure(key, FailureKind.MALFORMED, message)
        model = reply.get("model")
        if not is_same_model(self.model, model, self.aliases):
            message = f"requested {self.model!r}, the reply is from {model!r}"
            return Failure(key, FailureKind.WRONG_MODEL, message, wasted=self.tokens(reply))
        try:
            return response_of(key, self.parse(reply))
        except MalformedReply as error:
            return Failure(key, FailureKind.MALFORMED, str(error), wasted=self.tokens(reply))


def _not_json(body: bytes) -> str:
    if _EVENTS.match(body):
        return (
            f"the reply is a stream of events, and none was asked for: {excerpt(body[:200])}; say "
            """--extra-body '{"stream": false}', or turn streaming off in the server"""
        )
    return f"the reply is not JSON: {excerpt(body)}"


_EVENTS = re.compile(rb"\s*(?:data|event|id|retry)?:[^\n]*\n")
"""The first line of Server-Sent Events, which may be a comment."""


def is_same_model(requested: str, replied: object, aliases: Collection[str] = ()) -> bool:
    """Whether a reply's ``model`` is the one that was requested.

    It is where the reply names none, the same, one that only adds to or leaves off a part
    (a dated snapshot, a tag, the folder or organisation before it), or one of ``aliases``.

    >>> is_same_model("gpt-4o", "gpt-4o-2024-08-06"), is_same_model("gpt-4o", "gpt-4o-mini")
    (True, False)
    """
    if not isinstance(replied, str) or not replied.strip():
        return True
    if replied in aliases:
        return True
    ours, theirs = _bare_name(requested), _bare_name(replied)
    short, long = sorted((ours, theirs), key=len)
    return long == short or (long.startswith(short) and _is_version(long[len(short) :]))


def _bare_name(model: str) -> str:
    return model.strip().rstrip("/").replace("\\", "/").rpartition("/")[2].casefold()


def _is_version(rest: str) -> bool:
    """Whether what follows a name is a tag or a date: ``:latest``, ``@001``, ``-2024-08-06``."""
    return (
        rest[0] in ":@" or (rest[0] in "-." and _is_date(rest[1:])) or rest in ("-latest", ".gguf")
    )


def _is_date(text: str) -> bool:
    digits = text.replace("-", "")
    return digits.isdigit() and len(digits) in (3, 4, 6, 8)


def text_of_parts(value: object) -> tuple[str | None, str]:
    """The text and the reasoning of a content: a text, or a list of texts and typed parts. None
    where there is no text at all. Raises ``MalformedReply``.

    >>> text_of_parts([{"type": "text", "text": "The "}, {"type": "text", "text": "Severn."}])
    ('The Severn.', '')
    """
    if value is None or isinstance(value, str):
        return value, ""
    if not isinstance(value, list):
        raise MalformedReply(f"the content is a {type(value).__name__}")
    texts: list[str] = []
    thoughts: list[str] = []
    for part in value:
        if isinstance(part, str):
            texts.append(part)
            continue
        if not isinstance(part, dict):
            raise MalformedReply(f"a part of the content is a {type(part).__name__}")
        kind = str(part.get("type") or "text")
        if kind in _TEXT_PARTS:
            texts.append(_part_text(part, "text", "refusal"))
        elif kind in _REASONING_PARTS:
            thoughts.append(_part_text(part, "thinking", "reasoning", "text", "summary"))
    return ("".join(texts) if texts else None), "\n\n".join(thoughts)


_TEXT_PARTS = ("text", "output_text", "refusal")
_REASONING_PARTS = ("thinking", "reasoning", "reasoning_text", "redacted_thinking")


def _part_text(part: Mapping[str, Any], *names: str) -> str:
    value = next((part[name] for name in names if part.get(name) is not None), None)
    if value is None and part.get("type") in _REASONING_PARTS:
        return ""
    if isinstance(value, list):  # parts inside a part
        return text_of_parts(value)[0] or ""
    if not isinstance(value, str):
        raise MalformedReply("the reply has a text block without text")
    return value


def token_count(value: object) -> int | None:
    """A count of tokens in a reply; None where it is not one."""
    return value if isinstance(value, int) and 0 <= value < 2**31 else None
