"""Endpoints that refuse a field which others take, and how such a request is sent instead.

Their wording differs: first the field that an error names is read (``param`` in OpenAI's API,
``loc`` in pydantic's), then its message.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import replace

from warmbench.engines.http.error_reply import ErrorReply
from warmbench.records.request import Request
from warmbench.records.request_form import OPTIONAL_FIELDS, RequestForm
from warmbench.records.response import FailureKind

__all__ = ["OTHER_LENGTH_FIELD", "form_without"]

OTHER_LENGTH_FIELD = "max_completion_tokens"
"""What newer models of OpenAI call ``max_tokens``; they refuse the old name."""

_STATUSES = (400, 422, 500, 501)
"""500: llama.cpp, where a chat template raises."""

_LEAST_MISSED = ("seed", "top_p", "temperature")
"""Where an error names several, the first of these is left out, and the request tried again."""

_REFUSED = re.compile(
    r"unsupported|not (?:be )?(?:support|permit|allow|accept|recogni|known|enabled|available|both)"
    r"|n[o']t (?:support|accept|allow)|unrecogni[sz]ed|unknown|unexpected|extraneous|extra"
    r"|cannot (?:both )?be|deprecated|only the default|strictly positive|cannot find field"
    r"|\bonly (?:be set to|supports|1 is)",
    re.IGNORECASE,
)
_OUT_OF_RANGE = re.compile(
    r"between|\brange\b|less than|greater than|at most|at least|above max|below min|above maximum"
    r"|below minimum|maximum value|minimum value|[<>]=?|\bin [\[(]",
    re.IGNORECASE,
)
"""The value is refused, not the field: a person has to choose another one."""

_TOO_LONG = re.compile(
    r"context[ _](?:length|window|size)|too (?:long|large|many)|longer than|reduce the length"
    r"|exceed",
    re.IGNORECASE,
)

_NO_SYSTEM = re.compile(
    r"system[ _-]?(?:role|message|prompt|instruction)s?\b[^.]{0,60}(?:\bnot\b|n't|unsupported)"
    r"|(?:\bnot\b|n't|unsupported|unexpected|unknown|invalid)[^.]{0,60}"
    r"system[ _-]?(?:role|message|prompt|instruction)"
    r"|roles must alternate|developer instruction is not enabled"
    r"|only user[^.]{0,40}assistant[^.]{0,40}role"
    r"|role\b[^.]{0,20}should be 'user' or 'assistant'"
    r"|(?:\bnot\b|n't|unsupported|unexpected|unknown|invalid)[^.]{0,60}role\W{1,4}system"
    r"|(?:role|roles)\W[^.]{0,60}(?:\bnot\b|n't|unsupported)[^.]{0,30}['\"`]system"
    r"|role\W{1,4}system\W[^.]{0,40}(?:\bnot\b|n't|unsupported)",
    re.IGNORECASE,
)
"""Chat templates of Gemma and older Mistral, Gemini's API for Gemma, Bedrock, early o1."""


def form_without(
    error: ErrorReply,
    request: Request,
    form: RequestForm,
    left_out: Collection[str] = OPTIONAL_FIELDS,
    renames_length: bool = True,
) -> RequestForm | None:
    """The form in which to send a request that was refused with ``error`` in this ``form``; None if
    the error is about something else.

    ``left_out``: which fields an API sends that it may do without. Only what was sent can be
    refused, so that a form changes a few times at most.
    """
    if error.status not in _STATUSES or error.kind is FailureKind.CONTENT_FILTER:
        return None
    if _TOO_LONG.search(error.message):
        return None
    if renames_length and _refuses_length(error, request, form):
        return replace(form, length_field=OTHER_LENGTH_FIELD)
    sent = [
        field for field in _LEAST_MISSED if field in left_out and _is_sent(field, request, form)
    ]
    if not _OUT_OF_RANGE.search(error.message):
        for names in (_listed, _named):
            for field in sent:
                if names(error, field):
                    return form.without(field)
    has_system = any(message.role == "system" for message in request.messages)
    if has_system and not form.system_in_user and _refuses_system(error):
        return replace(form, system_in_user=True)
    return None


def _is_sent(field: str, request: Request, form: RequestForm) -> bool:
    if field in form.left_out or field in request.extras.extra_body:
        return False
    return field != "top_p" or request.top_p != 1.0


def _listed(error: ErrorReply, field: str) -> bool:
    return field in error.fields


def _named(error: ErrorReply, field: str) -> bool:
    """Whether the message names the field as one, and refuses it."""
    as_field = (
        rf"['\"`\[{{(]\s*{field}\s*['\"`\]}}):]"
        rf"|(?:parameters?|arguments?|fields?|names?|keys?|property|per.request|supplied|supports?)"
        rf"\W{{1,4}}(?:\w+, )*{field}\b"
        rf"|\binvalid {field}\b|^(?:[^:]*: )?{field}: |: {field}\W*$"
        rf"|\b{field}\b\W{{0,3}}(?:is|are|was|must|does|do|can|cannot|not|and|parameter)\b"
    )
    return bool(
        re.search(as_field, error.message, re.IGNORECASE) and _REFUSED.search(error.message)
    )


def _refuses_length(error: ErrorReply, request: Request, form: RequestForm) -> bool:
    if form.length_field == OTHER_LENGTH_FIELD or "max_tokens" in request.extras.extra_body:
        return False
    if OTHER_LENGTH_FIELD in error.message:
        return True
    refused = _REFUSED.search(error.message) is not None
    return refused and ("max_tokens" in error.fields or _named(error, "max_tokens"))


def _refuses_system(error: ErrorReply) -> bool:
    by_role = any(field.startswith("messages") and field.endswith("role") for field in error.fields)
    words = error.message
    return bool(_NO_SYSTEM.search(words)) or (
        by_role and ("system" in words or "'user' or 'assistant'" in words)
    )
