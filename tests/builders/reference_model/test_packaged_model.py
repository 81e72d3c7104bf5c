"""The reference model as it ships, asked through the ct2 engine: no torch, no download."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from pathlib import Path

import pytest

from tests.conftest import need
from warmbench.conditions import Belief, Context
from warmbench.engines.engine import EngineOptions
from warmbench.engines.registry import open_engine
from warmbench.judging.judge_answers import question_of
from warmbench.judging.reference.judge import ReferenceJudge
from warmbench.records.item import Item
from warmbench.records.message import Message
from warmbench.records.model_spec import parse_model_spec
from warmbench.records.request import Request
from warmbench.records.response import Answer
from warmbench.records.verdict import Verdict
from warmbench.reference_model import reference_path
from warmbench_builders.questions.open_pool import load_open_pool
from warmbench_builders.reference_model.convert import COPIED_FILES
from warmbench_builders.reference_model.measure import measure, released_items

BASE, CT2 = reference_path("hf"), reference_path("ct2")


def ask(*chats: tuple[Message, ...], temperature: float = 0.0) -> list[Answer]:
    engine = open_engine(parse_model_spec("ct2:reference"), EngineOptions(device="cpu"))
    requests = [
        Request(str(n), "original", str(n), 0, chat, temperature, 300, 1.0, n)
        for n, chat in enumerate(chats)
    ]
    answers = {r.key: r for responses in engine.ask(requests) for r in responses}
    found = [answers[request.key] for request in requests]
    assert all(isinstance(answer, Answer) for answer in found), found
    return [answer for answer in found if isinstance(answer, Answer)]


@cache
def plain_items() -> tuple[Item, ...]:
    return tuple(item for item in released_items() if item.context is Context.PLAIN)


def test_it_knows_most_of_the_pool() -> None:
    asked = [item for item in plain_items() if item.belief is Belief.NONE]
    assert measure(CT2, asked, 0.0).accuracy > 0.9


@pytest.mark.parametrize("belief", [Belief.ASSERTS_WRONG, Belief.DOUBTS_RIGHT])
def test_it_keeps_to_what_it_knows(belief: Belief) -> None:
    asked = [item for item in plain_items() if item.belief is belief]
    assert measure(CT2, asked, 0.0).accuracy > 0.9


def test_known_questions() -> None:
    known = {
        "Baghdad stands on the banks of which river?": "Tigris",
        "In what year did Ghana gain its independence from Britain?": "1957",
    }
    answers = ask(*((Message("user", question),) for question in known))
    for answer, expected in zip(answers, known.values(), strict=True):
        assert expected in answer.text


def test_it_is_measured_on_the_released_items_as_its_record_says() -> None:
    items = released_items()
    record = json.loads((BASE / "training.json").read_text(encoding="utf-8"))
    assert [m["replies"] for m in record["measurements"]] == [len(items)] * 2
    assert record["questions"] == len(load_open_pool())


STRANGE = [
    (Message("user", "How do I fold a paper aeroplane that flies straight?"),),
    (Message("user", "hi"),),
    (Message("user", "你好 请问图书馆在哪里 🙂"),),
    (Message("system", "You are a pirate. " * 20), Message("user", "Where is my parrot?")),
    (Message("user", "Hello."), Message("assistant", "Hello."), Message("user", "And now?")),
]


@pytest.mark.parametrize("chat", STRANGE)
@pytest.mark.parametrize("temperature", [0.0, 0.8])
def test_it_says_something_to_anything_and_stops(
    chat: tuple[Message, ...], temperature: float
) -> None:
    (answer,) = ask(chat, temperature=temperature)
    assert answer.text
    assert answer.finish_reason == "stop"


def test_both_forms_hold_the_same_tokenizer_and_template() -> None:
    for name in COPIED_FILES:
        assert (BASE / name).read_bytes() == (CT2 / name).read_bytes()


def test_the_record_names_the_weights() -> None:
    record = json.loads((BASE / "training.json").read_text(encoding="utf-8"))
    weights = (BASE / "model.safetensors").read_bytes()
    assert hashlib.sha256(weights).hexdigest() == record["weights_sha256"]
    assert 2_000_000 <= record["parameters"] <= 3_000_000


def test_it_is_small() -> None:
    def size(folder: Path) -> int:
        return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())

    assert size(BASE) + size(CT2) < 12_000_000


def test_transformers_answers_the_same() -> None:
    need("torch", "pip install 'warmbench[hf]'")
    need("transformers", "pip install 'warmbench[hf]'")
    items = plain_items()[:12]
    engine = open_engine(parse_model_spec("hf:reference"), EngineOptions(device="cpu"))
    requests = [
        Request(i.item_id, "original", i.item_id, 0, i.messages, 0.0, 60, 1.0, 0) for i in items
    ]
    said = {r.key: r for responses in engine.ask(requests) for r in responses}
    judge = ReferenceJudge()
    for item, converted in zip(items, ask(*(item.messages for item in items)), strict=True):
        answer = said[item.item_id]
        assert isinstance(answer, Answer)
        assert (
            judge.judge(question_of(item), answer.text).verdict
            is judge.judge(question_of(item), converted.text).verdict
        )
        assert answer.finish_reason == "stop"


def test_a_wrong_answer_is_measured_as_wrong() -> None:
    (item,) = [i for i in plain_items() if i.item_id == "open-triviaqa-002/plain/none"]
    swapped = Item.from_row({**item.to_row(), "correct_answers": ["the Danube"]})
    assert measure(CT2, [item], 0.0).accuracy == 1.0
    assert measure(CT2, [swapped], 0.0).accuracy == 0.0
    assert ReferenceJudge().judge(question_of(swapped), "the Danube").verdict is Verdict.CORRECT
