"""The folder of a tuning, and the only place that names its files.

recipe.json             what was done; written last, so it also marks a finished tuning
README.md               the model card
losses.svg              the losses over the epochs
adapter/                the selected checkpoint, a PEFT adapter
checkpoints/epoch-2/    every checkpoint, each a PEFT adapter
state/                  what a stopped training resumes from; removed when it has finished
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from warmbench.errors import DataError, OutputError, UsageError, first_problem
from warmbench.folders import folder_lock, write_json
from warmbench.records.differences import differences
from warmbench_builders.tuning.options import epoch_name
from warmbench_builders.tuning.recipe import RECIPE_NAME, Plan, Recipe

__all__ = ["TrainerState", "TuneFolder", "check_same", "read_record", "write_folder"]

_TRAINER_STATE = "trainer_state.json"

_Kind = TypeVar("_Kind", bound=BaseModel)


class TrainerState:
    """One saved state of transformers' Trainer: ``state/checkpoint-<step>``."""

    def __init__(self, path: Path, record: Mapping[str, Any]) -> None:
        self.path = path
        self.step: int = record["global_step"]
        self.log: list[dict[str, float]] = record["log_history"]


class TuneFolder:
    """The files of one tuning. ``begin`` makes the folder or resumes the same tuning."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.recipe_path = path / RECIPE_NAME
        self.card_path = path / "README.md"
        self.picture_path = path / "losses.svg"
        self.adapter_path = path / "adapter"
        self.state_path = path / "state"
        self.plan_path = self.state_path / "plan.json"

    def checkpoint_path(self, epoch: float) -> Path:
        return self.path / "checkpoints" / epoch_name(epoch)

    def check(self, plan: Plan) -> Recipe | None:
        """The recipe, when this very tuning has finished here; None when there is work to do.

        Raises ``UsageError`` when the folder holds another tuning, or other files.
        """
        if self.recipe_path.is_file():
            recipe = read_record(self.recipe_path, Recipe)
            done = recipe.model_dump(mode="json", exclude={"training", "libraries"})
            check_same(self.path, done, plan.model_dump(mode="json", exclude={"libraries"}))
            return recipe
        if self.plan_path.is_file():
            begun = read_record(self.plan_path, Plan)
            check_same(self.path, begun.model_dump(mode="json"), plan.model_dump(mode="json"))
        elif self.path.exists() and (not self.path.is_dir() or self._other_files()):
            raise UsageError(
                f"{self.path}: exists and is not the folder of a tuning; give a new one to --out"
            )
        return None

    def _other_files(self) -> bool:
        """A tuning killed before it wrote its plan leaves an empty state folder at most."""
        found = [path for path in self.path.rglob("*") if path.is_file()]
        return any(self.state_path not in path.parents for path in found)

    def begin(self, plan: Plan) -> None:
        write_json(self.plan_path, plan.model_dump(mode="json"))

    def locked(self) -> AbstractContextManager[None]:
        """Hold the folder for writing; raises ``UsageError`` while another process does."""
        return folder_lock(self.state_path / "tune.lock", self.path, "tuning")

    def last_state(self) -> TrainerState | None:
        """The newest complete state; what a kill left half-written is removed.

        The Trainer writes ``trainer_state.json`` last, so a folder without it is incomplete.
        """
        states = []
        for path in self.state_path.glob("checkpoint-*"):
            try:
                record = json.loads((path / _TRAINER_STATE).read_text(encoding="utf-8"))
            except (OSError, ValueError):
                shutil.rmtree(path)
            else:
                states.append(TrainerState(path, record))
        return max(states, key=lambda state: state.step, default=None)

    def finish(self, recipe: Recipe) -> None:
        """Mark the tuning as finished, and remove what only served to resume it."""
        write_json(self.recipe_path, recipe.model_dump(mode="json"))
        self.clear_state()

    def clear_state(self) -> None:
        shutil.rmtree(self.state_path, ignore_errors=True)


def read_record(path: Path, kind: type[_Kind]) -> _Kind:
    """A file as the model that it should hold; raises ``DataError`` when it does not."""
    try:
        return kind.model_validate_json(path.read_bytes())
    except ValidationError as error:
        raise DataError(f"{path}: {first_problem(error)}") from None


def check_same(folder: Path, old: Mapping[str, Any], new: Mapping[str, Any]) -> None:
    """Raises ``UsageError`` with the first thing in which two plans (as JSON) differ."""
    for where, was, now in differences(old, new):
        raise UsageError(
            f"{folder}: belongs to another tuning: {where} is {was!r} there and {now!r} in this "
            "command. Use the same options to resume it, or another --out"
        )


def write_folder(path: Path, write: Callable[[Path], None]) -> None:
    """Have ``write`` fill a folder beside ``path``, which then replaces ``path``.

    Unlike ``warmbench.folders`` it writes under one fixed name, for the tuning is locked: what
    a kill leaves behind, the next try takes away.
    Raises ``OutputError`` when that can't be done.
    """
    partial = path.with_name(f".{path.name}.partial")
    try:
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(parents=True)
        write(partial)
        for file in partial.iterdir():
            file.chmod(0o644)
        shutil.rmtree(path, ignore_errors=True)
        os.replace(partial, path)
    except OSError as error:
        raise OutputError(f"{path}: could not be written ({error.strerror or error})") from None
