"""The files of the Batch API: a line a request on the way there, a line a reply on the way back.

There::

    {"custom_id": KEY, "method": "POST", "url": "/v1/chat/completions", "body": {...}}

Back, in any order, in the output file or the error file::

    {"custom_id": KEY, "response": {"status_code": 200, "body": {...}}, "error": null}
    {"custom_id": KEY, "response": null, "error": {"code": "batch_expired", "message": "..."}}
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from warmbench.engines.http.error_reply import ErrorReply, error_message
from warmbench.engines.openai.chat_completions import ChatCompletions
from warmbench.engines.openai_batch.batch_client import ENDPOINT
from warmbench.records.request import Request
from warmbench.records.response import Failure, FailureKind, Response

__all__ = ["BatchLimits", "in_files", "line_error", "read_line", "request_line"]

_NOT_REACHED = {
    "batch_expired": FailureKind.TIMEOUT,
    "batch_cancelled": FailureKind.MISSING,
}
"""Codes of requests that the batch ended without."""


@dataclass(frozen=True, slots=True)
class BatchLimits:
    """How much one file may hold: OpenAI's limits are 50,000 requests and 200 MB."""

    requests: int = 50_000
    bytes: int = 200_000_000


def request_line(api: ChatCompletions, request: Request) -> bytes:
    """The line of one request; its key comes back as ``custom_id``."""
    line = {
        "custom_id": request.key,
        "method": "POST",
        "url": ENDPOINT,
        "body": api.body(request),
    }
    text = json.dumps(line, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "replace") + b"\n"


def in_files(
    requests: Sequence[Request], lines: Sequence[bytes], limits: BatchLimits
) -> Iterator[tuple[list[Request], bytes]]:
    """The requests in the order given, and the content of each file within the limits.

    A line that is larger than the limit gets a file of its own: the provider refuses it.
    """
    chosen: list[Request] = []
    content = bytearray()
    for request, line in zip(requests, lines, strict=True):
        full = len(chosen) == limits.requests or len(content) + len(line) > limits.bytes
        if chosen and full:
            yield chosen, bytes(content)
            chosen, content = [], bytearray()
        chosen.append(request)
        content += line
    if chosen:
        yield chosen, bytes(content)


def read_line(line: bytes, api: ChatCompletions) -> Response | None:
    """The response to one request; None for a line that does not say to which."""
    try:
        data = json.loads(line)
        key = data["custom_id"]
    except (ValueError, RecursionError, LookupError, TypeError):
        return None
    if not isinstance(key, str):
        return None
    response, error = data.get("response"), data.get("error")
    if not isinstance(response, dict):
        return _without_response(key, error)
    status, body = response.get("status_code"), json.dumps(response.get("body")).encode()
    if status == 200:
        return api.read_reply(key, body)
    if not isinstance(status, int):
        return Failure(key, FailureKind.MALFORMED, f"a reply without a status: {status!r}")
    error = ErrorReply.of(status, body)
    return Failure(key, error.kind, f"({status}) {error.message}")


def line_error(line: bytes) -> ErrorReply | None:
    """The error in a line that ``read_line`` took for a failure; None where it has none."""
    response = json.loads(line).get("response")
    if not isinstance(response, dict) or not isinstance(response.get("status_code"), int):
        return None
    return ErrorReply.of(response["status_code"], json.dumps(response.get("body")).encode())


def _without_response(key: str, error: Any) -> Failure:
    if not isinstance(error, dict):
        return Failure(key, FailureKind.MALFORMED, "the line has neither a response nor an error")
    code = str(error.get("code"))
    kind = _NOT_REACHED.get(code, FailureKind.SERVER_ERROR)
    return Failure(key, kind, f"({code}) {error_message(json.dumps(error).encode())}")
