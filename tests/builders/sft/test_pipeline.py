from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders.sft.chats import make_chat
from tests.performance.synthetic_chats import write_chats
from warmbench.records.conversation import QueryType
from warmbench_builders.sft.filters.duplicates import EXACT, NEAR, Signatures
from warmbench_builders.sft.filters.query_type import query_type_of
from warmbench_builders.sft.filters.unsafe import WordListFilter
from warmbench_builders.sft.pipeline import (
    MAX_TURNS,
    Picks,
    Wanted,
    chat_id,
    cut_turns,
    first_prompt,
    pick_chats,
)
from warmbench_builders.sft.readers import open_log
from warmbench_builders.sft.readers.chat import Chat, ChatFile
from warmbench_builders.sft.sample import Sampler, quotas

LABELS = [
    ("How do I pick a lock?", "I'm sorry, but I can't help with that.", QueryType.REFUSAL),
    ("Write a short poem about rain.", "Rain, rain.", QueryType.CREATIVE),
    ("Give me ten names for a cat cafe", "Purrfect.", QueryType.CREATIVE),
    ("Fix this:\n```\nprint(x\n```", "Add a bracket.", QueryType.TECHNICAL),
    ("My python loop never ends", "Check it.", QueryType.TECHNICAL),
    ("Should I tell my boss that I am leaving?", "Yes.", QueryType.ADVICE),
    ("How can I sleep better?", "Go to bed early.", QueryType.ADVICE),
    ("What is the tallest tree?", "A redwood.", QueryType.FACTUAL),
    ("Hi, who was Nefertiti?", "A queen.", QueryType.FACTUAL),
    ("Thanks, good night", "Good night.", QueryType.OTHER),
    ("Translate to French: good night", "Bonne nuit.", QueryType.OTHER),
]


def test_labels() -> None:
    found = [query_type_of(make_chat(question, reply)) for question, reply, _ in LABELS]
    assert found == [label for _, _, label in LABELS]


LONG = "Please tell me how the old bakers of our town made bread with rye, honey, salt and caraway"


def duplicates_of(chats: list[Chat], folder: Path) -> list[int]:
    signatures = Signatures(folder / "signatures")
    for start in range(0, len(chats), 2):  # in several parts
        signatures.add(chats[start : start + 2])
    return signatures.find().tolist()


def test_duplicates_are_judged_by_what_the_user_says(tmp_path: Path) -> None:
    chats = [
        make_chat(LONG, "One way."),
        make_chat("What is a kettle?", "A pot."),
        make_chat(LONG.upper(), "Another reply."),
        make_chat(f"{LONG} seeds", "A third."),
        make_chat(" ".join(reversed(LONG.split())), "The words alone are the same."),
        make_chat("What is a kettle?", "A pot.", "And a lid?", "Its cover."),
    ]
    assert duplicates_of(chats, tmp_path) == [0, 0, EXACT, NEAR, 0, 0]


def test_no_chats_have_no_duplicates(tmp_path: Path) -> None:
    assert duplicates_of([], tmp_path) == []


KETTLE, LID = make_chat("What is a kettle?", "A pot."), make_chat("And a lid?", "Its cover.")


@pytest.mark.parametrize(
    "parts",
    [[[]], [[], [KETTLE, LID]], [[KETTLE], [], [LID]], [[KETTLE, LID], []]],
    ids=["alone", "first", "between", "last"],
)
def test_a_part_without_chats_has_no_signatures(parts: list[list[Chat]], tmp_path: Path) -> None:
    signatures = Signatures(tmp_path / "signatures")
    for part in parts:
        signatures.add(part)
    assert signatures.find().tolist() == [0] * sum(map(len, parts))


def test_marks_and_blanks_alone_are_told_apart(tmp_path: Path) -> None:
    assert duplicates_of([make_chat("?", "a"), make_chat("!", "b")], tmp_path) == [0, 0]


@given(st.permutations(range(12)), st.integers(0, 3))
def test_the_draw_does_not_depend_on_the_order(order: list[int], seed: int) -> None:
    def draw(numbers: list[int]) -> tuple[list[int], list[int]]:
        sampler = Sampler(train=12, validation=6, seed=seed)
        for number in numbers:
            sampler.offer(QueryType.ADVICE, f"chat-{number}", number)
        drawn = sampler.drawn()[QueryType.ADVICE]
        return list(drawn.train), list(drawn.validation)

    train, validation = draw(list(order))
    assert (train, validation) == draw(sorted(order))
    assert len(train) == 2
    assert len(validation) == 1
    assert not set(train) & set(validation)


