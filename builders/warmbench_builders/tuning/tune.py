"""A tuning from end to end: data in, a folder with an adapter, its checkpoints and a recipe out."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from warmbench.errors import UsageError
from warmbench.optional_library import from_extra
from warmbench_builders.tuning.card import write_card
from warmbench_builders.tuning.data import chats_of, hold_out, read_data
from warmbench_builders.tuning.examples import ExampleSet, encode_chats
from warmbench_builders.tuning.folder import TuneFolder, write_folder
from warmbench_builders.tuning.options import TuneOptions
from warmbench_builders.tuning.recipe import (
    BaseRecord,
    DataRecord,
    LoraHyperparameters,
    Plan,
    Recipe,
    TrainingRecord,
    library_versions,
)

if TYPE_CHECKING:
    from warmbench_builders.tuning.base_model import BaseModel
    from warmbench_builders.tuning.progress import StepCallback
    from warmbench_builders.tuning.train import Schedule

__all__ = ["TuneResult", "tune"]

_LIBRARIES = ("torch", "transformers", "trl", "peft", "accelerate", "datasets")


@dataclass(frozen=True)
class TuneResult:
    """A finished tuning. ``adapter`` is the selected checkpoint, ``checkpoints`` has all by
    epoch; ``was_finished``: it had finished before this call."""

    path: Path
    adapter: Path
    checkpoints: dict[float, Path]
    recipe: Recipe
    was_finished: bool

    def to_json(self) -> dict[str, Any]:
        return {
            "path": str(self.path),
            "adapter": str(self.adapter),
            "checkpoints": {f"{epoch:g}": str(path) for epoch, path in self.checkpoints.items()},
            "was_finished": self.was_finished,
            "recipe": self.recipe.model_dump(mode="json"),
        }


def _ignore_step(step: int, steps: int, loss: float) -> None:
    """Do nothing."""


def tune(
    options: TuneOptions,
    on_step: StepCallback = _ignore_step,
    note: Callable[[str], None] = lambda text: None,
) -> TuneResult:
    """Tune as the options say; ``on_step`` is called after each step, ``note`` with messages for
    a person. Stopped at any moment, the same call resumes, and on one CPU ends with the same bytes.

    Raises ``UsageError`` for options and data that can't be used, ``RunError`` for what fails.
    """
    _require_libraries()
    from warmbench_builders.tuning.base_model import find_base, load_tokenizer
    from warmbench_builders.tuning.train import Schedule, quiet

    data = read_data(options.data, options.version)
    with quiet():
        base = find_base(options.model, options.revision)
        plan = _plan(options, base.record, data.record)
        folder = TuneFolder(options.out)
        recipe = folder.check(plan)
        if recipe is not None:
            folder.clear_state()
            return _result(folder, recipe, was_finished=True)
        tokenizer = load_tokenizer(base)
    chats, held_chats = hold_out(chats_of(data), options.held_out, options.seed)
    examples = encode_chats(chats, tokenizer, options.max_length, options.loss_on)
    held_out = encode_chats(held_chats, tokenizer, options.max_length, options.loss_on)
    schedule = Schedule.of(len(examples.examples), plan.hyperparameters)
    _note(options, examples, schedule, note)
    with folder.locked():
        folder.begin(plan)
        recipe = _train(base, tokenizer, examples, held_out, plan, schedule, folder, on_step, note)
    return _result(folder, recipe, was_finished=False)


def _require_libraries() -> None:
    if os.environ.get("WORLD_SIZE", "1") != "1":
        raise UsageError("tune runs in one process; start it without torchrun or accelerate launch")
    for name in _LIBRARIES:
        with from_extra("train", "tune"):
            import_module(name)


def _plan(options: TuneOptions, base: BaseRecord, data: DataRecord) -> Plan:
    from warmbench_builders.tuning.base_model import resolve_device, resolve_dtype

    device = resolve_device(options.device)
    numbers = LoraHyperparameters(
        rank=options.rank,
        alpha=options.alpha,
        dropout=options.dropout,
        target_modules=options.target_modules,
        learning_rate=options.learning_rate,
        scheduler=options.scheduler,
        warmup_share=options.warmup_share,
        weight_decay=options.weight_decay,
        max_length=options.max_length,
        batch_size=options.batch_size,
        device_batch_size=options.at_once,
        epochs=options.epochs,
        checkpoints=options.checkpoint_epochs,
        select=options.selected,
        loss_on=options.loss_on,
        held_out=options.held_out,
        device=device,
        dtype=resolve_dtype(options.dtype, device),
    )
    return Plan(
        base=base,
        data=data,
        version=options.version,
        hyperparameters=numbers,
        seed=options.seed,
        libraries=library_versions(*_LIBRARIES),
    )


def _note(
    options: TuneOptions, examples: ExampleSet, schedule: Schedule, note: Callable[[str], None]
) -> None:
    """Report what is cut, left out or falls together."""
    if examples.cut:
        note(f"{examples.cut:,} conversations are cut at {options.max_length:,} tokens")
    if examples.left_out:
        note(f"{examples.left_out:,} conversations are left out: no token to learn")
    by_step: dict[int, list[str]] = {}
    for epoch, step in zip(options.checkpoint_epochs, schedule.checkpoint_steps, strict=True):
        by_step.setdefault(step, []).append(f"{epoch:g}")
    for step, epochs in by_step.items():
        if len(epochs) > 1:
            note(f"the checkpoints {' and '.join(epochs)} fall on the same step, {step}")


def _train(
    base: BaseModel,
    tokenizer: Any,
    examples: ExampleSet,
    held_out: ExampleSet,
    plan: Plan,
    schedule: Schedule,
    folder: TuneFolder,
    on_step: StepCallback,
    note: Callable[[str], None],
) -> Recipe:
    from warmbench_builders.tuning.train import checkpoint_records, train

    state = folder.last_state()
    if state is not None:
        note(f"resuming from step {state.step:,} of {schedule.last:,}")
    parameters = train(
        base, tokenizer, examples.examples, held_out.examples, plan, schedule, folder, on_step
    )
    state = folder.last_state()
    assert state is not None
    checkpoints = plan.hyperparameters.checkpoints
    training = TrainingRecord(
        conversations=len(examples.examples),
        cut=examples.cut,
        left_out=examples.left_out,
        held_out=len(held_out.examples),
        tokens=examples.tokens,
        loss_tokens=examples.loss_tokens,
        trainable_parameters=parameters,
        steps_per_epoch=schedule.steps_per_epoch,
        steps=schedule.steps,
        last_step=schedule.last,
        checkpoints=checkpoint_records(checkpoints, schedule, state),
    )
    recipe = Recipe(**dict(plan), training=training)
    _finish(folder, recipe)
    return recipe


def _finish(folder: TuneFolder, recipe: Recipe) -> None:
    selected = folder.checkpoint_path(recipe.hyperparameters.select)

    def copy(to: Path) -> None:
        for file in sorted(selected.iterdir()):
            shutil.copyfile(file, to / file.name)

    write_folder(folder.adapter_path, copy)
    write_card(recipe, folder.card_path, folder.picture_path)
    folder.finish(recipe)


def _result(folder: TuneFolder, recipe: Recipe, *, was_finished: bool) -> TuneResult:
    checkpoints = recipe.hyperparameters.checkpoints
    return TuneResult(
        path=folder.path,
        adapter=folder.adapter_path,
        checkpoints={epoch: folder.checkpoint_path(epoch) for epoch in checkpoints},
        recipe=recipe,
        was_finished=was_finished,
    )
