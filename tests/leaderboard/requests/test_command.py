"""``warmbench requests`` as a maintainer runs it: list, take, run, and the bundle handed in."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from tests.leaderboard.requests.queues import (
    REPO,
    Clock,
    a_request,
    folder_queue,
    hub_queue,
    requests_hub,
)
from tests.leaderboard.requests.served_models import RELEASE, served_models
from warmbench.data.hub.client import HubRetry
from warmbench.data.hub.dataset_repo import DatasetRepo
from warmbench.errors import RunError, UsageError
from warmbench.submission.bundle.read_bundle import Bundle
from warmbench.submission.bundle.submission import Provenance
from warmbench.submission.handing_in.pull_request import open_pull_request
from warmbench.submission.verification.verify_bundle import verify_bundle
from warmbench_leaderboard.cli.requests import requests
from warmbench_leaderboard.requests.request_queue import RequestQueue
from warmbench_leaderboard.requests.requested_run import (
    RunPlan,
    requested_study,
    run_study,
    submit_run,
)
from warmbench_leaderboard.requests.run_request import RequestState, RunRequest


def call(folder: Path, *words: str) -> Result:
    return CliRunner().invoke(requests, [*words, "--submissions", str(folder)])


def said(result: Result) -> Any:
    assert result.exit_code == 0, result.exception or result.output
    return json.loads(result.stdout)


def queued(queue: RequestQueue, *pairs: tuple[str, str | None]) -> list[RunRequest]:
    made = [a_request(original, warm, when=queue.now()) for original, warm in pairs]
    return [queue.add(request, lambda requests: None) for request in made]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder_queue(tmp_path / "submissions")
    return tmp_path / "submissions"


def test_the_queue_is_listed_for_people_and_for_programs(folder: Path) -> None:
    first, second = queued(folder_queue(folder, Clock()), ("org/base", "org/warm"), ("org/b", None))
    assert call(folder, "list").output.count("waiting") == 2
    call(folder, "refuse", second.request_id, "--reason", "too large", "--as", "Bob")
    listed = said(call(folder, "list", "--json"))
    assert [r["request_id"] for r in listed["requests"]] == [first.request_id]
    assert listed["broken"] == {}
    everything = said(call(folder, "list", "--all", "--json"))["requests"]
    assert everything[1]["history"][-1]["note"] == "too large"


def test_a_broken_file_is_said_and_the_rest_is_listed(folder: Path) -> None:
    queued(folder_queue(folder), ("org/base", None))
    (folder / "requests" / "x.json").write_text("{")
    result = call(folder, "list")
    assert "org/base" in result.stdout
    assert "x.json: ignored, Invalid JSON" in result.stderr


def test_take_give_back_and_say_that_it_is_done(folder: Path) -> None:
    assert "No request is waiting" in call(folder, "take", "--as", "Bob").output
    assert said(call(folder, "take", "--as", "Bob", "--json")) is None
    (asked,) = queued(folder_queue(folder), ("org/base", "org/warm"))
    shown = call(folder, "take", "--as", "Bob").output
    assert f"{asked.request_id}: taken, org/base and org/warm" in shown
    assert f"Next: warmbench requests run {asked.request_id} --engine ENGINE --out RUN" in shown
    assert said(call(folder, "return", asked.request_id, "--as", "Bob", "--json"))["state"] == "waiting"  # fmt: skip
    assert said(call(folder, "take", "--as", "Cyd", "--json"))["request_id"] == asked.request_id
    ended = call(folder, "done", asked.request_id, "--reason", "https://x/1", "--as", "Cyd")
    assert ended.output == f"{asked.request_id}: done\n"


PLACES = [("nowhere/at/all", UsageError, "neither a folder nor ORG/NAME")]


@pytest.mark.parametrize(("location", "error", "words"), PLACES)
def test_a_place_that_is_none(location: str, error: type[Exception], words: str) -> None:
    result = CliRunner().invoke(requests, ["list", "--submissions", location])
    assert isinstance(result.exception, error)
    assert words in str(result.exception)


def taken(folder: Path, tmp_path: Path) -> tuple[RequestQueue, RunRequest, list[str]]:
    """The queue, its one request, which Bob took, and the words with which Bob runs it."""
    queue = folder_queue(folder)
    (asked,) = queued(queue, ("org/base", "org/warm"))
    call(folder, "take", "--as", "Bob")
    words = ["run", asked.request_id, "--out", str(tmp_path / "run"), "--data", str(RELEASE.path),
             "--as", "Bob", "--json"]  # fmt: skip
    return queue, asked, words


def test_a_request_is_run_and_its_bundle_lies_in_the_folder(folder: Path, tmp_path: Path) -> None:
    queue, asked, words = taken(folder, tmp_path)
    with served_models("org/base", "org/warm") as url:
        refused = call(folder, *words[:-2], "Cyd", "--engine", f"openai@{url}")
        done = said(call(folder, *words, "--engine", f"openai@{url}"))
    assert isinstance(refused.exception, UsageError)
    assert done["state"] == "done"
    bundle = Path(done["where"])
    assert bundle.parent == folder / "bundles"
    verification = verify_bundle(bundle, release=RELEASE.path)
    assert verification.is_sound
    assert verification.bundle is not None
    submission = verification.bundle.submission
    assert (submission.provenance, submission.submitter.name) == (Provenance.REQUESTED, "Ann")
    assert submission.notes == f"Request {asked.request_id}, run by Bob."
    assert [c.state.value for c in queue.find(asked.request_id).history] == [
        "waiting", "taken", "running", "done",
    ]  # fmt: skip


def test_a_run_that_fails_stays_running_and_submits_nothing(folder: Path, tmp_path: Path) -> None:
    queue, asked, words = taken(folder, tmp_path)
    with served_models("org/base", "org/warm") as url:
        pass
    away = call(folder, *words, "--engine", f"openai@{url}")
    assert isinstance(away.exception, RunError)
    assert queue.find(asked.request_id).state is RequestState.RUNNING
    assert not (folder / "bundles").exists()


def test_a_bundle_that_is_not_sound_is_handed_in_nowhere(tmp_path: Path) -> None:
    """Its release is neither embedded nor on the Hub, and nobody says where it is."""
    request = a_request("org/base", "org/warm")
    handed_in: list[Bundle] = []

    def submit(bundle: Bundle) -> str:
        handed_in.append(bundle)
        return "x"

    with served_models("org/base", "org/warm") as url:
        study = requested_study(request, f"openai@{url}")
        run = run_study(RunPlan(study, tmp_path / "run", str(RELEASE.path)))
    with pytest.raises(RunError, match="its bundle is not sound"):
        submit_run(run, request, "Bob", Clock()().date(), submit)
    assert not handed_in


def test_on_the_hub_the_bundle_becomes_one_pull_request(tmp_path: Path) -> None:
    with requests_hub(tmp_path / "hub") as hub, served_models("org/base", "org/warm") as url:
        queue = hub_queue(hub, tmp_path / "home")
        (asked,) = queued(queue, ("org/base", "org/warm"))
        queue.take("ann")
        request = queue.run(asked.request_id, "ann")
        run = run_study(
            RunPlan(requested_study(request, f"openai@{url}"), tmp_path / "run", str(RELEASE.path))
        )
        api = hub.api(hub.token("ann"))
        remote = DatasetRepo(api, REPO, HubRetry(tries=3, sleep=lambda seconds: None))

        def submit() -> str:
            return submit_run(
                run, request, "ann", Clock()().date(),
                lambda bundle: open_pull_request(bundle, remote).url, release=RELEASE.path,
            )  # fmt: skip

        assert submit() == submit() == f"{hub.endpoint}/datasets/{REPO}/discussions/1"
        (found,) = api.get_repo_discussions(REPO, repo_type="dataset")
    assert found.title.startswith("Submit base-fine-tune-")


def test_the_command_on_the_hub(tmp_path: Path) -> None:
    """In a process of its own: the token is the person's, and so is the name."""
    code = "from warmbench_leaderboard.cli.requests import requests; requests()"
    with requests_hub(tmp_path / "hub") as hub:
        (asked,) = queued(hub_queue(hub, tmp_path / "home"), ("org/base", None))

        def run(token: str | None, *words: str) -> subprocess.CompletedProcess[str]:
            return subprocess.run(
                [sys.executable, "-c", code, *words, "--submissions", REPO],
                env=hub.environment(tmp_path / "home", token),
                capture_output=True,
                text=True,
                check=False,
            )

        listed = run(None, "list", "--json")
        taken = run(hub.token("bob"), "take", "--json")
    assert json.loads(listed.stdout)["requests"][0]["request_id"] == asked.request_id
    assert json.loads(taken.stdout)["history"][-1]["who"] == "bob"
