"""OpenAI's Chat Completions API, which many other servers have too.

https://platform.openai.com/docs/api-reference/chat
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from typing import Any

from warmbench.engines.budget import Price
from warmbench.engines.http.chat_api import (
    ChatAPI,
    MalformedReply,
    text_of_parts,
    token_count,
)
from warmbench.engines.http.endpoint import Endpoint, Provider
from warmbench.engines.http.error_reply import (
    ErrorReply,
    error_beside,
    error_text,
    excerpt,
)
from warmbench.records.reply import Reply
from warmbench.records.request import Request

__all__ = ["OPENAI", "ChatCompletions"]

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

_REASONING_FIELDS = ("reasoning_content", "reasoning", "thinking")
"""Where servers put what the model thought: vLLM, DeepSeek, SGLang, llama.cpp; OpenRouter, Groq,
newer vLLM; Ollama."""

_OUT_OF_CREDIT = (
    "insufficient_quota",
    "exceeded_current_quota_error",
    "billing_hard_limit_reached",
    "billing_not_active",
)

_ENTRA_TOKEN = "eyJ"
"""Azure takes a token of Entra ID as a bearer, and its own keys as ``api-key``."""

_ACCOUNT_HEADERS = {
    "OPENAI_ORG_ID": "OpenAI-Organization",
    "OPENAI_PROJECT_ID": "OpenAI-Project",
}


class ChatCompletions(ChatAPI):
    """``POST /chat/completions``."""

    provider = OPENAI
    path = "/chat/completions"
    extras_taken = ("chat_template_kwargs", "extra_body", "reasoning_effort")
    renames_length = True

    def headers(self, endpoint: Endpoint) -> dict[str, str]:
        names = _ACCOUNT_HEADERS.items() if endpoint.is_own else ()
        account = {header: os.environ[name] for name, header in names if os.environ.get(name)}
        if endpoint.is_azure and endpoint.key and not endpoint.key.startswith(_ENTRA_TOKEN):
            return {"api-key": endpoint.key}
        return {"Authorization": f"Bearer {endpoint.key or 'none'}", **account}

    def body(self, request: Request) -> dict[str, object]:
        form, extras = self.form, request.extras
        messages = form.messages(request.messages)
        body: dict[str, object] = {
            "model": self.model,
            "messages": [{"role": m.role, "content": m.content} for m in messages],
            "temperature": request.temperature,
            form.length_field: request.max_tokens,
            "seed": request.seed,
        }
        if request.top_p != 1.0:
            body["top_p"] = request.top_p
        for field in form.left_out:
            body.pop(field, None)
        if extras.reasoning_effort:
            body["reasoning_effort"] = extras.reasoning_effort
        if extras.chat_template_kwargs:
            body["chat_template_kwargs"] = dict(extras.chat_template_kwargs)
        return {**body, **extras.extra_body}

    def parse(self, reply: Mapping[str, Any]) -> Reply:
        choices = reply.get("choices")
        if not choices:
            # Some gateways send an error with status 200.
            error = error_beside(reply)
            if "choices" not in reply and error is None:
                raise MalformedReply(
                    f"the reply has no choices: {excerpt(json.dumps(reply).encode())}"
                )
            return self._reply(reply, {}, {"finish_reason": "no choices"}, error)
        choice = choices[0] if isinstance(choices, list) else None
        message = choice.get("message") if isinstance(choice, dict) else None
        if isinstance(choice, dict) and message is None and _says_why(choice):
            message = {}
        if not isinstance(choice, dict) or not isinstance(message, dict):
            raise MalformedReply("the reply has a choice without a message")
        return self._reply(reply, message, choice, choice.get("error") or reply.get("error"))

    def _reply(
        self, reply: Mapping[str, Any], message: Mapping[str, Any], choice: Mapping[str, Any],
        error: object,
    ) -> Reply:  # fmt: skip
        text, reasoning = text_of_parts(message.get("content"))
        if not text:
            text = text_of_parts(message.get("refusal"))[0] or text
        apart = (message.get(name) for name in _REASONING_FIELDS)
        reasoning = next((one for one in apart if isinstance(one, str) and one), reasoning)
        reasoning = reasoning or _detailed(message.get("reasoning_details"))
        usage = reply.get("usage")
        usage = usage if isinstance(usage, dict) else {}
        details = usage.get("completion_tokens_details")
        details = details if isinstance(details, dict) else {}
        finish, model = choice.get("finish_reason"), reply.get("model")
        return Reply(
            text=text,
            finish_reason=str(finish) if finish else None,
            reasoning=reasoning,
            error=error_text(error) if error else None,
            prompt_tokens=token_count(usage.get("prompt_tokens")),
            completion_tokens=token_count(usage.get("completion_tokens")),
            reasoning_tokens=token_count(details.get("reasoning_tokens")),
            model=model if isinstance(model, str) and model else None,
        )

    def is_out_of_credit(self, error: ErrorReply) -> bool:
        return error.status == 402 or any(word in _OUT_OF_CREDIT for word in error.words)


def _says_why(choice: Mapping[str, Any]) -> bool:
    """Whether a choice without a message tells the end of a reply: Gemini leaves the message out
    where a filter or the token limit left no text."""
    is_other_api = "text" in choice or "delta" in choice
    return bool(choice.get("error") or choice.get("finish_reason")) and not is_other_api


def _detailed(details: object) -> str:
    """The reasoning in OpenRouter's ``reasoning_details``; empty where it is encrypted."""
    parts = details if isinstance(details, list) else []
    texts = [part.get("text") or part.get("summary") for part in parts if isinstance(part, dict)]
    return "\n\n".join(text for text in texts if isinstance(text, str))
