"""The engine of a model behind an HTTP endpoint, many requests at once.

What may succeed later (408, 409, 429, 5xx, broken connections, timeouts) is sent again with
backoff, as the endpoint's Retry-After and rate limit headers say; so is a request whose reply holds
no answer. What is left after that is a ``Failure``. How many requests run at once follows what the
endpoint can bear, up to ``concurrency``. Requests are asked one after the other until the first is
answered: this finds the form in which the model takes them. A wrong key and an empty account stop
the run at once, other faults when they go on (``breaker``).
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import ClassVar

from warmbench.engines.budget import Price
from warmbench.engines.engine import (
    NEVER_ASKED,
    ArmHistory,
    Engine,
    EngineOptions,
    Responses,
)
from warmbench.engines.http.breaker import Breaker, question_of
from warmbench.engines.http.chat_api import ChatAPI
from warmbench.engines.http.concurrency_limiter import ConcurrencyLimiter
from warmbench.engines.http.endpoint import Endpoint
from warmbench.engines.http.http_client import HTTPClient
from warmbench.engines.http.request_pool import RequestPool
from warmbench.engines.http.sender import Adopt, Sender
from warmbench.errors import EngineError, UsageError
from warmbench.records.model_spec import ModelSpec
from warmbench.records.request import Request
from warmbench.records.request_form import RequestForm
from warmbench.records.response import Answer, Response

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
        self._where = f"{spec.engine}:{spec.name}@{self._endpoint.base_url}"
        self._limiter = ConcurrencyLimiter(options.concurrency, timeout_s=options.timeout_s)
        self._history = NEVER_ASKED
        self._breaker = self._new_breaker()
        self._early: list[Response] = []
        self._witness: Request | None = None

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

    def begin(self, requests: Iterable[Request], history: ArmHistory = NEVER_ASKED) -> None:
        """Ask one request after the other until the first answer; ``ask`` yields what came.

        Raises ``EngineError`` where none comes.
        """
        if history.form is not None:
            self._api.form = history.form
        self._history = history
        self._breaker = self._new_breaker()
        self._find_form(requests)

    def _new_breaker(self) -> Breaker:
        concurrency = self._options.concurrency
        return Breaker(self._where, self._endpoint.key_variable, concurrency, self._history)

    def _find_form(self, requests: Iterable[Request]) -> None:
        with asyncio.Runner() as runner:
            runner.run(self._probe(requests))

    async def _probe(self, requests: Iterable[Request]) -> None:
        async with self._client() as client:
            sender = self._sender(client, self._adopt)
            for request in one_a_question(requests):
                response = await sender.answer(request)
                if response is None:  # the budget is spent
                    return
                self._early.append(response)
                self._witness = request if isinstance(response, Answer) else None
                sender.check()
                self._breaker.note(request, response)
                if self._breaker.works:
                    self._limiter.start_low(_whole_reply_s(request, response, sender.last_s))
                    return

    def _adopt(self, form: RequestForm, message: str) -> None:
        """Put requests in another form, unless this would ask an arm in two ways."""
        if self._history.answers and self._api.form.changes_answers(form):
            raise EngineError(
                f"{self._where}: refuses what it took for {self._history.answers:,} requests of "
                f"this run: {message}. The rest would be sampled differently; start a new run"
            )
        self._api.form = form

    @property
    def early_responses(self) -> Sequence[Response]:
        return self._early

    def ask(self, requests: Sequence[Request]) -> Responses:
        """Yield responses in groups; requests beyond the budget get none."""
        rest = self._without_early(requests)
        try:
            if rest and not self._breaker.works:  # nothing has begun, or without an answer
                self._find_form(rest)
        except (KeyboardInterrupt, EngineError):
            if self._early:  # it was paid for
                yield self._early
            raise
        rest = self._without_early(rest)
        early, self._early = self._early, []
        if early:
            yield early
        if rest:
            yield from self._ask_many(rest)

    def _without_early(self, requests: Sequence[Request]) -> list[Request]:
        asked = {response.key for response in self._early}
        return [request for request in requests if request.key not in asked]

    def _ask_many(self, requests: Sequence[Request]) -> Responses:
        with asyncio.Runner() as runner:
            client = self._client()
            pool = self._pool(client, requests)
            try:
                runner.run(client.__aenter__())
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

    def _sender(self, client: HTTPClient, adopt: Adopt | None = None) -> Sender:
        retries = self._options.max_retries
        return Sender(client, self._limiter, self._options.budget, retries, adopt)

    def _pool(self, client: HTTPClient, requests: Sequence[Request]) -> RequestPool:
        return RequestPool(
            self._sender(client),
            requests,
            self._breaker,
            workers=self._options.concurrency,
            witness=self._witness,
        )


async def _started(pool: RequestPool) -> None:
    pool.start()


def _whole_reply_s(request: Request, response: Response, seconds: float) -> float | None:
    """How long a reply of all tokens would take, by one that took so many seconds."""
    if not isinstance(response, Answer):
        return None
    tokens = response.completion_tokens or request.max_tokens
    return seconds * max(request.max_tokens / tokens, 1.0)


def one_a_question(requests: Iterable[Request]) -> Iterator[Request]:
    """The requests, those first that are the first of their question: another row of a question
    that was refused would be refused too. Reads no further than it is asked for."""
    seen: set[str] = set()
    others: list[Request] = []
    for request in requests:
        question = question_of(request)
        if question in seen:
            others.append(request)
        else:
            seen.add(question)
            yield request
    yield from others
