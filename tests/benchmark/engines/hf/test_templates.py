"""Chat templates of all kinds, through transformers."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.benchmark.engines.hf.models import model_copy, open_hf, texts
from tests.benchmark.engines.test_ct2 import make_requests
from tests.conftest import need
from tests.faults_server.run import write_questions
from warmbench.cli.main import main
from warmbench.engines.engine import ArmHistory
from warmbench.engines.hf.chat_prompts import ChatPrompt
from warmbench.engines.hf.hf_engine import HFEngine
from warmbench.errors import EngineError, UsageError
from warmbench.records.request import Request
from warmbench.records.request_extras import RequestExtras
from warmbench.records.request_form import USUAL_FORM, RequestForm
from warmbench.records.response import Failure, FailureKind
from warmbench.reference_model import reference_path
from warmbench.running.folder import RunFolder

need("torch", "pip install 'warmbench[hf]'")
need("transformers", "pip install 'warmbench[hf]'")

USUAL = (reference_path("hf") / "chat_template.jinja").read_text()
RAISES = (
    "{%- if messages[0]['role'] == 'system' -%}"
    "{{- raise_exception('System role not supported') -}}{%- endif -%}" + USUAL
)
LEAVES_OUT = USUAL.replace("{%- for message in messages -%}",
                           "{%- for message in messages if message['role'] != 'system' -%}")  # fmt: skip
ALTERNATES = (
    "{%- for m in messages -%}{%- if (m['role'] == 'user') != (loop.index0 % 2 == 0) -%}"
    "{{- raise_exception('roles must alternate user/assistant') -}}{%- endif -%}{%- endfor -%}"
    + USUAL
)
DATED = "<|system|>Today is {{ strftime_now('%d %B %Y') }}<|end|>" + USUAL
SWITCHED = USUAL + "{%- if enable_thinking is defined and not enable_thinking -%}No{%- endif -%}"
EFFORT = "<|system|>Reasoning: {{ reasoning_effort|default('none') }}<|end|>" + USUAL
THINKS = USUAL.replace("'<|assistant|>'", "'<|assistant|><think>\\n'")
GENERATION = USUAL.replace("{%- endfor -%}", "{% generation %}{% endgeneration %}{%- endfor -%}")


def opened(folder: Path, template: str) -> HFEngine:
    return open_hf(model_copy(folder, template=template))


def prompt_of(engine: HFEngine, request: Request) -> str:
    """What the model reads."""
    prompt = engine._prompts.of(request, engine.form)
    assert isinstance(prompt, ChatPrompt)
    return str(engine._tokenizer.decode(prompt.ids))


def system_request() -> Request:
    return make_requests(1, 0.0, system="Be kind.")[0]


FORMS = [
    ("with a system role", USUAL, USUAL_FORM),
    ("raises on a system role", RAISES, RequestForm(system_in_user=True)),
    ("leaves it out", LEAVES_OUT, RequestForm(system_in_user=True)),
    ("wants the user first", ALTERNATES, RequestForm(system_in_user=True)),
]


@pytest.mark.parametrize(("name", "template", "form"), FORMS, ids=[f[0] for f in FORMS])
def test_the_system_prompt_reaches_the_model(
    name: str, template: str, form: RequestForm, tmp_path: Path
) -> None:
    engine = opened(tmp_path / "model", template)
    engine.begin([system_request()])
    assert engine.form == form
    prompt = prompt_of(engine, system_request())
    assert ("<|system|>Be kind." in prompt) != form.system_in_user
    assert ("<|user|>Be kind.\n\nWhat is" in prompt) == form.system_in_user
    assert texts(engine, [system_request()])


def test_without_a_system_prompt_the_form_is_the_usual_one(tmp_path: Path) -> None:
    engine = opened(tmp_path / "model", RAISES)
    engine.begin(make_requests(2))
    assert engine.form == USUAL_FORM


def test_the_form_of_an_earlier_start_is_taken_up(tmp_path: Path) -> None:
    engine = opened(tmp_path / "model", RAISES)
    engine.begin([], ArmHistory(3, RequestForm(system_in_user=True)))
    assert engine.form.system_in_user


def test_a_run_records_it(tmp_path: Path) -> None:
    model = model_copy(tmp_path / "model", template=RAISES)
    command = [
        "run", "--original", f"hf:{model}", "--warm-system", "Be kind.",
        "--data", str(write_questions(tmp_path / "mine.jsonl", 2)), "--out", str(tmp_path / "run"),
        "--warmth-prompts", "0", "--max-tokens", "4", "--device", "cpu",
    ]  # fmt: skip
    done = CliRunner().invoke(main, command)
    assert done.exit_code == 0, done.output
    assert RunFolder.open(tmp_path / "run").request_forms()["warm"].system_in_user
    again = CliRunner().invoke(main, command)
    assert again.exit_code == 0, again.output


def test_a_template_is_told_a_fixed_date_which_is_recorded(tmp_path: Path) -> None:
    engine = opened(tmp_path / "model", DATED)
    assert "Today is 01 January 2025" in prompt_of(engine, make_requests(1)[0])
    assert engine.identity()["template_date"] == "2025-01-01"
    assert open_hf("reference").identity()["template_date"] is None


def test_marks_for_training_are_no_matter(tmp_path: Path) -> None:
    engine = opened(tmp_path / "model", GENERATION)
    request = make_requests(1)[0]
    assert prompt_of(engine, request) == prompt_of(open_hf("reference"), request)


def test_settings_reach_the_template(tmp_path: Path) -> None:
    request = make_requests(1)[0]
    off = replace(request, extras=RequestExtras(chat_template_kwargs={"enable_thinking": False}))
    switched = opened(tmp_path / "switched", SWITCHED)
    assert prompt_of(switched, off).endswith("<|assistant|>No")
    assert prompt_of(switched, request).endswith("<|assistant|>")
    high = replace(request, extras=RequestExtras(reasoning_effort="high"))
    assert "Reasoning: high" in prompt_of(opened(tmp_path / "effort", EFFORT), high)


@pytest.mark.parametrize("name", ["messages", "add_generation_prompt", "tokenize", "chat_template"])
def test_settings_that_are_ours_are_refused(name: str) -> None:
    extras = RequestExtras(chat_template_kwargs={name: "x"})
    with pytest.raises(UsageError, match=f"--chat-template-kwargs: {name} is not for you to set"):
        list(open_hf("reference").ask([replace(make_requests(1)[0], extras=extras)]))


BAD = [
    ("raises on anything", "{{ raise_exception('never') }}", "the chat template fails (never)"),
    ("is no template", "{% if %}", "the chat template fails (Expected an expression"),
    ("fails", "{{ messages[0].nothing.more }}", "the chat template fails ("),
    ("adds text to numbers", "{{ 'a' + 1 }}", "the chat template fails ("),
    ("reaches for python", "{{ ''.__class__.__mro__ }}", "the chat template fails ("),
]


@pytest.mark.parametrize(("name", "template", "expected"), BAD, ids=[b[0] for b in BAD])
def test_a_template_that_fails_is_told_in_a_sentence(
    name: str, template: str, expected: str, tmp_path: Path
) -> None:
    engine = opened(tmp_path / "model", template)
    with pytest.raises(EngineError) as failed:
        list(engine.ask(make_requests(1)))
    assert expected in str(failed.value)
    assert "\n" not in str(failed.value)


def test_a_request_that_the_template_refuses_is_that_requests_failure(tmp_path: Path) -> None:
    engine = opened(tmp_path / "model", ALTERNATES)
    usual, twice = make_requests(2, 0.0)
    twice = replace(twice, messages=twice.messages * 2)
    responses = {r.key: r for group in engine.ask([usual, twice]) for r in group}
    failure = responses[twice.key]
    assert isinstance(failure, Failure)
    assert failure.kind is FailureKind.BAD_REQUEST
    assert "roles must alternate" in failure.message
    assert not isinstance(responses[usual.key], Failure)


def test_reasoning_that_the_prompt_opens_and_nothing_closes_is_no_answer(tmp_path: Path) -> None:
    engine = opened(tmp_path / "model", THINKS)
    responses = [r for group in engine.ask(make_requests(2, 0.0)) for r in group]
    kinds = {r.kind for r in responses if isinstance(r, Failure)}
    assert kinds == {FailureKind.REASONING_ONLY}
    assert all(isinstance(r, Failure) and r.reasoning for r in responses)


def test_a_template_among_several_is_the_one_named_default(tmp_path: Path) -> None:
    folder = model_copy(tmp_path / "model")
    (folder / "chat_template.jinja").unlink()
    config = json.loads((folder / "tokenizer_config.json").read_text())
    config["chat_template"] = [
        {"name": "default", "template": USUAL},
        {"name": "tool_use", "template": "{{ raise_exception('tools') }}"},
    ]
    (folder / "tokenizer_config.json").write_text(json.dumps(config))
    request = make_requests(1)[0]
    assert prompt_of(open_hf(folder), request) == prompt_of(open_hf("reference"), request)


def test_what_exceeds_the_context_is_that_requests_failure() -> None:
    short, other = make_requests(2, 0.0)
    long = replace(other, messages=(replace(other.messages[0], content="word " * 1200),))
    responses = {r.key: r for g in open_hf("reference").ask([short, long]) for r in g}
    failure = responses[long.key]
    assert isinstance(failure, Failure)
    assert failure.kind is FailureKind.BAD_REQUEST
    assert "exceed the model's context of 1024" in failure.message
    assert not isinstance(responses[short.key], Failure)


def test_the_engine_says_what_it_does_meanwhile() -> None:
    from warmbench.engines.engine import EngineOptions
    from warmbench.records.model_spec import parse_model_spec

    notes: list[str] = []
    options = EngineOptions(device="cpu", note=notes.append)
    engine = HFEngine(parse_model_spec("hf:reference"), options)
    assert notes == ["loading the model"]
    list(engine.ask(make_requests(4, 0.0)))
    assert notes[1:3] == [
        "4 answers at token 1 of at most 24",
        "4 answers at token 2 of at most 24",
    ]
