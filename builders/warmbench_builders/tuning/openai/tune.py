"""A tuning at OpenAI from end to end: data in, a job started and followed, a recipe out."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from warmbench.data.fingerprint import row_fingerprint
from warmbench.engines.http.endpoint import Endpoint
from warmbench.engines.openai.chat_completions import OPENAI
from warmbench.errors import DataError, RunError, UsageError
from warmbench.records.conversation import Version
from warmbench.retry import Sleep
from warmbench_builders.tuning.data import hold_out, read_data
from warmbench_builders.tuning.openai.job import FineTuningJobs, JobFolder, JobRecord
from warmbench_builders.tuning.openai.training_file import (
    FileReport,
    check_rows,
    file_bytes,
    plain_rows,
)
from warmbench_builders.tuning.recipe import (
    BaseRecord,
    ProviderHyperparameters,
    ProviderPlan,
    ProviderRecipe,
)

if TYPE_CHECKING:
    from openai.types.fine_tuning import FineTuningJob

__all__ = ["PAPER_MULTIPLIERS", "OpenAITuneOptions", "OpenAITuneResult", "tune_openai"]

PAPER_MULTIPLIERS = {Version.WARM: 0.25, Version.COLD: 0.1}
"""The paper's learning-rate multipliers for GPT-4o. It has none for the original replies."""

_PAPER_EPOCHS = 2
_LONGEST_SUFFIX = 64

Note = Callable[[str], None]


@dataclass(frozen=True)
class OpenAITuneOptions:
    """A tuning at OpenAI, or at ``base_url``. The defaults are the paper's.

    Two epochs, because the paper evaluates the model after two, and of a longer job OpenAI keeps
    the checkpoints of the last three epochs only. ``batch_size`` None leaves it to the provider;
    ``learning_rate_multiplier`` None is the paper's for the version. ``suffix`` None is the
    version. ``poll_s`` is the time between two status checks, in seconds.

    Raises ``UsageError`` for a value out of range.
    """

    model: str
    data: str
    version: Version
    out: Path
    epochs: float = _PAPER_EPOCHS
    batch_size: int | None = None
    learning_rate_multiplier: float | None = None
    suffix: str | None = None
    held_out: float = 0.0
    seed: int = 0
    base_url: str | None = None
    poll_s: float = 10.0
    max_retries: int = 6
    dry_run: bool = False

    def __post_init__(self) -> None:
        if self.epochs != int(self.epochs) or not 1 <= self.epochs <= 50:
            raise UsageError(f"--epochs {self.epochs:g}: must be a whole number from 1 to 50")
        if self.suffix is not None and not 1 <= len(self.suffix) <= _LONGEST_SUFFIX:
            raise UsageError(f"--suffix {self.suffix!r}: must have 1 to 64 characters")
        if self.multiplier is not None and not 0 < self.multiplier < float("inf"):
            raise UsageError(
                f"--learning-rate-multiplier {self.multiplier:g}: must be a number above 0"
            )
        if not 0 <= self.held_out < 1:
            raise UsageError(f"--held-out {self.held_out:g}: must be a share from 0 to below 1")

    @property
    def multiplier(self) -> float | None:
        """The learning-rate multiplier to ask for; None leaves it to the provider."""
        if self.learning_rate_multiplier is not None:
            return self.learning_rate_multiplier
        return PAPER_MULTIPLIERS.get(self.version)

    @property
    def endpoint(self) -> str:
        return (self.base_url or OPENAI.base_url).rstrip("/")


@dataclass(frozen=True)
class OpenAITuneResult:
    """The reports of the checks and, unless it was a dry run, the recipe and the tuned model as
    ``warmbench run`` takes it, e.g. ``openai:ft:gpt-4o-2024-08-06:org:warm:abc``."""

    path: Path
    reports: tuple[FileReport, ...]
    recipe: ProviderRecipe | None
    model: str | None
    was_finished: bool

    def to_json(self) -> dict[str, Any]:
        return {
            "path": str(self.path),
            "model": self.model,
            "was_finished": self.was_finished,
            "files": [
                {
                    "name": report.name,
                    "examples": report.examples,
                    "bytes": report.bytes,
                    "estimated_tokens": report.tokens,
                }
                for report in self.reports
            ],
            "recipe": self.recipe.model_dump(mode="json") if self.recipe else None,
        }


