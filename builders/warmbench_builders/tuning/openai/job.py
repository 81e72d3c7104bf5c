"""Fine-tuning jobs of OpenAI's API: upload, start, follow; and the folder that remembers one.

recipe.json        what was done; written when the job has succeeded
job.json           the plan, and the ids that the provider gave: what a later command resumes from
train.jsonl        what was uploaded
validation.jsonl   the conversations held out, if any

What costs money is done once.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict

from warmbench.engines.openai.idempotent_client import IdempotentClient
from warmbench.errors import RunError, UsageError
from warmbench.folders import atomic_write, folder_lock, write_json
from warmbench.retry import Sleep
from warmbench_builders.tuning.folder import check_same, read_record
from warmbench_builders.tuning.recipe import (
    RECIPE_NAME,
    ProviderCheckpoint,
    ProviderPlan,
    ProviderRecipe,
)

if TYPE_CHECKING:
    from openai import OpenAI
    from openai.types.fine_tuning import FineTuningJob

__all__ = ["FineTuningJobs", "JobFolder", "JobRecord"]


class JobRecord(BaseModel):
    """``job.json``."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    plan: ProviderPlan
    training_file: str | None = None
    validation_file: str | None = None
    job: str | None = None
    last_event: str | None = None


class JobFolder:
    """The files of one tuning at a provider."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.recipe_path = path / RECIPE_NAME
        self.record_path = path / "job.json"
        self.train_path = path / "train.jsonl"
        self.validation_path = path / "validation.jsonl"
        self._lock_path = path / "job.lock"

    def recipe(self, plan: ProviderPlan) -> ProviderRecipe | None:
        """The recipe, when this very tuning has finished here.

        Raises ``UsageError`` when the folder holds another tuning, or other files.
        """
        if self.recipe_path.is_file():
            recipe = read_record(self.recipe_path, ProviderRecipe)
            done = recipe.model_dump(mode="json", include=set(ProviderPlan.model_fields))
            check_same(self.path, done, plan.model_dump(mode="json"))
            return recipe
        if self.path.exists() and not self.record_path.is_file() and not self._is_empty():
            raise UsageError(
                f"{self.path}: exists and is not the folder of a tuning; give a new one to --out"
            )
        return None

    def _is_empty(self) -> bool:
        return self.path.is_dir() and not set(self.path.iterdir()) - {self._lock_path}

    def begin(self, plan: ProviderPlan, train: bytes, validation: bytes | None) -> JobRecord:
        """Resume the job of this folder, or write what a new one needs.

        Raises ``UsageError`` when another job was begun here; a dry run is overwritten.
        """
        if self.record_path.is_file():
            record = read_record(self.record_path, JobRecord)
            if record.training_file is not None:
                old = record.plan.model_dump(mode="json")
                check_same(self.path, old, plan.model_dump(mode="json"))
                return record
        record = self.keep(JobRecord(plan=plan))
        with atomic_write(self.train_path) as file:
            file.write(train)
        self.validation_path.unlink(missing_ok=True)
        if validation is not None:
            with atomic_write(self.validation_path) as file:
                file.write(validation)
        return record

    def keep(self, record: JobRecord) -> JobRecord:
        """Write ``job.json``; returns the record."""
        write_json(self.record_path, record.model_dump(mode="json"))
        return record

    def job_id(self) -> str | None:
        """The job that was begun here, if any."""
        if not self.record_path.is_file():
            return None
        return read_record(self.record_path, JobRecord).job

    def finish(self, recipe: ProviderRecipe) -> None:
        write_json(self.recipe_path, recipe.model_dump(mode="json"))

    def locked(self) -> AbstractContextManager[None]:
        """Hold the folder for writing; raises ``UsageError`` while another process does."""
        return folder_lock(self._lock_path, self.path, "tuning")


_MARK = "warmbench"
"""The key in a job's metadata for the hash of its plan."""

_FAILED = ("failed", "cancelled")
_ENDED = ("succeeded", *_FAILED)


class FineTuningJobs:
    """The provider's jobs for jobs. ``wait`` is asked to let time pass, ``variable`` is where
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
        """The id of the job with this mark; started if none is running or done."""

        def find() -> str | None:
            for job in self._jobs.list(metadata={_MARK: mark}):
                if (job.metadata or {}).get(_MARK) == mark and job.status not in _FAILED:
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
        on_event: Callable[[str, str], None],
    ) -> FineTuningJob:
        """Wait until the job has succeeded; ``on_event`` gets the id and message of each new event.

        Raises ``RunError`` with the provider's message when it has failed or was cancelled.
        """
        while True:
            job, events = self._state(job_id, last_event)
            for event in events:
                last_event = event.id
                on_event(event.id, event.message)
            if job.status in _ENDED:
                break
            self._wait(poll_s)
        if job.status in _FAILED:
            reason = job.error.message if job.error and job.error.message else "no reason given"
            raise RunError(f"{job_id}: {job.status} ({reason}); to try again, give another --out")
        return job

    def _state(self, job_id: str, last_event: str | None) -> tuple[FineTuningJob, list[Any]]:
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
