"""The service behind the form: what it refuses, what it queues, what it lists."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from tests.hub.local_hub import LocalHub
from tests.leaderboard.requests.queues import (
    KnownModels,
    facts,
    folder_queue,
    hub_queue,
    put_model,
    requests_hub,
)
from warmbench.data.hub.client import HubRetry
from warmbench.errors import RunError, UsageError
from warmbench_leaderboard.requests.check_request import RequestLimits
from warmbench_leaderboard.requests.model_facts import HubModelLookup
from warmbench_leaderboard.requests.queue_service import QueueService
from warmbench_leaderboard.requests.run_request import RequestState
from warmbench_leaderboard.services.protocols import RequestedRun, RequestService

ASKED = RequestedRun("org/base", None, "Ann", "ann@example.org")


def test_a_requested_run_is_queued(tmp_path: Path) -> None:
    queue = folder_queue(tmp_path / "submissions")
    service: RequestService = QueueService(queue, KnownModels())
    assert service.check(ASKED) == []
    queued = service.queue(ASKED)
    assert (queued.original, queued.warm, queued.state, queued.since, queued.note) == (
        "org/base", None, "waiting", "2026-05-04", "",
    )  # fmt: skip
    assert service.queued() == (queued,)
    assert queue.find(queued.request_id).contact == "ann@example.org"
    assert service.check(ASKED) == ["org/base: already requested, waiting since 2026-05-04"]
    with pytest.raises(UsageError, match="already requested"):
        service.queue(ASKED)


REFUSED = [
    ("bad form", RequestedRun("base", None, "Ann", "x"), "is not a model id"),
    ("no model", RequestedRun("org/nothing", None, "Ann", "x"), "not found on the Hub"),
    (
        "no warm model",
        RequestedRun("org/base", "org/nothing", "Ann", "x"),
        "not found on the Hub",
    ),
    ("too large", RequestedRun("org/large", None, "Ann", "x"), "the limit is 80 billion"),
    ("on the board", RequestedRun("org/there", None, "Ann", "x"), "is already on the board"),
]


@pytest.mark.parametrize(("name", "asked", "said"), REFUSED, ids=[r[0] for r in REFUSED])
def test_a_run_with_problems_is_not_queued(
    name: str, asked: RequestedRun, said: str, tmp_path: Path
) -> None:
    queue = folder_queue(tmp_path / "submissions")
    known = {
        "org/base": facts(),
        "org/large": facts("org/large", parameters=10**12),
        "org/there": facts("org/there"),
    }
    models_on_board = {"org/there": {None}}
    service = QueueService(
        queue, KnownModels(known), lambda original: models_on_board.get(original, ())
    )
    assert any(said in problem for problem in service.check(asked))
    with pytest.raises(UsageError, match=said):
        service.queue(asked)
    assert queue.read().requests == ()


def test_one_person_may_have_so_many_open(tmp_path: Path) -> None:
    queue = folder_queue(tmp_path / "submissions")
    known = {f"org/m{n}": facts(f"org/m{n}") for n in range(3)}
    service = QueueService(queue, KnownModels(known), limits=RequestLimits(per_person=2))
    first, *_ = [service.queue(RequestedRun(f"org/m{n}", None, "Ann", "a@x")) for n in range(2)]
    third = RequestedRun("org/m2", None, "Another name", "A@X")
    with pytest.raises(UsageError, match="A@X: has 2 open requests; the limit is 2"):
        service.queue(third)
    queue.move(first.request_id, RequestState.REFUSED, "Bob", "no")
    assert service.queue(third).state == "waiting"


def test_the_last_that_ended_are_listed_after_the_open_ones(tmp_path: Path) -> None:
    queue = folder_queue(tmp_path / "submissions")
    known = {f"org/m{n}": facts(f"org/m{n}") for n in range(30)}
    service = QueueService(queue, KnownModels(known), limits=RequestLimits(per_person=99))
    ids = [
        service.queue(RequestedRun(f"org/m{n}", None, "Ann", "a@x")).request_id for n in range(30)
    ]
    for request_id in ids[:25]:
        queue.move(request_id, RequestState.REFUSED, "Bob", "no")
    shown = [run.request_id for run in QueueService(queue, KnownModels()).queued()]
    assert shown == ids[25:] + ids[5:25]


@pytest.fixture
def hub(tmp_path: Path):  # type: ignore[no-untyped-def]
    with requests_hub(tmp_path / "hub") as hub:
        yield hub


def test_the_list_is_read_now_and_then_and_outlives_the_hub(hub: LocalHub, tmp_path: Path) -> None:
    seconds = [0.0]
    service = QueueService(hub_queue(hub, tmp_path / "a"), KnownModels(), clock=lambda: seconds[0])
    queued = service.queue(ASKED)
    hub.faults.forget()
    assert service.queued() == service.queued() == (queued,)
    assert len(hub.requests) == 4  # the head, the tree, the file once (HEAD, GET)
    seconds[0] = 16.0
    hub.faults.add("503", "GET /api/datasets/*", times=3)
    assert service.queued() == (queued,)
    assert hub.faults.pending == ()
    hub.faults.add("503", "GET /api/datasets/*", times=3)
    with pytest.raises(RunError, match="the Hub is unavailable"):
        QueueService(hub_queue(hub, tmp_path / "b"), KnownModels()).queued()


def test_from_the_form_to_a_file_on_the_hub(hub: LocalHub, tmp_path: Path) -> None:
    ann = hub.api(hub.token("ann"))
    put_model(ann, "ann/base", parameters=1_500_000_000)
    put_model(ann, "ann/warm", parameters=1_500_000_000)
    queue = hub_queue(hub, tmp_path / "a")
    models = HubModelLookup(ann, HubRetry(tries=3, sleep=lambda seconds: None))
    queued = QueueService(queue, models).queue(RequestedRun("ann/base", "ann/warm", "Cyd", "cyd@x"))
    kept = hub_queue(hub, tmp_path / "b").find(queued.request_id)
    assert kept.original.revision == ann.model_info("ann/base").sha
    assert kept.warm is not None
    assert (kept.warm.license, kept.warm.parameters) == ("apache-2.0", 1_500_000_000)
    assert kept.requested_at.date() == date(2026, 5, 4)
    commits = ann.list_repo_commits("lab/warmbench-submissions", repo_type="dataset")
    assert commits[0].title == f"Request {queued.request_id}"
