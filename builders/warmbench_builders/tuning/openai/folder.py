"""The folder of a tuning at a provider, and the only place where its file names stand.

recipe.json        what was done; written when the job has succeeded
job.json           the plan, and the ids that the provider gave: what a later command goes on from
train.jsonl        what was uploaded
validation.jsonl   the conversations held out, if any
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from warmbench.errors import UsageError
from warmbench.folders import atomic_write, folder_lock, write_json
from warmbench_builders.tuning.folder import check_same, read_record
from warmbench_builders.tuning.recipe import RECIPE_NAME, ProviderPlan, ProviderRecipe

__all__ = ["JobFolder", "JobRecord"]


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
        """Take up the job of this folder, or write what a new one needs.

        Raises ``UsageError`` when another job was begun here; a mere dry run gives way.
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
