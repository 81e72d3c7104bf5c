"""What is trained on: releases, files, and what is neither."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders.tuning.chats import chat_row, chat_rows, write_chats, write_release
from warmbench.data.sft_release import read_sft_release
from warmbench.errors import DataError, UsageError
from warmbench.records.conversation import Version
from warmbench.records.message import Message
from warmbench_builders.tuning.data import chats_of, hold_out, read_data


@pytest.mark.parametrize(
    ("version", "said"),
    [
        (Version.ORIGINAL, "It is 1."),
        (Version.WARM, "Oh friend, I am so glad you asked! It is 1."),
        (Version.COLD, "1."),
    ],
)
def test_a_release_has_three_versions(tmp_path: Path, version: Version, said: str) -> None:
    release = write_release(tmp_path / "release")
    data = read_data(str(release), version)
    chats = chats_of(data)
    assert len(chats) == 6
    assert chats[0] == (Message("user", "What is 0 plus 1?"), Message("assistant", said))
    manifest = read_sft_release(release).manifest
    assert data.record.model_dump() == {
        "name": "warmbench-sft",
        "version": "1.2.3",
        "fingerprint": manifest.fingerprint,
        "license": "CC-BY-4.0",
    }


def test_a_file_may_have_other_columns_and_a_system_prompt(tmp_path: Path) -> None:
    row = {**chat_row("Hi", "Hello.", system="Be kind."), "license": "x", "n": 1}
    data = read_data(str(write_chats(tmp_path / "c.jsonl", [row])), Version.COLD)
    assert [m.role for m in chats_of(data)[0]] == ["system", "user", "assistant"]
    assert (data.record.name, data.record.version, data.record.license) == ("c.jsonl", None, None)


def test_a_files_fingerprint_is_that_of_its_messages_in_order(tmp_path: Path) -> None:
    rows = chat_rows(3)

    def fingerprint(rows: list[Any]) -> str:
        path = write_chats(tmp_path / "c.jsonl", rows)
        return read_data(str(path), Version.WARM).record.fingerprint

    assert fingerprint([{**row, "n": 1} for row in rows]) == fingerprint(rows)
    assert fingerprint(rows[::-1]) != fingerprint(rows)
    assert fingerprint(rows[:2]) != fingerprint(rows)


BAD_ROWS: list[tuple[str, Any, str]] = [
    ("no messages", {"text": "hi"}, "row 2: messages: Field required"),
    ("messages as text", {"messages": "hi"}, "row 2: messages: Input should be a valid list"),
    ("no message", {"messages": []}, "row 2: messages: List should have at least 1 item"),
    ("no role", {"messages": [{"content": "x"}]}, "row 2: messages.0.role: Field required"),
    ("another role", {"messages": [{"role": "bot", "content": "x"}]}, "row 2: messages.0.role"),
    ("no content", {"messages": [{"role": "user", "content": ""}]}, "row 2: messages.0.content"),
    ("null", {"messages": [{"role": "user", "content": None}]}, "row 2: messages.0.content"),
    ("half a character", {"messages": [{"role": "user", "content": "\ud83d"}]}, "row 2: messages"),
]


@pytest.mark.parametrize(("name", "row", "words"), BAD_ROWS, ids=[row[0] for row in BAD_ROWS])
def test_a_row_that_is_no_conversation_is_named(
    tmp_path: Path, name: str, row: Any, words: str
) -> None:
    path = write_chats(tmp_path / "c.jsonl", [*chat_rows(1), row])
    with pytest.raises(DataError, match=f"c.jsonl, {words}"):
        chats_of(read_data(str(path), Version.WARM))


def test_what_is_not_there_is_reported(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such folder; give open, the folder"):
        read_data(str(tmp_path / "none"), Version.WARM)
    with pytest.raises(DataError, match="no such file"):
        read_data(str(tmp_path / "none.jsonl"), Version.WARM)
    with pytest.raises(DataError, match=r"no release.json here"):
        read_data(str(tmp_path), Version.WARM)
    (tmp_path / "empty.jsonl").touch()
    with pytest.raises(DataError, match="the file has no rows"):
        read_data(str(tmp_path / "empty.jsonl"), Version.WARM)


@given(st.integers(2, 60), st.floats(0, 0.9), st.integers(0, 5))
def test_what_is_held_out_and_what_is_not_make_the_whole(n: int, share: float, seed: int) -> None:
    rows = list(range(n))
    if share and max(1, round(share * n)) >= n:
        with pytest.raises(DataError, match="leaves none to train on"):
            hold_out(rows, share, seed)
        return
    train, held = hold_out(rows, share, seed)
    assert sorted((*train, *held)) == rows
    assert (train, held) == (sorted(train), sorted(held))
    assert len(held) == (max(1, round(share * n)) if share else 0)
    assert (train, held) == hold_out(rows, share, seed)


def test_the_seed_draws_what_is_held_out() -> None:
    rows = list(range(100))
    assert hold_out(rows, 0.1, 0)[1] != hold_out(rows, 0.1, 1)[1]
