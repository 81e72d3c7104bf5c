"""OpenAI's Batch API, or a compatible one: answers within a day, at half the price.

A batch costs money and takes hours, so it is started once: its id is recorded in the run folder,
and a run that was killed finds it again. https://platform.openai.com/docs/guides/batch
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from warmbench.engines.budget import Price
from warmbench.engines.engine import (
    NEVER_ASKED,
    ArmHistory,
    Engine,
    EngineOptions,
    Responses,
)
from warmbench.engines.http.endpoint import Endpoint
from warmbench.engines.openai.chat_completions import OPENAI, ChatCompletions
from warmbench.engines.openai_batch.batch_client import BatchClient
from warmbench.engines.openai_batch.batch_run import BatchRun, BatchSetup
from warmbench.engines.openai_batch.lines import BatchLimits
from warmbench.engines.openai_batch.record import BatchRecords
from warmbench.errors import UsageError
from warmbench.records.model_spec import ModelSpec
from warmbench.records.request import Request
from warmbench.records.request_form import RequestForm
from warmbench.retry import Sleep

__all__ = ["OpenAIBatchEngine"]

_PRICE_SHARE = 0.5
"""Of the list price, what the Batch API charges."""


def _to_stderr(text: str) -> None:
    print(text, file=sys.stderr)


class OpenAIBatchEngine(Engine):
    """A model behind ``base_url`` (default: OpenAI's), asked in batches.

    ``sleep`` lets time pass between two polls, ``note`` is called with each change of status.
    """

    keeps_budget = True

    def __init__(
        self,
        spec: ModelSpec,
        options: EngineOptions,
        revision: str | None = None,
        *,
        limits: BatchLimits | None = None,
        sleep: Sleep = time.sleep,
        note: Callable[[str], None] = _to_stderr,
    ) -> None:
        if spec.adapter:
            raise UsageError(f"{spec}: serve the adapter under a model name of its own instead")
        self._spec = spec
        self._options = options
        self._revision = revision
        self._limits = limits or BatchLimits()
        self._sleep = sleep
        self._note = note
        self._endpoint = Endpoint.of(OPENAI, spec.base_url, spec)
        self._api = ChatCompletions(spec.name, options.model_aliases)
        self._run: BatchRun | None = None
        self._has_answers = False

    @classmethod
    def price_of(cls, spec: ModelSpec) -> Price | None:
        listed = OPENAI.price_of(spec)
        return listed and listed * _PRICE_SHARE

    def identity(self) -> Mapping[str, str | None]:
        return {
            "engine": "openai-batch",
            "endpoint": self._endpoint.base_url,
            "model": self._spec.name,
            "revision": self._revision,
            "adapter": None,
        }

    @property
    def extras_taken(self) -> Collection[str]:
        return ChatCompletions.extras_taken

    @property
    def form(self) -> RequestForm:
        return self._api.form

    def begin(self, requests: Iterable[Request], history: ArmHistory = NEVER_ASKED) -> None:
        """Start the batches without waiting for them; ``ask`` then polls them."""
        if history.form is not None:
            self._api.form = history.form
        self._has_answers = self._has_answers or history.answers > 0
        if wanted := list(requests):
            self._run = self._run or self._open_run()
            self._run.begin(wanted)

    def ask(self, requests: Sequence[Request]) -> Responses:
        """Yield responses as batches end; requests beyond the budget get none."""
        self.begin(requests)
        if self._run is not None:
            yield from self._run.responses()

    def _open_run(self) -> BatchRun:
        from openai import OpenAI

        client = OpenAI(
            api_key=self._endpoint.key or "none",
            base_url=self._endpoint.base_url.partition("?")[0],
            default_query=self._endpoint.query,
            default_headers=self._api.headers(self._endpoint) if self._endpoint.is_azure else None,
            max_retries=self._options.max_retries,
            timeout=self._options.timeout_s,
        )
        return BatchRun(
            BatchSetup(
                client=BatchClient(client, self._endpoint.key_variable, self._sleep),
                records=BatchRecords(self._options.work_dir),
                budget=self._options.budget,
                limits=self._limits,
                api=self._api,
                sleep=self._sleep,
                note=self._note,
                has_answers=self._has_answers,
            )
        )
