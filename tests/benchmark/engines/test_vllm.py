"""The vllm engine's own work, on a stand-in for vLLM. On vLLM itself: ``test_vllm_real.py``."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.benchmark.engines.test_ct2 import make_requests
from warmbench.engines.engine import ArmHistory, EngineOptions
from warmbench.engines.vllm.fake import FakeVLLM
from warmbench.engines.vllm.models import LoadedModels
from warmbench.engines.vllm.vllm_engine import VLLMEngine
from warmbench.errors import EngineError, UsageError
from warmbench.records.message import Message
from warmbench.records.model_spec import parse_model_spec
from warmbench.records.request import Request
from warmbench.records.request_extras import RequestExtras
from warmbench.records.request_form import RequestForm
from warmbench.records.response import Answer, Failure, FailureKind, Response
from warmbench.reference_model import reference_path


def echo(messages: Sequence[Mapping[str, str]], sampling: Mapping[str, Any], lora: str | None):
    return f"{messages[-1]['content']} {sampling['seed']} {Path(lora).name if lora else 'base'}"


class Machine:
    """A process with the stand-in in it."""

    def __init__(self, **arguments: Any) -> None:
        self.vllm = FakeVLLM(echo, **arguments)
        self.models = LoadedModels(lambda: self.vllm.library)

    def open(self, spec: str = "vllm:reference", **engine_args: str) -> VLLMEngine:
        options = EngineOptions(engine_args=engine_args)
        return VLLMEngine(parse_model_spec(spec), options, models=self.models)


def ask(engine: VLLMEngine, requests: list[Request]) -> dict[str, Response]:
    responses = [r for group in engine.ask(requests) for r in group]
    assert len({r.key for r in responses}) == len(responses)
    return {r.key: r for r in responses}


def text(response: Response) -> str:
    assert isinstance(response, Answer)
    return response.text


def test_each_request_gets_the_answer_to_its_own_question() -> None:
    requests = make_requests(9, system="Be kind.")
    answers = ask(Machine().open(), requests)
    assert {key: text(answer) for key, answer in answers.items()} == {
        r.key: f"{r.messages[-1].content} {r.seed} base" for r in requests
    }
    first = answers["k0"]
    assert isinstance(first, Answer)
    assert (first.finish_reason, first.prompt_tokens, first.completion_tokens) == ("stop", 10, 10)


def test_two_arms_share_one_base_model_that_has_room_for_both() -> None:
    machine = Machine()
    original, warm = machine.open("vllm:reference"), machine.open("vllm:reference+warm")
    assert text(ask(original, make_requests(1))["k0"]).endswith("base")
    assert text(ask(warm, make_requests(1))["k0"]).endswith("warm")
    (load,) = machine.vllm.loads
    assert (load["enable_lora"], load["max_loras"], load["max_lora_rank"]) == (True, 1, 8)
    assert (load["model"], load["enable_prefix_caching"]) == (str(reference_path("hf")), True)
    original.close()
    assert not machine.vllm.models[0].closed
    warm.close()
    warm.close()
    assert machine.vllm.models[0].closed


def test_three_arms_have_an_adapter_each() -> None:
    machine = Machine()
    arms = [machine.open(f"vllm:reference{arm}") for arm in ("", "+warm", "+cold")]
    said = [text(ask(engine, make_requests(1))["k0"]).split()[-1] for engine in arms]
    assert said == ["base", "warm", "cold"]
    assert machine.vllm.loads[0]["max_loras"] == 2


def test_an_adapter_that_comes_late_has_the_model_loaded_anew() -> None:
    machine = Machine()
    ask(machine.open(), make_requests(1))
    assert "enable_lora" not in machine.vllm.loads[0]
    assert text(ask(machine.open("vllm:reference+cold"), make_requests(1))["k0"]).endswith("cold")
    assert [model.closed for model in machine.vllm.models] == [True, False]


def test_one_base_model_is_in_memory_at_a_time(tmp_path: Path) -> None:
    machine = Machine()
    (tmp_path / "model.safetensors").write_bytes(b"other weights")
    one, other = machine.open(), machine.open(f"vllm:{tmp_path}")
    for engine in (one, other, other, one):
        ask(engine, make_requests(1))
    assert [model.closed for model in machine.vllm.models] == [True, True, False]


def test_prompts_that_begin_alike_are_asked_together() -> None:
    machine = Machine()
    requests = [
        replace(r, messages=(Message("user", f"{'ab'[i % 2]} {r.key}"),))
        for i, r in enumerate(make_requests(10))
    ]
    engine = machine.open()
    list(engine.ask(requests))
    llm = machine.vllm.models[0]
    groups = engine.ask(requests)
    next(groups)
    queued = [messages[0]["content"][0] for messages, *_ in llm.queued.values()]
    groups.close()
    assert queued == sorted(queued)


def test_what_was_not_taken_is_given_up() -> None:
    machine = Machine()
    groups = machine.open().ask(make_requests(10))
    taken = len(next(groups))
    groups.close()
    llm = machine.vllm.models[0]
    assert len(llm.aborted) == 10 - taken
    assert not llm.queued


@given(lengths=st.lists(st.integers(1, 40), min_size=1, max_size=30), tokens=st.integers(1, 12))
@settings(max_examples=50)
def test_a_request_is_answered_whole_or_fails(lengths: list[int], tokens: int) -> None:
    """A model of 30 tokens whose answers repeat the question and add two words."""
    requests = [
        replace(r, messages=(Message("user", " ".join(["w"] * n)),), max_tokens=tokens)
        for r, n in zip(make_requests(len(lengths)), lengths, strict=True)
    ]
    responses = ask(Machine(context=30).open(), requests)
    for request, length in zip(requests, lengths, strict=True):
        response, whole = responses[request.key], length + 2
        if length < 30 and min(whole, tokens) <= 30 - length:
            assert len(text(response).split()) == min(whole, tokens)
        else:
            assert isinstance(response, Failure)
            assert response.kind is FailureKind.BAD_REQUEST


TOO_LONG = [
    ("the prompt", 1200, 5, "The prompt (length 1200) is longer than 1000"),
    ("with the answer", 950, 300, "the prompt's 950 tokens and the answer's 300 exceed the model'"),
]


@pytest.mark.parametrize(
    ("name", "words", "tokens", "said"), TOO_LONG, ids=[t[0] for t in TOO_LONG]
)
def test_what_is_too_long_is_a_failure_of_that_request(
    name: str, words: int, tokens: int, said: str
) -> None:
    good, bad = make_requests(2)
    bad = replace(bad, messages=(Message("user", "word " * words),), max_tokens=tokens)
    responses = ask(Machine().open(), [bad, good])
    assert isinstance(responses["k0"], Answer)
    failure = responses["k1"]
    assert isinstance(failure, Failure)
    assert failure.message.startswith(said)


def test_an_engine_that_dies_is_said_and_what_was_answered_is_kept() -> None:
    machine = Machine()
    engine = machine.open()
    ask(engine, make_requests(1))
    machine.vllm.models[0].breaks_after = 2
    groups = engine.ask(make_requests(10))
    assert len(next(groups)) + len(next(groups)) == 4
    with pytest.raises(EngineError, match=r"vLLM stopped \(EngineCore died\); the same command"):
        next(groups)


ARGUMENTS = [
    ("none", {}, {}, "auto", None),
    ("how to compute", {"tensor_parallel_size": "4", "gpu_memory_utilization": "0.5"},
     {"tensor_parallel_size": 4, "gpu_memory_utilization": 0.5}, "auto", None),
    ("numbers' type", {"dtype": "float32"}, {"dtype": "float32"}, "float32", None),
    ("what changes answers", {"quantization": "fp8", "max_model_len": "512"},
     {"quantization": "fp8", "max_model_len": 512}, "auto",
     '{"max_model_len": 512, "quantization": "fp8"}'),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "given_", "loaded", "dtype", "said"), ARGUMENTS, ids=[a[0] for a in ARGUMENTS]
)
def test_arguments_go_to_vllm_and_those_that_matter_are_recorded(
    name: str, given_: dict[str, str], loaded: dict[str, Any], dtype: str, said: str | None
) -> None:
    machine = Machine()
    engine = machine.open(**given_)
    ask(engine, make_requests(1))
    assert machine.vllm.loads[0] | loaded == machine.vllm.loads[0]
    identity = engine.identity()
    assert (identity["dtype"], identity["arguments"]) == (dtype, said)


def test_other_arguments_are_another_loaded_model() -> None:
    machine = Machine()
    ask(machine.open(), make_requests(1))
    ask(machine.open(dtype="float32"), make_requests(1))
    assert len(machine.vllm.loads) == 2


CPU = [
    ("a GPU", False, {}, None, False),
    ("a CPU", True, {}, 4 * 2**30, True),
    ("a CPU and a size", True, {"kv_cache_memory_bytes": "1000"}, 1000, True),
    ("a CPU and a share", True, {"gpu_memory_utilization": "0.2"}, None, True),
]


@pytest.mark.parametrize(
    ("name", "on_cpu", "given_", "cache", "eager"), CPU, ids=[c[0] for c in CPU]
)
def test_a_cpu_is_not_filled(
    name: str, on_cpu: bool, given_: dict[str, str], cache: int | None, eager: bool
) -> None:
    machine = Machine(on_cpu=on_cpu)
    ask(machine.open(**given_), make_requests(1))
    (load,) = machine.vllm.loads
    assert (load.get("kv_cache_memory_bytes"), load.get("enforce_eager", False)) == (cache, eager)


def test_the_identity_tells_weights_apart(tmp_path: Path) -> None:
    machine = Machine()
    identity = machine.open("vllm:reference+warm").identity()
    assert (identity["engine"], identity["model"], identity["adapter"]) == (
        "vllm", "reference", "warm",
    )  # fmt: skip
    assert identity["revision"] == machine.open().identity()["revision"]
    other = machine.open("vllm:reference+cold").identity()["adapter_revision"]
    assert identity["adapter_revision"] != other


def write_adapter(folder: Path, config: dict[str, Any]) -> Path:
    folder.mkdir()
    (folder / "adapter_config.json").write_text(json.dumps({"peft_type": "LORA", **config}))
    (folder / "adapter_model.safetensors").write_bytes(b"")
    return folder


RANKS = [(1, 8), (8, 8), (24, 32), (64, 64)]


@pytest.mark.parametrize(("rank", "room"), RANKS)
def test_there_is_room_for_the_highest_rank(tmp_path: Path, rank: int, room: int) -> None:
    machine = Machine()
    folder = write_adapter(tmp_path / "mine", {"r": rank})
    ask(machine.open(f"vllm:reference+{folder}"), make_requests(1))
    assert machine.vllm.loads[0]["max_lora_rank"] == room


def test_a_pickled_adapter_is_refused(tmp_path: Path) -> None:
    folder = write_adapter(tmp_path / "mine", {"r": 8})
    (folder / "adapter_model.safetensors").rename(folder / "adapter_model.bin")
    with pytest.raises(UsageError, match=r"only adapter_model\.bin, a pickle; save it as safe"):
        Machine().open(f"vllm:reference+{folder}")


WRONG = [
    ("address", "vllm:x@http://localhost:8000/v1", UsageError, "write openai:MODEL@http://local"),
    ("no such arm", "vllm:reference+hot", UsageError, "has no 'hot' for the adapters engine"),
    (
        "no adapter",
        f"vllm:reference+{reference_path('hf')}",
        UsageError,
        "is not an adapter: no adapter",
    ),
]


@pytest.mark.parametrize(("name", "spec", "kind", "said"), WRONG, ids=[w[0] for w in WRONG])
def test_what_can_not_be_opened_is_reported(
    name: str, spec: str, kind: type[Exception], said: str
) -> None:
    with pytest.raises(kind, match=said):
        Machine().open(spec)


def test_a_device_is_refused() -> None:
    with pytest.raises(UsageError, match="choose GPUs with CUDA_VISIBLE_DEVICES"):
        VLLMEngine(
            parse_model_spec("vllm:reference"), EngineOptions(device="cpu"), models=Machine().models
        )


def test_a_model_without_a_template_is_reported() -> None:
    machine = Machine()
    engine = machine.open()
    ask(engine, make_requests(1))
    machine.vllm.models[0].chat_template = None
    with pytest.raises(UsageError, match="vllm:reference: the model has no chat template"):
        list(engine.ask(make_requests(1)))


LOADS_THAT_FAIL = [
    (TypeError("unexpected keyword argument 'sped'"), UsageError, "vLLM has no such option"),
    (RuntimeError("out of memory\nat x"), EngineError, r"can't load the model \(out of memory\)"),
]


@pytest.mark.parametrize(("error", "kind", "said"), LOADS_THAT_FAIL, ids=["option", "memory"])
def test_a_model_that_can_not_be_loaded_is_reported(
    error: Exception, kind: type[Exception], said: str
) -> None:
    def fail(**_: Any) -> None:
        raise error

    library = replace(FakeVLLM(echo).library, load=fail)
    engine = VLLMEngine(
        parse_model_spec("vllm:reference"), EngineOptions(), models=LoadedModels(lambda: library)
    )
    with pytest.raises(kind, match=said):
        list(engine.ask(make_requests(1)))


def test_without_vllm_it_says_how_to_get_it() -> None:
    from importlib.util import find_spec

    spec = parse_model_spec("vllm:reference")
    if find_spec("vllm") is not None:
        assert VLLMEngine(spec, EngineOptions()).identity()["engine"] == "vllm"
        return
    with pytest.raises(UsageError, match=r"pip install 'warmbench\[vllm\]'"):
        VLLMEngine(spec, EngineOptions())


def copied(folder: Path, template: str) -> str:
    """The reference model with another chat template."""
    shutil.copytree(reference_path("hf"), folder)
    (folder / "chat_template.jinja").write_text(template)
    return f"vllm:{folder}"


def asked_with(machine: Machine) -> list[dict[str, Any]]:
    return machine.vllm.models[0].templates


def test_nothing_is_said_of_the_template_where_its_defaults_hold() -> None:
    machine = Machine()
    ask(machine.open(), make_requests(2))
    assert asked_with(machine) == [{}, {}]
    assert "template_date" not in machine.open().identity()


def test_a_template_that_asks_for_the_date_is_told_a_fixed_one(tmp_path: Path) -> None:
    from jinja2 import Environment

    machine = Machine()
    engine = machine.open(copied(tmp_path / "model", "{{ strftime_now('%d %b %Y') }}"))
    assert engine.identity()["template_date"] == "2025-01-01"
    ask(engine, make_requests(1))
    ((sent),) = asked_with(machine)
    rendered = Environment(trim_blocks=True).from_string(sent["chat_template"]).render()
    assert rendered == "01 Jan 2025"


def test_template_variables_are_passed_on() -> None:
    machine = Machine()
    extras = RequestExtras(chat_template_kwargs={"think": False}, reasoning_effort="low")
    (request,) = make_requests(1)
    engine = machine.open()
    ask(engine, [replace(request, extras=extras)])
    assert set(engine.extras_taken) == set(extras.to_json())
    assert asked_with(machine) == [
        {"chat_template_kwargs": {"think": False, "reasoning_effort": "low"}}
    ]


def test_a_system_prompt_leads_the_first_user_turn_where_the_template_has_no_place_for_it(
    tmp_path: Path,
) -> None:
    template = "{% if messages[0].role == 'system' %}{{ raise_exception('no') }}{% endif %}x"
    engine = Machine().open(copied(tmp_path / "model", template))
    (request,) = make_requests(1, system="Be kind.")
    engine.begin(iter([request]))
    assert engine.form == RequestForm(system_in_user=True)
    said = text(ask(engine, [request])["k0"])
    assert said.startswith("Be kind. What is the capital")
    kept = Machine().open()
    kept.begin(iter([]), ArmHistory(1, engine.form))
    assert kept.form == engine.form


def test_a_template_that_fails_is_said_before_the_model_is_loaded(tmp_path: Path) -> None:
    machine = Machine()
    engine = machine.open(copied(tmp_path / "model", "{{ 1 + messages }}"))
    with pytest.raises(EngineError, match="the chat template fails"):
        engine.begin(iter(make_requests(1)))
    assert machine.vllm.loads == []


def test_reasoning_that_the_prompt_opens_is_no_answer() -> None:
    def thinks(messages: Sequence[Mapping[str, str]], sampling: Mapping[str, Any], _: str | None):
        return "Paris or Lyon </think> Paris <end>" if sampling["seed"] == 100 else "Paris or"

    vllm = FakeVLLM(thinks)
    engine = VLLMEngine(
        parse_model_spec("vllm:reference"),
        EngineOptions(),
        models=LoadedModels(lambda: vllm.library),
    )
    requests = [
        replace(r, messages=(Message("user", "Where? <think>"),), max_tokens=6)
        for r in make_requests(2)
    ]
    found = ask(engine, requests)
    first, second = found["k0"], found["k1"]
    assert isinstance(first, Answer)
    assert (first.text, first.reasoning) == ("Paris", "Paris or Lyon")
    assert isinstance(second, Failure)
    assert second.kind is FailureKind.REASONING_ONLY


def test_an_adapter_of_another_base_is_refused(tmp_path: Path) -> None:
    config = {"r": 8, "base_model_name_or_path": "somebody/else"}
    folder = write_adapter(tmp_path / "mine", config)
    with pytest.raises(EngineError, match="the adapter was trained on somebody/else"):
        Machine().open(f"vllm:reference+{folder}")


def test_an_adapter_of_another_kind_is_refused(tmp_path: Path) -> None:
    folder = write_adapter(tmp_path / "mine", {"peft_type": "PROMPT_TUNING"})
    with pytest.raises(UsageError, match=r"is not a LoRA adapter: .+ has no rank r"):
        Machine().open(f"vllm:reference+{folder}")


def test_an_adapter_is_known_by_its_config_too(tmp_path: Path) -> None:
    def revision(alpha: int) -> str | None:
        folder = tmp_path / "mine"
        shutil.rmtree(folder, ignore_errors=True)
        write_adapter(folder, {"r": 8, "lora_alpha": alpha})
        return Machine().open(f"vllm:reference+{folder}").identity()["adapter_revision"]

    assert revision(8) == revision(8) != revision(16)
