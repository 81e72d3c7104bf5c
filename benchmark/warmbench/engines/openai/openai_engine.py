"""Any endpoint with OpenAI's Chat Completions API."""

from __future__ import annotations

from warmbench.engines.http.http_engine import HTTPEngine
from warmbench.engines.openai.chat_completions import ChatCompletions

__all__ = ["OpenAIEngine"]


class OpenAIEngine(HTTPEngine):
    """A model behind ``@base_url``, by default OpenAI's."""

    api = ChatCompletions
