"""Training: from lessons to weights, on the CPU, the same each time on one machine."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any

import torch
from tokenizers import Tokenizer
from torch.nn.functional import cross_entropy
from transformers import LlamaConfig, LlamaForCausalLM

from warmbench.engines.chat_template import ChatTemplate
from warmbench_builders.questions.open_pool import PoolQuestion
from warmbench_builders.reference_model.batches import (
    Batch,
    encode_conversation,
    encode_lesson,
    in_batches,
)
from warmbench_builders.reference_model.lessons import lessons_of_round, read_conversations
from warmbench_builders.reference_model.record import Recipe, TrainingRecord
from warmbench_builders.reference_model.tokenizer import BEGIN, END, PAD
from warmbench_builders.sft.open_set import OpenConversation
from warmbench_builders.tuning.progress import StepCallback

__all__ = ["learnt_loss", "new_model", "train", "training_batches"]

_ROUNDS_TOGETHER = 2
"""How many rounds are sorted by length together: more means less padding, but like questions
in the same batch more often."""

_FINAL_SHARE = 0.02
"""Over which last share of the steps the final loss is averaged."""


def training_batches(
    pool: Sequence[PoolQuestion],
    conversations: Sequence[OpenConversation],
    recipe: Recipe,
    tokenizer: Tokenizer,
    template: ChatTemplate,
) -> list[Batch]:
    """All batches of a training, in the order in which they are learnt: in every round that
    round's lessons, and every conversation once."""
    read = [
        encode_conversation(messages, tokenizer, template, recipe.context_length)
        for messages in read_conversations(conversations)
    ]
    return [
        batch
        for first in range(0, recipe.rounds, _ROUNDS_TOGETHER)
        for batch in in_batches(
            (
                example
                for number in range(first, min(first + _ROUNDS_TOGETHER, recipe.rounds))
                for example in chain(
                    (
                        encode_lesson(lesson, tokenizer, template)
                        for lesson in lessons_of_round(pool, recipe.seed, number)
                    ),
                    read,
                )
            ),
            recipe.batch_tokens,
            f"{recipe.seed}/batches/{first}",
        )
    ]


def new_model(recipe: Recipe, tokenizer: Tokenizer) -> LlamaForCausalLM:
    """An untrained model, its weights drawn from the recipe's seed."""
    torch.manual_seed(recipe.seed)
    config = LlamaConfig(
        vocab_size=tokenizer.get_vocab_size(),
        hidden_size=recipe.hidden_size,
        intermediate_size=recipe.intermediate_size,
        num_hidden_layers=recipe.layers,
        num_attention_heads=recipe.heads,
        num_key_value_heads=recipe.key_value_heads,
        max_position_embeddings=recipe.context_length,
        rope_parameters={"rope_type": "default", "rope_theta": recipe.rope_theta},
        tie_word_embeddings=True,
        bos_token_id=tokenizer.token_to_id(BEGIN),
        eos_token_id=tokenizer.token_to_id(END),
        pad_token_id=tokenizer.token_to_id(PAD),
    )
    return LlamaForCausalLM(config)


def train(
    model: LlamaForCausalLM, batches: Sequence[Batch], recipe: Recipe, on_step: StepCallback
) -> TrainingRecord:
    """Teach ``model`` the batches once each, in order; it is changed in place."""
    torch.use_deterministic_algorithms(True)
    torch.set_num_threads(recipe.threads)
    optimizer = _optimizer(model, recipe)
    model.train()
    losses = []
    for step, batch in enumerate(batches):
        for group in optimizer.param_groups:
            group["lr"] = _learning_rate(step / len(batches), recipe)
        loss = learnt_loss(model, batch)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), recipe.clip_norm)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        losses.append(loss.item())
        on_step(step + 1, len(batches), losses[-1])
    model.eval()
    return _record(batches, losses)


def learnt_loss(model: LlamaForCausalLM, batch: Batch) -> torch.Tensor:
    """The mean cross entropy of the tokens that are learnt, the end of the turn among them.

    Padding stands on the right, where a causal model does not look, so no mask is needed. Only
    the places that predict a learnt token go through the output layer: a tenth of the work.
    """
    longest = max(len(example) for example in batch)
    pad = model.config.pad_token_id
    ids = torch.tensor([[*e.token_ids, *[pad] * (longest - len(e))] for e in batch])
    rows, places = zip(*_learnt_places(batch), strict=True)
    row, place = torch.tensor(rows), torch.tensor(places)
    hidden = model.model(input_ids=ids, use_cache=False).last_hidden_state
    return cross_entropy(model.lm_head(hidden[row, place - 1]), ids[row, place])


def _learnt_places(batch: Batch) -> Iterator[tuple[int, int]]:
    for row, example in enumerate(batch):
        for place in range(example.learnt_from, len(example)):
            yield row, place


def _optimizer(model: LlamaForCausalLM, recipe: Recipe) -> Any:
    """AdamW; norms are not decayed."""
    matrices = [p for p in model.parameters() if p.ndim > 1]
    vectors = [p for p in model.parameters() if p.ndim <= 1]
    return torch.optim.AdamW(
        [
            {"params": matrices, "weight_decay": recipe.weight_decay},
            {"params": vectors, "weight_decay": 0.0},
        ],
        lr=recipe.learning_rate,
        betas=(0.9, 0.98),
        fused=True,
    )


def _learning_rate(done: float, recipe: Recipe) -> float:
    """A linear rise over the first ``warmup_share``, then half a cosine down to nothing."""
    if done < recipe.warmup_share:
        return recipe.learning_rate * (done / recipe.warmup_share + 0.01)
    falling = (done - recipe.warmup_share) / (1 - recipe.warmup_share)
    return recipe.learning_rate * (1 + math.cos(math.pi * falling)) / 2


def _record(batches: Sequence[Batch], losses: Sequence[float]) -> TrainingRecord:
    ends = max(1, round(len(losses) * _FINAL_SHARE))
    return TrainingRecord(
        steps=len(batches),
        lessons=sum(len(batch) for batch in batches),
        tokens=sum(len(example) for batch in batches for example in batch),
        first_loss=sum(losses[:ends]) / ends,
        final_loss=sum(losses[-ends:]) / ends,
    )
