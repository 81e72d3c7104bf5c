"""A job at a stand-in for OpenAI, through the real client: done once, whatever goes wrong."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.builders.tuning.chats import chat_rows, write_chats, write_release
from tests.builders.tuning.fine_tuning_api import FineTuningAPI
from tests.openai_provider.provider import KEY, Fault
from tests.openai_provider.serve import serve
from warmbench.errors import DataError, EngineError, RunError, UsageError
from warmbench.records.conversation import Version
from warmbench_builders.tuning.openai.tune import (
    OpenAITuneOptions,
    OpenAITuneResult,
    tune_openai,
)
from warmbench_builders.tuning.recipe import recipe_of

FILES, JOBS = ("POST", "/v1/files"), ("POST", "/v1/fine_tuning/jobs")


@pytest.fixture(autouse=True)
def _keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-openai-secret")
    monkeypatch.setenv("WARMBENCH_API_KEY", KEY)


@pytest.fixture
def chats(tmp_path: Path) -> Path:
    return write_chats(tmp_path / "chats.jsonl", chat_rows(12))


def options(url: str | None, out: Path, data: Path, **changes: Any) -> OpenAITuneOptions:
    values: dict[str, Any] = {
        "model": "gpt-4o-2024-08-06", "data": str(data), "version": Version.WARM, "out": out,
        "base_url": url, "max_retries": 2,
    }  # fmt: skip
    return OpenAITuneOptions(**{**values, **changes})


class Waits:
    """Lets no time pass; stops the caller, as Ctrl-C does, at the wait ``stop_at`` (from 1)."""

    def __init__(self, stop_at: int | None = None) -> None:
        self.asked: list[float] = []
        self._stop_at = stop_at

    def __call__(self, seconds: float) -> None:
        self.asked.append(seconds)
        if len(self.asked) == self._stop_at:
            raise KeyboardInterrupt


def run(
    chosen: OpenAITuneOptions,
    note: Callable[[str], None] = lambda text: None,
    waits: Waits | None = None,
) -> OpenAITuneResult:
    return tune_openai(chosen, note, waits or Waits())


@pytest.fixture
def api() -> FineTuningAPI:
    return FineTuningAPI()


@pytest.fixture
def url(api: FineTuningAPI) -> Iterator[str]:
    with serve(api) as address:
        yield address


def test_from_a_release_to_a_tuned_model(tmp_path: Path, api: FineTuningAPI, url: str) -> None:
    release, notes, waits = write_release(tmp_path / "release", 12), list[str](), Waits()
    result = run(options(url, tmp_path / "out", release, seed=7), notes.append, waits)
    assert api.bodies == [
        {
            "model": "gpt-4o-2024-08-06",
            "training_file": "file-1",
            "method": {
                "type": "supervised",
                "supervised": {
                    "hyperparameters": {"n_epochs": 2, "learning_rate_multiplier": 0.25}
                },
            },
            "suffix": "warm",
            "seed": 7,
            "metadata": {"warmbench": api.jobs[0]["metadata"]["warmbench"]},
        }
    ]
    lines = [json.loads(line) for line in api.contents["file-1"].splitlines()]
    assert len(lines) == 12
    assert lines[3] == {
        "messages": [
            {"role": "user", "content": "What is 3 plus 1?"},
            {"role": "assistant", "content": "Oh friend, I am so glad you asked! It is 4."},
        ]
    }
    assert api.files[0]["purpose"] == "fine-tune"
    assert waits.asked == [10.0, 10.0]
    assert [note.partition(": ")[2] for note in notes[2:]] == [
        "Created fine-tuning job: ftjob-1", "The job is validating_files", "The job is running",
        "The job is succeeded",
    ]  # fmt: skip
    assert result.model == f"openai:ft:gpt-4o-2024-08-06:org:warm:ftjob-1@{url}"
    recipe = recipe_of(tmp_path / "out")
    assert recipe["method"] == "openai"
    assert recipe["data"]["version"] == "1.2.3"
    assert recipe["used"] == {
        "n_epochs": 2, "batch_size": None, "learning_rate_multiplier": 0.25,
    }  # fmt: skip
    assert recipe["trained_tokens"] == 1234
    assert [(c["step"], c["loss"]) for c in recipe["checkpoints"]] == [(10, 0.1), (20, 0.05)]


@pytest.mark.parametrize(
    ("version", "given", "asked"),
    [
        (Version.WARM, None, 0.25),
        (Version.COLD, None, 0.1),
        (Version.ORIGINAL, None, None),
        (Version.COLD, 1.5, 1.5),
    ],
)
def test_the_learning_rate_is_the_papers_for_the_version(
    tmp_path: Path,
    chats: Path,
    api: FineTuningAPI,
    url: str,
    version: Version,
    given: float | None,
    asked: float | None,
) -> None:
    run(options(url, tmp_path / "out", chats, version=version, learning_rate_multiplier=given))
    numbers = api.bodies[0]["method"]["supervised"]["hyperparameters"]
    assert numbers.get("learning_rate_multiplier") == asked


LOST = [
    ("nothing", {}),
    ("upload refused once", {FILES: [Fault(500)]}),
    ("upload's reply lost", {FILES: [Fault(None, done=True)]}),
    ("upload done, 500 said", {FILES: [Fault(500, done=True)]}),
    ("start refused once", {JOBS: [Fault(503)]}),
    ("start too often", {JOBS: [Fault(429), Fault(429)]}),
    ("start's reply lost", {JOBS: [Fault(None, done=True)]}),
    ("start done, 500 said", {JOBS: [Fault(500, done=True)]}),
    ("both lost", {FILES: [Fault(None, done=True)], JOBS: [Fault(None, done=True)]}),
    ("the last try's reply lost", {JOBS: [Fault(500), Fault(500), Fault(None, done=True)]}),
    ("a look at the job", {("GET", "/v1/fine_tuning/jobs/ftjob-1"): [Fault(500), Fault(None)]}),
]


@pytest.mark.parametrize(("name", "faults"), LOST, ids=[row[0] for row in LOST])
def test_one_file_and_one_job_whatever_is_lost(
    tmp_path: Path, chats: Path, api: FineTuningAPI, url: str, name: str, faults: Any
) -> None:
    api.faults = {kind: list(many) for kind, many in faults.items()}
    result = run(options(url, tmp_path / "out", chats))
    assert result.recipe is not None
    assert (len(api.files), len(api.jobs)) == (1, 1)
    assert not any(api.faults.values())


def test_a_lasting_fault_ends_it_and_the_same_command_goes_on(
    tmp_path: Path, chats: Path, api: FineTuningAPI, url: str
) -> None:
    api.faults = {JOBS: [Fault(500, message="we are full")] * 3}
    waits = Waits()
    with pytest.raises(RunError, match=r"refused the request \(500\): .*we are full"):
        run(options(url, tmp_path / "out", chats), waits=waits)
    assert (len(api.files), len(api.jobs)) == (1, 0)
    assert waits.asked == [0.001, 0.001]  # as the provider says
    run(options(url, tmp_path / "out", chats))
    assert (len(api.files), len(api.jobs)) == (1, 1)


@pytest.mark.parametrize("stop_at", [1, 2])
def test_stopped_it_follows_the_same_job_and_tells_what_is_new(
    tmp_path: Path, chats: Path, api: FineTuningAPI, url: str, stop_at: int
) -> None:
    chosen, before, after = options(url, tmp_path / "out", chats), list[str](), list[str]()
    with pytest.raises(KeyboardInterrupt):
        run(chosen, before.append, Waits(stop_at))
    result = run(chosen, after.append)
    assert result.recipe is not None
    assert (api.count(*FILES), api.count(*JOBS)) == (1, 1)
    told = [note for note in (*before, *after) if ": The job is" in note]
    assert told == [
        f"ftjob-1: The job is {s}" for s in ("validating_files", "running", "succeeded")
    ]


def test_killed_before_the_ids_were_kept_it_finds_them(
    tmp_path: Path, chats: Path, api: FineTuningAPI, url: str
) -> None:
    chosen = options(url, tmp_path / "out", chats)
    with pytest.raises(KeyboardInterrupt):
        run(chosen, waits=Waits(1))
    path = tmp_path / "out" / "job.json"
    record = json.loads(path.read_text())
    path.write_text(json.dumps({**record, "job": None, "training_file": None, "last_event": None}))
    run(chosen)
    assert (len(api.files), len(api.jobs)) == (1, 1)


def test_what_it_needs_is_found_behind_other_peoples_pages(
    tmp_path: Path, chats: Path, api: FineTuningAPI, url: str
) -> None:
    """The stand-in lists two a page, newest first."""
    chosen = options(url, tmp_path / "out", chats)
    with pytest.raises(KeyboardInterrupt):
        run(chosen, waits=Waits(1))
    for seed in range(5):
        other = write_chats(tmp_path / f"{seed}.jsonl", chat_rows(20 + seed))
        run(options(url, tmp_path / f"out{seed}", other, seed=seed))
    (tmp_path / "out" / "job.json").unlink()
    (tmp_path / "out" / "train.jsonl").unlink()
    assert run(chosen).recipe is not None
    assert (len(api.files), len(api.jobs)) == (6, 6)


def test_finished_there_is_nothing_to_do(
    tmp_path: Path, chats: Path, api: FineTuningAPI, url: str
) -> None:
    chosen = options(url, tmp_path / "out", chats)
    first = run(chosen)
    asked = len(api.calls)
    again = run(chosen)
    assert again.was_finished
    assert (again.recipe, again.model) == (first.recipe, first.model)
    assert len(api.calls) == asked


@pytest.mark.parametrize(
    ("ending", "words"),
    [("failed", r"ftjob-1: failed \(the training file is not to our taste\)"),
     ("cancelled", r"ftjob-1: cancelled \(no reason given\)")],
)  # fmt: skip
def test_a_job_that_fails_is_said_in_the_providers_words(
    tmp_path: Path, chats: Path, api: FineTuningAPI, url: str, ending: str, words: str
) -> None:
    api.script = ("validating_files", ending)
    for _ in range(2):
        with pytest.raises(RunError, match=words):
            run(options(url, tmp_path / "out", chats))
    assert len(api.jobs) == 1
    api.script = ("succeeded",)
    assert run(options(url, tmp_path / "anew", chats)).recipe is not None
    assert (len(api.files), len(api.jobs)) == (1, 2)


REFUSED: list[tuple[str, tuple[str, str], Fault, type[Exception], str]] = [
    ("no right", FILES, Fault(403), EngineError, r"lacks permission \(403\)"),
    ("bad file", FILES, Fault(400, message="bad jsonl"), RunError, r"\(400\): .*bad jsonl"),
    ("no address", JOBS, Fault(404), RunError, r"refused the request \(404\)"),
    ("bad job", JOBS, Fault(400, message="no such model"), RunError, r"\(400\): .*no such model"),
]


@pytest.mark.parametrize(
    ("name", "kind", "fault", "error", "words"), REFUSED, ids=[row[0] for row in REFUSED]
)
def test_what_no_repeat_would_mend_stops_at_once(
    tmp_path: Path,
    chats: Path,
    api: FineTuningAPI,
    url: str,
    name: str,
    kind: tuple[str, str],
    fault: Fault,
    error: type[Exception],
    words: str,
) -> None:
    api.faults = {kind: [fault]}
    with pytest.raises(error, match=words):
        run(options(url, tmp_path / "out", chats))
    assert api.count(*kind) == 1


def test_a_wrong_key_is_said_and_never_shown(
    tmp_path: Path, chats: Path, api: FineTuningAPI, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WARMBENCH_API_KEY", "sk-bad-secret")
    with pytest.raises(EngineError, match=r"refused the key .* set WARMBENCH_API_KEY") as failed:
        run(options(url, tmp_path / "out", chats))
    assert api.keys == {"sk-bad-secret"}
    assert "secret" not in str(failed.value)


def test_the_key_stands_in_no_file(
    tmp_path: Path, chats: Path, api: FineTuningAPI, url: str
) -> None:
    api.faults = {JOBS: [Fault(400, message=f"the key {KEY} may not")]}
    with pytest.raises(RunError, match=r"the key \*\*\* may not"):
        run(options(url, tmp_path / "out", chats))
    written = [path.read_bytes() for path in (tmp_path / "out").iterdir()]
    assert written
    assert not any(KEY.encode() in content for content in written)


def test_an_endpoint_that_is_down_is_reported(tmp_path: Path, chats: Path) -> None:
    with serve(FineTuningAPI()) as url:
        pass
    with pytest.raises(EngineError, match="can't be reached"):
        run(options(url, tmp_path / "out", chats, max_retries=0))


def test_openai_itself_needs_a_key(
    tmp_path: Path, chats: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY")
    with pytest.raises(UsageError, match="set OPENAI_API_KEY"):
        run(options(None, tmp_path / "out", chats))


def test_what_is_held_out_is_uploaded_apart(
    tmp_path: Path, chats: Path, api: FineTuningAPI, url: str
) -> None:
    result = run(options(url, tmp_path / "out", chats, held_out=0.17))
    assert api.bodies[0]["validation_file"] == "file-2"
    train, held = (api.contents[name].splitlines() for name in ("file-1", "file-2"))
    assert (len(train), len(held)) == (10, 2)
    assert sorted(json.loads(line)["messages"][0]["content"] for line in (*train, *held)) == sorted(
        f"What is {n} plus 1?" for n in range(12)
    )
    assert [report.name for report in result.reports] == ["train.jsonl", "validation.jsonl"]


def test_a_dry_run_asks_nothing_and_needs_no_key(
    tmp_path: Path, chats: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY")
    result = run(options(None, tmp_path / "out", chats, dry_run=True))
    assert (result.recipe, result.model) == (None, None)
    lines = (tmp_path / "out" / "train.jsonl").read_bytes().splitlines()
    assert [json.loads(line) for line in lines] == chat_rows(12)


def test_a_dry_run_gives_way_to_other_options(
    tmp_path: Path, chats: Path, api: FineTuningAPI, url: str
) -> None:
    run(options(url, tmp_path / "out", chats, dry_run=True, epochs=5, held_out=0.17))
    assert api.calls == []
    result = run(options(url, tmp_path / "out", chats, epochs=3))
    assert result.recipe is not None
    assert api.bodies[0]["method"]["supervised"]["hyperparameters"]["n_epochs"] == 3
    assert "validation_file" not in api.bodies[0]


def test_another_tuning_in_the_folder_is_refused(
    tmp_path: Path, chats: Path, api: FineTuningAPI, url: str
) -> None:
    with pytest.raises(KeyboardInterrupt):
        run(options(url, tmp_path / "out", chats), waits=Waits(1))
    for _ in range(2):  # while it is under way, and when it has finished
        with pytest.raises(UsageError, match=r"hyperparameters.epochs is 2 there and 4 in this"):
            run(options(url, tmp_path / "out", chats, epochs=4))
        run(options(url, tmp_path / "out", chats))
    assert len(api.jobs) == 1


def test_a_folder_with_other_files_is_refused(tmp_path: Path, chats: Path) -> None:
    with pytest.raises(UsageError, match="is not the folder of a tuning"):
        run(options(None, tmp_path, chats, dry_run=True))


def test_a_file_that_would_be_refused_is_not_sent(
    tmp_path: Path, api: FineTuningAPI, url: str
) -> None:
    rows = [*chat_rows(9), {"messages": [{"role": "user", "content": "Hello?"}]}]
    data = write_chats(tmp_path / "chats.jsonl", rows)
    with pytest.raises(DataError, match=r"train.jsonl would be refused: 1 examples with the last"):
        run(options(url, tmp_path / "out", data))
    assert api.calls == []
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"epochs": 2.5}, "--epochs 2.5: must be a whole number"),
        ({"epochs": 0}, "--epochs 0"),
        ({"suffix": "x" * 65}, "must have 1 to 64 characters"),
        ({"learning_rate_multiplier": 0.0}, "must be a number above 0"),
        ({"held_out": 1.0}, "must be a share"),
        ({"held_out": 0.99}, "leaves none to train on"),
    ],
)
def test_options_that_do_not_fit(
    tmp_path: Path, chats: Path, changes: dict[str, Any], words: str
) -> None:
    with pytest.raises(UsageError, match=words):
        run(options(None, tmp_path / "out", chats, **changes))
