from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from warmbench.errors import RunError, UsageError
from warmbench_builders.sft.readers import open_log
from warmbench_builders.sft.readers.chat import Dropped, RawChat
from warmbench_builders.sft.readers.file import chats_of
from warmbench_builders.sft.readers.hub import HUB_LOGS, HubLog, stream_rows

SHAREGPT = {"id": "a1", "conversations": [{"from": "human", "value": "Hi"}]}
CHAT = RawChat("a1", [("human", "Hi")])

LINES: list[tuple[str, bytes, list[Any]]] = [
    ("ShareGPT", json.dumps(SHAREGPT).encode(), [CHAT]),
    ("messages", b'{"messages": [{"role": "user", "content": "Hi"}]}',
     [RawChat("row 1", [("user", "Hi")])]),
    ("WildChat", b'{"conversation_hash": "h", "conversation": [{"role": "user", "content": "Hi"}]}',
     [RawChat("h", [("user", "Hi")])]),
    ("a byte order mark and empty lines", b"\xef\xbb\xbf" + json.dumps(SHAREGPT).encode() + b"\n\n",
     [CHAT]),
    ("broken JSON", b'{"id": 1,\n' + json.dumps(SHAREGPT).encode(),
     [Dropped("a line that is not JSON"), CHAT]),
    ("nested beyond measure", b"[" * 0 + b'{"a":' * 100_000,
     [Dropped("a line that is not JSON")]),
    ("invalid UTF-8", b'{"id": "\xff"}\n' + json.dumps(SHAREGPT).encode(),
     [Dropped("a line that is not UTF-8"), CHAT]),
    ("no object", b'"text"', [Dropped("a row that is not a JSON object")]),
    ("no turns", b'{"id": 1}',
     [Dropped("a row without conversations, conversation or messages")]),
    ("a turn that is a text", b'{"messages": ["Hi"]}', [Dropped("a turn that is not a JSON object")]),
    ("a missing role", b'{"messages": [{"content": "Hi"}]}', [RawChat("row 1", [(None, "Hi")])]),
    ("one array", b"[" + json.dumps(SHAREGPT).encode() + b", 3]",
     [CHAT, Dropped("a row that is not a JSON object")]),
    ("an array that breaks off", b"[" + json.dumps(SHAREGPT).encode() + b", {",
     [CHAT, Dropped("the rest of a JSON array that breaks off")]),
    ("nothing", b"", []),
]  # fmt: skip


@pytest.mark.parametrize(("data", "expected"), [r[1:] for r in LINES], ids=[r[0] for r in LINES])
def test_files(data: bytes, expected: list[Any], tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    path.write_bytes(data)
    assert list(open_log(str(path)).rows) == expected


def test_the_revision_is_the_file_s_hash(tmp_path: Path) -> None:
    path = tmp_path / "My Log.json"
    path.write_bytes(b"{}")
    log = open_log(str(path))
    assert log.slug == "my-log"
    assert log.revision == (
        "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
    )


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("hub:nosuch", "known are sharegpt, wildchat, oasst"),
        ("missing.jsonl", "and not a file"),
        ("log.csv", "not .json or .jsonl"),
    ],
)
def test_what_is_no_log(
    source: str, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("log.csv").write_text("a,b")
    with pytest.raises(UsageError, match=words):
        open_log(source)


def test_a_hub_that_is_away_is_reported() -> None:
    with pytest.raises(RunError, match="anon8231489123/ShareGPT_Vicuna_unfiltered"):
        open_log("hub:sharegpt")


def test_the_papers_log_is_pinned() -> None:
    assert HUB_LOGS["sharegpt"].revision == "192ab2185289094fc556ec8ce5ce1e8e587154ca"


def test_datasets_streams_rows(tmp_path: Path) -> None:
    turns = [{"role": "user", "content": "Hi"}]
    lines = [json.dumps({"conversation_hash": f"h{n}", "conversation": turns}) for n in range(3)]
    (tmp_path / "train.jsonl").write_text("\n".join(lines))
    rows = stream_rows(HubLog(repo=str(tmp_path), revision=None, license=""), None)
    assert list(chats_of(rows)) == [RawChat(f"h{n}", [("user", "Hi")]) for n in range(3)]


def message(name: str, parent: str | None, role: str, rank: int | None = None) -> dict[str, Any]:
    return {
        "message_id": name,
        "parent_id": parent,
        "message_tree_id": "t1",
        "role": role,
        "text": f"says {name}",
        "rank": rank,
        "deleted": False,
    }


def test_a_tree_gives_its_best_path() -> None:
    rows = [
        message("t1", None, "prompter"),
        message("a", "t1", "assistant", 1),
        message("b", "t1", "assistant", 0),
        message("c", "b", "prompter"),
        message("d", "a", "prompter"),
        {**message("e", "c", "assistant", 0), "deleted": True},
        message("f", "c", "assistant", 2),
        {**message("u1", None, "prompter"), "message_tree_id": "u1"},
    ]
    said = ["says t1", "says b", "says c", "says f"]
    roles = ["prompter", "assistant", "prompter", "assistant"]
    assert list(chats_of(iter(rows))) == [
        RawChat("t1", list(zip(roles, said, strict=True))),
        RawChat("u1", [("prompter", "says u1")]),
    ]


def test_a_tree_that_bites_its_tail_ends() -> None:
    rows = [message("t1", None, "prompter"), message("t1", "t1", "assistant")]
    (chat,) = chats_of(iter(rows))
    assert isinstance(chat, RawChat)
    assert len(chat.turns) == 2
