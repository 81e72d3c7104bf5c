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
        self._run: BatchRun | None = None

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

    def begin(self, requests: Iterable[Request], history: ArmHistory = NEVER_ASKED) -> None:
        """Start the batches without waiting for them; ``ask`` then polls them."""
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
            base_url=self._endpoint.base_url,
            max_retries=self._options.max_retries,
            timeout=self._options.timeout_s,
        )
        return BatchRun(
            BatchSetup(
                client=BatchClient(client, self._endpoint.key_variable, self._sleep),
                records=BatchRecords(self._options.work_dir),
                budget=self._options.budget,
                limits=self._limits,
                api=ChatCompletions(self._spec.name, self._options.model_aliases),
                sleep=self._sleep,
                note=self._note,
            )
        )
