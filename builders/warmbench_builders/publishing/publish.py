"""Publishes a release on the Hub: checks, changes only what differs, and checks again."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

from warmbench.data.hub.dataset_repo import Operations, PullRequest, StaleParent
from warmbench.data.hub.errors import explained, is_transient
from warmbench.errors import RunError, UsageError
from warmbench_builders.publishing.release_files import ReleaseFiles
from warmbench_builders.publishing.remote import Changes, Remote, RepoState, changes_of

__all__ = ["Outcome", "Plan", "plan_publication", "propose_release", "publish_release"]

_Result = TypeVar("_Result")

Note = Callable[[str], None]

_MAX_COMMIT_TRIES = 2


@dataclass(frozen=True, slots=True)
class Plan:
    """What publishing would do. ``private``: whether the repository is; None if it does not exist
    yet. ``changes``: to the tagged commit if the tag exists, else to main."""

    private: bool | None
    is_tagged: bool
    changes: Changes

    @property
    def is_new(self) -> bool:
        return self.private is None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was done: ``published``, ``tagged`` (the commit existed), ``nothing to do``,
    ``pull request opened`` or ``pull request is open``. ``created``: whether the repository was
    created. ``commit`` is that of the tag."""

    done: str
    created: bool
    repo: str
    tag: str
    commit: str | None
    url: str


def plan_publication(release: ReleaseFiles, remote: Remote) -> Plan:
    """What would be done; nothing is changed."""
    steps = _Steps(release, remote, lambda text: None)
    return steps.run(steps.plan)


def publish_release(
    release: ReleaseFiles, remote: Remote, *, private: bool, note: Note = lambda text: None
) -> Outcome:
    """Make the repository hold exactly the release, in one commit with one tag.

    Does nothing when it is published already. Raises ``UsageError`` or ``RunError`` that say the
    state of the repository; the same call resumes from there.
    """
    steps = _Steps(release, remote, note)
    return steps.run(lambda: steps.publish(private))


def propose_release(
    release: ReleaseFiles, remote: Remote, *, private: bool, note: Note = lambda text: None
) -> Outcome:
    """Open a pull request with the release instead; no tag is set."""
    steps = _Steps(release, remote, note)
    return steps.run(lambda: steps.propose(private))


