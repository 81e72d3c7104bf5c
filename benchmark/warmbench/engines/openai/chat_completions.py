"""OpenAI's Chat Completions API, which many other servers have too.

https://platform.openai.com/docs/api-reference/chat
"""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from typing import Any

from warmbench.engines.budget import Price
from warmbench.engines.http.chat_api import ChatAPI, NoAnswer, token_count
from warmbench.engines.http.endpoint import Endpoint, Provider
from warmbench.records.request import Request
from warmbench.records.response import FailureKind

__all__ = ["OPENAI", "OTHER_LENGTH_FIELD", "ChatCompletions"]

OPENAI = Provider(
    "OpenAI",
    "https://api.openai.com/v1",
    "OPENAI_API_KEY",
    {
        "gpt-4.1": Price(2.00, 8.00),
        "gpt-4.1-mini": Price(0.40, 1.60),
        "gpt-4.1-nano": Price(0.10, 0.40),
        "gpt-4o": Price(2.50, 10.00),
        "gpt-4o-2024-08-06": Price(2.50, 10.00),
        "gpt-4o-mini": Price(0.15, 0.60),
    },
)
"""List prices as published in 2025. Prices change: ``--price`` overrides them."""

OTHER_LENGTH_FIELD = "max_completion_tokens"
"""What newer models of OpenAI call ``max_tokens``; they refuse the old name."""

_ACCOUNT_HEADERS = {
    "OPENAI_ORG_ID": "OpenAI-Organization",
    "OPENAI_PROJECT_ID": "OpenAI-Project",
}


class ChatCompletions(ChatAPI):
    """``POST /chat/completions``. ``length_field`` is the name by which ``max_tokens`` is sent."""

    provider = OPENAI
    path = "/chat/completions"

    def __init__(self, model: str, aliases: Collection[str] = ()) -> None:
        super().__init__(model, aliases)
        self.length_field = "max_tokens"

    def headers(self, endpoint: Endpoint) -> dict[str, str]:
        names = _ACCOUNT_HEADERS.items() if endpoint.is_own else ()
        account = {header: os.environ[name] for name, header in names if os.environ.get(name)}
        return {"Authorization": f"Bearer {endpoint.key or 'none'}", **account}

    def body(self, request: Request) -> dict[str, object]:
        body: dict[str, object] = {
            "model": self.model,
            "messages": [{"role": m.role, "content": m.content} for m in request.messages],
            "temperature": request.temperature,
            self.length_field: request.max_tokens,
            "seed": request.seed,
        }
        if request.top_p != 1.0:
            body["top_p"] = request.top_p
        return body

    def text_and_finish(self, reply: Mapping[str, Any]) -> tuple[str, str]:
        choices = reply.get("choices")
        if choices is None or choices == []:
            raise NoAnswer(FailureKind.EMPTY, "the reply has no choices")
        choice = choices[0] if isinstance(choices, list) else None
        message = choice.get("message") if isinstance(choice, dict) else None
        if not isinstance(choice, dict) or not isinstance(message, dict):
            raise NoAnswer(FailureKind.MALFORMED, "the reply has a choice without a message")
        finish = str(choice.get("finish_reason") or "unknown")
        if finish == "content_filter":
            raise NoAnswer(FailureKind.CONTENT_FILTER, "withheld by a filter")
        text = message.get("content")
        if text is None:
            text = message.get("refusal")
        if text is None:
            raise NoAnswer(FailureKind.EMPTY, "the reply has no content")
        if not isinstance(text, str):
            raise NoAnswer(FailureKind.MALFORMED, f"the content is a {type(text).__name__}")
        return text, finish

    def tokens(self, reply: Mapping[str, Any]) -> tuple[int | None, int | None]:
        usage = reply.get("usage")
        if not isinstance(usage, dict):
            return None, None
        return token_count(usage.get("prompt_tokens")), token_count(usage.get("completion_tokens"))

    def is_out_of_credit(self, status: int, body: bytes) -> bool:
        return status == 402 or (status == 429 and b"insufficient_quota" in body)

    def adapts_to(self, message: str) -> bool:
        if self.length_field == OTHER_LENGTH_FIELD or OTHER_LENGTH_FIELD not in message:
            return False
        self.length_field = OTHER_LENGTH_FIELD
        return True
