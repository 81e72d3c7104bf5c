"""A run with closing turns through each engine: the second pass holds the whole conversation."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.batch_api.batch_api import BatchAPI
from tests.batch_api.batch_api import completion as batch_completion
from tests.benchmark.engines import endpoint, messages_server
from tests.benchmark.engines.test_openai_batch import Person
from tests.benchmark.examples import make_items
from tests.conftest import need
from tests.openai_provider.provider import KEY
from tests.openai_provider.serve import serve as serve_provider
from warmbench.conditions import Belief, Context
from warmbench.engines.budget import Budget, Price
from warmbench.engines.engine import Engine, EngineOptions
from warmbench.engines.ray.worker import packed
from warmbench.engines.registry import open_engine
from warmbench.engines.vllm.fake import FakeVLLM
from warmbench.engines.vllm.models import LoadedModels
from warmbench.engines.vllm.vllm_engine import VLLMEngine
from warmbench.records.closing import CLOSING_QUESTION
from warmbench.records.model_spec import ModelSpec, parse_model_spec
from warmbench.records.release import ReleaseRecord
from warmbench.records.run import RunRecord
from warmbench.records.selection import Selection
from warmbench.records.study import Arm, Sampling, Study
from warmbench.running.folder import RunFolder
from warmbench.running.plan import ArmPlan
from warmbench.running.runner import run_study
from warmbench.running.summary import RunSummary

ITEMS = make_items(1, tasks=("triviaqa",), contexts=tuple(Context)[:3], beliefs=(Belief.NONE,))
COUNT = len(ITEMS)
STUDY = Study(
    arms=(
        Arm(name="original", model="openai:m"),
        Arm(name="warm", model="openai:m", system="Be kind."),
    ),
    sampling=Sampling(max_tokens=24),
    closing_tokens=12,
)
OPTIONS = EngineOptions(concurrency=4, max_retries=1, timeout_s=10.0)


@pytest.fixture(autouse=True)
def _keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WARMBENCH_API_KEY", KEY)


def open_folder(path: Path, engines: Mapping[str, Engine]) -> RunFolder:
    record = RunRecord(
        study=STUDY,
        release=ReleaseRecord(name="test", version=None, fingerprint="f"),
        selection=Selection(warmth_prompts=0),
        engines={arm: dict(engine.identity()) for arm, engine in engines.items()},
        items=COUNT,
    )
    return RunFolder.create(path, record, ITEMS)


def ask(path: Path, engines: Mapping[str, Engine], budget: Budget | None = None) -> RunSummary:
    return run_study(STUDY, engines, ITEMS, open_folder(path, engines), budget=budget)


def model(messages: list[dict[str, str]]) -> str:
    """A long reply; then what the conversation that it sees was about."""
    if messages[-1]["content"] == CLOSING_QUESTION:
        roles = "/".join(m["role"] for m in messages)
        return f"{roles}: {messages[-2]['content']}"
    return f"Well, {messages[-1]['content'].split()[0]} it is"


def check(path: Path, roles: str = "user/assistant/user", system: str = "system/") -> None:
    """Each stated answer is of the conversation with its own reply."""
    folder = RunFolder(path)
    replies = {(r["item_id"], r["arm"]): r["response"] for r in folder.responses()}
    stated = {(r["item_id"], r["arm"]): r["response"] for r in folder.closing_responses()}
    assert stated == {
        (item, arm): f"{system if arm == 'warm' else ''}{roles}: {reply}"
        for (item, arm), reply in replies.items()
    }
    assert len(stated) == 2 * COUNT


def test_openai(tmp_path: Path) -> None:
    server = endpoint.Endpoint(lambda body, _: endpoint.completion(model(body["messages"])))
    with endpoint.serve(server) as url:
        engines = {
            arm.name: open_engine(ModelSpec("openai", "m", None, url), OPTIONS)
            for arm in STUDY.arms
        }
        assert ask(tmp_path / "run", engines).complete
    check(tmp_path / "run")
    assert len(server.bodies) == 4 * COUNT
    turns = [b for b in server.bodies if b["messages"][-1]["content"] == CLOSING_QUESTION]
    assert {(b["temperature"], b["max_tokens"]) for b in turns} == {(0.0, 12)}


def test_anthropic(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WARMBENCH_API_KEY", messages_server.KEY)

    def script(body: dict[str, Any], attempt: int) -> messages_server.Reply:
        return messages_server.message(model(body["messages"]))

    server = messages_server.MessagesServer(script)
    with messages_server.serve(server) as url:
        spec = ModelSpec("anthropic", messages_server.MODEL, None, url)
        engines = {arm.name: open_engine(spec, OPTIONS) for arm in STUDY.arms}
        assert ask(tmp_path / "run", engines).complete
    check(tmp_path / "run", system="")  # its system prompt is no message
    assert sum("system" in body for body in server.bodies) == 2 * COUNT


def batch_api() -> BatchAPI:
    return BatchAPI(answer=lambda body: batch_completion(model(body["messages"])))


def test_openai_batch_has_one_batch_more_for_each_arm(tmp_path: Path) -> None:
    api = batch_api()
    with serve_provider(api) as url:
        engines = {arm.name: Person(tmp_path / "run").engine(url) for arm in STUDY.arms}
        assert ask(tmp_path / "run", engines).complete
    check(tmp_path / "run")
    assert len(api.batches) == 4


class Killed(Exception):
    pass


def test_openai_batch_finds_the_batch_of_its_closing_turns_again(tmp_path: Path) -> None:
    api, path = batch_api(), tmp_path / "run"
    with serve_provider(api) as url:
        people = {arm.name: Person(path) for arm in STUDY.arms}

        class Notes(list[str]):
            def append(self, note: str) -> None:
                if note.startswith("batch_4: started"):
                    raise Killed

        people["warm"].notes = Notes()
        with suppress(Killed):
            ask(path, {arm: person.engine(url) for arm, person in people.items()})
        assert len(api.batches) == 4
        assert not RunFolder(path).closing_responses_path.exists()
        again = {arm.name: Person(path).engine(url) for arm in STUDY.arms}
        assert ask(path, again).complete
    check(path)
    assert len(api.batches) == 4
    assert set(api.billed.values()) == {1}


def test_vllm(tmp_path: Path) -> None:
    fake = FakeVLLM(lambda messages, sampling, lora: model([dict(m) for m in messages]))
    models = LoadedModels(lambda: fake.library)
    spec = parse_model_spec("vllm:reference")
    engines = {arm.name: VLLMEngine(spec, OPTIONS, models=models) for arm in STUDY.arms}
    assert ask(tmp_path / "run", engines).complete
    check(tmp_path / "run")
    assert len(fake.loads) == 1


def test_ct2_ends_with_the_same_bytes_when_it_is_killed_on_the_way(tmp_path: Path) -> None:
    spec = parse_model_spec("ct2:reference")
    reference = {arm.name: open_engine(spec, OPTIONS) for arm in STUDY.arms}
    assert ask(tmp_path / "whole", reference).complete
    prices = dict.fromkeys(reference, Price(0.0, 0.0))
    for requests in (2 * COUNT + 1, 3 * COUNT):
        ask(tmp_path / "broken", reference, Budget(requests, None, prices))
    assert ask(tmp_path / "broken", reference).complete
    whole, broken = RunFolder(tmp_path / "whole"), RunFolder(tmp_path / "broken")
    assert len(whole.closing_responses()) == 2 * COUNT
    for name in ("responses_path", "closing_responses_path"):
        assert getattr(broken, name).read_bytes() == getattr(whole, name).read_bytes()


def test_hf(tmp_path: Path) -> None:
    need("torch", "pip install 'warmbench[hf]'")
    spec, options = parse_model_spec("hf:reference"), replace(OPTIONS, device="cpu")
    engine = open_engine(spec, options)
    assert ask(tmp_path / "run", dict.fromkeys(("original", "warm"), engine)).complete
    assert len(RunFolder(tmp_path / "run").closing_responses()) == 2 * COUNT


def test_a_parcel_for_ray_holds_closing_turns_as_they_are() -> None:
    import pickle

    from warmbench.records.closing import closing_request

    plan = ArmPlan(STUDY, STUDY.arms[1], {}, ITEMS)
    turns = [closing_request(request, "Severn", 12) for request in plan.item_requests()]
    assert pickle.loads(packed(turns)["requests"]) == turns
    assert json.dumps([turn.closes for turn in turns]) == json.dumps(list(plan.item_keys))
