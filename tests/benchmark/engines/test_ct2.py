"""The ct2 engine with the real reference model."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from warmbench.engines.ct2.ct2_engine import CT2Engine
from warmbench.engines.engine import ArmHistory, EngineOptions
from warmbench.errors import EngineError, UsageError
from warmbench.records.message import Message
from warmbench.records.model_spec import parse_model_spec
from warmbench.records.request import Request
from warmbench.records.request_extras import RequestExtras
from warmbench.records.request_form import RequestForm
from warmbench.records.response import Answer, Failure, FailureKind
from warmbench.reference_model import reference_path

REFERENCE = reference_path("ct2")


def open_engine(spec: str = "ct2:reference", **engine_args: str) -> CT2Engine:
    return CT2Engine(parse_model_spec(spec), EngineOptions(engine_args=engine_args))


def copied(folder: Path, **files: str) -> str:
    """The reference model as somebody's own, with these files (name without suffix: text)."""
    shutil.copytree(REFERENCE, folder / "model")
    for name, text in files.items():
        suffix = "jinja" if name == "chat_template" else "json"
        (folder / "model" / f"{name}.{suffix}").write_text(text)
    return f"ct2:{folder / 'model'}"


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
    requests = make_requests(16)
    other = [replace(request, seed=request.seed + 1000) for request in requests]
    assert texts(open_engine(), requests) != texts(open_engine(), other)


def test_temperature_zero_does_not_depend_on_the_seed() -> None:
    requests = make_requests(8, temperature=0.0)
    other = [replace(request, seed=request.seed + 1) for request in requests]
    assert texts(open_engine(), requests) == texts(open_engine(), other)


def test_a_system_prompt_is_taken() -> None:
    assert len(texts(open_engine(), make_requests(3, system="Be kind."))) == 3


def test_a_prompt_that_is_too_long_is_a_failure_of_that_request() -> None:
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


def test_the_identity_of_the_reference_model_is_what_it_always_was() -> None:
    assert set(open_engine().identity()) == {"engine", "endpoint", "model", "revision", "adapter"}


TYPES = [
    ("as it is stored", {}, "float32"),
    ("int8", {"compute_type": "int8"}, "int8_float32"),
    ("float32", {"compute_type": "float32"}, "float32"),
]


@pytest.mark.parametrize(("name", "given", "used"), TYPES, ids=[t[0] for t in TYPES])
def test_the_compute_type_that_is_used_is_part_of_the_identity(
    tmp_path: Path, name: str, given: dict[str, str], used: str
) -> None:
    assert open_engine(copied(tmp_path), **given).identity()["compute_type"] == used
    assert open_engine(**given).identity().get("compute_type", "float32") == used


def test_another_compute_type_gives_other_answers_and_the_engine_computes_in_it() -> None:
    requests = make_requests(32)
    assert texts(open_engine(compute_type="int8"), requests) != texts(open_engine(), requests)


WRONG_OPTIONS = [
    ({"compute_type": "int4"}, UsageError, "compute_type=int4 is none of default, auto, int8"),
    ({"compute_type": "float16"}, EngineError, "CTranslate2 can't load the model .*float16"),
    ({"intra_threads": "none"}, UsageError, "intra_threads=none must be a whole number from 1"),
    ({"intra_threads": "0"}, UsageError, "intra_threads=0 must be a whole number from 1"),
    ({"intra_threads": "100000"}, UsageError, "intra_threads=100000 must be a whole number from 1"),
]


@pytest.mark.parametrize(("given", "kind", "said"), WRONG_OPTIONS)
def test_an_option_that_can_not_be_taken_is_refused(
    given: dict[str, str], kind: type[Exception], said: str
) -> None:
    with pytest.raises(kind, match=said):
        open_engine(**given).identity()


def test_a_device_of_another_kind_is_refused() -> None:
    options = EngineOptions(device="nonsense")
    with pytest.raises(UsageError, match="--device nonsense is none of auto, cpu, cuda"):
        CT2Engine(parse_model_spec("ct2:reference"), options)


def test_the_template_its_date_and_the_end_tokens_are_part_of_the_identity(tmp_path: Path) -> None:
    plain = open_engine(copied(tmp_path / "plain")).identity()
    dated = open_engine(
        copied(
            tmp_path / "dated",
            chat_template="{{ strftime_now('%Y') }}",
            generation_config=json.dumps({"eos_token_id": [7, 3]}),
        )
    ).identity()
    assert (plain["template_date"], plain["end_tokens"]) == (None, None)
    assert (dated["template_date"], dated["end_tokens"]) == ("2025-01-01", "3,7")
    assert plain["chat_template"] != dated["chat_template"]
    assert plain["revision"] == dated["revision"]