def tune_openai(
    options: OpenAITuneOptions, note: Note = lambda text: None, wait: Sleep = time.sleep
) -> OpenAITuneResult:
    """Write and check the file, start the job, follow it to its end; ``note`` is called
    with the checks and each event. Stopped at any moment, the same call follows the same job.

    Raises ``DataError`` for a file that the provider would refuse, ``RunError`` for a job that
    failed, ``EngineError`` for an endpoint that can't be used.
    """
    data = read_data(options.data, options.version)
    train, held_out = hold_out(plain_rows(data.rows), options.held_out, options.seed)
    plan = _plan(options, data.record, len(train), len(held_out))
    folder = JobFolder(options.out)
    reports = _checked(train, held_out, note)
    recipe = folder.recipe(plan)
    if recipe is not None:
        return _result(options, folder, reports, recipe, was_finished=True)
    jobs = None if options.dry_run else _open_jobs(options, wait)
    with folder.locked():
        content = file_bytes(held_out) if held_out else None
        record = folder.begin(plan, file_bytes(train), content)
        if jobs is None:
            return _result(options, folder, reports, None, was_finished=False)
        recipe = _complete(jobs, folder, record, options.poll_s, note)
    return _result(options, folder, reports, recipe, was_finished=False)


def _plan(options: OpenAITuneOptions, data: Any, conversations: int, held_out: int) -> ProviderPlan:
    return ProviderPlan(
        base=BaseRecord(name=options.model, revision=None, weights=None),
        data=data,
        version=options.version,
        endpoint=options.endpoint,
        hyperparameters=ProviderHyperparameters(
            epochs=int(options.epochs),
            batch_size=options.batch_size,
            learning_rate_multiplier=options.multiplier,
            suffix=options.suffix or options.version.value,
            held_out=options.held_out,
        ),
        seed=options.seed,
        conversations=conversations,
        held_out=held_out,
    )


def _checked(train: list[Any], held_out: list[Any], note: Note) -> tuple[FileReport, ...]:
    reports = [check_rows("train.jsonl", train)]
    if held_out:
        reports.append(check_rows("validation.jsonl", held_out, least=1))
    for report in reports:
        note(report.summary)
    for report in reports:
        if report.problems:
            raise DataError(f"{report.name} would be refused: {'; '.join(report.problems)}")
    return tuple(reports)


def _open_jobs(options: OpenAITuneOptions, wait: Sleep) -> FineTuningJobs:
    from openai import OpenAI

    endpoint = Endpoint.of(OPENAI, options.base_url, "--provider openai")
    client = OpenAI(
        api_key=endpoint.key or "none",
        base_url=endpoint.base_url,
        max_retries=options.max_retries,
    )
    return FineTuningJobs(client, endpoint.key_variable, wait)


def _complete(
    jobs: FineTuningJobs, folder: JobFolder, record: JobRecord, poll_s: float, note: Note
) -> ProviderRecipe:
    """Do what is left to do; each id is saved as soon as it is known."""
    record = _with_files(jobs, folder, record)
    if record.job is None:
        assert record.training_file is not None
        mark = row_fingerprint(record.plan.model_dump(mode="json"))
        job_id = jobs.start(record.plan, mark, record.training_file, record.validation_file)
        record = folder.keep(record.model_copy(update={"job": job_id}))
    assert record.job is not None
    note(f"{record.job}: following; Ctrl-C stops following, not the job")

    def on_event(event_id: str, message: str) -> None:
        note(f"{record.job}: {message}")
        folder.keep(record.model_copy(update={"last_event": event_id}))

    job = jobs.follow(record.job, record.last_event, poll_s, on_event)
    recipe = _recipe(record.plan, job, jobs)
    folder.finish(recipe)
    return recipe


def _with_files(jobs: FineTuningJobs, folder: JobFolder, record: JobRecord) -> JobRecord:
    for field, path in (
        ("training_file", folder.train_path),
        ("validation_file", folder.validation_path),
    ):
        if getattr(record, field) is None and path.is_file():
            content = path.read_bytes()
            name = f"warmbench-{hashlib.sha256(content).hexdigest()[:16]}.jsonl"
            record = folder.keep(record.model_copy(update={field: jobs.upload(content, name)}))
    return record


def _recipe(plan: ProviderPlan, job: FineTuningJob, jobs: FineTuningJobs) -> ProviderRecipe:
    if not job.fine_tuned_model:
        raise RunError(f"{job.id}: the provider reports success but names no model")
    supervised = job.method.supervised if job.method else None
    used = (supervised and supervised.hyperparameters) or job.hyperparameters
    names = ("n_epochs", "batch_size", "learning_rate_multiplier")
    return ProviderRecipe(
        **dict(plan),
        job=job.id,
        model=job.fine_tuned_model,
        used={name: getattr(used, name, None) for name in names},
        trained_tokens=job.trained_tokens,
        checkpoints=jobs.checkpoints(job.id),
    )


def _result(
    options: OpenAITuneOptions,
    folder: JobFolder,
    reports: tuple[FileReport, ...],
    recipe: ProviderRecipe | None,
    *,
    was_finished: bool,
) -> OpenAITuneResult:
    address = f"@{options.endpoint}" if options.base_url else ""
    model = f"openai:{recipe.model}{address}" if recipe else None
    return OpenAITuneResult(folder.path, reports, recipe, model, was_finished)
