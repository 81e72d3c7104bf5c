"""Any OpenAI-compatible chat endpoint, many requests at once.

The client retries what is worth retrying (408, 409, 429, 5xx, broken connections) with backoff
and honours Retry-After; what is left after that is a ``Failure``. A wrong key, an unknown model
and an endpoint that is down stop the run at once: every further request would fail alike.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from warmbench.engines.engine import (
    Answer,
    EngineOptions,
    Failure,
    FailureKind,
    Request,
    Response,
    Responses,
)
from warmbench.errors import EngineError, UsageError
from warmbench.model_spec import ModelSpec

if TYPE_CHECKING:
    from openai import AsyncOpenAI

__all__ = ["OpenAIEngine"]

OPENAI_URL = "https://api.openai.com/v1"
KEY_VARIABLES = {True: "OPENAI_API_KEY", False: "WARMBENCH_API_KEY"}
"""Which variable holds the key: OpenAI's own endpoint, or any other (a key never travels to an
endpoint it was not meant for)."""

_PROBE_RETRIES = 2
_REASKS = 2  # for replies that came but hold nothing, which the client does not retry
_MESSAGE_LENGTH = 300


class OpenAIEngine:
    """A model behind ``base_url`` (default: OpenAI's), asked ``concurrency`` requests at once."""

    block_size = 1

    def __init__(
        self, spec: ModelSpec, options: EngineOptions, revision: str | None = None
    ) -> None:
        if spec.adapter:
            raise UsageError(f"{spec}: serve the adapter under a model name of its own instead")
        self._spec = spec
        self._options = options
        self._revision = revision
        self._base_url = (spec.base_url or OPENAI_URL).rstrip("/")
        variable = KEY_VARIABLES[spec.base_url is None]
        key = os.environ.get(variable)
        if not key and spec.base_url is None:
            raise UsageError(f"{spec}: set {variable} to the key of your OpenAI account")
        self._variable = variable
        self._key = key or "none"
        self._length_field = "max_tokens"

    def identity(self) -> Mapping[str, str | None]:
        return {
            "engine": "openai",
            "endpoint": self._base_url,
            "model": self._spec.name,
            "revision": self._revision,
            "adapter": None,
        }

    def ask(self, requests: Sequence[Request]) -> Responses:
        if not requests:
            return
        with asyncio.Runner() as runner:
            crowd = _Crowd(self)
            try:
                yield [runner.run(crowd.probe(requests[0]))]
                runner.run(crowd.start(requests[1:]))
                while group := runner.run(crowd.next_group()):
                    yield group
            finally:
                runner.run(crowd.stop())

    def open_client(self) -> AsyncOpenAI:
        """A client for this endpoint; it belongs to the event loop that uses it."""
        from openai import AsyncOpenAI

        return AsyncOpenAI(
            api_key=self._key,
            base_url=self._base_url,
            max_retries=self._options.max_retries,
            timeout=self._options.timeout_s,
        )

    @property
    def concurrency(self) -> int:
        return self._options.concurrency

    async def answer(self, client: AsyncOpenAI, request: Request) -> Response:
        """Ask once, the client's own retries included; a reply that holds nothing is asked again.

        Raises ``EngineError`` for what no further request would survive.
        """
        attempts = 0
        failure = Failure(request.key, FailureKind.EMPTY, "never asked")
        for _ in range(_REASKS + 1):
            response = await self._ask_once(client, request)
            attempts += response.attempts
            if isinstance(response, Answer):
                return replace(response, attempts=attempts)
            failure = replace(response, attempts=attempts)
            if response.kind not in (FailureKind.EMPTY, FailureKind.MALFORMED):
                break
        return failure

    async def _ask_once(self, client: AsyncOpenAI, request: Request) -> Response:
        import openai

        try:
            raw = await client.chat.completions.with_raw_response.create(**self._body(request))
            return _to_response(request, raw.parse(), raw.retries_taken + 1)
        except openai.AuthenticationError:
            raise EngineError(
                f"{self._spec}: the endpoint refused the key (401); set {self._variable}"
            ) from None
        except openai.PermissionDeniedError:
            raise EngineError(
                f"{self._spec}: the key may not use this model (403); check {self._variable}"
            ) from None
        except openai.NotFoundError as error:
            raise EngineError(
                f"{self._spec}: no such model or address (404): {self._said(error)}"
            ) from None
        except openai.BadRequestError as error:
            if self._length_field == "max_tokens" and "max_completion_tokens" in str(error):
                self._length_field = "max_completion_tokens"  # newer OpenAI models ask for it
                return await self._ask_once(client, request)
            return Failure(request.key, FailureKind.BAD_REQUEST, self._said(error))
        except openai.APIError as error:
            return self._failure(request, error)
        except (ValueError, TypeError, AttributeError) as error:
            return Failure(request.key, FailureKind.MALFORMED, self._said(error))

    def _body(self, request: Request) -> dict[str, Any]:
        body: dict[str, Any] = {
            "model": self._spec.name,
            "messages": [{"role": m.role, "content": m.content} for m in request.messages],
            "temperature": request.temperature,
            self._length_field: request.max_tokens,
            "seed": request.seed,
        }
        if request.top_p != 1.0:
            body["top_p"] = request.top_p
        return body

    def _failure(self, request: Request, error: Exception) -> Failure:
        import openai

        kinds: tuple[tuple[type[Exception], FailureKind], ...] = (
            (openai.APITimeoutError, FailureKind.TIMEOUT),
            (openai.APIConnectionError, FailureKind.CONNECTION),
            (openai.RateLimitError, FailureKind.RATE_LIMIT),
            (openai.APIResponseValidationError, FailureKind.MALFORMED),
            (openai.InternalServerError, FailureKind.SERVER_ERROR),
        )
        kind = next((k for t, k in kinds if isinstance(error, t)), FailureKind.BAD_REQUEST)
        retried = kind not in (FailureKind.BAD_REQUEST, FailureKind.MALFORMED)
        attempts = self._options.max_retries + 1 if retried else 1
        return Failure(request.key, kind, self._said(error), attempts)

    def _said(self, error: Exception) -> str:
        text = " ".join(str(error).split())[:_MESSAGE_LENGTH]
        return text.replace(self._key, "***") if self._key != "none" else text

    def close(self) -> None:
        """Each ``ask`` closes its own connections."""


class _Crowd:
    """The workers that ask at once, and the responses that wait to be taken."""

    def __init__(self, engine: OpenAIEngine) -> None:
        self._engine = engine
        self._client: AsyncOpenAI | None = None
        self._workers: list[asyncio.Task[None]] = []
        self._done: list[Response] = []
        self._ready = asyncio.Event()
        self._lost_in_a_row = 0

    async def probe(self, request: Request) -> Response:
        """Ask one request alone: what it fails of, the others would fail of too."""
        self._client = self._engine.open_client()
        patient = self._client.with_options(max_retries=_PROBE_RETRIES)
        response = await self._engine.answer(patient, request)
        if isinstance(response, Failure) and response.kind is FailureKind.CONNECTION:
            raise EngineError(
                f"{self._client.base_url}: can't be reached ({response.message}); "
                "is the server running, and is the address right?"
            )
        if isinstance(response, Failure) and response.kind is FailureKind.BAD_REQUEST:
            raise EngineError(f"{self._client.base_url}: refuses the request: {response.message}")
        return response

    async def start(self, requests: Sequence[Request]) -> None:
        waiting = iter(requests)
        count = min(self._engine.concurrency, len(requests))
        self._workers = [asyncio.create_task(self._work(waiting)) for _ in range(count)]

    async def _work(self, waiting: Iterator[Request]) -> None:
        assert self._client is not None
        try:
            for request in waiting:
                response = await self._engine.answer(self._client, request)
                self._note_loss(response)
                self._done.append(response)
                self._ready.set()
        finally:
            self._ready.set()

    def _note_loss(self, response: Response) -> None:
        lost = isinstance(response, Failure) and response.kind is FailureKind.CONNECTION
        self._lost_in_a_row = self._lost_in_a_row + 1 if lost else 0
        if self._lost_in_a_row > 2 * self._engine.concurrency:
            assert self._client is not None
            raise EngineError(
                f"{self._client.base_url}: stopped answering; {self._lost_in_a_row} requests in "
                "a row could not connect. The same command resumes the run"
            )

    async def next_group(self) -> list[Response]:
        """What has finished since the last call; empty when all is done."""
        while True:
            group, self._done = self._done, []
            if group:
                return group
            for worker in self._workers:
                if worker.done() and (error := worker.exception()):
                    raise error
            if all(worker.done() for worker in self._workers):
                return []
            self._ready.clear()
            await self._ready.wait()

    async def stop(self) -> None:
        for worker in self._workers:
            worker.cancel()
        await asyncio.gather(*self._workers, return_exceptions=True)
        if self._client is not None:
            await self._client.close()


def _to_response(request: Request, completion: Any, attempts: int) -> Response:
    choices = getattr(completion, "choices", None)
    if not choices:
        return Failure(request.key, FailureKind.EMPTY, "the reply has no choices", attempts)
    choice = choices[0]
    finish = choice.finish_reason or "unknown"
    text = choice.message.content
    if text is None:
        text = getattr(choice.message, "refusal", None)
    if finish == "content_filter":
        return Failure(request.key, FailureKind.CONTENT_FILTER, "withheld by a filter", attempts)
    if not isinstance(text, str):
        return Failure(request.key, FailureKind.EMPTY, "the reply has no content", attempts)
    usage = getattr(completion, "usage", None)
    return Answer(
        request.key,
        text,
        str(finish),
        getattr(usage, "prompt_tokens", None),
        getattr(usage, "completion_tokens", None),
        attempts,
    )
