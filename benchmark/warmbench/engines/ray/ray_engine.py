"""Ray Data over another engine, for runs that outgrow one machine (extra ``ray``).

https://docs.ray.io/en/latest/data/batch_inference.html

``ray:vllm:ORG/MODEL`` opens a vLLM on every GPU of the cluster. Ray moves requests and responses
and replaces workers and machines that are lost; the ledger stays with the run.
"""

from __future__ import annotations

import math
import pickle
import warnings
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any

from warmbench.engines.budget import Budget
from warmbench.engines.engine import NEVER_ASKED, ArmHistory, Engine, EngineOptions, Responses
from warmbench.engines.engine_args import argument_values
from warmbench.engines.ray.cluster import CLUSTER, RayCluster
from warmbench.engines.ray.worker import (
    Facts,
    InnerEngine,
    OpenEngine,
    RayWorker,
    facts_of,
    form_of,
    packed,
)
from warmbench.engines.registry import open_engine, options_taken
from warmbench.errors import EngineError, UsageError, WarmbenchError
from warmbench.records.model_spec import ModelSpec
from warmbench.records.request import Request
from warmbench.records.request_form import USUAL_FORM, RequestForm
from warmbench.records.response import Failure, FailureKind

__all__ = ["RayEngine", "in_parcels"]

_INSIDE = ("ct2", "hf", "vllm")
_ON_GPUS = ("hf", "vllm")
_OPTIONS = ("num_cpus", "num_gpus", "parcel", "workers")
_PREFIX = "ray."
_PARCELS_A_WORKER = 8
_LARGEST_PARCEL = 2048
_LEAST_PARCEL = {"vllm": 1024}
"""A parcel's answers reach the ledger together, and a lost worker's parcel is sent again. Eight
parcels a worker keep all of them busy to the end; vLLM, which runs hundreds of requests at once,
idles at the end of small ones."""


