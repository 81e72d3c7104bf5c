"""The engine of a model behind an HTTP endpoint, many requests at once.

What may succeed later (408, 409, 429, 5xx, broken connections, timeouts) is sent again with
backoff, as the endpoint's Retry-After and rate limit headers say; so is a request whose reply holds
no answer. What is left after that is a ``Failure``. How many requests run at once follows what the
endpoint can bear, up to ``concurrency``. A wrong key, an unknown model, another model than the one
requested and an endpoint that is down stop the run at once: every further request would fail alike.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping, Sequence
from typing import ClassVar

from warmbench.engines.budget import Price
from warmbench.engines.engine import Engine, EngineOptions, Responses
from warmbench.engines.http.chat_api import ChatAPI
from warmbench.engines.http.concurrency_limiter import ConcurrencyLimiter
from warmbench.engines.http.endpoint import Endpoint
from warmbench.engines.http.http_client import HTTPClient
from warmbench.engines.http.request_pool import RequestPool
from warmbench.errors import EngineError, UsageError
from warmbench.records.model_spec import ModelSpec
from warmbench.records.request import Request
from warmbench.records.request_form import RequestForm

__all__ = ["HTTPEngine"]


class HTTPEngine(Engine):
    """A model at ``@base_url``, by default the provider's own endpoint. A class of its own gives
    ``api`` alone."""

    api: ClassVar[type[ChatAPI]]
    keeps_budget = True

    def __init__(
        self, spec: ModelSpec, options: EngineOptions, revision: str | None = None
    ) -> None:
        if spec.adapter:
            raise UsageError(f"{spec}: serve the adapter under a model name of its own instead")
        self._spec = spec
        self._options = options
        self._revision = revision
        self._endpoint = Endpoint.of(self.api.provider, spec.base_url, spec)
        self._api = self.api(spec.name, options.model_aliases)

    @classmethod
    def price_of(cls, spec: ModelSpec) -> Price | None:
        return cls.api.provider.price_of(spec)

    def identity(self) -> Mapping[str, str | None]:
        return {
            "engine": self._spec.engine,
            "endpoint": self._endpoint.base_url,
            "model": self._spec.name,
            "revision": self._revision,
            "adapter": None,
        }

    @property
    def extras_taken(self) -> Collection[str]:
        return self.api.extras_taken

    @property
    def form(self) -> RequestForm:
        return self._api.form

    def ask(self, requests: Sequence[Request]) -> Responses:
        """Yield responses in groups; requests beyond the budget get none."""
        if not requests:
            return
        with asyncio.Runner() as runner:
            client = self._client()
            pool = self._pool(client, requests)
            try:
                runner.run(client.__aenter__())
                runner.run(pool.probe())
                if group := pool.take():
                    yield group
                runner.run(_started(pool))
                while group := runner.run(pool.next_group()):
                    yield group
            except (KeyboardInterrupt, EngineError):
                if group := pool.take():  # it was paid for
                    yield group
                raise
            finally:
                runner.run(pool.stop())
                runner.run(client.__aexit__(None, None, None))

    def _client(self) -> HTTPClient:
        return HTTPClient(
            self._spec.engine,
            self._api,
            self._endpoint,
            connections=self._options.concurrency,
            timeout_s=self._options.timeout_s,
        )

    def _pool(self, client: HTTPClient, requests: Sequence[Request]) -> RequestPool:
        return RequestPool(
            client,
            requests,
            ConcurrencyLimiter(self._options.concurrency),
            self._options.budget,
            workers=self._options.concurrency,
            max_retries=self._options.max_retries,
        )


async def _started(pool: RequestPool) -> None:
    pool.start()
