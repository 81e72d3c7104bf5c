"""Any OpenAI-compatible chat endpoint, many requests at once.

What is worth asking again (408, 409, 429, 5xx, broken connections, no reply in time) is asked
again with backoff, as the endpoint's Retry-After and x-ratelimit headers say; so is a reply that
holds no answer. What is left after that is a ``Failure``. How many are under way follows what the
endpoint can bear, up to ``concurrency``. A wrong key, an unknown model, another model than the one
asked and an endpoint that is down stop the run at once: every further request would fail alike.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping, Sequence

from warmbench.engines.engine import Engine, EngineOptions, Responses
from warmbench.engines.http.account import Account
from warmbench.engines.http.concurrency_limiter import Pace
from warmbench.engines.http.request_pool import Crowd
from warmbench.engines.openai.chat_endpoint import ChatEndpoint
from warmbench.errors import EngineError, UsageError
from warmbench.records.model_spec import ModelSpec
from warmbench.records.request import Request

__all__ = ["OpenAIEngine"]

_ACCOUNT_HEADERS = {
    "OPENAI_ORG_ID": "OpenAI-Organization",
    "OPENAI_PROJECT_ID": "OpenAI-Project",
}


class OpenAIEngine(Engine):
    """A model behind ``base_url`` (default: OpenAI's), asked ``concurrency`` requests at once."""

    keeps_budget = True

    def __init__(
        self, spec: ModelSpec, options: EngineOptions, revision: str | None = None
    ) -> None:
        if spec.adapter:
            raise UsageError(f"{spec}: serve the adapter under a model name of its own instead")
        self._spec = spec
        self._options = options
        self._revision = revision
        self._account = Account.of(spec.base_url, spec)

    def identity(self) -> Mapping[str, str | None]:
        return {
            "engine": "openai",
            "endpoint": self._account.base_url,
            "model": self._spec.name,
            "revision": self._revision,
            "adapter": None,
        }

    def ask(self, requests: Sequence[Request]) -> Responses:
        """Yield responses in groups. Where the budget ends, the rest of the requests gets none."""
        if not requests:
            return
        with asyncio.Runner() as runner:
            endpoint = self._endpoint()
            crowd = self._crowd(endpoint, requests)
            try:
                runner.run(endpoint.__aenter__())
                runner.run(crowd.probe())
                if group := crowd.take():
                    yield group
                runner.run(_started(crowd))
                while group := runner.run(crowd.next_group()):
                    yield group
            except (KeyboardInterrupt, EngineError):
                if group := crowd.take():  # it was paid for
                    yield group
                raise
            finally:
                runner.run(crowd.stop())
                runner.run(endpoint.__aexit__(None, None, None))

    def _endpoint(self) -> ChatEndpoint:
        names = _ACCOUNT_HEADERS.items() if self._account.is_openai else ()
        return ChatEndpoint(
            self._account.base_url,
            self._spec.name,
            key=self._account.key,
            key_variable=self._account.variable,
            headers={header: os.environ[name] for name, header in names if os.environ.get(name)},
            model_aliases=self._options.model_aliases,
            connections=self._options.concurrency,
            timeout_s=self._options.timeout_s,
        )

    def _crowd(self, endpoint: ChatEndpoint, requests: Sequence[Request]) -> Crowd:
        return Crowd(
            endpoint,
            requests,
            Pace(self._options.concurrency),
            self._options.budget,
            workers=self._options.concurrency,
            max_retries=self._options.max_retries,
        )


async def _started(crowd: Crowd) -> None:
    crowd.start()
