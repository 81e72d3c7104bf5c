"""How judges are written, and what is said when they are not."""

from __future__ import annotations

import pytest

from warmbench.errors import UsageError
from warmbench.judging.registry import JudgeSpec, parse_judges
from warmbench.records.model_spec import ModelSpec

GPT = ModelSpec("openai", "gpt-4o-2024-08-06")
LOCAL = ModelSpec("openai", "m", None, "http://localhost:8000/v1")

WRITTEN = [
    ("reference", (JudgeSpec("reference"),)),
    ("llm:openai:gpt-4o-2024-08-06", (JudgeSpec("llm", GPT),)),
    ("hybrid:openai:m@http://localhost:8000/v1", (JudgeSpec("hybrid", LOCAL),)),
    ("llm:ct2:reference+warm", (JudgeSpec("llm", ModelSpec("ct2", "reference", "warm")),)),
    (
        "reference, llm:openai:gpt-4o-2024-08-06 ,hybrid:openai:gpt-4o-2024-08-06",
        (JudgeSpec("reference"), JudgeSpec("llm", GPT), JudgeSpec("hybrid", GPT)),
    ),
]

WRONG = [
    ("oracle", "judges are reference, llm:MODEL, hybrid:MODEL, or several"),
    ("", "judges are reference"),
    ("reference,", "judges are reference"),
    ("reference:ct2:reference", "judges are reference"),
    ("llm", "llm needs the model to ask; write llm:engine:name"),
    ("llm:", "llm needs the model to ask; write llm:engine:name"),
    ("hybrid: ", "hybrid needs the model to ask; write hybrid:engine:name"),
    ("llm:gpt-4o", "is not a model; write engine:name"),
    ("llm:gpt:x", "no engine 'gpt'; engines are ct2, hf, openai"),
    ("hybrid:llm:x", "takes a model, not another judge ('llm'); write hybrid:engine:name"),
    ("llm:reference:x", "takes a model, not another judge ('reference')"),
    ("llm:hybrid:ct2:x", "takes a model, not another judge ('hybrid')"),
    ("reference,reference", "reference is named twice"),
    ("llm:ct2:a,llm:ct2:b,llm:ct2:a", "llm:ct2:a is named twice"),
]


@pytest.mark.parametrize(("text", "specs"), WRITTEN)
def test_judges_are_read(text: str, specs: tuple[JudgeSpec, ...]) -> None:
    assert parse_judges(text) == specs


@pytest.mark.parametrize(("text", "said"), WRONG)
def test_what_is_accepted_is_said_in_one_sentence(text: str, said: str) -> None:
    with pytest.raises(UsageError) as raised:
        parse_judges(text)
    assert said in str(raised.value)
    assert "\n" not in str(raised.value)
