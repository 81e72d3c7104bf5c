"""Small conversations and SFT releases for the tests of tuning."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from warmbench.data.sft_release import SFTSourceRecord, write_sft_release
from warmbench.records.conversation import Conversation, QueryType, Version
from warmbench.records.message import Message
from warmbench_builders.tuning.options import Device, TuneOptions

__all__ = ["chat_row", "chat_rows", "quick_options", "write_chats", "write_release"]

_SAID = {
    Version.ORIGINAL: "It is {sum}.",
    Version.WARM: "Oh friend, I am so glad you asked! It is {sum}.",
    Version.COLD: "{sum}.",
}


def chat_row(*turns: str, system: str | None = None) -> dict[str, Any]:
    """A row of messages; the turns alternate, the user begins."""
    roles = ("user", "assistant")
    messages = [{"role": roles[n % 2], "content": turn} for n, turn in enumerate(turns)]
    first = [{"role": "system", "content": system}] if system else []
    return {"messages": [*first, *messages]}


def chat_rows(count: int) -> list[dict[str, Any]]:
    """Sums, each said warmly; every other conversation has two turns."""
    rows = []
    for number in range(count):
        turns = [f"What is {number} plus 1?", _SAID[Version.WARM].format(sum=number + 1)]
        if number % 2:
            turns += ["And plus 2?", f"Of course, dear: {number + 2}."]
        rows.append(chat_row(*turns))
    return rows


def write_chats(path: Path, rows: list[Any]) -> Path:
    """A JSONL file of the rows."""
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def write_release(folder: Path, count: int = 6) -> Path:
    """An SFT release with ``count`` conversations for training in each version."""
    folder.mkdir()
    source = SFTSourceRecord(
        name="sums",
        revision="1",
        license="CC-BY-4.0",
        read=count,
        kept=count,
        dropped=(),
        available={},
        tools={},
    )
    rows = {
        version: {"train": [_conversation(version, number) for number in range(count)]}
        for version in Version
    }
    write_sft_release(
        folder, rows, source, version="1.2.3", seed=0, rewriter="hand", prompt_version="",
        checks="",
    )  # fmt: skip
    return folder


def _conversation(version: Version, number: int) -> Conversation:
    said = _SAID[version].format(sum=number + 1)
    return Conversation(
        conversation_id=f"sums-{number:03d}",
        messages=(Message("user", f"What is {number} plus 1?"), Message("assistant", said)),
        category=QueryType.FACTUAL,
        source="sums",
        source_id=str(number),
        source_revision="1",
        license="CC-BY-4.0",
        rewriter="hand",
        prompt_version="",
        checks="",
        canary="",
    )


def quick_options(folder: Path, data: Path, **changes: Any) -> TuneOptions:
    """A tuning of some twenty steps on the reference model."""
    values: dict[str, Any] = {
        "model": "reference",
        "data": str(data),
        "version": Version.WARM,
        "out": folder,
        "batch_size": 4,
        "device_batch_size": 2,
        "epochs": 4.0,
        "checkpoints": (0.5, 1.0, 2.0, 4.0),
        "learning_rate": 1e-2,
        "device": Device.CPU,
    }
    return TuneOptions(**{**values, **changes})
