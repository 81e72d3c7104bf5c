"""The desk behind the form: what it refuses, what it queues, what it lists."""

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
from warmbench_leaderboard.requests.model_facts import HubModels
from warmbench_leaderboard.requests.queue_service import QueueDesk
from warmbench_leaderboard.requests.run_request import State
from warmbench_leaderboard.services.protocols import AskedRun, RequestDesk

ASKED = AskedRun("org/base", None, "Ann", "ann@example.org")


def test_what_is_asked_for_stands_in_the_queue(tmp_path: Path) -> None:
    queue = folder_queue(tmp_path / "submissions")
    desk: RequestDesk = QueueDesk(queue, KnownModels())
    assert desk.check(ASKED) == []
    queued = desk.queue(ASKED)
    assert (queued.original, queued.warm, queued.state, queued.since, queued.note) == (
        "org/base", None, "waiting", "2026-05-04", "",
    )  # fmt: skip
    assert desk.listed() == (queued,)
    assert queue.find(queued.request_id).contact == "ann@example.org"
    assert desk.check(ASKED) == ["org/base: was asked for already, waiting since 2026-05-04"]
    with pytest.raises(UsageError, match="was asked for already"):
        desk.queue(ASKED)


REFUSED = [
    ("bad form", AskedRun("base", None, "Ann", "x"), "is no model on the Hub"),
    ("no model", AskedRun("org/nothing", None, "Ann", "x"), "there is no such model"),
    ("no warm model", AskedRun("org/base", "org/nothing", "Ann", "x"), "there is no such model"),
    ("too large", AskedRun("org/large", None, "Ann", "x"), "accepted are at most 80"),
    ("on the board", AskedRun("org/there", None, "Ann", "x"), "is on the board already"),
]


@pytest.mark.parametrize(("name", "asked", "said"), REFUSED, ids=[r[0] for r in REFUSED])
def test_what_speaks_against_it_is_said_and_nothing_is_queued(
    name: str, asked: AskedRun, said: str, tmp_path: Path
) -> None:
    queue = folder_queue(tmp_path / "submissions")
    known = {
        "org/base": facts(),
        "org/large": facts("org/large", parameters=10**12),
        "org/there": facts("org/there"),
    }
    on_board = {"org/there": {None}}
    desk = QueueDesk(queue, KnownModels(known), lambda original: on_board.get(original, ()))
    assert any(said in problem for problem in desk.check(asked))
    with pytest.raises(UsageError, match=said):
        desk.queue(asked)
    assert queue.read().requests == ()


def test_one_person_may_have_so_many_open(tmp_path: Path) -> None:
    queue = folder_queue(tmp_path / "submissions")
    known = {f"org/m{n}": facts(f"org/m{n}") for n in range(3)}
    desk = QueueDesk(queue, KnownModels(known), limits=RequestLimits(a_person=2))
    first, *_ = [desk.queue(AskedRun(f"org/m{n}", None, "Ann", "a@x")) for n in range(2)]
    third = AskedRun("org/m2", None, "Another name", "A@X")
    with pytest.raises(UsageError, match="A@X: has 2 requests open; accepted are 2 at once"):
        desk.queue(third)
    queue.move(first.request_id, State.REFUSED, "Bob", "no")
    assert desk.queue(third).state == "waiting"


def test_the_last_that_ended_are_listed_after_the_open_ones(tmp_path: Path) -> None:
    queue = folder_queue(tmp_path / "submissions")
    known = {f"org/m{n}": facts(f"org/m{n}") for n in range(30)}
    desk = QueueDesk(queue, KnownModels(known), limits=RequestLimits(a_person=99))
    ids = [desk.queue(AskedRun(f"org/m{n}", None, "Ann", "a@x")).request_id for n in range(30)]
    for request_id in ids[:25]:
        queue.move(request_id, State.REFUSED, "Bob", "no")
    shown = [run.request_id for run in QueueDesk(queue, KnownModels()).listed()]
    assert shown == ids[25:] + ids[5:25]


@pytest.fixture
def hub(tmp_path: Path):  # type: ignore[no-untyped-def]
    with requests_hub(tmp_path / "hub") as hub:
        yield hub


def test_the_list_is_read_now_and_then_and_outlives_the_hub(hub: LocalHub, tmp_path: Path) -> None:
    seconds = [0.0]
    desk = QueueDesk(hub_queue(hub, tmp_path / "a"), KnownModels(), clock=lambda: seconds[0])
    queued = desk.queue(ASKED)
    hub.faults.forget()
    assert desk.listed() == desk.listed() == (queued,)
    assert len(hub.requests) == 4  # the head, the tree, the file once (HEAD, GET)
    seconds[0] = 16.0
    hub.faults.add("503", "GET /api/datasets/*", times=3)
    assert desk.listed() == (queued,)
    assert hub.faults.pending == ()
    hub.faults.add("503", "GET /api/datasets/*", times=3)
    with pytest.raises(RunError, match="the Hub is unavailable"):
        QueueDesk(hub_queue(hub, tmp_path / "b"), KnownModels()).listed()


def test_from_the_form_to_a_file_on_the_hub(hub: LocalHub, tmp_path: Path) -> None:
    ann = hub.api(hub.token("ann"))
    put_model(ann, "ann/base", parameters=1_500_000_000)
    put_model(ann, "ann/warm", parameters=1_500_000_000)
    queue = hub_queue(hub, tmp_path / "a")
    models = HubModels(ann, HubRetry(tries=3, sleep=lambda seconds: None))
    queued = QueueDesk(queue, models).queue(AskedRun("ann/base", "ann/warm", "Cyd", "cyd@x"))
    kept = hub_queue(hub, tmp_path / "b").find(queued.request_id)
    assert kept.original.revision == ann.model_info("ann/base").sha
    assert kept.warm is not None
    assert (kept.warm.license, kept.warm.parameters) == ("apache-2.0", 1_500_000_000)
    assert kept.asked.date() == date(2026, 5, 4)
    commits = ann.list_repo_commits("lab/warmbench-submissions", repo_type="dataset")
    assert commits[0].title == f"Ask for {queued.request_id}"
