"""An error reply of an endpoint, and the kind of failure that it is."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html import unescape
from typing import Any

from warmbench.records.response import FailureKind

__all__ = ["ErrorReply", "error_beside", "error_message", "error_text", "excerpt"]

_MESSAGE_LENGTH = 300
_HEAD_OF_PAGE = 20_000
_TITLE = re.compile(rb"<title[^>]*>\s*([^<]+)", re.IGNORECASE)

_KIND_OF_STATUS = {
    403: FailureKind.FORBIDDEN,
    404: FailureKind.NOT_FOUND,
    408: FailureKind.TIMEOUT,
    409: FailureKind.SERVER_ERROR,
    425: FailureKind.SERVER_ERROR,
    429: FailureKind.RATE_LIMIT,
}
"""Other statuses below 500 are a bad request, those from 500 on a server's error."""

_FILTERS = (400, 403, 422, 451)
"""The statuses by which a filter refuses a prompt."""

_FILTERED = re.compile(
    r"content[ _-]?filter|content[ _-]?policy|content management policy|policy[ _]?violation"
    r"|violat\w+ [^.]{0,40}polic|ResponsibleAI|\bflagged\b|moderation|\bsafety\b|\bunsafe\b"
    r"|prohibited[ _]content|data_?inspection_?failed|inappropriate content|guardrail"
    r"|content exists risk|sensitive (?:content|words?)|\u654f\u611f|\u4e0d\u5b89\u5168",
    re.IGNORECASE,
)
"""Azure, OpenAI, OpenRouter, Gemini, Alibaba, Bedrock, DeepSeek, Zhipu."""

_STATUS_OF_WORD = {
    "rate_limit_error": 429,
    "rate_limit_exceeded": 429,
    "insufficient_quota": 429,
    "resource_exhausted": 429,
    "overloaded_error": 529,
}
"""Errors that name no status, by their code or type."""

_WRAPPING = ("error", "errors", "base_resp")
"""What holds an error; ``errors`` is Cloudflare's, ``base_resp`` MiniMax's."""

_SAYING = ("message", "detail", "status_msg", "msg")

_WORDS = ("code", "type", "status", "reason", "error_type")


@dataclass(frozen=True, slots=True)
class ErrorReply:
    """``message`` is one short line. ``words``: its codes and types. ``fields``: the names of the
    request's fields that it complains about, where it lists them. ``headers``: those that it
    passes on from the provider behind it, in lower case."""

    status: int
    message: str
    words: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, status: int, body: bytes) -> ErrorReply:
        reply = _parsed(body)
        if reply is None:
            return cls(status, error_message(body))
        return cls(
            status, error_message(body), tuple(_words(reply)), tuple(_fields(reply)),
            _headers(reply),
        )  # fmt: skip

    @classmethod
    def within(cls, body: bytes) -> ErrorReply | None:
        """The error that a gateway sends with status 200 instead of a reply; None if there is
        none, or none that names a status."""
        if b'"error"' not in body:
            return None
        reply = _parsed(body)
        if not isinstance(reply, dict) or reply.get("content"):
            return None
        error = _in_choice(reply) if reply.get("choices") else reply.get("error")
        if error is None and reply.get("object") == "error":
            error = reply
        status = _status_of(error) if isinstance(error, dict) else None
        if status is None:
            return None
        return cls.of(status, json.dumps({"error": error}).encode())

    @property
    def kind(self) -> FailureKind:
        if self.status in _FILTERS and _FILTERED.search(" ".join((self.message, *self.words))):
            return FailureKind.CONTENT_FILTER
        default = FailureKind.SERVER_ERROR if self.status >= 500 else FailureKind.BAD_REQUEST
        return _KIND_OF_STATUS.get(self.status, default)

    def __str__(self) -> str:
        return f"{self.message} (status {self.status})"


def error_beside(reply: Mapping[str, Any]) -> object:
    """The error in a reply without an answer, under whichever name; None where it has none.

    >>> error_beside({"object": "error", "message": "The model is loading"})
    'The model is loading'
    """
    wrapped = next((reply[name] for name in _WRAPPING if reply.get(name)), None)
    return wrapped or next((reply[n] for n in _SAYING if isinstance(reply.get(n), str)), None)


