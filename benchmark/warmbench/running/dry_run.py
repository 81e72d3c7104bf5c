"""What a run would ask, counted without asking."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from warmbench.engines.budget import Price, parse_price
from warmbench.engines.registry import price_of
from warmbench.records.closing import CLOSING_QUESTION
from warmbench.records.item import Item
from warmbench.records.message import Message
from warmbench.records.model_spec import parse_model_spec
from warmbench.records.prompt import Prompt
from warmbench.records.study import Study
from warmbench.running.plan import Askable

__all__ = ["CHARACTERS_PER_TOKEN", "estimate_run", "prices_of"]

CHARACTERS_PER_TOKEN = 4
"""The usual rule of thumb for English; tokenizers differ by a quarter either way."""

_OVERHEAD_TOKENS = 8  # a chat template's marks around one message


def estimate_run(
    study: Study,
    items: Sequence[Item],
    epochs: int,
    prices: Mapping[str, Price],
    prompts: Sequence[Prompt] = (),
) -> dict[str, Any]:
    """Requests and an estimate of tokens for each arm; the cost at most, where prices are known.

    ``prompts`` are asked beside the items, as often. Closing turns hold the whole conversation; its
    reply is taken to be as long as it may be.
    """
    arms = {}
    asked: list[Askable] = [*items, *prompts]
    sampling = study.sampling
    turns = len(items) * epochs if study.closing_tokens else 0
    closing_words = len(CLOSING_QUESTION) // CHARACTERS_PER_TOKEN + 2 * _OVERHEAD_TOKENS
    for arm in study.arms:
        system = len(arm.system or "") // CHARACTERS_PER_TOKEN
        prompt = sum(_tokens(one.messages) + system for one in asked) * epochs
        completion = len(asked) * epochs * sampling.max_tokens
        if turns:
            prompt += sum(_tokens(item.messages) + system for item in items) * epochs
            prompt += turns * (sampling.max_tokens + closing_words)
            completion += turns * (study.closing_tokens + sampling.reasoning_tokens)
        price = prices.get(arm.name)
        arms[arm.name] = {
            "model": arm.model,
            "requests": len(asked) * epochs + turns,
            "prompt_tokens_estimated": prompt,
            "completion_tokens_at_most": completion,
            "dollars_at_most": round(price.cost(prompt, completion), 2) if price else None,
        }
    by_task = Counter(item.task for item in items)
    return {
        "items": len(items),
        "questions": len({item.question_id for item in items}),
        "items_by_task": dict(by_task),
        "prompts": len(prompts),
        "closing_turns": turns,
        "arms": arms,
        "example": items[0].messages[-1].content,
    }


def _tokens(messages: Sequence[Message]) -> int:
    characters = sum(len(message.content) for message in messages)
    return characters // CHARACTERS_PER_TOKEN + _OVERHEAD_TOKENS


def prices_of(study: Study, stated: str | None) -> dict[str, Price]:
    """Arm -> the price of its model: ``stated`` (``IN,OUT``), else the known list price."""
    prices = {}
    for arm in study.arms:
        spec = parse_model_spec(arm.model)
        price = parse_price(stated) if stated else price_of(spec)
        if price is not None:
            prices[arm.name] = price
    return prices
