"""Reads the reply of an OpenAI-compatible chat endpoint: an answer, or why it is none.

Nothing here guesses. A body that is cut off, is not JSON, has no choice, has no text or was made
by another model than the one asked is a ``Failure``: it never becomes an answer.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any

from warmbench.records.response import Answer, Failure, FailureKind, Response, Tokens

__all__ = ["error_message", "is_same_model", "read_reply"]

_MESSAGE_LENGTH = 300


def read_reply(key: str, body: bytes, asked: str, model_aliases: Collection[str] = ()) -> Response:
    """The answer in the body of a reply with status 200, or the failure that it is.

    ``asked`` is the model that was asked; ``model_aliases`` are further names that it
    may reply with. A failure carries the tokens that it was billed for, where the reply says.
    """
    try:
        reply = json.loads(body)
    except (ValueError, RecursionError):
        return Failure(key, FailureKind.MALFORMED, f"the reply is not JSON: {_shown(body)}")
    if not isinstance(reply, dict):
        return Failure(key, FailureKind.MALFORMED, f"the reply is no JSON object: {_shown(body)}")
    prompt, completion = _usage(reply.get("usage"))
    billed = Tokens(prompt or 0, completion or 0)
    model = reply.get("model")
    if not is_same_model(asked, model, model_aliases):
        said = f"asked {asked!r}, the reply is of {model!r}"
        return Failure(key, FailureKind.WRONG_MODEL, said, wasted=billed)
    found = _text_and_finish(reply)
    if isinstance(found, Failure):
        return Failure(key, found.kind, found.message, wasted=billed)
    text, finish = found
    return Answer(key, text, finish, prompt, completion, model=model or None)


def _text_and_finish(reply: dict[str, Any]) -> tuple[str, str] | Failure:
    choices = reply.get("choices")
    if choices is None or choices == []:
        return Failure("", FailureKind.EMPTY, f"the reply has no choices{_error_in(reply)}")
    choice = choices[0] if isinstance(choices, list) else None
    message = choice.get("message") if isinstance(choice, dict) else None
    if not isinstance(choice, dict) or not isinstance(message, dict):
        return Failure("", FailureKind.MALFORMED, "the reply has a choice without a message")
    finish = str(choice.get("finish_reason") or "unknown")
    if finish == "content_filter":
        return Failure("", FailureKind.CONTENT_FILTER, "withheld by a filter")
    text = message.get("content")
    if text is None:
        text = message.get("refusal")
    if text is None:
        return Failure("", FailureKind.EMPTY, "the reply has no content")
    if not isinstance(text, str):
        return Failure("", FailureKind.MALFORMED, f"the content is a {type(text).__name__}")
    return text, finish


def is_same_model(asked: str, replied: object, model_aliases: Collection[str] = ()) -> bool:
    """Whether a reply's ``model`` is the one that was asked.

    It is where the reply names none, the same, one that only adds to or leaves off a part
    (a dated snapshot, a tag, the folder or organisation before it), or one of ``model_aliases``.

    >>> is_same_model("gpt-4o", "gpt-4o-2024-08-06"), is_same_model("gpt-4o", "gpt-4o-mini")
    (True, False)
    """
    if not isinstance(replied, str) or not replied.strip():
        return True
    if replied in model_aliases:
        return True
    ours, theirs = _bare_name(asked), _bare_name(replied)
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


def _usage(usage: object) -> tuple[int | None, int | None]:
    if not isinstance(usage, dict):
        return None, None
    counts = (usage.get("prompt_tokens"), usage.get("completion_tokens"))
    prompt, completion = (
        count if isinstance(count, int) and 0 <= count < 2**31 else None for count in counts
    )
    return prompt, completion


def _error_in(reply: dict[str, Any]) -> str:
    """Some gateways send an error with status 200."""
    return f": {error_message(json.dumps(reply).encode())}" if "error" in reply else ""


def error_message(body: bytes) -> str:
    """What an endpoint says went wrong, in one short line."""
    try:
        reply = json.loads(body)
    except (ValueError, RecursionError):
        return _shown(body)
    error = reply.get("error", reply) if isinstance(reply, dict) else reply
    said = error.get("message") if isinstance(error, dict) else error
    return " ".join(str(said if said is not None else error).split())[:_MESSAGE_LENGTH]


def _shown(body: bytes) -> str:
    text = " ".join(body.decode("utf-8", "replace").split())[:_MESSAGE_LENGTH]
    return repr(text) if text else "it is empty"
