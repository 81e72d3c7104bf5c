"""Which study answers a request, by the engine that a maintainer has."""

from __future__ import annotations

import pytest

from tests.leaderboard.requests.queues import START, a_model, a_request
from warmbench.errors import UsageError
from warmbench_leaderboard.requests.requested_run import requested_study, submitted_model
from warmbench_leaderboard.requests.run_request import RunRequest

PAIR = a_request("org/base", "org/warm")
ADAPTER = RunRequest.new(
    a_model("org/base"),
    a_model("org/lora").model_copy(update={"is_adapter": True, "revision": "b" * 40}),
    "Ann", "x", START,
)  # fmt: skip
RECIPE = a_request("org/base")

STUDIES = [
    ("hf", PAIR, "hf", None, "hf:org/base", "hf:org/warm", "a" * 40),
    ("served", PAIR, "openai@http://h:1/v1", None, "openai:org/base@http://h:1/v1", "openai:org/warm@http://h:1/v1", "a" * 40),
    ("adapter", ADAPTER, "hf", None, "hf:org/base", "hf:org/base+org/lora", "a" * 40),
    ("adapter, served", ADAPTER, "openai@http://h:1/v1", None, "openai:org/base@http://h:1/v1", "openai:org/lora@http://h:1/v1", "b" * 40),
    ("tuned", RECIPE, "hf", "hf:org/base+./tuned", "hf:org/base", "hf:org/base+./tuned", None),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "request_", "engine", "warm", "original_model", "warm_model", "revision"),
    STUDIES,
    ids=[s[0] for s in STUDIES],
)
def test_studies(
    name: str, request_: RunRequest, engine: str, warm: str | None,
    original_model: str, warm_model: str, revision: str | None,
) -> None:  # fmt: skip
    study = requested_study(request_, engine, warm)
    assert [arm.model for arm in study.arms] == [original_model, warm_model]
    assert [arm.revision for arm in study.arms] == ["a" * 40, revision]
    assert (study.treatment.value, study.sampling.temperature) == ("fine-tune", 0.8)


REFUSED = [
    ("unknown engine", PAIR, "magic", None, "no engine 'magic'; engines are anthropic, ct2, hf"),
    ("no warm model yet", RECIPE, "hf", None, "tune the model first .`warmbench tune --base org/base`"),
    ("two warm models", PAIR, "hf", "hf:x/y", "already has a warm model, org/warm"),
    ("no model", RECIPE, "hf", "x/y", "is not a model; write engine:name"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "request_", "engine", "warm", "expected"), REFUSED, ids=[r[0] for r in REFUSED]
)
def test_what_can_not_be_run(
    name: str, request_: RunRequest, engine: str, warm: str | None, expected: str
) -> None:
    with pytest.raises(UsageError, match=expected):
        requested_study(request_, engine, warm)


def test_the_board_names_the_original() -> None:
    named = submitted_model(a_model("meta-llama/Llama-3.2-1B-Instruct", 1_235_814_400))
    assert (named.name, named.license, named.url) == (
        "Llama-3.2-1B-Instruct", "apache-2.0",
        "https://huggingface.co/meta-llama/Llama-3.2-1B-Instruct",
    )  # fmt: skip
    assert named.parameters_b == pytest.approx(1.2358144)
