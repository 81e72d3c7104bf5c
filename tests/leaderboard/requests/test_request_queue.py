"""The queue in a folder and on a Hub: order, steps, races, and faults at every request."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.hub.local_hub import LocalHub
from tests.leaderboard.requests.queues import (
    REPO,
    a_request,
    folder_queue,
    hub_queue,
    requests_hub,
)
from warmbench.data.hub.client import HubRetry
from warmbench.errors import RunError, UsageError
from warmbench_leaderboard.requests.request_queue import RequestQueue
from warmbench_leaderboard.requests.request_store import StaleSnapshot
from warmbench_leaderboard.requests.run_request import RequestState, RunRequest

Open = Callable[[], RequestQueue]


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[LocalHub]:
    with requests_hub(tmp_path / "hub") as hub:
        yield hub


@pytest.fixture(params=["folder", "hub"])
def open_queue(request: pytest.FixtureRequest, tmp_path: Path) -> Open:
    """Opens one and the same queue, each time as another maintainer would."""
    if request.param == "folder":
        return lambda: folder_queue(tmp_path / "submissions")
    hub = request.getfixturevalue("hub")
    homes = iter(range(1000))
    return lambda: hub_queue(hub, tmp_path / f"home-{next(homes)}")


def add(queue: RequestQueue, *names: str) -> list[RunRequest]:
    added = [a_request(f"org/{name}", when=queue.now()) for name in names]
    return [queue.add(request, lambda requests: None) for request in added]


def test_requests_are_taken_in_the_order_of_asking_and_only_once(open_queue: Open) -> None:
    queue = open_queue()
    assert queue.take("Bob") is None
    asked = add(queue, "one", "two")
    taken = [open_queue().take(who) for who in ("Bob", "Cyd", "Dee")]
    assert [r and r.request_id for r in taken] == [*(r.request_id for r in asked), None]
    assert [(r.state, r.last.who) for r in queue.read().requests] == [
        (RequestState.TAKEN, "Bob"),
        (RequestState.TAKEN, "Cyd"),
    ]


def test_the_whole_way_of_a_request_stays_on_record(open_queue: Open) -> None:
    queue = open_queue()
    (asked,) = add(queue, "one")
    queue.take("Bob")
    queue.move(asked.request_id, RequestState.WAITING, "Bob", "no time")
    queue.take("Cyd")
    assert queue.run(asked.request_id, "Cyd") == queue.run(asked.request_id, "Cyd")
    queue.move(asked.request_id, RequestState.DONE, "Cyd", "https://x/discussions/1")
    found = open_queue().find(asked.request_id)
    assert [(c.state.value, c.who, c.note) for c in found.history] == [
        ("waiting", "Ann", ""),
        ("taken", "Bob", ""),
        ("waiting", "Bob", "no time"),
        ("taken", "Cyd", ""),
        ("running", "Cyd", ""),
        ("done", "Cyd", "https://x/discussions/1"),
    ]
    assert [c.when for c in found.history] == sorted(c.when for c in found.history)


def test_steps_that_there_are_not(open_queue: Open) -> None:
    queue = open_queue()
    (asked,) = add(queue, "one")
    id_ = asked.request_id
    with pytest.raises(
        UsageError, match="is waiting and can't become done; accepted: taken, refused"
    ):
        queue.move(id_, RequestState.DONE, "Bob")
    with pytest.raises(UsageError, match="is waiting and can't become running"):
        queue.run(id_, "Bob")
    queue.take("Bob")
    with pytest.raises(UsageError, match=r"is taken by Bob, not by Cyd"):
        queue.run(id_, "Cyd")
    with pytest.raises(UsageError, match=r"note: holds the character U\+202E"):
        queue.move(id_, RequestState.REFUSED, "Bob", "a\u202eb")
    queue.move(id_, RequestState.REFUSED, "Bob", "too large")
    with pytest.raises(UsageError, match="is refused and can't become waiting; accepted: nothing"):
        queue.move(id_, RequestState.WAITING, "Bob")
    with pytest.raises(UsageError, match="no such request; open requests: none"):
        queue.find("other")


def in_threads(*works: Callable[[], object]) -> None:
    gate = threading.Barrier(len(works))

    def begin(work: Callable[[], object]) -> None:
        gate.wait()
        work()

    threads = [threading.Thread(target=begin, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_maintainers_who_race_never_take_the_same(open_queue: Open) -> None:
    asked = add(open_queue(), *(f"m{n}" for n in range(6)))
    taken: list[RunRequest] = []

    def take_all(queue: RequestQueue, who: str) -> None:
        while request := queue.take(who):
            taken.append(request)

    queues = [open_queue() for _ in range(3)]
    in_threads(*(lambda q=q, n=n: take_all(q, f"Maintainer {n}") for n, q in enumerate(queues)))
    assert Counter(r.request_id for r in taken) == Counter(r.request_id for r in asked)
    kept = {r.request_id: r.last.who for r in open_queue().read().requests}
    assert kept == {r.request_id: r.last.who for r in taken}


def test_of_two_who_ask_for_the_same_at_once_one_is_queued(open_queue: Open) -> None:
    refused: list[str] = []

    def once_only(requests: object) -> None:
        if requests:
            raise UsageError("there already")

    def ask(queue: RequestQueue) -> None:
        try:
            queue.add(a_request("org/one"), once_only)
        except UsageError as error:
            refused.append(str(error))

    queues = [open_queue() for _ in range(3)]
    in_threads(*(lambda q=q: ask(q) for q in queues))
    assert len(open_queue().read().requests) == 1
    assert refused == ["there already"] * 2


def test_what_was_read_before_somebody_elses_change_can_not_be_written(open_queue: Open) -> None:
    queue, other = open_queue(), open_queue()
    snapshot = queue.read()
    add(other, "one")
    with pytest.raises(StaleSnapshot):
        queue.store.write(snapshot, a_request("org/two"), "Ask")
    assert len(queue.read().requests) == 1


def test_a_queue_that_never_stands_still_is_reported(tmp_path: Path) -> None:
    queue = folder_queue(tmp_path / "submissions")

    def meanwhile(requests: object) -> None:
        add(queue, "other")

    with pytest.raises(RunError, match=r"others changed it 30 times in the meantime; try again"):
        queue.add(a_request(), meanwhile)


WRITES = ["POST */preupload/*", "POST */commit/main"]
READS = ["GET /api/datasets/*", "GET */tree/*", "HEAD */resolve/*", "GET */resolve/*"]
HAPPENS = [("503", "before"), ("503", "after"), ("reset", "before"), ("lost reply", "after"), ("hang", "after")]  # fmt: skip


@pytest.mark.parametrize(("kind", "when"), HAPPENS)
@pytest.mark.parametrize("at", [*READS, *WRITES])
def test_a_fault_at_any_request_takes_just_one(
    hub: LocalHub, tmp_path: Path, at: str, kind: str, when: str
) -> None:
    first, second = add(hub_queue(hub, tmp_path / "a"), "one", "two")
    hub.faults.forget()
    hub.faults.add(kind, at, "after" if when == "after" else "before")
    taken = hub_queue(hub, tmp_path / "b").take("Bob")
    assert taken is not None
    assert hub.faults.pending == ()
    assert taken.request_id == first.request_id
    kept = {r.request_id: r.state for r in hub_queue(hub, tmp_path / "c").read().requests}
    assert kept == {first.request_id: RequestState.TAKEN, second.request_id: RequestState.WAITING}


@pytest.mark.parametrize("is_made", [True, False])
def test_a_commit_without_a_reply_is_told_from_one_that_somebody_overtook(
    hub: LocalHub, tmp_path: Path, is_made: bool
) -> None:
    """Its reply gets lost, or its commit is never made; and before it is looked, another asks."""
    other = hub_queue(hub, tmp_path / "b", "bob")
    (asked,) = add(other, "one")
    queue = hub_queue(hub, tmp_path / "a")
    queue.read()
    hub.faults.forget()
    assert queue.take("Bob") == queue.find(asked.request_id)
    number = next(r.number for r in hub.requests if r.matches("POST */commit/main"))
    add(other, "two")
    queue.read()
    hub.faults.forget()
    hub.faults.add("lost reply" if is_made else "503", number)
    hub.faults.add("503", number + 1)
    retry = HubRetry(tries=3, sleep=lambda seconds: bool(add(other, "three")))  # type: ignore[arg-type]
    queue.store.remote = replace(queue.store.remote, retry=retry)  # type: ignore[attr-defined]
    taken = queue.take("Bob")
    assert taken is not None
    assert hub.faults.pending == ()
    kept = hub_queue(hub, tmp_path / "c").read().requests
    assert [r.original.model_id for r in kept if r.state is RequestState.WAITING] == ["org/three"]
    assert [c.state for c in kept[1].history] == [RequestState.WAITING, RequestState.TAKEN]


def test_a_hub_that_stays_away_changes_nothing(hub: LocalHub, tmp_path: Path) -> None:
    queue = hub_queue(hub, tmp_path / "a")
    (asked,) = add(queue, "one")
    hub.faults.add("503", "GET /api/datasets/*", times=3)
    with pytest.raises(RunError, match=f"{REPO}: the Hub is unavailable .* nothing was changed"):
        queue.take("Bob")
    assert queue.find(asked.request_id).state is RequestState.WAITING


WHO_MAY_NOT = [("cyd", "write", r"can't write to it"), ("ann", "expired", "does not accept")]


@pytest.mark.parametrize(("name", "role", "expected"), WHO_MAY_NOT, ids=["stranger", "expired"])
def test_who_may_not_write_is_reported(
    hub: LocalHub, tmp_path: Path, name: str, role: str, expected: str
) -> None:
    add(hub_queue(hub, tmp_path / "a"), "one")
    queue = hub_queue(hub, tmp_path / "b")
    theirs = hub.api(hub.token(name, role))
    queue.store.remote = replace(queue.store.remote, api=theirs)  # type: ignore[attr-defined]
    with pytest.raises(UsageError, match=expected) as failed:
        queue.take("Cyd")
    assert "hf_" not in str(failed.value)


def test_what_did_not_change_is_not_fetched_again(hub: LocalHub, tmp_path: Path) -> None:
    queue = hub_queue(hub, tmp_path / "a")
    add(queue, "one", "two", "three")
    queue.read()
    hub.faults.forget()
    queue.read()
    assert not [r for r in hub.requests if "/resolve/" in r.path]


def test_broken_files_beside_the_requests_hide_none(hub: LocalHub, tmp_path: Path) -> None:
    queue = hub_queue(hub, tmp_path / "a")
    add(queue, "one")
    api = hub.api(hub.token("ann"))
    for path, content in (("requests/bad.json", b"{"), ("requests/big.json", b" " * 300_000),
                          ("requests/notes.md", b"x")):  # fmt: skip
        api.upload_file(path_or_fileobj=content, path_in_repo=path, repo_id=REPO, repo_type="dataset")  # fmt: skip
    snapshot = queue.read()
    assert len(snapshot.requests) == 1
    assert set(snapshot.broken) == {"bad.json", "big.json"}
    assert queue.take("Bob")


def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    queue = folder_queue(tmp_path / "submissions")
    add(queue, "one")
    secret = tmp_path / "secret.json"
    secret.write_text("{}")
    (tmp_path / "submissions" / "requests" / "link.json").symlink_to(secret)
    assert not queue.read().broken
