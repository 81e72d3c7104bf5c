"""A fine-tuning job at OpenAI (or what speaks its language): upload, start, follow.

What costs money is done once. The client would ask again by itself when the reply to an upload or
to the start of a job is lost; here it first looks whether the request has arrived.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, TypeVar

from warmbench.errors import EngineError, RunError
from warmbench_builders.tuning.recipe import ProviderCheckpoint, ProviderPlan

if TYPE_CHECKING:
    from openai import OpenAI
    from openai.types.fine_tuning import FineTuningJob

__all__ = ["JobDesk", "Wait"]

Wait = Callable[[float], None]
"""Lets so many seconds pass."""

_MARK = "warmbench"
"""The key in a job's metadata under which stands which plan it serves."""

_PURPOSE: Final = "fine-tune"
_DEAD = ("failed", "cancelled")
_ENDED = ("succeeded", *_DEAD)
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 1.0, 30.0
_MESSAGE_LENGTH = 500

_Made = TypeVar("_Made")


class JobDesk:
    """The provider's desk for jobs. ``wait`` is asked to let time pass, ``variable`` is where
    the key comes from (for the words of an error)."""

    def __init__(self, client: OpenAI, variable: str, wait: Wait) -> None:
        self._client = client
        self._hasty = client.with_options(max_retries=0)
        self._attempts = client.max_retries + 1
        self._variable = variable
        self._wait = wait

    def upload(self, content: bytes, name: str) -> str:
        """The id of the file with this name, which must name the content; uploaded if it is not
        there yet."""

        def find() -> str | None:
            for file in self._client.files.list(purpose=_PURPOSE):
                if file.filename == name and file.bytes == len(content) and file.status != "error":
                    return file.id
            return None

        def make() -> str:
            return self._hasty.files.create(file=(name, content), purpose=_PURPOSE).id

        with self._in_words():
            return self._once(find, make)

    def start(
        self, plan: ProviderPlan, mark: str, training_file: str, validation_file: str | None
    ) -> str:
        """The id of the job that bears this mark; started if there is none that is alive."""

        def find() -> str | None:
            for job in self._client.fine_tuning.jobs.list(metadata={_MARK: mark}):
                if (job.metadata or {}).get(_MARK) == mark and job.status not in _DEAD:
                    return job.id
            return None

        def make() -> str:
            body = _job_body(plan, mark, training_file, validation_file)
            return self._hasty.fine_tuning.jobs.create(**body).id

        with self._in_words():
            return self._once(find, make)

    def _once(self, find: Callable[[], str | None], make: Callable[[], str]) -> str:
        """Make it unless it is there; a lost reply is answered by looking, not by asking anew."""
        import openai

        pause = _FIRST_PAUSE_S
        for attempt in range(self._attempts):
            if found := find():
                return found
            try:
                return make()
            except (
                openai.APIConnectionError,
                openai.ConflictError,
                openai.InternalServerError,
                openai.RateLimitError,
            ) as error:
                lost = error
            if attempt + 1 < self._attempts:
                self._wait(pause)
                pause = min(2 * pause, _LONGEST_PAUSE_S)
        if found := find():
            return found
        raise lost

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
        with self._in_words():
            while True:
                job = self._client.fine_tuning.jobs.retrieve(job_id)
                for event in self._events_since(job_id, last_event):
                    last_event = event.id
                    told(event.id, event.message)
                if job.status in _ENDED:
                    break
                self._wait(poll_s)
        if job.status in _DEAD:
            reason = job.error.message if job.error and job.error.message else "no reason given"
            raise RunError(f"{job_id}: {job.status} ({reason}); to try again give another --out")
        return job

    def _events_since(self, job_id: str, last: str | None) -> list[Any]:
        """Oldest first; the provider lists them newest first."""
        new = []
        for event in self._client.fine_tuning.jobs.list_events(job_id, limit=100):
            if event.id == last:
                break
            new.append(event)
        return new[::-1]

    def checkpoints(self, job_id: str) -> tuple[ProviderCheckpoint, ...]:
        """The models kept on the way (OpenAI: after each of the last three epochs)."""
        with self._in_words():
            found = [
                ProviderCheckpoint(
                    step=kept.step_number,
                    model=kept.fine_tuned_model_checkpoint,
                    loss=kept.metrics.train_loss,
                    held_out_loss=kept.metrics.full_valid_loss,
                )
                for kept in self._client.fine_tuning.jobs.checkpoints.list(job_id)
            ]
        return tuple(sorted(found, key=lambda checkpoint: checkpoint.step))

    @contextmanager
    def _in_words(self) -> Iterator[None]:
        """The client's errors as ours. The key is never among the words."""
        import openai

        where = str(self._client.base_url).rstrip("/")
        try:
            yield
        except openai.AuthenticationError:
            raise EngineError(
                f"{where}: refused the key (401); set {self._variable} to a valid one"
            ) from None
        except openai.PermissionDeniedError as error:
            raise EngineError(
                f"{where}: the key may not do this (403): {self._said(error)}"
            ) from None
        except openai.APIConnectionError as error:
            raise EngineError(
                f"{where}: can't be reached ({self._said(error)}); a job that has begun goes on, "
                "and the same command follows it"
            ) from None
        except openai.APIStatusError as error:
            raise RunError(
                f"{where}: refuses the request ({error.status_code}): {self._said(error)}"
            ) from None

    def _said(self, error: Exception) -> str:
        text = " ".join(str(error).split())[:_MESSAGE_LENGTH]
        return text.replace(self._client.api_key, "***") if self._client.api_key else text


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
