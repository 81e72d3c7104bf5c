"""A fine-tuning job at OpenAI (or what speaks its language): upload, start, follow. What costs
money is done once."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from warmbench.engines.openai.idempotent_client import IdempotentClient
from warmbench.errors import RunError
from warmbench.retry import Sleep
from warmbench_builders.tuning.recipe import ProviderCheckpoint, ProviderPlan

if TYPE_CHECKING:
    from openai import OpenAI
    from openai.types.fine_tuning import FineTuningJob

__all__ = ["JobDesk"]

_MARK = "warmbench"
"""The key in a job's metadata under which stands which plan it serves."""

_DEAD = ("failed", "cancelled")
_ENDED = ("succeeded", *_DEAD)


class JobDesk:
    """The provider's desk for jobs. ``wait`` is asked to let time pass, ``variable`` is where
    the key comes from (for the words of an error). Raises ``EngineError`` with the provider's
    words; the key is never among them."""

    def __init__(self, client: OpenAI, variable: str, wait: Sleep) -> None:
        self._requests = IdempotentClient(client, variable, "job", wait)
        self._jobs = self._requests.client.fine_tuning.jobs
        self._wait = wait

    def upload(self, content: bytes, name: str) -> str:
        """The id of the file with this name, which must name the content; uploaded if it is not
        there yet."""
        with self._requests.explained():
            return self._requests.upload(content, name, "fine-tune", look_first=True)

    def start(
        self, plan: ProviderPlan, mark: str, training_file: str, validation_file: str | None
    ) -> str:
        """The id of the job that bears this mark; started if there is none that is alive."""

        def find() -> str | None:
            for job in self._jobs.list(metadata={_MARK: mark}):
                if (job.metadata or {}).get(_MARK) == mark and job.status not in _DEAD:
                    return job.id
            return None

        def make() -> str:
            body = _job_body(plan, mark, training_file, validation_file)
            return self._jobs.create(**body).id

        with self._requests.explained():
            return self._requests.find_or_make(find, make, look_first=True)

    def follow(
        self,
        job_id: str,
        last_event: str | None,
        poll_s: float,
        told: Callable[[str, str], None],
    ) -> FineTuningJob:
        """Wait until the job has succeeded; ``told`` gets the id and words of each new event.

        Raises ``RunError`` with the provider's words when it has failed or was cancelled.
        """
        while True:
            job, events = self._look(job_id, last_event)
            for event in events:
                last_event = event.id
                told(event.id, event.message)
            if job.status in _ENDED:
                break
            self._wait(poll_s)
        if job.status in _DEAD:
            reason = job.error.message if job.error and job.error.message else "no reason given"
            raise RunError(f"{job_id}: {job.status} ({reason}); to try again give another --out")
        return job

    def _look(self, job_id: str, last_event: str | None) -> tuple[FineTuningJob, list[Any]]:
        """How the job stands, and the events since ``last_event``, oldest first."""

        def events() -> list[Any]:
            new = []
            for event in self._jobs.list_events(job_id, limit=100):  # newest first
                if event.id == last_event:
                    break
                new.append(event)
            return new[::-1]

        with self._requests.explained():
            job = self._requests.call(lambda: self._jobs.retrieve(job_id))
            return job, self._requests.call(events)

    def checkpoints(self, job_id: str) -> tuple[ProviderCheckpoint, ...]:
        """The models kept on the way (OpenAI: after each of the last three epochs)."""
        with self._requests.explained():
            kept = self._requests.call(lambda: list(self._jobs.checkpoints.list(job_id)))
            found = [
                ProviderCheckpoint(
                    step=one.step_number,
                    model=one.fine_tuned_model_checkpoint,
                    loss=one.metrics.train_loss,
                    held_out_loss=one.metrics.full_valid_loss,
                )
                for one in kept
            ]
        return tuple(sorted(found, key=lambda checkpoint: checkpoint.step))


def _job_body(
    plan: ProviderPlan, mark: str, training_file: str, validation_file: str | None
) -> dict[str, Any]:
    numbers = plan.hyperparameters
    asked = {
        "n_epochs": numbers.epochs,
        "batch_size": numbers.batch_size,
        "learning_rate_multiplier": numbers.learning_rate_multiplier,
    }
    stated = {name: value for name, value in asked.items() if value is not None}
    body: dict[str, Any] = {
        "model": plan.base.name,
        "training_file": training_file,
        "method": {"type": "supervised", "supervised": {"hyperparameters": stated}},
        "suffix": numbers.suffix,
        "seed": plan.seed,
        "metadata": {_MARK: mark},
    }
    if validation_file is not None:
        body["validation_file"] = validation_file
    return body
