"""Publishing: one commit and one tag, or nothing; whatever goes wrong on the way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import pytest

from tests.builders.publishing.hub import (
    REPO,
    made_release,
    publish,
    remote,
    tree_of,
)
from tests.hub.impatient_hub import impatient_hub
from tests.hub.local_hub import LocalHub
from warmbench.errors import RunError, UsageError, WarmbenchError
from warmbench_builders.publishing.publish import (
    plan_publication,
    propose_release,
)
from warmbench_builders.publishing.release_files import ReleaseFiles

KINDS = ["503", "429", "reset", "hang", "lost reply"]


@cache
def release(version: str = "1.0.0") -> ReleaseFiles:
    return made_release(Path(mkdtemp(prefix="warmbench-publish-")), version, int(version[2]) + 1)


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[LocalHub]:
    with impatient_hub(tmp_path / "hub") as found:
        yield found


@pytest.fixture
def token(hub: LocalHub) -> str:
    return hub.token("ann")


def stored(files: ReleaseFiles) -> Mapping[str, set[str]]:
    return {path: {file.blob, file.sha256} for path, file in files.files.items()}


def holds(tree: Mapping[str, str], files: ReleaseFiles) -> bool:
    wanted = stored(files)
    return set(tree) == set(wanted) and all(tree[path] in wanted[path] for path in tree)


def commits(hub: LocalHub, token: str) -> int:
    return len(hub.api(token).list_repo_commits(REPO, repo_type="dataset"))


def test_one_commit_and_one_tag_on_it(hub: LocalHub, token: str) -> None:
    outcome = publish(hub, token, release())
    assert outcome.done == "published"
    assert remote(hub, token).tags() == {"v1.0.0": outcome.commit}
    assert holds(tree_of(hub, token, "v1.0.0"), release())
    assert commits(hub, token) == 2  # the Hub makes the first, with .gitattributes


def test_again_there_is_nothing_to_do(hub: LocalHub, token: str) -> None:
    first = publish(hub, token, release())
    before = commits(hub, token)
    again = publish(hub, token, release())
    assert (again.done, again.commit) == ("nothing to do", first.commit)
    assert commits(hub, token) == before


def test_a_newer_version_leaves_the_older_where_it_was(hub: LocalHub, token: str) -> None:
    first = publish(hub, token, release())
    second = publish(hub, token, release("1.1.0"))
    assert remote(hub, token).tags() == {"v1.0.0": first.commit, "v1.1.0": second.commit}
    assert holds(tree_of(hub, token, "v1.0.0"), release())
    assert holds(tree_of(hub, token, "v1.1.0"), release("1.1.0"))
    assert publish(hub, token, release()).done == "nothing to do"


def test_what_is_not_of_the_release_goes(hub: LocalHub, token: str) -> None:
    api = hub.api(token)
    api.create_repo(REPO, repo_type="dataset", private=False)
    api.upload_file(
        path_or_fileobj=b"old", path_in_repo="old/notes.txt", repo_id=REPO, repo_type="dataset"
    )
    publish(hub, token, release())
    assert holds(tree_of(hub, token), release())
    assert ".gitattributes" in remote(hub, token).tree("main")


def test_a_tag_with_other_content_is_never_moved(hub: LocalHub, token: str, tmp_path: Path) -> None:
    first = publish(hub, token, release())
    other = made_release(tmp_path, "1.0.0", questions=3)
    with pytest.raises(RunError, match=r"published with other content \(CITATION.cff differs\)"):
        publish(hub, token, other)
    assert remote(hub, token).tags() == {"v1.0.0": first.commit}
    assert holds(tree_of(hub, token), release())


@pytest.mark.parametrize(("private", "asked"), [(True, False), (False, True)])
def test_a_repository_of_other_visibility_is_left_alone(
    private: bool, asked: bool, hub: LocalHub, token: str
) -> None:
    hub.api(token).create_repo(REPO, repo_type="dataset", private=private)
    with pytest.raises(UsageError, match="was asked for; nothing was changed"):
        publish(hub, token, release(), private=asked)
    assert tree_of(hub, token) == {}
    state = remote(hub, token).state()
    assert state is not None
    assert state.private is private


def test_private_stays_private(hub: LocalHub, token: str) -> None:
    publish(hub, token, release(), private=True)
    publish(hub, token, release("1.1.0"), private=True)
    state = remote(hub, token).state()
    assert state is not None
    assert state.private
    assert remote(hub, hub.token("bob")).state() is None


def test_a_commit_that_was_made_is_only_tagged(hub: LocalHub, token: str) -> None:
    hub.faults.add("503", at="POST */tag/*", times=9)
    with pytest.raises(RunError, match=r"is committed \([0-9a-f]{8}\), but not tagged"):
        publish(hub, token, release())
    hub.faults.forget()
    assert publish(hub, token, release()).done == "tagged"
    assert commits(hub, token) == 2


def test_a_commit_whose_fate_cannot_be_seen_is_said_to_be_so(hub: LocalHub, token: str) -> None:
    def meanwhile(text: str) -> None:
        if text.startswith("committing"):
            hub.faults.add("lost reply", at="POST */commit/*")
            hub.faults.add("503", at="GET *", times=99)

    with pytest.raises(RunError, match="the release may have been committed"):
        publish(hub, token, release(), note=meanwhile)
    hub.faults.forget()
    assert publish(hub, token, release()).done == "tagged"
    assert commits(hub, token) == 2


def test_a_tag_that_another_set_meanwhile_stands(hub: LocalHub, token: str) -> None:
    def meanwhile(text: str) -> None:
        if text.startswith("tagging"):
            hub.api(token).create_tag(REPO, tag="v1.0.0", revision=empty, repo_type="dataset")

    hub.api(token).create_repo(REPO, repo_type="dataset", private=False)
    empty = hub.api(token).list_repo_refs(REPO, repo_type="dataset").branches[0].target_commit
    with pytest.raises(RunError, match="published with other content"):
        publish(hub, token, release(), note=meanwhile)
    assert remote(hub, token).tags() == {"v1.0.0": empty}


def test_who_committed_the_same_meanwhile_has_published_it(hub: LocalHub, token: str) -> None:
    def meanwhile(text: str) -> None:
        if text.startswith("committing") and not notes:
            notes.append(text)
            publish(hub, token, release())

    notes: list[str] = []
    outcome = publish(hub, token, release(), note=meanwhile)
    assert notes
    assert remote(hub, token).tags() == {"v1.0.0": outcome.commit}
    assert commits(hub, token) == 2


def test_who_committed_something_else_meanwhile_is_built_upon(hub: LocalHub, token: str) -> None:
    def meanwhile(text: str) -> None:
        if text.startswith("committing") and not notes:
            hub.api(token).upload_file(
                path_or_fileobj=b"x", path_in_repo="x.txt", repo_id=REPO, repo_type="dataset"
            )
            notes.append(text)

    notes: list[str] = []
    publish(hub, token, release(), note=meanwhile)
    assert holds(tree_of(hub, token, "v1.0.0"), release())
    assert commits(hub, token) == 3


REFUSED = [
    ("read", REPO, "can't write to it", UsageError),
    ("expired", REPO, "does not accept the token", UsageError),
    ("write", "nobody/qa", "can't write to it|no such repository or organization", UsageError),
    ("write", "ann/a b", "not the name of a repository", UsageError),
    ("write", "ann/qa/x", "not the name of a repository", UsageError),
]


@pytest.mark.parametrize(("role", "repo", "words", "kind"), REFUSED)
def test_who_may_not_is_told_in_a_sentence(
    role: str, repo: str, words: str, kind: type[WarmbenchError], hub: LocalHub, token: str
) -> None:
    from warmbench_builders.publishing.publish import publish_release

    theirs = token if role == "write" else hub.token("ann", role)
    with pytest.raises(kind, match=words) as caught:
        publish_release(release(), remote(hub, theirs, repo), private=False)
    assert theirs not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_pull_request_is_opened_once(hub: LocalHub, token: str) -> None:
    publish(hub, token, release())
    main = tree_of(hub, token)
    bob = hub.token("bob")
    first = propose_release(release("1.1.0"), remote(hub, bob), private=False)
    again = propose_release(release("1.1.0"), remote(hub, bob), private=False)
    assert (first.done, again.done) == ("pull request opened", "pull request is open")
    assert first.url == again.url
    assert tree_of(hub, token) == main
    (found,) = remote(hub, token).pull_requests()
    assert holds(tree_of(hub, token, found.revision), release("1.1.0"))
    assert set(remote(hub, token).tags()) == {"v1.0.0"}


def test_a_lost_pull_request_is_found(hub: LocalHub, token: str) -> None:
    publish(hub, token, release())
    hub.faults.add("lost reply", at="POST */commit/*")
    propose_release(release("1.1.0"), remote(hub, token), private=False)
    assert len(remote(hub, token).pull_requests()) == 1


def test_a_plan_changes_nothing(hub: LocalHub, token: str) -> None:
    plan = plan_publication(release(), remote(hub, token))
    assert plan.is_new
    assert set(plan.changes.added) == set(release().files)
    publish(hub, token, release())
    hub.faults.forget()
    plan = plan_publication(release("1.1.0"), remote(hub, token))
    assert not plan.is_new
    assert not plan.is_tagged
    assert "README.md" in plan.changes.changed
    assert {request.method for request in hub.requests} <= {"GET", "HEAD"}
    assert plan_publication(release(), remote(hub, token)).is_tagged


@cache
def requests_of_a_first_publication() -> int:
    """How many it makes until the repository is there and its visibility is seen; from there on
    it goes as any other does."""
    root = Path(mkdtemp(prefix="warmbench-requests-"))
    with impatient_hub(root / "hub") as hub:
        publish(hub, hub.token("ann"), release())
        made = next(r for r in hub.requests if r.path == "/api/repos/create")
        return made.number + 2


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("number", range(requests_of_a_first_publication()))
def test_any_fault_before_there_is_a_repository_leaves_none_or_an_empty_one(
    kind: str, number: int, hub: LocalHub, token: str
) -> None:
    hub.faults.add(kind, at=number)
    with pytest.raises(WarmbenchError):
        publish(hub, token, release(), tries=1)
    assert remote(hub, token).state() is None or tree_of(hub, token) == {}
    outcome = publish(hub, token, release())
    assert remote(hub, token).tags() == {"v1.0.0": outcome.commit}
    assert holds(tree_of(hub, token, "v1.0.0"), release())
    assert commits(hub, token) == 2


@cache
def requests_of_a_publication() -> tuple[str, ...]:
    """Method and path of every request, of 1.1.0 on top of 1.0.0."""
    root = Path(mkdtemp(prefix="warmbench-requests-"))
    with impatient_hub(root / "hub") as hub:
        token = hub.token("ann")
        publish(hub, token, release())
        hub.faults.forget()
        publish(hub, token, release("1.1.0"))
        return tuple(f"{request.method} {request.path}" for request in hub.requests)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("number", range(len(requests_of_a_publication())))
def test_any_fault_at_any_request_leaves_the_old_or_the_new(
    number: int, kind: str, hub: LocalHub, token: str
) -> None:
    first = publish(hub, token, release())
    hub.faults.forget()
    hub.faults.add(kind, at=number)
    try:
        publish(hub, token, release("1.1.0"), tries=1)
    except WarmbenchError as error:
        assert "\n" not in str(error)  # noqa: PT017 - whether it fails is not the point
    hub.faults.forget()
    tree = tree_of(hub, token)
    assert holds(tree, release()) or holds(tree, release("1.1.0"))
    outcome = publish(hub, token, release("1.1.0"))
    assert remote(hub, token).tags() == {"v1.0.0": first.commit, "v1.1.0": outcome.commit}
    assert holds(tree_of(hub, token, "v1.1.0"), release("1.1.0"))
    assert holds(tree_of(hub, token, "v1.0.0"), release())
    assert commits(hub, token) == 3


@pytest.mark.parametrize("kind", KINDS)
def test_a_fault_at_every_kind_of_request_is_lived_with(
    kind: str, hub: LocalHub, token: str
) -> None:
    publish(hub, token, release())
    for at in ("POST */commit/*", "POST */tag/*", "GET */tree/*", "GET */refs*"):
        hub.faults.add(kind, at=at)
    assert publish(hub, token, release("1.1.0")).done in ("published", "tagged")
    assert hub.faults.pending == ()
    assert commits(hub, token) == 3
