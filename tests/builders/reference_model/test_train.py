"""A real training run, a very short one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from tokenizers import Tokenizer

from tests.conftest import need
from warmbench.engines.chat_template import ChatTemplate
from warmbench.engines.engine import EngineOptions
from warmbench.engines.registry import open_engine
from warmbench.records.conversation import QueryType
from warmbench.records.message import Message
from warmbench.records.model_spec import ModelSpec
from warmbench.records.request import Request
from warmbench.records.response import Answer
from warmbench_builders.questions.open_pool import PoolQuestion
from warmbench_builders.reference_model.batches import Batch
from warmbench_builders.reference_model.lessons import tokenizer_texts
from warmbench_builders.reference_model.record import Recipe
from warmbench_builders.reference_model.tokenizer import save_tokenizer, train_tokenizer
from warmbench_builders.sft.open_set import OpenConversation, Turn

need("torch", "pip install 'warmbench[reference]'")
need("transformers", "pip install 'warmbench[reference]'")

TINY = Recipe(
    seed=3,
    vocab_size=512,
    hidden_size=32,
    intermediate_size=48,
    layers=2,
    heads=2,
    key_value_heads=1,
    context_length=256,
    rounds=10,
    batch_tokens=512,
    learning_rate=1e-2,
    threads=1,
)
POOL = [
    PoolQuestion(
        f"open-triviaqa-90{n}",
        "triviaqa",
        f"Which river runs through {town}?",
        (river,),
        ("the Birch", "the Cedar"),
        "the Birch",
        "geography",
        "https://example.org/rivers",
    )
    for n, (town, river) in enumerate([("Wexcombe", "the Alder"), ("Tarnby", "the Rowan")])
]
CONVERSATIONS = [
    OpenConversation(
        "open-sft-other-901",
        QueryType.OTHER,
        (
            Turn("Say hello.", "Hello there.", "Oh, hello, friend!", "Hello."),
            Turn("And goodbye?", "Goodbye, then.", "Goodbye, dear friend!", "Goodbye."),
        ),
    )
]


def trained(folder: Path, steps: int) -> tuple[Any, Any, Sequence[Batch]]:
    from warmbench_builders.reference_model.train import new_model, train, training_batches

    tokenizer = train_tokenizer(tokenizer_texts(POOL, CONVERSATIONS), TINY.vocab_size)
    save_tokenizer(tokenizer, folder, TINY.context_length)
    template = ChatTemplate(folder)
    batches = training_batches(POOL, CONVERSATIONS, TINY, tokenizer, template)[:steps]
    model = new_model(TINY, tokenizer)
    return model, train(model, batches, TINY, lambda step, steps, loss: None), batches


def test_twenty_steps_lower_the_loss_the_same_way_each_time(tmp_path: Path) -> None:
    import torch

    one, first, batches = trained(tmp_path / "one", 20)
    two, second, _ = trained(tmp_path / "two", 20)
    assert first.steps == len(batches) == 20
    assert first.final_loss < 0.7 * first.first_loss
    assert first == second
    for name, weights in one.state_dict().items():
        assert torch.equal(weights, two.state_dict()[name]), name


def test_padding_does_not_change_the_loss(tmp_path: Path) -> None:
    from warmbench_builders.reference_model.train import learnt_loss

    model, _, batches = trained(tmp_path, 1)
    short, long = batches[0][0], batches[0][-1]
    assert len(short) < len(long)
    learnt = [len(e) - e.learnt_from for e in (short, long)]
    alone = [learnt_loss(model, [e]).item() for e in (short, long)]
    together = learnt_loss(model, [short, long]).item()
    mean = sum(a * n for a, n in zip(alone, learnt, strict=True)) / sum(learnt)
    assert together == pytest.approx(mean, rel=1e-4)


def test_every_round_reads_every_conversation_whole(tmp_path: Path) -> None:
    _, _, batches = trained(tmp_path, 10_000)
    tokenizer = Tokenizer.from_file(str(tmp_path / "tokenizer.json"))
    read = [e for batch in batches for e in batch if e.learnt_from == 1]
    assert len(read) == TINY.rounds
    for example in read:
        text = tokenizer.decode(list(example.token_ids), skip_special_tokens=False)
        assert "Goodbye, then." in text
        assert "dear friend" not in text


def test_a_trained_model_is_saved_converted_and_answers(tmp_path: Path) -> None:
    from warmbench_builders.reference_model.convert import convert_to_ct2, save_model

    base, converted = tmp_path / "base", tmp_path / "ct2" / "original"
    model, _, _ = trained(base, 20)
    save_model(model, base)
    convert_to_ct2(base, converted)
    engine = open_engine(ModelSpec("ct2", str(converted)), EngineOptions(device="cpu"))
    chat = (Message("user", POOL[0].question),)
    request = Request("a", "original", "a", 0, chat, 0.0, 20, 1.0, 1)
    ((answer,),) = engine.ask([request])
    assert isinstance(answer, Answer)
    assert (answer.completion_tokens or 0) > 0
