"""The ray engine on a local cluster of several processes, with a worker killed on the way."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.benchmark.engines import inside_ray
from tests.benchmark.engines.test_ct2 import make_requests, texts
from tests.conftest import need
from warmbench.engines.ct2.ct2_engine import CT2Engine
from warmbench.engines.engine import EngineOptions
from warmbench.engines.ray.cluster import CLUSTER
from warmbench.engines.ray.ray_engine import RayEngine, in_parcels
from warmbench.engines.registry import open_engine
from warmbench.errors import EngineError, UsageError
from warmbench.records.model_spec import parse_model_spec
from warmbench.records.request import Request
from warmbench.records.request_form import RequestForm
from warmbench.records.response import Answer, Failure, FailureKind
from warmbench.reference_model import reference_path

need("ray.data", "pip install 'warmbench[ray]'")

REFERENCE = parse_model_spec("ray:ct2:reference")
REQUESTS = [replace(request, block=i // 4) for i, request in enumerate(make_requests(24))]
ONE_BLOCK_A_PARCEL = {"ray.workers": "2", "ray.parcel": "1", "ray.num_cpus": "0.5"}


@pytest.fixture(scope="module", autouse=True)
def cluster() -> Iterator[None]:
    """One cluster for all tests of this file."""
    CLUSTER.join()
    yield
    CLUSTER.leave()


def open_ray(
    spec: str = "ray:ct2:reference", *, folder: Path | None = None, **more: Any
) -> RayEngine:
    options = EngineOptions(
        engine_args=ONE_BLOCK_A_PARCEL, max_retries=2,
        model_aliases=(str(folder),) if folder else (),
    )  # fmt: skip
    return RayEngine(parse_model_spec(spec), options, **more)


def plain_texts() -> dict[str, str]:
    return texts(CT2Engine(parse_model_spec("ct2:reference"), EngineOptions()), REQUESTS)


def ray_texts(engine: RayEngine) -> dict[str, str]:
    responses = [r for group in engine.ask(REQUESTS) for r in group]
    assert len({r.key for r in responses}) == len(responses)
    return {r.key: r.text for r in responses if not isinstance(r, Failure)}


def test_it_is_the_engine_inside_in_all_that_changes_an_answer() -> None:
    engine = open_engine(REFERENCE, EngineOptions(engine_args=ONE_BLOCK_A_PARCEL))
    plain = CT2Engine(REFERENCE.inner, EngineOptions())
    assert (engine.identity(), engine.block_size) == (plain.identity(), plain.block_size)
    engine.close()


def test_a_killed_workers_requests_are_asked_again(tmp_path: Path) -> None:
    engine = open_ray(folder=tmp_path, opener=inside_ray.open_dying)
    assert ray_texts(engine) == plain_texts()
    assert (tmp_path / "killed").exists()
    engine.close()


def test_answers_come_as_they_finish(tmp_path: Path) -> None:
    engine = open_ray(folder=tmp_path, opener=inside_ray.open_waiting)
    groups = engine.ask(REQUESTS)
    keys = {response.key for response in next(groups)}
    (block,) = {request.block for request in REQUESTS if request.key in keys}
    assert keys == {request.key for request in REQUESTS if request.block == block}
    (tmp_path / "taken").touch()
    assert sum(len(group) for group in groups) == len(REQUESTS) - len(keys)
    engine.close()


def test_a_parcel_that_kills_every_worker_ends_the_run(tmp_path: Path) -> None:
    engine = open_ray(folder=tmp_path, opener=inside_ray.open_mortal)
    with pytest.raises(EngineError, match=r"^ray:ct2:reference: Ray failed \(.+the same command"):
        list(engine.ask(REQUESTS))
    engine.close()


def test_an_engine_that_breaks_inside_is_said_in_its_own_words(tmp_path: Path) -> None:
    engine = open_ray(folder=tmp_path, opener=inside_ray.open_broken)
    with pytest.raises(EngineError, match=r"^the weights are gone$"):
        list(engine.ask(REQUESTS))
    engine.close()


def test_failures_come_through() -> None:
    engine = open_ray()
    long = replace(
        REQUESTS[0], messages=(replace(REQUESTS[0].messages[0], content="word " * 5000),)
    )
    ((failure,),) = engine.ask([long])
    assert isinstance(failure, Failure)
    assert failure.kind is FailureKind.BAD_REQUEST
    engine.close()


def test_nothing_to_ask_starts_nothing() -> None:
    engine = open_ray()
    assert list(engine.ask([])) == []
    engine.close()


def test_settings_and_the_form_reach_the_engine_inside(tmp_path: Path) -> None:
    """A model without a system role: the form is found by a worker and used by all."""
    folder = tmp_path / "model"
    shutil.copytree(reference_path("ct2"), folder)
    template = (folder / "chat_template.jinja").read_text()
    refusal = "{% if messages[0].role == 'system' %}{{ raise_exception('no role') }}{% endif %}"
    (folder / "chat_template.jinja").write_text(refusal + template)
    requests = make_requests(4, 0.0, system="Be kind.")
    plain = CT2Engine(parse_model_spec(f"ct2:{folder}"), EngineOptions())
    plain.begin(requests)
    engine = open_ray(f"ray:ct2:{folder}")
    assert set(engine.extras_taken) == set(plain.extras_taken)
    engine.begin(requests)
    assert engine.form == plain.form == RequestForm(system_in_user=True)
    responses = [r for group in engine.ask(requests) for r in group]
    assert {r.key: r.text for r in responses if isinstance(r, Answer)} == texts(plain, requests)
    engine.close()


def test_a_cluster_of_our_own_listens_on_this_machine_alone() -> None:
    """All sockets of this process and its children, by /proc."""
    psutil = need("psutil", "pip install 'warmbench[hf]'")
    own = psutil.Process()
    listening = []
    for process in (own, *own.children(recursive=True)):
        with suppress(psutil.NoSuchProcess):  # Ray's workers come and go
            connections = process.net_connections(kind="inet")
            listening += [c.laddr.ip for c in connections if c.status == psutil.CONN_LISTEN]
    assert len(listening) >= 3
    assert {ip.removeprefix("::ffff:") for ip in listening} <= {"127.0.0.1", "::1"}


def test_a_cluster_with_tokens_is_explained(tmp_path: Path) -> None:
    """In a process of its own, at home where no token is."""
    code = (
        "from warmbench.engines.ray.cluster import RayCluster\n"
        "from warmbench.errors import EngineError\n"
        "try:\n    RayCluster().join()\nexcept EngineError as error:\n    print(error)"
    )
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("RAY_AUTH")
    } | {"RAY_ADDRESS": "127.0.0.1:9", "RAY_AUTH_MODE": "token", "HOME": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == (
        "RAY_ADDRESS=127.0.0.1:9: no Ray cluster (Token authentication is enabled but no "
        "authentication token was found); if it has token authentication, set RAY_AUTH_MODE=token "
        "and RAY_AUTH_TOKEN, here and on its machines"
    )


WRONG = [
    ("an endpoint", "ray:openai:gpt-4o", {}, UsageError, "use openai:gpt-4o without ray:"),
    ("no such folder", "ray:ct2:nowhere", {}, UsageError, "nowhere has no model.bin"),
    ("no such option", "ray:ct2:reference", {"ray.wrokers": "2"}, UsageError,
     "ray.wrokers=2: no such option; options are ray.num_cpus, ray.num_gpus, ray.parcel, ray.work"),
    ("no number", "ray:ct2:reference", {"ray.workers": "many"}, UsageError, "must be a number, 1 or"),
    ("no workers", "ray:ct2:reference", {"ray.workers": "0"}, UsageError, "must be a number, 1 or"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "spec", "arguments", "kind", "expected"), WRONG, ids=[w[0] for w in WRONG]
)
def test_what_can_not_be_opened_is_reported(
    name: str, spec: str, arguments: dict[str, str], kind: type[Exception], expected: str
) -> None:
    with pytest.raises(kind, match=expected):
        RayEngine(parse_model_spec(spec), EngineOptions(engine_args=arguments))


@given(blocks=st.lists(st.integers(0, 20), max_size=60), size=st.integers(1, 30))
def test_parcels_hold_all_requests_and_divide_no_block(blocks: list[int], size: int) -> None:
    requests: list[Request] = [
        replace(request, block=block)
        for request, block in zip(make_requests(len(blocks)), blocks, strict=True)
    ]
    parcels = list(in_parcels(requests, size))
    assert sorted(r.key for parcel in parcels for r in parcel) == sorted(r.key for r in requests)
    held = [{r.block for r in parcel} for parcel in parcels]
    assert sum(map(len, held)) == len(set(blocks))
    assert all(len(parcel) >= size for parcel in parcels[:-1])
