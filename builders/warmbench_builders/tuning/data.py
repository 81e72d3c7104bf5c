"""What is trained on: the conversations of an SFT release, or of a file of messages."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from warmbench.data.fingerprint import row_fingerprint
from warmbench.data.location import parse_hub_release, release_folder
from warmbench.data.sft_release import TRAIN, open_sft_release_path, read_sft_release
from warmbench.data.table import read_rows
from warmbench.errors import DataError, UsageError, first_problem
from warmbench.records.conversation import Version
from warmbench.records.message import Message
from warmbench_builders.tuning.recipe import DataRecord

__all__ = ["OPEN", "Chat", "TuningData", "chats_of", "hold_out", "read_data"]

OPEN = "open"

Chat = tuple[Message, ...]

_Kept = TypeVar("_Kept")


@dataclass(frozen=True)
class TuningData:
    """Rows with ``messages``, as they were found, and what names them."""

    record: DataRecord
    rows: tuple[Mapping[str, Any], ...]


class _MessageRow(BaseModel):
    model_config = ConfigDict(strict=True)

    role: Literal["system", "user", "assistant"]
    content: str = Field(min_length=1)


class _ChatRow(BaseModel):
    model_config = ConfigDict(strict=True)

    messages: list[_MessageRow] = Field(min_length=1)


def read_data(data: str, version: Version) -> TuningData:
    """The training rows that ``--data`` names: a release's in the order of their ids, a file's
    in its own.

    Raises ``UsageError`` when there is nothing, ``DataError`` for a damaged release or file.
    """
    if data == OPEN:
        return _read_release(open_sft_release_path(), version)
    path = Path(data).expanduser()
    if path.suffix.lower() == ".jsonl":
        return _read_file(path)
    if not path.is_dir() and parse_hub_release(data) is None:
        raise UsageError(
            f"--data {data}: no such folder; give open, the folder of an SFT release, "
            "ORG/NAME@vX.Y.Z for one on the Hugging Face Hub, or a .jsonl file of messages"
        )
    return _read_release(release_folder(data), version)


def _read_release(path: Path, version: Version) -> TuningData:
    release = read_sft_release(path)
    conversations = sorted(release.conversations(version, TRAIN), key=lambda c: c.conversation_id)
    manifest = release.manifest
    record = DataRecord(
        name=manifest.name,
        version=manifest.version,
        fingerprint=manifest.fingerprint,
        license=manifest.source.license,
    )
    rows = tuple({"messages": c.to_row()["messages"]} for c in conversations)
    return TuningData(record, rows)


def _read_file(path: Path) -> TuningData:
    rows = tuple(read_rows(path))
    # As ASCII: half a surrogate pair, which JSON can spell, is a fault to be reported later.
    messages = json.dumps([row.get("messages") for row in rows], sort_keys=True)
    record = DataRecord(
        name=path.name,
        version=None,
        # In order, unlike a release's: here the order of the lines is the order of training.
        fingerprint=row_fingerprint({"messages": messages}),
        license=None,
    )
    return TuningData(record, rows)


def chats_of(data: TuningData) -> list[Chat]:
    """The rows as messages; raises ``DataError`` for a row that is not a conversation."""
    chats = []
    for number, row in enumerate(data.rows, start=1):
        try:
            chat = _ChatRow.model_validate(row)
        except ValidationError as error:
            raise DataError(
                f"{data.record.name}, row {number}: {first_problem(error)}; each row has messages, "
                "a list of role (system, user or assistant) and content"
            ) from None
        chats.append(tuple(Message(m.role, m.content) for m in chat.messages))
    return chats


def hold_out(rows: Sequence[_Kept], share: float, seed: int) -> tuple[list[_Kept], list[_Kept]]:
    """The rows to train on and those held out, drawn by the seed; both keep their order.

    A share above 0 holds out one row at least; raises ``DataError`` when none would be left.
    """
    count = max(1, round(share * len(rows))) if share else 0
    if count >= len(rows):
        raise DataError(
            f"--held-out {share:g} of {len(rows)} conversations leaves none to train on"
        )
    held = set(random.Random(f"{seed}/held-out").sample(range(len(rows)), count))
    train = [row for number, row in enumerate(rows) if number not in held]
    return train, [rows[number] for number in sorted(held)]
