"""A dataset repository as a store: what counts as a submission, and what is fetched of it."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from huggingface_hub import CommitOperationAdd, HfApi

from tests.hub.local_hub import LocalHub
from warmbench_leaderboard.store.hub_store import HubSubmissionStore
from warmbench_leaderboard.store.submission_store import SubmissionKind

REPO = "ann/warmbench-submissions"

pytestmark = pytest.mark.filterwarnings("ignore:Use .content=:DeprecationWarning")


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[LocalHub]:
    with LocalHub(tmp_path / "hub") as hub:
        yield hub


@pytest.fixture
def ann(hub: LocalHub) -> HfApi:
    api = hub.api(hub.token("ann"))
    api.create_repo(REPO, repo_type="dataset")
    return api


def put(api: HfApi, files: dict[str, bytes]) -> None:
    operations = [CommitOperationAdd(path, io.BytesIO(content)) for path, content in files.items()]
    api.create_commit(REPO, operations, commit_message="Add", repo_type="dataset")


FILES = {
    "README.md": b"---\nlicense: cc-by-4.0\n---\n",
    "published/a-study.json": b"{}",
    "published/notes.txt": b"no study",
    "published/deep/b.json": b"no study either",
    "bundles/a-model-0123abcd/submission.json": b"{}",
    "bundles/a-model-0123abcd/responses.jsonl": b"PAR1" + bytes(range(256)),
    "bundles/Bad Name/submission.json": b"{}",
    "bundles/stray.zip": b"in no folder",
    "requests/1.json": b"{}",
}


def test_what_is_listed(hub: LocalHub, ann: HfApi) -> None:
    put(ann, FILES)
    store = HubSubmissionStore(REPO, hub.api())
    listing = store.listing()
    assert listing.revision == listing.state == store.state()
    found = [(s.kind, s.name, s.problem and s.problem[0]) for s in listing.submissions]
    assert found == [
        (SubmissionKind.BUNDLE, "Bad Name", "unsafe-path"),
        (SubmissionKind.BUNDLE, "a-model-0123abcd", None),
        (SubmissionKind.PUBLISHED, "a-study", None),
    ]


def test_another_content_of_one_file_is_another_submission(hub: LocalHub, ann: HfApi) -> None:
    put(ann, FILES)
    before = HubSubmissionStore(REPO, hub.api()).listing()
    put(ann, {"bundles/a-model-0123abcd/responses.jsonl": b"PAR1" + bytes(300)})
    after = HubSubmissionStore(REPO, hub.api()).listing()
    same = [
        old.content == new.content
        for old, new in zip(before.submissions, after.submissions, strict=True)
    ]
    assert same == [True, False, True]


def test_only_what_is_wanted_is_fetched_and_of_the_listed_revision(
    hub: LocalHub, ann: HfApi
) -> None:
    put(ann, FILES)
    store = HubSubmissionStore(REPO, hub.api())
    listing = store.listing()
    put(ann, {"bundles/a-model-0123abcd/submission.json": b'{"later": 1}'})
    with store.fetcher(listing) as fetch:
        root = fetch([listing.submissions[1]])
        found = {
            path.relative_to(root).as_posix(): path.read_bytes()
            for path in root.rglob("*")
            if path.is_file() and ".cache" not in path.parts
        }
    assert found == {name: text for name, text in FILES.items() if name.startswith("bundles/a-")}
    assert not root.exists()


def test_it_tells_when_it_first_had_the_rows(hub: LocalHub, ann: HfApi) -> None:
    def bundle(name: str, submission: bytes = b"{}") -> dict[str, bytes]:
        folder = f"bundles/{name}"
        return {f"{folder}/responses.jsonl": b"PAR1", f"{folder}/submission.json": submission}

    names = ["z-first-01234567", "m-second-01234567", "a-third-01234567"]
    for name in names:
        put(ann, bundle(name))
    put(ann, {f"bundles/{names[0]}/submission.json": b'{"notes": "edited later"}'})
    put(ann, {"bundles/no-rows-01234567/submission.json": b"{}"})
    store = HubSubmissionStore(REPO, hub.api())
    listing = store.listing()
    found = store.first_seen(listing, listing.submissions)
    assert sorted(found, key=found.__getitem__) == names
    assert store.first_seen(listing, []) == {}
