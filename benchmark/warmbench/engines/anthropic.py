"""Anthropic's Messages API: Claude, or any other model behind such an endpoint.

https://docs.anthropic.com/en/api/messages

The API takes no seed: a seed is still part of each ledger key, but does not reach the model.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime
from itertools import groupby
from typing import Any

from warmbench.engines.budget import Price
from warmbench.engines.http.chat_api import (
    ChatAPI,
    MalformedReply,
    text_of_parts,
)
from warmbench.engines.http.endpoint import Endpoint, Provider
from warmbench.engines.http.error_reply import ErrorReply, error_text, excerpt
from warmbench.engines.http.http_engine import HTTPEngine
from warmbench.engines.http.rate_limit import RateLimit
from warmbench.records.reply import Reply
from warmbench.records.request import Request
from warmbench.records.response import Tokens

__all__ = ["ANTHROPIC", "AnthropicEngine", "MessagesAPI"]

ANTHROPIC = Provider(
    "Anthropic",
    "https://api.anthropic.com/v1",
    "ANTHROPIC_API_KEY",
    {
        "claude-haiku-4-5": Price(1.00, 5.00),
        "claude-haiku-4-5-20251001": Price(1.00, 5.00),
        "claude-opus-4-1": Price(15.00, 75.00),
        "claude-opus-4-1-20250805": Price(15.00, 75.00),
        "claude-opus-4-5": Price(5.00, 25.00),
        "claude-opus-4-5-20251101": Price(5.00, 25.00),
        "claude-sonnet-4-5": Price(3.00, 15.00),
        "claude-sonnet-4-5-20250929": Price(3.00, 15.00),
    },
)
"""List prices as published in 2025. Prices change: ``--price`` overrides them."""

_VERSION = "2023-06-01"


class MessagesAPI(ChatAPI):
    """``POST /messages``. A reply's content is a list of blocks, of which those of the type
    ``text`` are the answer and those of the type ``thinking`` the reasoning::

        {"type": "message", "model": "claude-sonnet-4-5-20250929", "stop_reason": "end_turn",
         "content": [{"type": "text", "text": "The Severn."}],
         "usage": {"input_tokens": 19, "output_tokens": 7}}
    """

    provider = ANTHROPIC
    path = "/messages"
    extras_taken = ("extra_body",)
    optional_fields = ("temperature", "top_p")
    usage_fields = ("input_tokens", "output_tokens")

    def headers(self, endpoint: Endpoint) -> dict[str, str]:
        return {"x-api-key": endpoint.key or "none", "anthropic-version": _VERSION}

    def body(self, request: Request) -> dict[str, object]:
        """System prompts go apart. Roles alternate: turns of one role in a row become one."""
        messages = self.form.messages(request.messages)
        system = "\n\n".join(m.content for m in messages if m.role == "system")
        turns = groupby((m for m in messages if m.role != "system"), lambda m: m.role)
        body: dict[str, object] = {
            "model": self.model,
            "messages": [
                {"role": role, "content": "\n\n".join(m.content for m in group)}
                for role, group in turns
            ],
            "max_tokens": request.max_tokens,
            "temperature": request.temperature,
        }
        if system:
            body["system"] = system
        if request.top_p != 1.0:
            body["top_p"] = request.top_p
        for field in self.form.left_out:
            body.pop(field, None)
        return {**body, **request.extras.extra_body}

    def parse(self, reply: Mapping[str, Any]) -> Reply:
        content = reply.get("content")
        if not {"content", "stop_reason", "error"} & reply.keys():
            raise MalformedReply(f"the reply has no content: {excerpt(json.dumps(reply).encode())}")
        if content is not None and not (
            isinstance(content, list) and all(isinstance(block, dict) for block in content)
        ):
            raise MalformedReply("the content is not a list of blocks")
        text, reasoning = text_of_parts(content)
        reason, error, model = reply.get("stop_reason"), reply.get("error"), reply.get("model")
        billed = self.tokens(reply)
        return Reply(
            text=text,
            finish_reason=str(reason) if reason else None,
            reasoning=reasoning,
            error=error_text(error) if error else None,
            prompt_tokens=billed.prompt or None,
            completion_tokens=billed.completion or None,
            model=model if isinstance(model, str) and model else None,
        )

    def refill_wait(self, headers: Mapping[str, str], billed: Tokens) -> float:
        """By ``anthropic-ratelimit-*``, whose resets are times of the server's clock."""
        needed = {
            "requests": 1,
            "tokens": billed.prompt + billed.completion,
            "input-tokens": billed.prompt,
            "output-tokens": billed.completion,
        }
        return max(_rate_limit(headers, what).wait(count) for what, count in needed.items())

    def is_out_of_credit(self, error: ErrorReply) -> bool:
        too_low = "credit balance is too low" in error.message
        return error.status == 402 or (error.status == 400 and too_low)


class AnthropicEngine(HTTPEngine):
    """A model behind ``@base_url``, by default Anthropic's."""

    api = MessagesAPI


def _rate_limit(headers: Mapping[str, str], what: str) -> RateLimit:
    name = f"anthropic-ratelimit-{what}"
    reset_s = _seconds_until(headers.get(f"{name}-reset"), headers.get("date"))
    return RateLimit.of(headers.get(f"{name}-limit"), headers.get(f"{name}-remaining"), reset_s)


def _seconds_until(reset: str | None, now: str | None) -> float | None:
    """From the reply's own ``Date`` to ``2026-06-24T12:00:07Z``; None where either is missing."""
    try:
        until = datetime.fromisoformat(reset or "")
        return max((until - parsedate_to_datetime(now or "")).total_seconds(), 0.0)
    except (TypeError, ValueError):
        return None