def error_message(body: bytes) -> str:
    """The message of an error reply, in one short line."""
    reply = _parsed(body)
    if reply is None:
        return excerpt(body)
    error = reply
    if isinstance(reply, dict):
        error = next((reply[name] for name in _WRAPPING if reply.get(name)), reply)
    return error_text(error)


def error_text(error: object) -> str:
    """What an error inside a reply says, in one short line."""
    return " ".join(_said(error).split())[:_MESSAGE_LENGTH]


def excerpt(body: bytes) -> str:
    """The first of a body that can't be read, in quotes."""
    if title := _TITLE.search(body[:_HEAD_OF_PAGE]):
        words = " ".join(unescape(title[1].decode("utf-8", "replace")).split())
        return f"a web page with the title {words[:_MESSAGE_LENGTH]!r}"
    text = " ".join(body[:_HEAD_OF_PAGE].decode("utf-8", "replace").split())[:_MESSAGE_LENGTH]
    return repr(text) if text else "it is empty"


def _parsed(body: bytes) -> Any:
    """The JSON of a body, out of the list of one that Gemini puts around it; None where it is
    none."""
    try:
        reply = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return reply[0] if isinstance(reply, list) and reply and isinstance(reply[0], dict) else reply


def _said(error: Any) -> str:
    """``message`` or ``detail`` of an error; of the list that pydantic makes, fields and messages
    alone (it repeats the whole request too)."""
    if isinstance(error, dict):
        said = next((error[name] for name in _SAYING if error.get(name) is not None), None)
        return str(error) if said is None else _said(said) + _said_behind(error)
    if isinstance(error, list) and error and all(isinstance(e, dict) for e in error):
        return "; ".join(f"{_path(e)}{_said(e)}" for e in error)
    return str(error)


def _said_behind(error: Mapping[str, Any]) -> str:
    """What the provider behind a gateway says, as OpenRouter passes it on."""
    metadata = error.get("metadata")
    raw = metadata.get("raw") if isinstance(metadata, dict) else None
    if not raw:
        return ""
    return f": {error_message(raw.encode()) if isinstance(raw, str) else _said(raw)}"


def _path(problem: Mapping[str, Any]) -> str:
    where = problem.get("loc")
    return ".".join(map(str, where)) + ": " if isinstance(where, list) and where else ""


def _problems(reply: Any) -> Iterator[Mapping[str, Any]]:
    """The objects of an error: itself, what it is wrapped in and what it wraps."""
    if isinstance(reply, dict):
        yield reply
        for name in ("error", "innererror", "message", "detail", "metadata"):
            yield from _problems(reply.get(name))
    elif isinstance(reply, list):
        for one in reply:
            yield from _problems(one)


def _words(reply: Any) -> Iterator[str]:
    for problem in _problems(reply):
        yield from (str(problem[name]) for name in _WORDS if problem.get(name) is not None)
        reasons = problem.get("reasons")
        yield from map(str, reasons if isinstance(reasons, list) else ())


def _fields(reply: Any) -> Iterator[str]:
    """``param`` as OpenAI's API has it, ``loc`` as pydantic does."""
    for problem in _problems(reply):
        if isinstance(problem.get("param"), str):
            yield problem["param"].removeprefix("body.")
        where = problem.get("loc")
        if isinstance(where, list) and where:
            yield ".".join(str(part) for part in where if part != "body")


def _headers(reply: Any) -> dict[str, str]:
    for problem in _problems(reply):
        if isinstance(headers := problem.get("headers"), dict):
            return {str(name).lower(): str(value) for name, value in headers.items()}
    return {}


def _in_choice(reply: Mapping[str, Any]) -> object:
    """The error that OpenRouter puts in the place of a text."""
    choices = reply["choices"]
    choice = choices[0] if isinstance(choices, list) else None
    return choice.get("error") if isinstance(choice, dict) else None


def _status_of(error: Mapping[str, Any]) -> int | None:
    for name in ("code", "status", "type"):
        word = str(error.get(name) or "")
        if word.isdigit() and len(word) == 3 and 400 <= int(word) < 600:
            return int(word)
        if word.lower() in _STATUS_OF_WORD:
            return _STATUS_OF_WORD[word.lower()]
    return None
