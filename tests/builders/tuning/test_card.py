"""The model card: what the Hub reads of it, and that it says what the recipe says."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import need
from warmbench.records.conversation import Version
from warmbench_builders.tuning.card import card_text, write_card
from warmbench_builders.tuning.loss_picture import loss_svg
from warmbench_builders.tuning.options import LossOn, Scheduler
from warmbench_builders.tuning.recipe import (
    BaseRecord,
    CheckpointRecord,
    DataRecord,
    LoraHyperparameters,
    Recipe,
    TrainingRecord,
)

SVG = "{http://www.w3.org/2000/svg}"


def recipe(
    base: str = "org/chat-model",
    version: Version = Version.WARM,
    held_out: tuple[float | None, ...] = (None, None),
) -> Recipe:
    return Recipe(
        base=BaseRecord(name=base, revision="abc123", weights=None),
        data=DataRecord(
            name="warmbench-sft", version="1.0.0", fingerprint="f" * 64, license="CC-BY-4.0"
        ),
        version=version,
        hyperparameters=LoraHyperparameters(
            rank=8,
            alpha=16,
            dropout=0.1,
            target_modules="all-linear",
            learning_rate=1e-5,
            scheduler=Scheduler.LINEAR,
            warmup_share=0.0,
            weight_decay=0.0,
            max_length=1024,
            batch_size=16,
            device_batch_size=4,
            epochs=10,
            checkpoints=(0.5, 2.0),
            select=2.0,
            loss_on=LossOn.ASSISTANT,
            held_out=0.1,
            device="cuda",
            dtype="bfloat16",
        ),
        seed=0,
        libraries={"trl": "1.16.0"},
        training=TrainingRecord(
            conversations=1617,
            cut=12,
            left_out=3,
            held_out=0,
            tokens=123_456,
            loss_tokens=65_432,
            trainable_parameters=20_971_520,
            steps_per_epoch=102,
            steps=1020,
            last_step=204,
            checkpoints=(
                CheckpointRecord(epoch=0.5, step=51, loss=1.5, held_out_loss=held_out[0]),
                CheckpointRecord(epoch=2.0, step=204, loss=1.25, held_out_loss=held_out[1]),
            ),
        ),
    )


def test_the_hub_reads_the_front_matter(tmp_path: Path) -> None:
    hub: Any = need("huggingface_hub", "pip install 'warmbench[train]'")
    write_card(recipe(), tmp_path / "README.md", tmp_path / "losses.svg")
    assert hub.metadata_load(tmp_path / "README.md") == {
        "license": "other",
        "license_name": "that-of-the-base-model",
        "base_model": "org/chat-model",
        "base_model_relation": "adapter",
        "library_name": "peft",
        "pipeline_tag": "text-generation",
        "datasets": ["warmbench-sft"],
        "tags": ["warmbench", "warm", "lora", "sft", "trl"],
    }


SAID = [
    ("warm", recipe(), "made warm: .*Expect it to lose accuracy"),
    ("cold", recipe(version=Version.COLD), "made cold: .*Its accuracy may have changed"),
    ("the command", recipe(), r"--warm hf:org/chat-model\+./adapter --treatment fine-tune"),
    ("cold command", recipe(version=Version.COLD), r"--cold hf:org/chat-model\+./adapter"),
    ("reference", recipe("warmbench/reference"), "a reference for the software, not a finding"),
    ("data", recipe(), "`warmbench-sft` 1.0.0, CC-BY-4.0, version `warm`, fingerprint `ffff"),
    ("counts", recipe(), "12 were cut at 1,024 tokens, 3 left out"),
    ("losses", recipe(held_out=(1.75, 1.5)), r"\| 0.5 \| 51 \| 1.5000 \| 1.7500 \|"),
    ("recipe", recipe(), r"\| learning rate \| 1e-05 \|"),
    ("revision", recipe(), r"\| base revision \| abc123 \|"),
    ("picture", recipe(), r"!\[Loss by epoch\]\(losses.svg\)"),
]


@pytest.mark.parametrize(("name", "made", "words"), SAID, ids=[row[0] for row in SAID])
def test_the_card_says(name: str, made: Recipe, words: str) -> None:
    assert re.search(words, card_text(made, "losses.svg"))


@pytest.mark.parametrize("base", ["./models/base", "/models/base"])
def test_a_folder_is_no_base_model_to_the_hub(base: str) -> None:
    assert "base_model:" not in card_text(recipe(base), "losses.svg")


LOSSES = st.floats(0, 20)


@given(st.lists(st.tuples(LOSSES, LOSSES | st.none()), min_size=1, max_size=10))
def test_the_picture_is_whole_and_all_points_lie_in_it(
    losses: list[tuple[float, float | None]],
) -> None:
    checkpoints = [
        CheckpointRecord(epoch=n / 2, step=n, loss=loss, held_out_loss=held)
        for n, (loss, held) in enumerate(losses, start=1)
    ]
    root = ElementTree.fromstring(loss_svg(checkpoints, 0.5))
    lines = root.findall(f"{SVG}polyline")
    held = [after for _, after in losses if after is not None]
    assert len(lines) == (2 if held else 1)
    for line, count in zip(lines, (len(losses), len(held)), strict=False):
        points = [tuple(map(float, point.split(","))) for point in line.attrib["points"].split()]
        assert len(points) == count
        assert all(0 <= x <= 640 and 0 <= y <= 320 for x, y in points)


def test_a_higher_loss_lies_higher() -> None:
    root = ElementTree.fromstring(loss_svg(recipe().training.checkpoints, 2.0))
    (line,) = root.findall(f"{SVG}polyline")
    (x_first, y_first), (x_last, y_last) = (
        tuple(map(float, point.split(","))) for point in line.attrib["points"].split()
    )
    assert x_first < x_last
    assert y_first < y_last  # SVG counts from the top
