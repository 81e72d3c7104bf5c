"""A response: what came back for a request. It is an answer or a failure, never both."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

__all__ = ["NO_TOKENS", "REFUSALS", "Answer", "Failure", "FailureKind", "Response", "Tokens"]


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a provider bills for: prompt tokens and completion tokens."""

    prompt: int = 0
    completion: int = 0

    def __add__(self, other: Tokens) -> Tokens:
        return Tokens(self.prompt + other.prompt, self.completion + other.completion)


NO_TOKENS = Tokens()


class FailureKind(StrEnum):
    """Why a request has no answer."""

    BAD_REQUEST = "bad_request"
    CONNECTION = "connection"
    CONTENT_FILTER = "content_filter"
    EMPTY = "empty"
    FORBIDDEN = "forbidden"
    MALFORMED = "malformed"
    MISSING = "missing"
    NOT_FOUND = "not_found"
    RATE_LIMIT = "rate_limit"
    REASONING_ONLY = "reasoning_only"
    SERVER_ERROR = "server_error"
    TIMEOUT = "timeout"
    WRONG_MODEL = "wrong_model"


REFUSALS = (
    FailureKind.BAD_REQUEST,
    FailureKind.CONTENT_FILTER,
    FailureKind.FORBIDDEN,
    FailureKind.NOT_FOUND,
)
"""What an endpoint says of a request that it will not answer; it costs nothing."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A request that was answered, whatever the text says.

    ``attempts`` is how often it was sent, ``retried`` why each earlier attempt failed, ``wasted``
    the tokens billed for those, where they are known. ``model`` is what the reply calls the model.
    ``reasoning`` is what the model thought before it answered; it is no part of ``text``. Its
    tokens are among ``completion_tokens``; None where they are not stated.
    """

    key: str
    text: str
    finish_reason: str
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    attempts: int = 1
    model: str | None = None
    retried: tuple[FailureKind, ...] = ()
    wasted: Tokens = NO_TOKENS
    reasoning: str = ""
    reasoning_tokens: int | None = None

    @property
    def billed(self) -> Tokens:
        """All tokens that this request is known to be billed for."""
        return self.wasted + Tokens(self.prompt_tokens or 0, self.completion_tokens or 0)


@dataclass(frozen=True, slots=True)
class Failure:
    """A request that was not answered. It is never a wrong answer; a resumed run sends it again.

    ``kind`` and ``message`` are those of the last attempt, ``retried`` the kinds of those before;
    ``wasted`` the tokens billed for all of them, where they are known. ``finish_reason`` and
    ``reasoning`` are those of a reply that held no answer.
    """

    key: str
    kind: FailureKind
    message: str
    attempts: int = 1
    retried: tuple[FailureKind, ...] = ()
    wasted: Tokens = NO_TOKENS
    finish_reason: str | None = None
    reasoning: str = ""

    @property
    def billed(self) -> Tokens:
        """All tokens that this request is known to be billed for."""
        return self.wasted


Response = Answer | Failure
