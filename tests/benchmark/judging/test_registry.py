"""How judges are written, what is said when they are not, and which a bundle may name."""

from __future__ import annotations

import pytest

from warmbench.errors import UsageError
from warmbench.judging.llm.prompt import SHARED_SHA256
from warmbench.judging.reference.judge import reference_name
from warmbench.judging.registry import JudgeSpec, parse_judges, recorded_judge
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
    ("oracle", "judges are reference, rules, llm:MODEL, hybrid:MODEL, nli:MODEL, or"),
    ("", "judges are reference"),
    ("reference,", "judges are reference"),
    ("reference:ct2:reference", "judges are reference"),
    ("llm", "llm needs the model to ask; write llm:engine:name"),
    ("llm:", "llm needs the model to ask; write llm:engine:name"),
    ("hybrid: ", "hybrid needs the model to ask; write hybrid:engine:name"),
    ("llm:gpt-4o", "is not a model; write engine:name"),
    ("llm:gpt:x", "no engine 'gpt'; engines are anthropic, ct2, hf, openai"),
    ("hybrid:llm:x", "takes a model, not another judge ('llm'); write hybrid:engine:name"),
    ("llm:reference:x", "takes a model, not another judge ('reference')"),
    ("llm:hybrid:ct2:x", "takes a model, not another judge ('hybrid')"),
    ("reference,reference", "reference is named twice"),
    ("llm:ct2:a,llm:ct2:b,llm:ct2:a", "llm:ct2:a is named twice"),
]


@pytest.mark.parametrize(("text", "specs"), WRITTEN)
def test_judges_are_read(text: str, specs: tuple[JudgeSpec, ...]) -> None:
    assert parse_judges(text) == specs


@pytest.mark.parametrize(("text", "expected"), WRONG)
def test_what_is_accepted_is_said_in_one_sentence(text: str, expected: str) -> None:
    with pytest.raises(UsageError) as raised:
        parse_judges(text)
    assert expected in str(raised.value)
    assert "\n" not in str(raised.value)


REFERENCE = reference_name()
LLM = f"llm-2:openai:gpt-4o-2024-08-06:{SHARED_SHA256[:8]}"
HYBRID = f"hybrid-1({REFERENCE}|{LLM})"

RECORDED = [
    (REFERENCE, True),
    (LLM, False),
    (HYBRID, False),
    (f"panel-1({LLM}|{LLM.replace('gpt', 'other')})", False),
    (f"panel-1({HYBRID}|{REFERENCE}|{LLM})", False),
]

NOT_RECORDED = [
    "",
    "reference-0",
    "reference-2",
    "reference-2:00000000",
    f"{REFERENCE}, {REFERENCE}",
    "llm-0:openai:gpt-4o-2024-08-06:" + SHARED_SHA256[:8],
    "llm-2:openai:gpt-4o-2024-08-06:00000000",
    f"llm-2:openai:a model:{SHARED_SHA256[:8]}",
    f"hybrid-1({LLM}|{REFERENCE})",
    f"hybrid-1({REFERENCE}|{REFERENCE})",
    f"panel-1({LLM})",
    f"panel-1({LLM}|oracle-1)",
    f"panel-1(panel-1({LLM}|{REFERENCE})|{REFERENCE})",
    f"panel-1({LLM}|)",
    f"{LLM}|{LLM}",
]


@pytest.mark.parametrize(("name", "recomputable"), RECORDED)
def test_the_judge_of_a_bundle_is_known_by_its_name(name: str, recomputable: bool) -> None:
    judge = recorded_judge(name)
    assert judge is not None
    assert (judge.name, judge.recomputable) == (name, recomputable)


@pytest.mark.parametrize("name", NOT_RECORDED)
def test_no_judge_of_this_version_has_another_name(name: str) -> None:
    assert recorded_judge(name) is None
