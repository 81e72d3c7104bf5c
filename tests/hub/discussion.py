"""Discussions and pull requests, kept in the form in which the client reads them."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

from .clock import now
from .commit import Commit, File
from .error import HubError
from .repository import Repository

__all__ = [
    "add_comment",
    "add_event",
    "conflicts",
    "edit_comment",
    "find_discussion",
    "merge",
    "open_discussion",
    "rename",
    "set_status",
    "summary",
]

Record = dict[str, Any]
_BASE = "refs/heads/main"


def open_discussion(
    repo: Repository, author: str, title: str, description: str, pull_request: bool, status: str
) -> Record:
    """Start a discussion; a pull request's ref starts where ``main`` is."""
    record: Record = {
        "num": len(repo.discussions) + 1,
        "title": title,
        "status": status,
        "isPullRequest": pull_request,
        "author": {"name": author},
        "createdAt": now(),
        "repo": {"name": repo.id, "type": repo.kind.removesuffix("s")},
        "events": [],
    }
    if pull_request:
        record["changes"] = {"base": _BASE}
        repo.move(f"refs/pr/{record['num']}", repo.head(_BASE))
    repo.discussions.append(record)
    add_comment(repo, record, author, description)
    return record


def find_discussion(repo: Repository, number: int) -> Record:
    if not 0 < number <= len(repo.discussions):
        raise HubError(404, f"Discussion {number} not found")
    return repo.discussions[number - 1]


def summary(record: Record) -> Record:
    """A discussion as it stands in a list."""
    return {key: value for key, value in record.items() if key not in {"events", "changes"}}


def add_event(
    repo: Repository, record: Record, author: str, kind: str, data: dict[str, object]
) -> Record:
    event = {
        "id": uuid.uuid4().hex[:24],
        "type": kind,
        "createdAt": now(),
        "author": {"name": author},
        "data": data,
    }
    record["events"].append(event)
    repo.save()
    return event


def add_comment(repo: Repository, record: Record, author: str, text: str) -> Record:
    data = {"edited": False, "hidden": False, "latest": _wording(author, text), "history": []}
    return add_event(repo, record, author, "comment", data)


def edit_comment(
    repo: Repository, record: Record, author: str, comment: str, text: str | None
) -> Record:
    """Give a comment new words, or hide it for good where there are none."""
    for event in record["events"]:
        if event["id"] == comment and event["type"] == "comment":
            data = event["data"]
            data["history"].insert(0, data["latest"])
            data["latest"] = _wording(author, text or "")
            data["edited" if text is not None else "hidden"] = True
            repo.save()
            return dict(event)
    raise HubError(404, f"Comment {comment} not found")


def rename(repo: Repository, record: Record, author: str, title: str) -> Record:
    old, record["title"] = record["title"], title
    return add_event(repo, record, author, "title-change", {"from": old, "to": title})


def set_status(repo: Repository, record: Record, author: str, status: str) -> Record:
    if status not in {"open", "closed"}:
        raise HubError(400, f"Invalid status: {status}")
    return _change_status(repo, record, author, status)


def _change_status(repo: Repository, record: Record, author: str, status: str) -> Record:
    if record["status"] in {"merged", status}:
        raise HubError(400, f"This discussion is already {record['status']}.")
    record["status"] = status
    return add_event(repo, record, author, "status-change", {"status": status})


def merge(repo: Repository, record: Record, author: str) -> Commit:
    """Bring a pull request's changes into ``main`` as one commit, "title (#N)"."""
    if not record["isPullRequest"] or record["status"] != "open":
        raise HubError(400, f"Only open pull requests can be merged: it is {record['status']}.")
    if conflicts(repo, record):
        raise HubError(409, "This pull request has conflicts with its base.")
    base = repo.head(_BASE)
    files = dict(base.files)
    for path, file in _changes(repo, record):
        if file is None:
            files.pop(path, None)
        else:
            files[path] = file
    title = f"{record['title']} (#{record['num']})"
    commit = repo.keep_commit((base.id,), title, "", author, files)
    repo.move(_BASE, commit)
    record["changes"]["mergeCommitId"] = commit.id
    _change_status(repo, record, author, "merged")
    return commit


def conflicts(repo: Repository, record: Record) -> list[str]:
    """Paths that both the pull request and its base changed, to different contents."""
    if not record["isPullRequest"] or record["status"] == "merged":
        return []
    base, fork = repo.head(_BASE), _fork(repo, record)
    return [
        path
        for path, file in _changes(repo, record)
        if base.files.get(path) not in (fork.files.get(path), file)
    ]


def _changes(repo: Repository, record: Record) -> Iterator[tuple[str, File | None]]:
    """What a pull request adds, changes and (None) deletes since it left its base."""
    fork, head = _fork(repo, record), repo.head(f"refs/pr/{record['num']}")
    for path in sorted(fork.files.keys() | head.files.keys()):
        if fork.files.get(path) != head.files.get(path):
            yield path, head.files.get(path)


def _fork(repo: Repository, record: Record) -> Commit:
    """The newest commit that a pull request and its base have in common."""
    base = {commit.id for commit in repo.history(repo.head(_BASE))}
    history = repo.history(repo.head(f"refs/pr/{record['num']}"))
    return next(commit for commit in history if commit.id in base)


def _wording(author: str, text: str) -> Record:
    return {
        "raw": text,
        "html": f"<p>{text}</p>",
        "updatedAt": now(),
        "author": {"name": author},
    }
