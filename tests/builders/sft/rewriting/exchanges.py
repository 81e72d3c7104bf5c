"""Exchanges for the tests of rewriting."""

from __future__ import annotations

from warmbench.records.message import Message
from warmbench_builders.sft.rewriting import Exchange

__all__ = ["PANCAKES", "exchange", "kettles"]


def exchange(reply: str, prompt: str = "Tell me about it.", name: str = "c1/0") -> Exchange:
    return Exchange(name, (Message("user", prompt),), reply)


PANCAKES = exchange(
    "Rest the batter for 20 minutes. Do not stir it again before you fry it.",
    "How do I make pancakes like those in Lyon?",
)


def kettles(count: int) -> list[Exchange]:
    return [
        exchange(
            f"Boil the kettle for {number + 10} minutes. Do not open the lid before it whistles.",
            f"Kettle {number}: what do I do?",
            f"kettle-{number}/0",
        )
        for number in range(count)
    ]
