"""Requests about discussions and pull requests."""

from __future__ import annotations

from typing import Any

from .discussion import (
    add_comment,
    conflicts,
    edit_comment,
    find_discussion,
    merge,
    open_discussion,
    rename,
    set_status,
    summary,
)
from .error import forbidden
from .exchange import Call, Reply
from .repository import Repository

__all__ = [
    "change_status",
    "comment",
    "create_discussion",
    "edit",
    "hide",
    "list_discussions",
    "merge_pull_request",
    "read_discussion",
    "retitle",
]

_PAGE = 10
# A draft is open to be worked on; a merged pull request is closed.
_STATUSES = {"open": {"open", "draft"}, "closed": {"closed", "merged"}}


def list_discussions(call: Call) -> Reply:
    """Newest first, a page at a time."""
    kind, status = call.option("type", "all"), call.option("status", "all")
    author = call.option("author")
    found = [
        summary(record)
        for record in reversed(call.readable.discussions)
        if kind in {"all", "pull_request" if record["isPullRequest"] else "discussion"}
        and (status == "all" or record["status"] in _STATUSES[status])
        and author in {"", record["author"]["name"]}
    ]
    start = int(call.option("p", "0")) * _PAGE
    page = found[start : start + _PAGE]
    return Reply({"discussions": page, "count": len(found), "start": start})


def create_discussion(call: Call) -> Reply:
    data, is_pull_request = call.json, bool(call.json.get("pullRequest"))
    status = "draft" if is_pull_request else "open"
    record = open_discussion(
        call.discussed,
        call.visitor.name,
        data["title"],
        data["description"],
        is_pull_request,
        status,
    )
    return Reply({"num": record["num"], "pullRequest": is_pull_request}, 201)


def read_discussion(call: Call) -> Reply:
    repo = call.readable
    record = find_discussion(repo, int(call.part("number")))
    details = {**record, "diff": "", "filesWithConflicts": conflicts(repo, record)}
    return Reply(details)


def comment(call: Call) -> Reply:
    repo, record = _open(call)
    event = add_comment(repo, record, call.visitor.name, call.json["comment"])
    return Reply({"newMessage": event}, 201)


def retitle(call: Call) -> Reply:
    repo, record = _own(call)
    return Reply({"newTitle": rename(repo, record, call.visitor.name, call.json["title"])})


def change_status(call: Call) -> Reply:
    repo, record = _own(call)
    event = set_status(repo, record, call.visitor.name, call.json["status"])
    _remark(call, repo, record)
    return Reply({"newStatus": event})


def merge_pull_request(call: Call) -> Reply:
    repo = call.writable
    record = find_discussion(repo, int(call.part("number")))
    made = merge(repo, record, call.visitor.name)
    _remark(call, repo, record)
    return Reply({"mergeCommitId": made.id})


def edit(call: Call) -> Reply:
    return _reword(call, call.json["content"])


def hide(call: Call) -> Reply:
    return _reword(call, None)


def _reword(call: Call, text: str | None) -> Reply:
    repo, record = _open(call)
    author = call.visitor.name
    for event in record["events"]:
        if event["id"] == call.part("comment") and event["author"]["name"] != author:
            call.writable  # noqa: B018 - another's comment is the owner's to change
    return Reply({"updatedComment": edit_comment(repo, record, author, call.part("comment"), text)})


def _remark(call: Call, repo: Repository, record: dict[str, Any]) -> None:
    if call.json.get("comment"):
        add_comment(repo, record, call.visitor.name, call.json["comment"])


def _open(call: Call) -> tuple[Repository, dict[str, Any]]:
    repo = call.discussed
    return repo, find_discussion(repo, int(call.part("number")))


def _own(call: Call) -> tuple[Repository, dict[str, Any]]:
    """A discussion for its author or a writer."""
    repo, record = _open(call)
    mine = record["author"]["name"] == call.visitor.name
    if not mine and not call.visitor.may_write_to(repo.namespace):
        raise forbidden("Only the author or a writer may change this discussion")
    return repo, record
