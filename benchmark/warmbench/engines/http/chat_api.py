"""A provider's chat API: what is sent for a request, and how a reply is read.

Nothing here guesses. A reply that is cut off, is not JSON, has no text or was made by another
model than the one requested is a ``Failure``: it never becomes an answer.
"""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping
from typing import Any, ClassVar

from warmbench.engines.http.endpoint import Endpoint, Provider
from warmbench.engines.http.rate_limit import x_ratelimit_wait
from warmbench.records.request import Request
from warmbench.records.response import Answer, Failure, FailureKind, Response, Tokens

__all__ = ["ChatAPI", "NoAnswer", "error_message", "is_same_model", "token_count"]

_MESSAGE_LENGTH = 300


class NoAnswer(Exception):
    """A reply with status 200 that holds no answer."""

    def __init__(self, kind: FailureKind, message: str) -> None:
        super().__init__(message)
        self.kind, self.message = kind, message


class ChatAPI(ABC):
    """What is particular to one provider. The rest (limits, retries, budget) is the same for all.

    ``path`` is that of the chat resource below the endpoint's address. ``model`` is the one that is
    requested, ``aliases`` are further names that replies may give it.
    """

    provider: ClassVar[Provider]
    path: ClassVar[str]

    def __init__(self, model: str, aliases: Collection[str] = ()) -> None:
        self.model = model
        self.aliases = aliases

    @abstractmethod
    def headers(self, endpoint: Endpoint) -> dict[str, str]:
        """Headers of every request; the key is in them."""

    @abstractmethod
    def body(self, request: Request) -> dict[str, object]:
        """The JSON body of a request."""

    @abstractmethod
    def text_and_finish(self, reply: Mapping[str, Any]) -> tuple[str, str]:
        """The text of the answer and why it ended: ``stop``, ``length`` (cut at ``max_tokens``) or
        the provider's own word. Raises ``NoAnswer``."""

    @abstractmethod
    def tokens(self, reply: Mapping[str, Any]) -> tuple[int | None, int | None]:
        """Prompt and completion tokens that the reply is billed for; None where it does not say."""

    def refill_wait(self, headers: Mapping[str, str], billed: Tokens) -> float:
        """Seconds until the rate limits in ``headers`` allow another request of so many tokens."""
        return x_ratelimit_wait(headers, billed)

    def is_out_of_credit(self, status: int, body: bytes) -> bool:
        """Whether an error says that the account can't pay for any further request."""
        return status == 402

    def adapts_to(self, message: str) -> bool:
        """Whether a request that was refused (400) with this message is now put another way, so
        that it may be sent again."""
        return False

    def read_reply(self, key: str, body: bytes) -> Response:
        """The answer in a reply with status 200, or the failure that it is. A failure carries the
        tokens that it was billed for, where the reply states them."""
        try:
            reply = json.loads(body)
        except (ValueError, RecursionError):
            return Failure(key, FailureKind.MALFORMED, f"the reply is not JSON: {_excerpt(body)}")
        if not isinstance(reply, dict):
            message = f"the reply is not a JSON object: {_excerpt(body)}"
            return Failure(key, FailureKind.MALFORMED, message)
        prompt, completion = self.tokens(reply)
        billed = Tokens(prompt or 0, completion or 0)
        model = reply.get("model")
        if not is_same_model(self.model, model, self.aliases):
            message = f"requested {self.model!r}, the reply is from {model!r}"
            return Failure(key, FailureKind.WRONG_MODEL, message, wasted=billed)
        try:
            text, finish = self.text_and_finish(reply)
        except NoAnswer as none:
            message = none.message
            if "error" in reply:  # some gateways send an error with status 200
                message += f": {error_message(body)}"
            return Failure(key, none.kind, message, wasted=billed)
        return Answer(key, text, finish, prompt, completion, model=model or None)


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


def token_count(value: object) -> int | None:
    """A count of tokens in a reply; None where it is not one."""
    return value if isinstance(value, int) and 0 <= value < 2**31 else None


def error_message(body: bytes) -> str:
    """The message of an error reply, in one short line."""
    try:
        reply = json.loads(body)
    except (ValueError, RecursionError):
        return _excerpt(body)
    error = reply.get("error", reply) if isinstance(reply, dict) else reply
    message = error.get("message") if isinstance(error, dict) else error
    return " ".join(str(message if message is not None else error).split())[:_MESSAGE_LENGTH]


def _excerpt(body: bytes) -> str:
    text = " ".join(body.decode("utf-8", "replace").split())[:_MESSAGE_LENGTH]
    return repr(text) if text else "it is empty"