class _Steps:
    """One publication, and the state of the repository during it."""

    def __init__(self, release: ReleaseFiles, remote: Remote, note: Note) -> None:
        self._release = release
        self._remote = remote
        self._note = note
        self._state = "nothing was changed"
        self._created = False

    def run(self, steps: Callable[[], _Result]) -> _Result:
        """Run the steps; errors of the Hub's client become one sentence."""
        with explained(self._remote.repo, lambda: self._state):
            return steps()

    def plan(self) -> Plan:
        state = self._remote.state()
        tags = self._remote.tags() if state else {}
        tree = self._remote.tree(tags.get(self._release.tag, state.head)) if state else {}
        return Plan(
            private=state.private if state else None,
            is_tagged=self._release.tag in tags,
            changes=changes_of(self._release.files, tree),
        )

    def publish(self, private: bool) -> Outcome:
        state = self._ready(private)
        if done := self._already_published():
            return done
        commit, is_new = self._committed(state)
        self._note_commit(commit)
        self._note(f"tagging {commit[:8]} as {self._release.tag}")
        tagged = self._remote.tag(self._release.tag, commit)
        self._check_tagged(tagged)
        return self._outcome("published" if is_new else "tagged", tagged)

    def propose(self, private: bool) -> Outcome:
        state = self._ready(private)
        if done := self._already_published():
            return done
        changes = changes_of(self._release.files, self._remote.tree(state.head))
        if changes.is_empty:
            raise UsageError(
                f"{self._remote.repo}: main already has this release; publish it without "
                "--create-pr to tag it"
            )
        found = self._open_pull_request()
        if found is not None:
            return self._proposed("pull request is open", found)
        self._announce(changes)
        made = self._remote.open_pull_request(
            self._operations(changes), self._title, self._open_pull_request, parent=state.head
        )
        return self._proposed("pull request opened", made)

    def _ready(self, private: bool) -> RepoState:
        """The repository, created if it does not exist, with the visibility asked for."""
        state = self._remote.state()
        if state is None:
            self._note(f"creating {self._remote.repo} ({_visibility(private)})")
            self._state = "the repository may have been created, and is empty"
            self._remote.create(private=private)
            self._state = "the repository was created, and is empty"
            self._created = True
            state = self._remote.state()
        if state is None:
            raise RunError(
                f"{self._remote.repo}: exists, but this token has no access to it; nothing was sent"
            )
        if state.private != private:
            raise UsageError(
                f"{self._remote.repo}: is {_visibility(state.private)}, but --visibility "
                f"{_visibility(private)} was asked for; {self._state}"
            )
        return state

    def _already_published(self) -> Outcome | None:
        """The outcome if the tag exists with this content."""
        tagged = self._remote.tags().get(self._release.tag)
        if tagged is None:
            return None
        self._check_tagged(tagged)
        return self._outcome("nothing to do", tagged)

    def _note_commit(self, commit: str) -> None:
        self._state = f"the release is committed ({commit[:8]}), but not tagged"

    def _check_tagged(self, commit: str) -> None:
        changes = changes_of(self._release.files, self._remote.tree(commit))
        if not changes.is_empty:
            raise RunError(
                f"{self._remote.repo}: {self._release.tag} is published with other content "
                f"({changes.first} differs); a published version never changes: release these "
                "rows as a new version"
            )

    def _committed(self, state: RepoState) -> tuple[str, bool]:
        """The commit that holds the release, and whether it was made now."""
        for _ in range(_MAX_COMMIT_TRIES):
            changes = changes_of(self._release.files, self._remote.tree(state.head))
            if changes.is_empty:
                return state.head, False
            self._announce(changes)
            try:
                commit = self._remote.commit(
                    self._operations(changes), self._title, state.head, self._is_in
                )
            except StaleParent:
                self._note("main changed meanwhile; checking again")
                state = self._remote.state() or state
                continue
            except Exception as error:
                if is_transient(error):
                    self._check_failed_commit(state.head)
                raise
            self._check_committed(commit)
            return commit, True
        raise RunError(
            f"{self._remote.repo}: others keep committing to main; {self._state}; run the same "
            "command again"
        )

    def _check_failed_commit(self, parent: str) -> None:
        """After a failed commit: find out whether it was made, for the error message."""
        try:
            state = self._remote.state()
            if state and state.head != parent and self._is_in(state.head):
                self._note_commit(state.head)
        except Exception as error:
            if not is_transient(error):
                raise
            self._state = "the release may have been committed, and is not tagged"

    def _check_committed(self, commit: str) -> None:
        """The Hub silently leaves out what a ``.gitignore`` there names."""
        self._note_commit(commit)
        changes = changes_of(self._release.files, self._remote.tree(commit))
        if not changes.is_empty:
            raise RunError(
                f"{self._remote.repo}: the commit {commit[:8]} does not hold the release "
                f"({changes.first} differs), and was not tagged"
            )

    def _open_pull_request(self) -> PullRequest | None:
        for found in self._remote.pull_requests():
            if found.title == self._title and self._is_in(found.revision):
                return found
        return None

    def _is_in(self, revision: str) -> bool:
        return changes_of(self._release.files, self._remote.tree(revision)).is_empty

    @property
    def _title(self) -> str:
        return f"Release {self._release.tag}"

    def _announce(self, changes: Changes) -> None:
        sent = [*changes.added, *changes.changed]
        size = sum(self._release.files[path].size for path in sent)
        self._note(f"committing {len(sent):,} files ({size / 1e6:.1f} MB)")

    def _operations(self, changes: Changes) -> Operations:
        from huggingface_hub import CommitOperationAdd, CommitOperationDelete

        def operations() -> Iterable[Any]:
            return [
                *(
                    CommitOperationAdd(path, self._release.path / path)
                    for path in (*changes.added, *changes.changed)
                ),
                *(CommitOperationDelete(path) for path in changes.deleted),
            ]

        return operations

    def _outcome(self, done: str, commit: str) -> Outcome:
        url = f"{self._remote.url}/tree/{self._release.tag}"
        return Outcome(done, self._created, self._remote.repo, self._release.tag, commit, url)

    def _proposed(self, done: str, found: PullRequest) -> Outcome:
        return Outcome(done, self._created, self._remote.repo, self._release.tag, None, found.url)


def _visibility(private: bool) -> str:
    return "private" if private else "public"
