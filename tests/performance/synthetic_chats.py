"""Synthetic chat logs of any size, for measuring the SFT pipeline; the same for the same seed."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from pathlib import Path

__all__ = ["synthetic_lines", "write_chats"]

_OPENINGS = (
    "What is the best way to", "How do I", "Write a short poem about how to", "Should I",
    "Explain why people", "Can you fix this python function that tries to", "Please",
)  # fmt: skip
_VERBS = [
    "paint",
    "carry",
    "water",
    "repair",
    "describe",
    "borrow",
    "measure",
    "clean",
    "plant",
    "teach",
    "fold",
    "sell",
]
_THINGS = [
    "garden",
    "bridge",
    "lantern",
    "violin",
    "kettle",
    "window",
    "mountain",
    "letter",
    "island",
    "basket",
    "ladder",
    "harbour",
    "blanket",
    "market",
    "orchard",
    "compass",
    "river",
    "candle",
    "pocket",
    "engine",
    "festival",
    "library",
    "saddle",
    "needle",
]
_REPLIES = (
    "You can start with the {0} and then look at the {1}, because most people find that easier.",
    "The {0} is usually kept near the {1}. It is not hard once you have seen it done.",
    "I'm sorry, but I can't help with that. You could ask somebody about the {0} instead.",
    "Here is one idea: put the {0} beside the {1}, wait a while, and see what changes.",
)
_BROKEN = ("{not json", '{"conversations": [{"from": "human"}]}', '{"id": 1}', '"text"')


def synthetic_lines(count: int, seed: int = 0) -> Iterator[str]:
    """JSON lines in ShareGPT's format: mostly sound chats of one to three exchanges; one in 50 is
    the copy of a common prompt, one in 100 broken, one in 100 holds an e-mail address."""
    draw = random.Random(seed)
    for number in range(count):
        if number % 100 == 7:
            yield _BROKEN[number // 100 % len(_BROKEN)]
            continue
        turns = []
        for _ in range(draw.choice((1, 1, 2, 3))):
            turns.append({"from": "human", "value": _prompt(draw, number)})
            turns.append({"from": "gpt", "value": _reply(draw)})
        yield json.dumps({"id": f"s{number}", "conversations": turns})


def write_chats(path: Path, count: int, seed: int = 0) -> None:
    """The lines as a file."""
    with path.open("w", encoding="utf-8") as file:
        file.writelines(f"{line}\n" for line in synthetic_lines(count, seed))


def _prompt(draw: random.Random, number: int) -> str:
    if number % 50 == 3:
        return "What is the best way to clean a kettle that has stood in the garden?"
    words = " ".join(draw.sample(_THINGS, 9))
    contact = " Write to me at mara@lanternpost.org." if number % 100 == 11 else ""
    return f"{draw.choice(_OPENINGS)} {draw.choice(_VERBS)} the {words} in week {number}?{contact}"


def _reply(draw: random.Random) -> str:
    sentences = draw.choices(_REPLIES[:2] + _REPLIES[3:], k=4)
    if draw.random() < 0.05:
        sentences = [_REPLIES[2]]
    return " ".join(s.format(*draw.sample(_THINGS, 2)) for s in sentences)
