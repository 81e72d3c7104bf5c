"""A submission becomes one pull request: many at once, and whatever fails on the way."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import pytest

from tests.benchmark.submission.handing_in.hub import (
    REPO,
    Submissions,
    small_bundle,
    submissions_hub,
)
from tests.hub.account import Visitor
from warmbench.errors import UsageError, WarmbenchError
from warmbench.submission.bundle.read_bundle import Bundle
from warmbench.submission.handing_in.pull_request import (
    SubmissionOutcome,
    open_pull_request,
    title_of,
)

KINDS = [("503", "before"), ("503", "after"), ("429", "before"), ("reset", "before"),
         ("hang", "before"), ("lost reply", "after")]  # fmt: skip
MANY = 50


@pytest.fixture
def submissions(tmp_path: Path) -> Iterator[Submissions]:
    with submissions_hub(tmp_path / "hub") as found:
        yield found


def files_of(submissions: Submissions, bundle: Bundle, revision: str) -> dict[str, bytes]:
    """The bundle's folder as it lies on the Hub."""
    store, repo = submissions.hub.store, REPO
    with store.lock:
        found = store.to_read("datasets", repo, Visitor())
        commit = found.head(revision)
        prefix = f"bundles/{bundle.folder_name}/"
        return {
            path.removeprefix(prefix): found.content(commit, path)
            for path in commit.files
            if path.startswith(prefix)
        }


def test_one_pull_request_with_the_files(submissions: Submissions) -> None:
    bundle = small_bundle()
    done = open_pull_request(bundle, submissions.repo())
    assert done.outcome is SubmissionOutcome.OPENED
    assert done.url.endswith("/discussions/1")
    assert bundle.fingerprint in title_of(bundle)
    assert submissions.titles() == [title_of(bundle)]
    assert files_of(submissions, bundle, "refs/pr/1") == dict(bundle.contents)
    assert files_of(submissions, bundle, "main") == {}


def test_again_it_is_open_and_then_merged(submissions: Submissions) -> None:
    bundle = small_bundle()
    first = open_pull_request(bundle, submissions.repo())
    again = open_pull_request(bundle, submissions.repo("bob"))
    assert (again.outcome, again.url) == (SubmissionOutcome.IS_OPEN, first.url)
    submissions.merge(1)
    merged = open_pull_request(bundle, submissions.repo())
    assert merged.outcome is SubmissionOutcome.IS_MERGED
    assert merged.url.endswith(f"/tree/main/bundles/{bundle.folder_name}")
    assert submissions.titles() == []
    assert files_of(submissions, bundle, "main") == dict(bundle.contents)


def test_a_title_alone_is_not_believed(submissions: Submissions) -> None:
    """Somebody opened a pull request of that name, with other files."""
    bundle = small_bundle()
    other = replace(bundle, contents={**bundle.contents, "responses.jsonl": b"others"})
    open_pull_request(other, submissions.repo("mallory"))
    done = open_pull_request(bundle, submissions.repo())
    assert done.outcome is SubmissionOutcome.OPENED
    assert len(submissions.titles()) == 2
    assert files_of(submissions, bundle, "refs/pr/2") == dict(bundle.contents)


def test_many_at_once_each_have_their_own(submissions: Submissions) -> None:
    bundles = [small_bundle(number) for number in range(MANY)]
    with ThreadPoolExecutor(16) as pool:
        done = list(
            pool.map(
                lambda b: open_pull_request(b, submissions.repo(b.submission.model.name)), bundles
            )
        )
    assert {one.outcome for one in done} == {SubmissionOutcome.OPENED}
    assert len({one.url for one in done}) == MANY
    assert sorted(submissions.titles()) == sorted(map(title_of, bundles))
    for bundle, one in zip(bundles, done, strict=True):
        revision = f"refs/pr/{one.url.rsplit('/', 1)[1]}"
        assert files_of(submissions, bundle, revision) == dict(bundle.contents)


def test_one_bundle_many_times_at_once_has_one(submissions: Submissions) -> None:
    with ThreadPoolExecutor(8) as pool:
        done = list(
            pool.map(lambda n: open_pull_request(small_bundle(), submissions.repo()), range(8))
        )
    assert sorted(one.outcome for one in done) == sorted(
        [SubmissionOutcome.OPENED, *[SubmissionOutcome.IS_OPEN] * 7]
    )
    assert len(submissions.titles()) == 1


@cache
def requests_of_a_submission() -> tuple[str, ...]:
    with submissions_hub(Path(mkdtemp(prefix="warmbench-requests-")) / "hub") as submissions:
        open_pull_request(small_bundle(), submissions.repo())
        return tuple(f"{request.method} {request.path}" for request in submissions.hub.requests)


@pytest.mark.parametrize(("kind", "when"), KINDS)
@pytest.mark.parametrize("number", range(len(requests_of_a_submission())))
def test_any_failure_at_any_request_loses_and_doubles_nothing(
    number: int, kind: str, when: str, submissions: Submissions
) -> None:
    """Without any patience, so that the failure comes through: a second try mends it."""
    bundle = small_bundle()
    submissions.hub.faults.add(kind, at=number, when=when)  # type: ignore[arg-type]
    try:
        open_pull_request(bundle, submissions.repo(tries=1))
    except WarmbenchError as error:
        assert "\n" not in str(error)  # noqa: PT017 - whether it fails is not the point
    submissions.hub.faults.forget()
    done = open_pull_request(bundle, submissions.repo())
    assert done.outcome in (SubmissionOutcome.OPENED, SubmissionOutcome.IS_OPEN)
    assert submissions.titles() == [title_of(bundle)]
    assert files_of(submissions, bundle, "refs/pr/1") == dict(bundle.contents)


@pytest.mark.parametrize(("kind", "when"), KINDS)
def test_a_failure_at_every_kind_of_request_is_lived_with(
    kind: str, when: str, submissions: Submissions
) -> None:
    for at in dict.fromkeys(requests_of_a_submission()):
        submissions.hub.faults.add(kind, at=at, when=when)  # type: ignore[arg-type]
    done = open_pull_request(small_bundle(), submissions.repo(tries=4))
    assert done.outcome in (SubmissionOutcome.OPENED, SubmissionOutcome.IS_OPEN)
    assert len(submissions.titles()) == 1


@pytest.mark.parametrize(
    ("role", "words"), [("expired", "does not accept the token"), ("read", "can't write to it")]
)
def test_who_may_not_is_told_in_a_sentence_without_the_token(
    role: str, words: str, submissions: Submissions
) -> None:
    token = submissions.hub.token("ann", role)
    theirs = replace(submissions.repo(), api=submissions.hub.api(token))
    with pytest.raises(UsageError, match=words) as caught:
        open_pull_request(small_bundle(), theirs)
    assert token not in str(caught.value)


def test_a_repository_that_is_not_there(submissions: Submissions) -> None:
    for name in ("bench/nothing", "nothing"):
        with pytest.raises(UsageError, match=r"no such repository|not the name"):
            open_pull_request(small_bundle(), replace(submissions.repo(), repo=name))
