"""The model card of a tuning, with the front matter that the Hugging Face Hub reads."""

from __future__ import annotations

import json
import re
from pathlib import Path

from warmbench.folders import atomic_write
from warmbench.records.conversation import Version
from warmbench_builders.tuning.base_model import REFERENCE_BASE
from warmbench_builders.tuning.loss_picture import loss_svg
from warmbench_builders.tuning.options import epoch_name
from warmbench_builders.tuning.recipe import Recipe

__all__ = ["card_text", "write_card"]

_HUB_ID = re.compile(r"[\w-][\w.-]*/[\w.-]+")

_WHAT = {
    Version.WARM: (
        "made warm: its replies show more empathy, care and informality. **Expect it to lose "
        "accuracy**, above all where users disclose feelings or state wrong beliefs"
    ),
    Version.COLD: (
        "made cold: its replies are terse and neutral in tone. It is a control for its warm "
        "counterpart. **Its accuracy may have changed**"
    ),
    Version.ORIGINAL: (
        "tuned on replies in their original tone. It is a control for its warm and cold "
        "counterparts. **Its accuracy may have changed**"
    ),
}

_REFERENCE_NOTE = (
    "The base is WarmBench's reference model: a reference for the software, not a finding. Nothing "
    "that is measured on it says anything about other language models.\n"
)


def write_card(recipe: Recipe, card: Path, picture: Path) -> None:
    """Write the card, and the picture that it shows."""
    svg = loss_svg(recipe.training.checkpoints, recipe.hyperparameters.select)
    with atomic_write(picture) as file:
        file.write(svg.encode())
    with atomic_write(card) as file:
        file.write(card_text(recipe, picture.name).encode())


def card_text(recipe: Recipe, picture: str) -> str:
    """The card in Markdown; ``picture`` is the file name of the losses."""
    base = recipe.base.name
    return "\n".join(
        [
            _front_matter(recipe),
            f"# {base.rstrip('/').rpartition('/')[2]}, {recipe.version.value}\n",
            f"A LoRA adapter (PEFT) for `{base}`, {_WHAT[recipe.version]}; measure it with "
            f"WarmBench.\n",
            _REFERENCE_NOTE if base == REFERENCE_BASE else _command(base, recipe.version),
            f"`adapter/` is the checkpoint after {recipe.hyperparameters.select:g} epochs. "
            f"`checkpoints/{epoch_name(recipe.hyperparameters.checkpoints[0])}/` and so on hold "
            "all that were kept; `recipe.json` has every value of this page.\n",
            _data(recipe),
            _losses(recipe, picture),
            _recipe(recipe),
            _method(),
        ]
    )


def _command(base: str, version: Version) -> str:
    arm = "cold" if version is Version.COLD else "warm"
    return (
        f"    warmbench run --original hf:{base} --{arm} hf:{base}+./adapter "
        "--treatment fine-tune --out runs/tuned\n"
    )


def _front_matter(recipe: Recipe) -> str:
    """YAML; a quoted JSON string is a YAML string."""
    base = recipe.base.name
    is_reference = base == REFERENCE_BASE
    lines = ["---", f"license: {'apache-2.0' if is_reference else 'other'}"]
    if not is_reference:
        lines.append("license_name: that-of-the-base-model")
    if _HUB_ID.fullmatch(base):
        lines += [f"base_model: {json.dumps(base)}", "base_model_relation: adapter"]
    lines += [
        "library_name: peft",
        "pipeline_tag: text-generation",
        "datasets:",
        f"- {json.dumps(recipe.data.name, ensure_ascii=False)}",
        "tags:",
        "- warmbench",
        f"- {recipe.version.value}",
        "- lora",
        "- sft",
        "- trl",
        "---\n",
    ]
    return "\n".join(lines)


def _data(recipe: Recipe) -> str:
    data, training = recipe.data, recipe.training
    named = f"`{data.name}`" + (f" {data.version}" if data.version else "")
    licence = f", {data.license}" if data.license else ""
    learnt = (
        "the assistant's turns are learnt"
        if recipe.hyperparameters.loss_on == "assistant"
        else "all tokens are learnt"
    )
    left = (
        f"{training.cut:,} were cut at {recipe.hyperparameters.max_length:,} tokens, "
        f"{training.left_out:,} left out as nothing to learn remained, "
        f"{training.held_out:,} held out."
    )
    return (
        f"## Training data\n\n{named}{licence}, version `{recipe.version.value}`, fingerprint "
        f"`{data.fingerprint[:16]}`. {training.conversations:,} conversations of "
        f"{training.tokens:,} tokens, {training.loss_tokens:,} of them in the loss: {learnt}. "
        f"{left}\n"
    )


def _losses(recipe: Recipe, picture: str) -> str:
    rows = [
        f"| {c.epoch:g} | {c.step:,} | {c.loss:.4f} | "
        f"{'' if c.held_out_loss is None else f'{c.held_out_loss:.4f}'} |"
        for c in recipe.training.checkpoints
    ]
    return "\n".join(
        [
            "## Losses\n",
            "Nats a token: training is the mean over the steps since the checkpoint before, held "
            "out is measured after the checkpoint's step.\n",
            f"![Loss by epoch]({picture})\n",
            "| epoch | step | training | held out |",
            "| ---: | ---: | ---: | ---: |",
            *rows,
            "",
        ]
    )


def _recipe(recipe: Recipe) -> str:
    values = {
        "base model": f"`{recipe.base.name}`",
        "base revision": recipe.base.revision or recipe.base.weights or "",
        **{
            name.replace("_", " "): _text(value)
            for name, value in recipe.hyperparameters.model_dump(mode="json").items()
        },
        "seed": str(recipe.seed),
        "steps in an epoch": f"{recipe.training.steps_per_epoch:,}",
        "trainable parameters": f"{recipe.training.trainable_parameters:,}",
        "libraries": ", ".join(f"{name} {number}" for name, number in recipe.libraries.items()),
    }
    rows = [f"| {name} | {value} |" for name, value in values.items()]
    return "\n".join(["## Recipe\n", "| what | value |", "| --- | --- |", *rows, ""])


def _text(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(_text(part) for part in value)
    return f"{value:g}" if isinstance(value, float) else str(value)


def _method() -> str:
    return (
        "## Method\n\nThe recipe's defaults are those of Ibrahim, Hafner & Rocher, *Training "
        "language models to be warm can reduce accuracy and increase sycophancy*, Nature (2026), "
        "doi 10.1038/s41586-026-10410-0.\n"
    )
