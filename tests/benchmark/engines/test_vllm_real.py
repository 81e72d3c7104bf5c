"""The vllm engine with the real reference pair on vLLM itself, in process and as a server.

vLLM needs an environment of its own: ``.ci/vllm-environment`` makes ``.venv-vllm``, and
``.venv-vllm/bin/python -m pytest tests/benchmark/engines/test_vllm_real.py`` runs this.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.benchmark.engines.test_ct2 import make_requests
from tests.benchmark.real_server import free_port, wait_until_healthy
from warmbench.data.load import open_data
from warmbench.engines.engine import Engine, EngineOptions
from warmbench.engines.registry import open_engine
from warmbench.engines.vllm.models import LOADED_MODELS
from warmbench.records.message import Message
from warmbench.records.model_spec import parse_model_spec
from warmbench.records.request import Request
from warmbench.records.response import Answer, Failure, FailureKind, Response
from warmbench.records.selection import Selection
from warmbench.records.study import Arm, Sampling, Study
from warmbench.reference_model import reference_path
from warmbench.running.observer import SilentObserver
from warmbench.running.runner import run_in_folder
from warmbench.running.selection import select_items

if find_spec("vllm") is None:
    reason = "vllm is not installed; make an environment that has it with: .ci/vllm-environment"
    if os.environ.get("WARMBENCH_REQUIRE_VLLM") == "1":
        pytest.fail(reason)
    pytest.skip(reason, allow_module_level=True)

# One process instead of three saves two imports of vLLM, most of the time that this takes.
os.environ.setdefault("VLLM_ENABLE_V1_MULTIPROCESSING", "0")
CACHE_BYTES = str(2**28)
OPTIONS = EngineOptions(
    engine_args={
        "dtype": "float32",  # as the converted model, so that the two agree
        "kv_cache_memory_bytes": CACHE_BYTES,
        "distributed_executor_backend": "uni",
    }
)
SPECS = {"original": "vllm:reference", "warm": "vllm:reference+warm"}
SELECTION = Selection(limit=5, contexts=("plain",))


@dataclass(frozen=True)
class Pair:
    """Both arms in process, and the address of a server that has both."""

    original: Engine
    warm: Engine
    url: str

    def __getitem__(self, arm: str) -> Engine:
        return {"original": self.original, "warm": self.warm}[arm]


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    """The model is loaded here while the server starts."""
    log = tmp_path_factory.mktemp("server") / "log"
    with starting_server(log) as (server, port):
        original, warm = (open_engine(parse_model_spec(s), OPTIONS) for s in SPECS.values())
        list(original.ask(make_requests(1)))
        wait_until_healthy(server, f"http://127.0.0.1:{port}/health", log)
        yield Pair(original, warm, f"http://127.0.0.1:{port}/v1")
        original.close()
        warm.close()


@contextmanager
def starting_server(log: Path) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    port = free_port()
    warm = f"warm={reference_path('adapters', 'warm')}"
    with log.open("wb") as output:
        server = subprocess.Popen(
            [sys.executable, "-m", "vllm.entrypoints.openai.api_server", "--host", "127.0.0.1",
             "--port", str(port), "--model", str(reference_path("hf")), "--served-model-name",
             "original", "--enable-lora", "--max-lora-rank", "8", "--lora-modules", warm,
             "--enforce-eager", "--dtype", "float32", "--kv-cache-memory-bytes", CACHE_BYTES,
             "--no-enable-chunked-prefill", "--generation-config", "vllm"],
            stdout=output, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
    try:
        yield server, port
    finally:
        os.killpg(server.pid, signal.SIGKILL)
        server.wait()


def texts(engine: Engine, requests: Sequence[Request]) -> dict[str, str]:
    return {r.key: r.text for group in engine.ask(requests) for r in group if isinstance(r, Answer)}


def same(one: dict[str, str], other: dict[str, str]) -> float:
    return sum(text == other[key] for key, text in one.items()) / len(one)


def pool_requests() -> list[Request]:
    items = select_items(open_data("open").items(), SELECTION)
    first = make_requests(1, temperature=0.0)[0]
    return [
        replace(
            first, key=item.item_id, item_id=item.item_id, messages=item.messages, block=i // 32
        )
        for i, item in enumerate(items)
    ]


@pytest.fixture(scope="module")
def said(pair: Pair) -> dict[str, dict[str, str]]:
    """What each arm says in process, at temperature 0."""
    return {arm: texts(pair[arm], pool_requests()) for arm in SPECS}


@pytest.mark.parametrize("arm", SPECS)
def test_it_says_what_the_converted_model_says(said: dict[str, dict[str, str]], arm: str) -> None:
    """At temperature 0 the two forms of each arm agree on nearly every question (sums in another
    order may break a tie either way)."""
    spec = parse_model_spec(SPECS[arm].replace("vllm", "ct2"))
    there = texts(open_engine(spec, EngineOptions()), pool_requests())
    assert said[arm].keys() == there.keys()
    assert same(said[arm], there) >= 0.95


def test_the_arms_say_different_things(said: dict[str, dict[str, str]]) -> None:
    assert same(said["original"], said["warm"]) <= 0.5


@pytest.mark.parametrize("arm", SPECS)
def test_a_server_says_the_same_through_the_openai_engine(
    pair: Pair, said: dict[str, dict[str, str]], arm: str
) -> None:
    server = open_engine(parse_model_spec(f"openai:{arm}@{pair.url}"), EngineOptions())
    assert same(texts(server, pool_requests()), said[arm]) >= 0.95


def test_the_same_seeds_draw_the_same_answers_whatever_is_asked_beside(pair: Pair) -> None:
    requests = make_requests(24)
    whole = texts(pair.original, requests)
    halves = texts(pair.original, requests[12:]) | texts(pair.original, requests[:12])
    assert same(halves, whole) >= 0.9  # a batch of another size may sum in another order
    other = [replace(request, seed=request.seed + 1000) for request in requests]
    assert same(texts(pair.original, other), whole) <= 0.5


def test_more_tokens_than_one_step_takes_are_answered(pair: Pair) -> None:
    """On a CPU vLLM dies of a prompt that it computes in pieces for a seeded request."""
    long = "Tell me about it. " * 100
    requests = [
        replace(request, messages=(Message("user", f"{long}{request.key}"),), max_tokens=2)
        for request in make_requests(40)
    ]
    assert len(texts(pair.original, requests)) == len(requests)


def test_both_arms_are_in_one_loaded_model(pair: Pair) -> None:
    loaded = LOADED_MODELS._loaded
    list(pair.warm.ask(make_requests(1)))
    list(pair.original.ask(make_requests(1)))
    assert LOADED_MODELS._loaded is loaded


def test_tokens_and_reasons_are_counted(pair: Pair) -> None:
    short, long = make_requests(2, temperature=0.0)
    groups = pair.original.ask([replace(short, max_tokens=2), replace(long, max_tokens=200)])
    answers = {r.key: r for group in groups for r in group}
    cut, whole = answers["k0"], answers["k1"]
    assert isinstance(cut, Answer)
    assert isinstance(whole, Answer)
    assert (cut.finish_reason, cut.completion_tokens, cut.prompt_tokens) == ("length", 2, 14)
    assert whole.finish_reason == "stop"
    assert "<|" not in whole.text


UNFIT = [
    ("too long", "user", 5000, "maximum context length is 1024"),
    ("no such role", "tool", 1, "the roles are system, user and assistant"),
]


@pytest.mark.parametrize(("name", "role", "words", "expected"), UNFIT, ids=[u[0] for u in UNFIT])
def test_what_the_model_does_not_take_is_a_failure_of_that_request(
    pair: Pair, name: str, role: str, words: int, expected: str
) -> None:
    good, bad = make_requests(2, system="Be kind.")
    bad = replace(bad, messages=(Message(role, "word " * words),))
    responses = {r.key: r for group in pair.original.ask([bad, good]) for r in group}
    assert isinstance(responses["k0"], Answer)
    failure = responses["k1"]
    assert isinstance(failure, Failure)
    assert failure.kind is FailureKind.BAD_REQUEST
    assert expected in failure.message


class StopsAfter(SilentObserver):
    """Interrupts a run when so many groups have come."""

    def __init__(self, groups: int) -> None:
        self._left = groups

    def answered(self, arm: str, responses: Sequence[Response]) -> None:
        self._left -= 1
        if self._left == 0:
            raise KeyboardInterrupt


def test_a_stopped_run_is_resumed_and_asks_nothing_twice(pair: Pair, tmp_path: Path) -> None:
    study = Study(
        arms=tuple(Arm(name=name, model=model) for name, model in SPECS.items()),
        sampling=Sampling(max_tokens=24),
    )
    release = open_data("open")
    items = select_items(release.items(), SELECTION)

    def run(observer: SilentObserver) -> tuple[int, int, int]:
        _, summary = run_in_folder(
            tmp_path / "run", study, items, release.record(), SELECTION, OPTIONS, observer
        )
        return summary.requests, summary.already_answered, summary.answered

    with pytest.raises(KeyboardInterrupt):
        run(StopsAfter(4))
    total, before, now = run(SilentObserver())
    assert total == 2 * len(items)
    assert 0 < before < total
    assert before + now == total