def test_an_answer_ends_at_any_of_the_end_tokens(tmp_path: Path) -> None:
    from tokenizers import Tokenizer

    (request,) = make_requests(1, temperature=0.0)
    whole = texts(open_engine(), [request])["k0"]
    tokenizer = Tokenizer.from_file(str(REFERENCE / "tokenizer.json"))
    ids = tokenizer.encode(whole, add_special_tokens=False).ids
    usual = tokenizer.token_to_id("<|end|>")
    config = json.dumps({"eos_token_id": [usual, ids[3]]})
    cut_short = texts(open_engine(copied(tmp_path, generation_config=config)), [request])["k0"]
    assert whole.startswith(cut_short)
    assert len(cut_short) < len(whole)


NO_SYSTEM = (
    "{% if messages[0].role == 'system' %}{{ raise_exception('no system role') }}{% endif %}"
    + (REFERENCE / "chat_template.jinja").read_text()
)


def test_a_system_prompt_leads_the_first_user_turn_where_the_template_has_no_place_for_it(
    tmp_path: Path,
) -> None:
    requests = make_requests(3, temperature=0.0, system="Be kind.")
    engine = open_engine(copied(tmp_path, chat_template=NO_SYSTEM))
    engine.begin(iter(requests))
    assert engine.form == RequestForm(system_in_user=True)
    folded = [replace(r, messages=engine.form.messages(r.messages)) for r in requests]
    assert "system" not in {message.role for message in folded[0].messages}
    assert texts(engine, requests) == texts(open_engine(), folded)


def test_the_form_of_an_earlier_start_is_kept_where_nothing_is_left_to_ask(tmp_path: Path) -> None:
    engine = open_engine(copied(tmp_path, chat_template=NO_SYSTEM))
    engine.begin(iter([]), ArmHistory(3, RequestForm(system_in_user=True)))
    assert engine.form == RequestForm(system_in_user=True)


def test_a_request_that_the_template_refuses_is_a_failure_of_that_request(tmp_path: Path) -> None:
    template = (
        "{% if 'bad' in messages[0].content %}{{ raise_exception('no') }}{% endif %}"
        + (REFERENCE / "chat_template.jinja").read_text()
    )
    good, bad = make_requests(2, temperature=0.0)
    bad = replace(bad, messages=(Message("user", "bad"),))
    engine = open_engine(copied(tmp_path, chat_template=template))
    first, second = [r for group in engine.ask([good, bad]) for r in group]
    assert isinstance(first, Answer)
    assert isinstance(second, Failure)
    assert second.kind is FailureKind.BAD_REQUEST
    assert second.message.endswith("the chat template refuses these messages: no")


def test_a_template_that_fails_is_said_before_anything_is_asked(tmp_path: Path) -> None:
    engine = open_engine(copied(tmp_path, chat_template="{{ messages[0].content + 1 }}"))
    with pytest.raises(EngineError, match="chat template fails"):
        engine.begin(iter(make_requests(1)))


def test_template_variables_reach_the_template(tmp_path: Path) -> None:
    template = "{% if short %}{{ raise_exception(effort ~ reasoning_effort) }}{% endif %}x"
    extras = RequestExtras(chat_template_kwargs={"short": True, "effort": "e-"},
                           reasoning_effort="low")  # fmt: skip
    (request,) = make_requests(1)
    engine = open_engine(copied(tmp_path, chat_template=template))
    assert set(engine.extras_taken) == {"chat_template_kwargs", "reasoning_effort"}
    with pytest.raises(EngineError, match="e-low"):
        engine.begin([replace(request, extras=extras)])


def test_reasoning_that_the_prompt_opens_is_no_answer(tmp_path: Path) -> None:
    """The reference model does not close the tag: its reply is unfinished reasoning."""
    template = (REFERENCE / "chat_template.jinja").read_text() + "{{ '<think>\\n' }}"
    (request,) = make_requests(1, temperature=0.0)
    engine = open_engine(copied(tmp_path, chat_template=template))
    (response,) = [r for group in engine.ask([request]) for r in group]
    assert isinstance(response, Failure)
    assert response.kind is FailureKind.REASONING_ONLY
    assert response.reasoning
