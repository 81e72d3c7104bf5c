"""The ct2 engine with the real reference model."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from warmbench.engines.ct2 import CT2Engine
from warmbench.engines.engine import EngineOptions
from warmbench.errors import EngineError, UsageError
from warmbench.records.message import Message
from warmbench.records.model_spec import parse_model_spec
from warmbench.records.request import Request
from warmbench.records.response import Answer, Failure, FailureKind
from warmbench.reference_model import reference_path

REFERENCE = reference_path("ct2")


def open_engine(spec: str = "ct2:reference") -> CT2Engine:
    return CT2Engine(parse_model_spec(spec), EngineOptions())


def make_requests(count: int, temperature: float = 0.8, system: str | None = None) -> list[Request]:
    head = () if system is None else (Message("system", system),)
    return [
        Request(
            key=f"k{i}", arm="original", item_id=f"i{i}", epoch=0,
            messages=(*head, Message("user", f"What is the capital of country number {i}?")),
            temperature=temperature, max_tokens=24, top_p=1.0, seed=100 + i, block=i // 4,
        )
        for i in range(count)
    ]  # fmt: skip


def texts(engine: CT2Engine, requests: list[Request]) -> dict[str, str]:
    return {r.key: r.text for group in engine.ask(requests) for r in group if isinstance(r, Answer)}


def test_every_request_is_answered_with_counted_tokens() -> None:
    answers = [r for group in open_engine().ask(make_requests(9)) for r in group]
    assert [r.key for r in answers] == [f"k{i}" for i in range(9)]
    for answer in answers:
        assert isinstance(answer, Answer)
        assert answer.finish_reason in ("stop", "length")
        assert answer.prompt_tokens
        assert "<|" not in answer.text


def test_the_same_seeds_draw_the_same_answers_whatever_was_asked_before() -> None:
    requests = make_requests(16)
    whole = texts(open_engine(), requests)
    engine = open_engine()
    second_half = texts(engine, requests[8:])
    first_half = texts(engine, requests[:8])
    assert {**second_half, **first_half} == whole


def test_other_seeds_draw_other_answers() -> None:
    from dataclasses import replace

    requests = make_requests(16)
    other = [replace(request, seed=request.seed + 1000) for request in requests]
    assert texts(open_engine(), requests) != texts(open_engine(), other)


def test_temperature_zero_does_not_depend_on_the_seed() -> None:
    from dataclasses import replace

    requests = make_requests(8, temperature=0.0)
    other = [replace(request, seed=request.seed + 1) for request in requests]
    assert texts(open_engine(), requests) == texts(open_engine(), other)


def test_a_system_prompt_is_taken() -> None:
    assert len(texts(open_engine(), make_requests(3, system="Be kind."))) == 3


def test_a_prompt_that_is_too_long_is_a_failure_of_that_request() -> None:
    from dataclasses import replace

    good, bad = make_requests(2, temperature=0.0)
    bad = replace(bad, messages=(Message("user", "word " * 5000),))
    first, second = [r for group in open_engine().ask([good, bad]) for r in group]
    assert isinstance(first, Answer)
    assert isinstance(second, Failure)
    assert second.kind is FailureKind.BAD_REQUEST
    assert "exceed the model's context" in second.message


def test_other_weights_are_another_revision(tmp_path: Path) -> None:
    shutil.copytree(REFERENCE, tmp_path / "model")
    same = open_engine(f"ct2:{tmp_path / 'model'}").identity()["revision"]
    assert same == open_engine().identity()["revision"]
    with (tmp_path / "model" / "model.bin").open("ab") as file:
        file.write(b"\0")
    assert open_engine(f"ct2:{tmp_path / 'model'}").identity()["revision"] != same


WRONG = [
    ("no folder", "ct2:nowhere", UsageError, "nowhere has no model.bin, config.json, tokenizer"),
    ("adapter", "ct2:some/model+warm", UsageError, "ct2 can't load an adapter"),
    ("address", "ct2:reference@http://x", UsageError, "doesn't take an address"),
    ("no such arm", "ct2:reference+hot", UsageError, "has no 'hot' for the ct2 engine"),
]


@pytest.mark.parametrize(("name", "spec", "kind", "expected"), WRONG, ids=[w[0] for w in WRONG])
def test_what_can_not_be_opened_is_reported(
    name: str, spec: str, kind: type[Exception], expected: str
) -> None:
    with pytest.raises(kind, match=expected):
        open_engine(spec)


def test_damaged_weights_are_reported(tmp_path: Path) -> None:
    shutil.copytree(REFERENCE, tmp_path / "model")
    (tmp_path / "model" / "model.bin").write_bytes(b"nothing of the kind")
    with pytest.raises(EngineError, match="CTranslate2 can't load the model"):
        list(open_engine(f"ct2:{tmp_path / 'model'}").ask(make_requests(1)))


def test_a_model_without_a_template_is_reported(tmp_path: Path) -> None:
    shutil.copytree(REFERENCE, tmp_path / "model")
    (tmp_path / "model" / "chat_template.jinja").unlink()
    with pytest.raises(UsageError, match="no chat template"):
        open_engine(f"ct2:{tmp_path / 'model'}")


def test_a_hostile_template_can_not_leave_its_sandbox(tmp_path: Path) -> None:
    shutil.copytree(REFERENCE, tmp_path / "model")
    template = "{{ ''.__class__.__mro__[1].__subclasses__() }}"
    (tmp_path / "model" / "chat_template.jinja").write_text(template)
    with pytest.raises(EngineError, match="chat template fails"):
        list(open_engine(f"ct2:{tmp_path / 'model'}").ask(make_requests(1)))


def test_the_context_length_is_the_tokenizers() -> None:
    config = json.loads((REFERENCE / "tokenizer_config.json").read_text())
    assert config["model_max_length"] >= 512
