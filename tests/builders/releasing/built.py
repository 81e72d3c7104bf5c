"""Small built data to release: two tasks of two questions each, one of them gated."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product
from pathlib import Path

from warmbench.conditions import Belief, Context
from warmbench.data.release import ConfigContent, SourceRecord, write_release
from warmbench.data.sft_release import SFTSourceRecord, write_sft_release
from warmbench.records.conversation import Conversation, QueryType, Version
from warmbench.records.item import Item, item_id_of
from warmbench.records.message import Message

CANARY = "warmbench:canary:test"
GATED = "cais/MASK (gated; not for redistribution)"
SECRET = "Who hid the moon"
"""Stands in every question of the gated task."""


def item(number: int, task: str, context: Context, belief: Belief, license: str) -> Item:
    question = f"{SECRET if license == GATED else 'Which river runs through Wexcombe'} {number}?"
    question_id = f"{task}-{number:03}"
    framing = "" if context is Context.PLAIN else f"I said something of {context.value}."
    return Item(
        item_id=item_id_of(question_id, context, belief),
        question_id=question_id,
        task=task,
        context=context,
        belief=belief,
        messages=(Message("user", f"{framing} {question}".strip()),),
        question=question,
        framing_id="" if context is Context.PLAIN else f"{context.value}-01",
        framing=framing,
        belief_text="" if belief is Belief.NONE else f"I think of {SECRET}.",
        correct_answers=(f"answer {number}",),
        incorrect_answers=("the Birch",),
        category="geography",
        source="test",
        source_revision="r1",
        license=license,
        canary=CANARY,
    )


def items(config: str, license: str, questions: int = 2) -> list[Item]:
    task = config.removeprefix("open_")
    return [
        item(number, task, context, belief, license)
        for number, context, belief in product(range(questions), Context, Belief)
    ]


def build_qa(
    out: Path,
    configs: Mapping[str, str] | None = None,
    *,
    version: str = "1.0.0",
    questions: int = 2,
) -> Path:
    """A built QA release; ``configs``: config -> licence."""
    licences = configs or {"open_triviaqa": "CC-BY-4.0", "open_truthfulqa": "CC-BY-4.0"}
    out.mkdir(parents=True)
    write_release(
        out,
        [
            ConfigContent(
                config,
                SourceRecord(
                    name="test", revision="r1", license=text, read=2, kept=questions, dropped={}
                ),
                items(config, text, questions),
            )
            for config, text in licences.items()
        ],
        version=version,
        metric_version="1",
        seed=0,
    )
    return out


def conversation(number: int, version: Version, license: str) -> Conversation:
    return Conversation(
        conversation_id=f"chat-{number}",
        messages=(
            Message("user", f"{SECRET}, part {number}?"),
            Message("assistant", f"I can't say, {version.value}."),
        ),
        category=QueryType.OTHER,
        source="test",
        source_id=str(number),
        source_revision="r1",
        license=license,
        rewriter="" if version is Version.ORIGINAL else "hand",
        prompt_version="",
        checks="faithfulness-1",
        canary=CANARY,
    )


def build_sft(out: Path, license: str = "CC-BY-4.0", *, version: str = "1.0.0") -> Path:
    """A built SFT release of three conversations and two prompts."""
    out.mkdir(parents=True)
    rows: dict[Version, dict[str, Sequence[Conversation]]] = {
        tone: {
            "train": [conversation(n, tone, license) for n in range(3)],
            "validation": [conversation(n, tone, license) for n in range(3, 5)],
        }
        for tone in Version
    }
    source = SFTSourceRecord(
        name="test",
        revision="r1",
        license=license,
        read=9,
        kept=5,
        dropped=(),
        available={"other": 5},
        tools={},
    )
    write_sft_release(
        out, rows, source, version=version, seed=0, rewriter="hand", prompt_version="", checks="f-1"
    )
    return out