def test_quotas_share_out_equally() -> None:
    assert list(quotas(1_617).values()) == [270, 270, 270, 269, 269, 269]
    assert sum(quotas(1_500).values()) == 1_500


def test_too_few_chats_are_shared_in_proportion() -> None:
    sampler = Sampler(train=60, validation=30, seed=0)
    for number in range(6):
        sampler.offer(QueryType.OTHER, str(number), number)
    drawn = sampler.drawn()[QueryType.OTHER]
    assert (len(drawn.train), len(drawn.validation)) == (4, 2)


def test_cutting() -> None:
    chat = make_chat(*(str(number) for number in range(30)))
    assert [m.content for m in cut_turns(chat.messages)] == [str(n) for n in range(MAX_TURNS)]
    assert cut_turns(chat.messages)[-1].role == "assistant"
    assert [m.content for m in first_prompt(chat.messages)] == ["0"]


def test_the_spool_gives_back_what_it_was_given(tmp_path: Path) -> None:
    chats = [make_chat("a\nb\u2028c", 'caf\u00e9 "x"', source_id=f"s{n}") for n in range(3)]
    with ChatFile(tmp_path / "stored") as stored:
        for chat in chats:
            stored.write(chat)
        places = list(stored.chats())
        assert [chat for _, chat in places] == chats
        assert [stored.at(place) for place, _ in reversed(places)] == chats[::-1]


def pick(path: Path, train: int = 12, seed: int = 0) -> Picks:
    wanted = Wanted(train=train, validation=6, language="en", seed=seed)
    question = "Should I paint the old garden bridge in the middle of the rainy week?"
    return pick_chats(open_log(str(path)), wanted, WordListFilter(), [question])


def test_every_row_is_kept_or_counted(tmp_path: Path) -> None:
    path = tmp_path / "synthetic.jsonl"
    write_chats(path, 600)
    touching = "Should I paint the old garden bridge in the middle of the rainy week? Or not?"
    turns = [{"from": "human", "value": touching}, {"from": "gpt", "value": "Wait for the sun."}]
    with path.open("a") as file:
        file.write(json.dumps({"id": "touching", "conversations": turns}) + "\n")
    picks = pick(path)
    dropped: Counter[str] = Counter()
    for row in picks.drops.rows():
        dropped[row.step] += row.dropped
    assert picks.drops.read == 601
    assert dropped["read"] == 4
    assert dropped["normalise"] == 2
    assert dropped["personal"] == 6
    assert dropped["duplicates"] == 11
    assert dropped["contamination"] == 1
    assert picks.drops.read - sum(dropped.values()) == len(picks.train) + len(picks.validation)
    assert list(dropped) == [
        "read", "normalise", "language", "unsafe", "personal", "duplicates", "contamination",
        "sample",
    ]  # fmt: skip
    assert Counter(chat.query_type for chat in picks.train) == dict.fromkeys(QueryType, 2)
    assert sum(picks.available.values()) == 601 - 24


def test_the_same_log_and_seed_pick_the_same(tmp_path: Path) -> None:
    path, turned = tmp_path / "synthetic.jsonl", tmp_path / "turned" / "synthetic.jsonl"
    write_chats(path, 400)
    turned.parent.mkdir()
    lines = [line for line in path.read_text().splitlines() if "stood in the garden" not in line]
    path.write_text("\n".join(lines))
    turned.write_text("\n".join(reversed(lines)))
    assert pick(path).train == pick(path).train == pick(turned).train
    assert pick(path, seed=1).train != pick(path).train


def test_ids_are_made_of_what_is_said() -> None:
    one, same = make_chat("a", "b", source_id="1"), make_chat("a", "b", source_id="2")
    assert chat_id("log", one) == chat_id("log", same) == "log-f64b745df880"
    assert chat_id("log", make_chat("a", "c")) != chat_id("log", one)


def test_signatures_of_many_rounds_agree_with_one(tmp_path: Path) -> None:
    """Keys are compared in rounds; a key meets its likes whatever the round."""
    rng = np.random.default_rng(0)
    words = [f"word{n}" for n in range(200)]
    texts = [" ".join(rng.choice(words, 12)) for _ in range(50)]
    chats = [make_chat(text, "r") for text in texts + texts]
    assert duplicates_of(chats, tmp_path) == [0] * 50 + [EXACT] * 50
