"""Requests that read files: tree, paths, commits, resolve, and the other host's copies."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qs, quote, urlencode

from .commit import Commit, directory_id
from .error import HubError, entry_not_found, gated
from .exchange import Call, Reply
from .repository import Repository

__all__ = ["list_commits", "list_tree", "paths_info", "resolve", "serve_lfs"]

_PAGE = 1000
_EXPANDED_PAGE = 50
_RANGE = re.compile(r"bytes=(\d*)-(\d*)")


def list_tree(call: Call) -> Reply:
    repo = call.readable
    commit, folder = repo.head(call.part("rev")), call.part("path").strip("/")
    prefix = f"{folder}/" if folder else ""
    below = [path for path in commit.files if path.startswith(prefix)]
    if not below and folder:
        raise entry_not_found(folder, commit.id)
    expand = call.flag("expand")
    paths = sorted({place for path in below for place in _places(path, prefix, call)})
    rows, headers = _page(call, paths, _EXPANDED_PAGE if expand else _PAGE)
    return Reply([_item(repo, commit, path, expand) for path in rows], headers=headers)


def _places(path: str, prefix: str, call: Call) -> list[str]:
    """The file and folders above it that a listing of ``prefix`` shows."""
    steps = path.removeprefix(prefix).split("/")
    depths = range(1, len(steps) + 1) if call.flag("recursive") else range(1, 2)
    return [prefix + "/".join(steps[:depth]) for depth in depths]


def _page(call: Call, rows: list[str], size: int) -> tuple[list[str], dict[str, str]]:
    """One page of a listing, and the header that leads to the next."""
    start = int(call.option("cursor", "0"))
    if start + size >= len(rows):
        return rows[start:], {}
    query = urlencode({**parse_qs(call.raw_query), "cursor": start + size}, doseq=True)
    link = f'<{call.origin}{call.parts["url"]}?{query}>; rel="next"'
    return rows[start : start + size], {"Link": link}


def _item(repo: Repository, commit: Commit, path: str, expand: bool) -> dict[str, Any]:
    file = commit.files.get(path)
    item: dict[str, Any] = {"type": "directory", "size": 0, "path": path}
    if file is None:
        item["oid"] = directory_id(commit.files, path)
    else:
        item |= {"type": "file", "oid": file.oid, "size": file.size}
    if file is not None and file.sha256:
        item["lfs"] = {"oid": file.sha256, "size": file.size, "pointerSize": file.pointer_size}
    if expand:
        last = repo.last_change(commit, path)
        item["lastCommit"] = {"id": last.id, "title": last.title, "date": last.date}
    return item


def paths_info(call: Call) -> Reply:
    """The form's paths that exist; others are left out without a word."""
    form = parse_qs(call.body.decode())
    repo = call.readable
    commit = repo.head(call.part("rev"))
    expand = form.get("expand", ["false"])[-1].lower() == "true"
    folders = {path[:i] for path in commit.files for i, c in enumerate(path) if c == "/"}
    known = folders | commit.files.keys()
    found = [path for path in form.get("paths", []) if path in known]
    return Reply([_item(repo, commit, path, expand) for path in found])


def list_commits(call: Call) -> Reply:
    repo = call.readable
    commits = {commit.id: commit for commit in repo.history(repo.head(call.part("rev")))}
    page, headers = _page(call, list(commits), _EXPANDED_PAGE)
    rows = [
        {
            "id": sha,
            "title": commits[sha].title,
            "message": commits[sha].message,
            "authors": [{"user": commits[sha].author}],
            "date": commits[sha].date,
        }
        for sha in page
    ]
    return Reply(rows, headers=headers)


def resolve(call: Call) -> Reply:
    """One file; a large one is at another host, where no token must go."""
    repo, path = call.readable, call.part("path")
    if repo.gated and not call.visitor.belongs_to(repo.namespace):
        raise gated(repo.id, call.visitor.anonymous)
    commit = repo.head(call.part("rev"))
    file = commit.files.get(path)
    if file is None:
        raise entry_not_found(path, commit.id)
    headers = {"X-Repo-Commit": commit.id, "ETag": f'"{file.oid}"'}
    if file.sha256 is None:
        return _ranged(call, repo.content(commit, path), headers)
    name = quote(path.rsplit("/", 1)[-1])
    place = f"{call.cdn}/_cdn/{repo.kind}/{repo.id}/{file.sha256}?sig=valid&fn={name}"
    linked = {"X-Linked-Size": str(file.size), "X-Linked-ETag": f'"{file.sha256}"'}
    return Reply(b"", 302, {**headers, **linked, "Location": place})


def serve_lfs(call: Call) -> Reply:
    """The other host: a signed address instead of a token, and a token is an error there."""
    if call.option("sig") != "valid" or "Authorization" in call.headers:
        raise HubError(400, "Send a signature and no Authorization header.")
    path = call.store.folder / "repos" / call.kind / call.part("repo") / "lfs" / call.part("sha256")
    if not path.exists():
        raise HubError(404, "No such object")
    return _ranged(call, path.read_bytes(), {"ETag": f'"{call.part("sha256")}"'})


def _ranged(call: Call, content: bytes, headers: dict[str, str]) -> Reply:
    headers = {**headers, "Accept-Ranges": "bytes", "Content-Type": "application/octet-stream"}
    found = _RANGE.fullmatch(call.headers.get("Range") or "")
    if found is None or found.group(1, 2) == ("", ""):
        return Reply(content, 200, headers)
    size = len(content)
    first = int(found[1]) if found[1] else max(size - int(found[2]), 0)
    last = min(int(found[2]), size - 1) if found[1] and found[2] else size - 1
    if first > last:
        refused = {"Content-Range": f"bytes */{size}"}
        raise HubError(416, "Range Not Satisfiable", headers=refused)
    span = {"Content-Range": f"bytes {first}-{last}/{size}"}
    return Reply(content[first : last + 1], 206, {**headers, **span})
