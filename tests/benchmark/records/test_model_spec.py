"""How a model is written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warmbench.errors import UsageError
from warmbench.records.model_spec import ModelSpec, parse_model_spec

SPECS = [
    ("openai:gpt-4o-2024-08-06", ModelSpec("openai", "gpt-4o-2024-08-06")),
    ("ct2:reference+warm", ModelSpec("ct2", "reference", "warm")),
    (
        "vllm:meta-llama/Llama-3.1-8B-Instruct+./adapters/warm",
        ModelSpec("vllm", "meta-llama/Llama-3.1-8B-Instruct", "./adapters/warm"),
    ),
    (
        "openai:my-model@http://localhost:8000/v1",
        ModelSpec("openai", "my-model", None, "http://localhost:8000/v1"),
    ),
    ("openai:ft:gpt-4o:org::id", ModelSpec("openai", "ft:gpt-4o:org::id")),
    ("replay:answers/warm.csv", ModelSpec("replay", "answers/warm.csv")),
    ("replay:me@work.csv", ModelSpec("replay", "me@work.csv")),
    ("ray:vllm:org/model+org/warm", ModelSpec("ray", "vllm:org/model", "org/warm")),
]


@pytest.mark.parametrize(("text", "spec"), SPECS, ids=[s[0] for s in SPECS])
def test_a_spec_is_read_and_written_back(text: str, spec: ModelSpec) -> None:
    assert parse_model_spec(text) == spec
    assert str(spec) == text


@pytest.mark.parametrize("text", ["", "gpt-4o", "openai:", ":x", "Open AI:x"])
def test_what_is_no_model_is_reported(text: str) -> None:
    with pytest.raises(UsageError, match="is not a model; write engine:name"):
        parse_model_spec(text)


@pytest.mark.parametrize(
    "text", ["openai:m@127.0.0.1:8101/v1", "openai:m@localhost", "openai-batch:m@gpu-3.lab:80"]
)
def test_an_address_without_its_scheme_is_no_name(text: str) -> None:
    with pytest.raises(UsageError, match="the address after @ starts with http:// or https://"):
        parse_model_spec(text)


@pytest.mark.parametrize("text", ["hf:org/model@v2", "replay:a@b.csv", "openai:x@2024-08-06"])
def test_an_at_sign_may_stand_in_a_name(text: str) -> None:
    assert parse_model_spec(text).base_url is None


@pytest.mark.parametrize("text", ["ray:reference", "ray:ray:ct2:x", "ray:Ct2:x", "ray::x"])
def test_ray_needs_a_model_inside(text: str) -> None:
    with pytest.raises(
        UsageError, match="does not name an engine for Ray to run; write ray:engine:name"
    ):
        parse_model_spec(text)


INSIDE = [("ray:ct2:reference+warm", "ct2:reference+warm"), ("hf:org/model", "hf:org/model")]


@pytest.mark.parametrize(("text", "inner"), INSIDE)
def test_the_model_that_answers_in_the_end(text: str, inner: str) -> None:
    assert str(parse_model_spec(text).inner) == inner


@given(st.one_of(st.text(max_size=60), st.text(":+@aray2/ ", max_size=30)))
def test_any_text_is_a_spec_or_a_usage_error(text: str) -> None:
    try:
        spec = parse_model_spec(text)
    except UsageError:
        return
    assert parse_model_spec(str(spec)) == spec
    assert parse_model_spec(str(spec.inner)) == spec.inner