class RayEngine(Engine):
    """``workers`` actors, each with the engine inside and asked a parcel of requests at a time.

    ``engine_args``: ``ray.workers`` (default: one for every ``ray.num_gpus`` GPUs of the cluster
    for hf and vllm, else one a machine), ``ray.num_gpus`` and ``ray.num_cpus`` of each worker,
    ``ray.parcel`` (requests at most); all others go to the engine inside. The identity is that of
    the engine inside: where a request is answered does not change the answer.
    """

    def __init__(
        self,
        spec: ModelSpec,
        options: EngineOptions,
        revision: str | None = None,
        opener: OpenEngine | None = None,
        cluster: RayCluster = CLUSTER,
    ) -> None:
        inside = spec.inner
        if inside.engine not in _INSIDE:
            raise UsageError(
                f"{spec}: Ray runs the local engines {', '.join(_INSIDE)}; "
                f"use {inside} without ray:"
            )
        self._spec = spec
        self._settings, rest = _split(options.engine_args)
        self._retries = options.max_retries
        own = replace(
            options, engine_args=rest, budget=Budget(), work_dir=None, note=EngineOptions().note
        )
        self._inner = InnerEngine(inside, own, revision, opener or open_engine)
        self._cluster = cluster
        options.note("opening the engine on Ray")
        self._ray = cluster.join()
        self._open = True
        try:
            self._facts: Facts = self._of_a_worker(facts_of)
        except BaseException:
            self.close()
            raise

    @property
    def block_size(self) -> int:
        return self._facts.block_size

    def identity(self) -> Mapping[str, str | None]:
        return self._facts.identity

    @classmethod
    def options_taken(cls, spec: ModelSpec) -> Collection[str] | None:
        """Ray's own, and those of the engine inside."""
        inside = options_taken(spec.inner)
        return None if inside is None else {*inside, *(_PREFIX + name for name in _OPTIONS)}

    @property
    def extras_taken(self) -> Collection[str]:
        return self._facts.extras_taken

    @property
    def form(self) -> RequestForm:
        return self._inner.form or USUAL_FORM

    def begin(self, requests: Iterable[Request], history: ArmHistory = NEVER_ASKED) -> None:
        """Let a worker find the form of the requests; only a system prompt may need another."""
        form = history.form
        probe = next((r for r in requests if any(m.role == "system" for m in r.messages)), None)
        if form is None and probe is not None:
            form = self._of_a_worker(form_of, probe, history)
        self._inner = replace(self._inner, form=form)

    def _of_a_worker(self, question: Callable[..., Any], *arguments: Any) -> Any:
        """What a worker answers; raises its error."""
        task = self._ray.remote(**self._resources())(question)
        try:
            answer = self._ray.get(task.remote(self._inner, *arguments))
        except self._ray.exceptions.RayError as error:
            raise EngineError(
                f"{self._spec}: no worker could open the engine ({_why(error)})"
            ) from None
        if isinstance(answer, WarmbenchError):
            raise answer
        return answer

    def _resources(self) -> dict[str, float]:
        """What each worker takes of its machine."""
        has_gpus = self._ray.cluster_resources().get("GPU", 0) > 0
        gpus = 1 if has_gpus and self._inner.spec.engine in _ON_GPUS else 0
        return {
            "num_cpus": self._settings.get("num_cpus", 1),
            "num_gpus": self._settings.get("num_gpus", gpus),
        }

    def _workers(self) -> int:
        if "workers" in self._settings:
            return int(self._settings["workers"])
        gpus = self._resources()["num_gpus"]
        if gpus:
            return max(1, int(self._ray.cluster_resources().get("GPU", 0) // gpus))
        return max(1, sum(bool(node["Alive"]) for node in self._ray.nodes()))

    def ask(self, requests: Sequence[Request]) -> Responses:
        if not requests:
            return
        waiting = {request.key for request in requests}
        workers = self._workers()
        for answered in self._answered(self._parcels(requests, workers), workers):
            if isinstance(answered, WarmbenchError):
                raise answered
            new = [response for response in answered if response.key in waiting]
            waiting.difference_update(response.key for response in new)
            if new:
                yield new
        if waiting:
            message = "no worker answered the request"
            yield [Failure(key, FailureKind.MISSING, message) for key in sorted(waiting)]

    def _parcels(self, requests: Sequence[Request], workers: int) -> list[list[Request]]:
        share = len(requests) / workers
        least = min(share, _LEAST_PARCEL.get(self._inner.spec.engine, 1))
        size = min(max(share / _PARCELS_A_WORKER, least), _LARGEST_PARCEL)
        return list(in_parcels(requests, int(self._settings.get("parcel", math.ceil(size)))))

    def _answered(self, parcels: Sequence[Sequence[Request]], workers: int) -> Iterator[Any]:
        """For each parcel, as it finishes, its responses or the error that ends the run."""
        rows = [packed(parcel) for parcel in parcels]
        with warnings.catch_warnings():
            # Ray means to name max_task_retries otherwise, and does not say how: until 2.64.
            warnings.simplefilter("ignore", DeprecationWarning)
            data = self._ray.data.from_items(rows, override_num_blocks=len(rows)).map_batches(
                RayWorker,
                fn_constructor_args=(self._inner,),
                compute=self._ray.data.ActorPoolStrategy(size=min(workers, len(rows))),
                batch_size=1,
                max_task_retries=self._retries,  # a parcel that kills every worker ends the run
                **self._resources(),
            )
        try:
            for batch in data.iter_batches(batch_size=None, prefetch_batches=0):
                yield from map(pickle.loads, batch["responses"])
        except self._ray.exceptions.RayError as error:
            raise EngineError(
                f"{self._spec}: Ray failed ({_why(error)}); the same command resumes the run"
            ) from None

    def close(self) -> None:
        if self._open:
            self._open = False
            self._cluster.leave()


def in_parcels(requests: Sequence[Request], size: int) -> Iterator[list[Request]]:
    """Parcels of at least ``size`` requests, the last one aside; no block is divided."""
    parcel: list[Request] = []
    ordered = sorted(requests, key=lambda request: request.block)
    for _, block in groupby(ordered, key=lambda request: request.block):
        parcel.extend(block)
        if len(parcel) >= size:
            yield parcel
            parcel = []
    if parcel:
        yield parcel


def _split(arguments: Mapping[str, str]) -> tuple[dict[str, float], dict[str, str]]:
    """Ray's own settings, and what the engine inside is given."""
    values = argument_values(arguments)
    settings: dict[str, float] = {}
    rest: dict[str, str] = {}
    for name, text in arguments.items():
        if not name.startswith(_PREFIX):
            rest[name] = text
            continue
        setting, value = name.removeprefix(_PREFIX), values[name]
        if setting not in _OPTIONS:
            accepted = ", ".join(_PREFIX + option for option in _OPTIONS)
            raise UsageError(f"{name}={text}: no such option; options are {accepted}")
        least = 0 if setting.startswith("num_") else 1
        if isinstance(value, bool) or not isinstance(value, int | float) or value < least:
            raise UsageError(f"{name}={text}: must be a number, {least} or more")
        settings[setting] = value
    return settings, rest


def _why(error: Exception) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return (lines[-1] if lines else type(error).__name__)[:300]
