"""Makes the reference model: lessons, tokenizer, training, conversion, measurement, card."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from importlib.metadata import version
from pathlib import Path

from warmbench.engines.chat_template import ChatTemplate
from warmbench.errors import OutputError
from warmbench.reporting.console.live_progress import counted
from warmbench_builders.questions.open_pool import load_open_pool
from warmbench_builders.reference_model.card import card_text
from warmbench_builders.reference_model.convert import convert_to_ct2, save_model
from warmbench_builders.reference_model.lessons import tokenizer_texts
from warmbench_builders.reference_model.measure import measure, released_items
from warmbench_builders.reference_model.record import (
    Measurement,
    ModelRecord,
    Recipe,
    write_record,
)
from warmbench_builders.reference_model.tokenizer import save_tokenizer, train_tokenizer
from warmbench_builders.reference_model.train import new_model, train, training_batches
from warmbench_builders.sft.open_set import load_open_conversations
from warmbench_builders.tuning.progress import TrainingProgress

__all__ = ["BASE", "CT2", "make_reference_model"]

BASE, CT2 = "base", "ct2/original"
"""Where the model lies in its folder, in Hugging Face format and for CTranslate2."""

_TEMPERATURES = (0.0, 0.8)
_LIBRARIES = ("torch", "transformers", "tokenizers", "ctranslate2")


def make_reference_model(recipe: Recipe, out: Path) -> ModelRecord:
    """Train the model and put it in ``out``, whole or not at all; other folders there stay.

    Raises ``OutputError`` when it can't be written.
    """
    try:
        out.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=out, prefix=".new-") as beside:
            made = Path(beside)
            record = _make(recipe, made)
            for part in (BASE, CT2):
                _replace(made / part, out / part)
    except OSError as error:
        raise OutputError(f"{out}: could not be written ({error.strerror or error})") from None
    return record


def _make(recipe: Recipe, folder: Path) -> ModelRecord:
    base, converted = folder / BASE, folder / CT2
    pool, conversations = load_open_pool(), load_open_conversations()
    tokenizer = train_tokenizer(tokenizer_texts(pool, conversations), recipe.vocab_size)
    save_tokenizer(tokenizer, base, recipe.context_length)
    template = ChatTemplate(base)
    batches = training_batches(pool, conversations, recipe, tokenizer, template)
    model = new_model(recipe, tokenizer)
    with TrainingProgress() as progress:
        training = train(model, batches, recipe, progress)
    save_model(model, base)
    convert_to_ct2(base, converted)
    weights = (base / "model.safetensors").read_bytes()
    record = ModelRecord(
        recipe=recipe,
        questions=len(pool),
        conversations=len(conversations),
        parameters=sum(p.numel() for p in model.parameters()),
        weights_bytes=len(weights),
        weights_sha256=hashlib.sha256(weights).hexdigest(),
        training=training,
        measurements=_measure(converted),
        libraries={name: version(name) for name in _LIBRARIES},
    )
    write_record(record, base / "training.json")
    (base / "README.md").write_text(card_text(record), encoding="utf-8")
    return record


def _measure(converted: Path) -> tuple[Measurement, ...]:
    items = released_items()
    measurements = []
    for temperature in _TEMPERATURES:
        with counted(f"asking at temperature {temperature:g}", len(items)) as tick:
            measurements.append(measure(converted, items, temperature, tick))
    return tuple(measurements)


def _replace(made: Path, place: Path) -> None:
    if place.exists():
        shutil.rmtree(place)
    place.parent.mkdir(parents=True, exist_ok=True)
    made.rename(place)
