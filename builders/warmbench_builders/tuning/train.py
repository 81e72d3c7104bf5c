"""The training itself: TRL's SFTTrainer with a LoRA adapter of PEFT's, resumable at any moment."""

from __future__ import annotations

import json
import logging
import math
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import datasets
import torch
import transformers
from peft import LoraConfig
from trl import SFTConfig, SFTTrainer

from warmbench.errors import RunError, UsageError
from warmbench_builders.tuning.base_model import BaseModel, load_model
from warmbench_builders.tuning.examples import Example
from warmbench_builders.tuning.folder import TrainerState, TuneFolder, write_folder
from warmbench_builders.tuning.options import ALL_LINEAR, Device, Dtype, checkpoint_steps
from warmbench_builders.tuning.progress import StepCallback
from warmbench_builders.tuning.recipe import CheckpointRecord, LoraHyperparameters, Plan

__all__ = ["Schedule", "checkpoint_records", "quiet", "train"]

_STATES_PER_EPOCH = 2
"""How often a training that may be stopped is saved, besides at the checkpoints."""

_ADAPTER_FILES = ("adapter_config.json", "adapter_model.safetensors")

_DIGITS = 6


@dataclass(frozen=True, slots=True)
class Schedule:
    """How many steps there are. ``steps`` is how far the learning rate's schedule reaches,
    ``checkpoint_steps`` are those of the checkpoints; training ends at the last of them."""

    steps_per_epoch: int
    steps: int
    checkpoint_steps: tuple[int, ...]

    @classmethod
    def of(cls, conversations: int, numbers: LoraHyperparameters) -> Schedule:
        steps_per_epoch = math.ceil(conversations / numbers.batch_size)
        kept = checkpoint_steps(numbers.checkpoints, steps_per_epoch)
        return cls(steps_per_epoch, max(kept[-1], round(numbers.epochs * steps_per_epoch)), kept)

    @property
    def last(self) -> int:
        return self.checkpoint_steps[-1]

    def saves_at(self, step: int) -> bool:
        every = max(1, self.steps_per_epoch // _STATES_PER_EPOCH)
        return step in self.checkpoint_steps or step % every == 0


def train(
    base: BaseModel,
    tokenizer: Any,
    examples: Sequence[Example],
    held_out: Sequence[Example],
    plan: Plan,
    schedule: Schedule,
    folder: TuneFolder,
    on_step: StepCallback,
) -> int:
    """Train to the last checkpoint, from the newest state if there is one; checkpoints are
    written to ``folder``. Returns how many parameters the adapter has.

    Raises ``UsageError`` for target modules that the model lacks, ``RunError`` when the loss is
    not a number.
    """
    numbers = plan.hyperparameters
    with quiet(), _deterministic(numbers.device):
        transformers.set_seed(plan.seed)
        model = load_model(base, numbers.device, numbers.dtype)
        trainer = _trainer(model, tokenizer, examples, held_out, plan, schedule, folder)
        for callback in _callbacks(plan, schedule, folder, bool(held_out), on_step):
            trainer.add_callback(callback)
        state = folder.last_state()
        if state is None or state.step < schedule.last:
            trainer.train(resume_from_checkpoint=str(state.path) if state else None)
        parameters, _ = trainer.model.get_nb_trainable_parameters()
    return int(parameters)


def _trainer(
    model: Any,
    tokenizer: Any,
    examples: Sequence[Example],
    held_out: Sequence[Example],
    plan: Plan,
    schedule: Schedule,
    folder: TuneFolder,
) -> Any:
    # TRL's trainer sends telemetry of each training; a benchmark's tool sends none.
    kind: Any = type("TuneTrainer", (SFTTrainer,), {"_send_telemetry": lambda self: None})
    try:
        trainer = kind(
            model=model,
            args=_arguments(plan, schedule, folder.state_path),
            train_dataset=_dataset(examples),
            eval_dataset=_dataset(held_out) if held_out else None,
            processing_class=tokenizer,
            peft_config=_lora(plan),
        )
    except ValueError as error:
        # The one thing a person can get wrong here: PEFT finds no such modules.
        if "arget modules" not in str(error):
            raise
        raise UsageError(
            f"--target-modules {plan.hyperparameters.target_modules}: {_linear_layers(model)}"
        ) from None
    trainer.remove_callback(transformers.PrinterCallback)
    return trainer


def _linear_layers(model: Any) -> str:
    """What can be named: the last part of the names of the linear layers."""
    names = {
        name.rpartition(".")[2]
        for name, module in model.named_modules()
        if isinstance(module, torch.nn.Linear)
    }
    return f"the model has no such modules; its linear layers are {', '.join(sorted(names))}"


def _lora(plan: Plan) -> Any:
    numbers = plan.hyperparameters
    names = numbers.target_modules
    return LoraConfig(
        task_type="CAUSAL_LM",
        r=numbers.rank,
        lora_alpha=numbers.alpha,
        lora_dropout=numbers.dropout,
        target_modules=names if names == ALL_LINEAR else names.split(","),
        revision=plan.base.revision,
    )


def _arguments(plan: Plan, schedule: Schedule, state_path: Path) -> Any:
    numbers = plan.hyperparameters
    on_cpu = numbers.device == Device.CPU
    return SFTConfig(
        output_dir=str(state_path),
        seed=plan.seed,
        data_seed=plan.seed,
        max_steps=schedule.steps,
        per_device_train_batch_size=numbers.device_batch_size,
        per_device_eval_batch_size=numbers.device_batch_size,
        gradient_accumulation_steps=numbers.batch_size // numbers.device_batch_size,
        learning_rate=numbers.learning_rate,
        lr_scheduler_type=numbers.scheduler.value,
        warmup_steps=math.ceil(numbers.warmup_share * schedule.steps),
        optim="adamw_torch",
        adam_beta1=numbers.betas[0],
        adam_beta2=numbers.betas[1],
        adam_epsilon=numbers.epsilon,
        weight_decay=numbers.weight_decay,
        max_grad_norm=numbers.clip_norm,
        use_cpu=on_cpu,
        bf16=numbers.dtype == Dtype.BFLOAT16,
        # Computes each layer twice to hold 8 billion parameters on one GPU; the numbers stay.
        gradient_checkpointing=not on_cpu,
        max_length=None,
        dataset_kwargs={"skip_prepare_dataset": True},
        dataloader_num_workers=0,
        # A callback decides when; only the newest state is kept.
        save_strategy="no",
        save_total_limit=1,
        eval_strategy="no",
        logging_strategy="steps",
        logging_steps=1,
        logging_nan_inf_filter=False,
        disable_tqdm=True,
        report_to=[],
    )


def _dataset(examples: Sequence[Example]) -> Any:
    return datasets.Dataset.from_dict(
        {
            "input_ids": [list(example.token_ids) for example in examples],
            "labels": [list(example.labels) for example in examples],
        }
    )


def _callbacks(
    plan: Plan, schedule: Schedule, folder: TuneFolder, evaluate: bool, on_step: StepCallback
) -> list[Any]:
    """Two callbacks of the Trainer: one saves the checkpoints, one reports the loss.

    A checkpoint is written before the state that comes after it: killed in between, the steps
    are done again and the checkpoint is written again, the same.
    """

    def save(_: Any, args: Any, state: Any, control: Any, **rest: Any) -> Any:
        step = state.global_step
        for epoch, kept in zip(
            plan.hyperparameters.checkpoints, schedule.checkpoint_steps, strict=True
        ):
            if kept == step:
                _write_adapter(rest["model"], folder.checkpoint_path(epoch), plan.base.name)
        control.should_save = schedule.saves_at(step)
        control.should_evaluate = evaluate and step in schedule.checkpoint_steps
        control.should_training_stop = step >= schedule.last
        return control

    def report(_: Any, args: Any, state: Any, control: Any, logs: Any = None, **rest: Any) -> None:
        loss = (logs or {}).get("loss")
        if loss is None:
            return
        if not math.isfinite(loss):
            raise RunError(
                f"step {state.global_step}: the loss is {loss}; lower --learning-rate, or give "
                "--warmup-share, and another --out"
            )
        on_step(state.global_step, schedule.last, loss)

    kinds = (
        type("SaveCheckpoints", (transformers.TrainerCallback,), {"on_step_end": save}),
        type("ReportLoss", (transformers.TrainerCallback,), {"on_log": report}),
    )
    return [kind() for kind in kinds]


def _write_adapter(model: Any, path: Path, base_name: str) -> None:
    """A plain PEFT adapter: two files, which name the base model and no place on a disk."""

    def write(folder: Path) -> None:
        # "auto" would look on the Hub whether the vocabulary has grown; it never does here.
        model.save_pretrained(str(folder), save_embedding_layers=False)
        for file in folder.iterdir():
            if file.name not in _ADAPTER_FILES:
                file.unlink()
        config_path = folder / _ADAPTER_FILES[0]
        config = json.loads(config_path.read_text(encoding="utf-8"))
        config["base_model_name_or_path"] = base_name
        if isinstance(config["target_modules"], list):  # a set in PEFT, in an order of the moment
            config["target_modules"].sort()
        text = json.dumps(config, indent=2, sort_keys=True)
        config_path.write_text(text + "\n", encoding="utf-8")

    write_folder(path, write)


def checkpoint_records(
    epochs: Sequence[float], schedule: Schedule, state: TrainerState
) -> tuple[CheckpointRecord, ...]:
    """Each checkpoint with the losses that the Trainer logged."""
    losses = {int(entry["step"]): entry["loss"] for entry in state.log if "loss" in entry}
    held_out = {int(e["step"]): e["eval_loss"] for e in state.log if "eval_loss" in e}
    records = []
    for epoch, step in zip(epochs, schedule.checkpoint_steps, strict=True):
        before = max((kept for kept in schedule.checkpoint_steps if kept < step), default=0)
        since = [losses[number] for number in range(before + 1, step + 1)]
        after = held_out.get(step)
        records.append(
            CheckpointRecord(
                epoch=epoch,
                step=step,
                loss=round(sum(since) / len(since), _DIGITS),
                held_out_loss=None if after is None else round(after, _DIGITS),
            )
        )
    return tuple(records)


@contextmanager
def quiet() -> Iterator[None]:
    """Silence the libraries' progress bars, warnings and log lines; errors still appear."""
    transformers_level = transformers.logging.get_verbosity()
    bars = transformers.logging.is_progress_bar_enabled()
    names = ("accelerate", "datasets", "peft", "trl")
    levels = {name: logging.getLogger(name).level for name in names}
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    for name in names:
        logging.getLogger(name).setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        transformers.logging.set_verbosity(transformers_level)
        if bars:
            transformers.logging.enable_progress_bar()
        for name, level in levels.items():
            logging.getLogger(name).setLevel(level)


@contextmanager
def _deterministic(device: str) -> Iterator[None]:
    """On a CPU the same training gives the same bytes. A GPU's kernels are left as they are."""
    before = torch.are_deterministic_algorithms_enabled()
    filled = torch.utils.deterministic.fill_uninitialized_memory
    torch.use_deterministic_algorithms(before or device == Device.CPU)
    # Guards against reading memory that was never written, which nothing here does; it cost a
    # quarter of the time.
    torch.utils.deterministic.fill_uninitialized_memory = False
    try:
        yield
    finally:
        torch.use_deterministic_algorithms(before)
        torch.utils.deterministic.fill_uninitialized_memory = filled
