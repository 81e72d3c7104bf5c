"""Requests that write files: preupload, LFS, and the commit itself."""

from __future__ import annotations

import base64
import json
from typing import Any

from .commit import Commit, File, blob_id
from .discussion import add_event, find_discussion, open_discussion
from .disk import write_bytes
from .error import HubError, entry_not_found, no_revision
from .exchange import Call, Reply
from .repository import Repository
from .upload_mode import LARGEST_REGULAR, is_ignored, upload_mode

__all__ = ["commit", "complete_lfs", "lfs_batch", "preupload", "put_lfs", "put_part", "verify_lfs"]


def _target(call: Call, revision: str) -> Repository:
    """The repository, if the visitor may add to ``revision``; anyone may to a new pull request."""
    repo = call.discussed
    if not revision:
        return repo
    if revision.startswith("refs/pr/"):
        number = revision.removeprefix("refs/pr/")
        if number not in repo.refs("prs"):
            raise no_revision(revision)
        if find_discussion(repo, int(number))["author"]["name"] == call.visitor.name:
            return repo
    return call.writable


def preupload(call: Call) -> Reply:
    """How each file must come, and what is there now, so that equal files can stay away."""
    new = call.flag("create_pr")
    repo = _target(call, "" if new else call.part("rev"))
    head = repo.head(call.part("rev"))
    rules = repo.content(head, ".gitattributes") if ".gitattributes" in head.files else b""
    ignore = call.json.get("gitIgnore") or ""
    return Reply({"files": [_plan(head, f, rules, ignore) for f in call.json["files"]]})


def _plan(head: Commit, file: dict[str, Any], rules: bytes, ignore: str) -> dict[str, Any]:
    path, sample = file["path"], base64.b64decode(file["sample"])
    plan: dict[str, Any] = {
        "path": path,
        "uploadMode": upload_mode(path, sample, file["size"], rules),
        "shouldIgnore": is_ignored(path, ignore),
    }
    if path in head.files:
        plan["oid"] = head.files[path].sha256 or head.files[path].oid
    return plan


def lfs_batch(call: Call) -> Reply:
    data = call.json
    repo = _target(call, (data.get("ref") or {}).get("name", ""))
    parts = "multipart" in data["transfers"]
    objects = [_instruct(call, repo, o["oid"], o["size"], parts) for o in data["objects"]]
    return Reply({"transfer": "multipart" if parts else "basic", "objects": objects})


def _instruct(call: Call, repo: Repository, oid: str, size: int, parts: bool) -> dict[str, Any]:
    answer: dict[str, Any] = {"oid": oid, "size": size}
    if repo.has_lfs(oid):
        return answer
    place = f"{call.origin}/_lfs/{repo.kind}/{repo.id}/{oid}"
    upload: dict[str, Any] = {"href": f"{place}?sig=valid&size={size}"}
    if parts and size > call.part_size:
        count = -(-size // call.part_size)
        urls = {str(n): f"{place}/{n}?sig=valid" for n in range(1, count + 1)}
        upload = {
            "href": f"{place}/complete?sig=valid",
            "header": {"chunk_size": str(call.part_size), **urls},
        }
    verify = f"{call.page(repo)}.git/info/lfs/objects/verify"
    return {**answer, "actions": {"upload": upload, "verify": {"href": verify}}}


def _signed(call: Call) -> Repository:
    """Uploads go by the signature in their address, not by a token."""
    if call.option("sig") != "valid":
        raise HubError(403, "The signature is not valid.")
    return Repository(call.store.folder / "repos" / call.kind / call.part("repo"))


def put_lfs(call: Call) -> Reply:
    repo = _signed(call)
    if len(call.body) != int(call.option("size")):
        raise HubError(400, "The content does not have the size it was announced with.")
    repo.keep_lfs(call.part("sha256"), call.body)
    return Reply(b"")


def put_part(call: Call) -> Reply:
    place = _signed(call).folder / "parts" / call.part("sha256") / call.part("number")
    write_bytes(place, call.body)
    return Reply(b"", headers={"ETag": f'"{blob_id(call.body)}"'})


def complete_lfs(call: Call) -> Reply:
    """Join the parts named, each by the tag that it was answered with."""
    repo, sha256 = _signed(call), call.part("sha256")
    folder = repo.folder / "parts" / sha256
    pieces = []
    for part in sorted(call.json["parts"], key=lambda part: int(part["partNumber"])):
        piece = (folder / str(part["partNumber"])).read_bytes()
        if part["etag"] != f'"{blob_id(piece)}"':
            raise HubError(400, "A part has another ETag.")
        pieces.append(piece)
    repo.keep_lfs(sha256, b"".join(pieces))
    return Reply()


def verify_lfs(call: Call) -> Reply:
    repo, oid = call.discussed, call.json["oid"]
    if not repo.has_lfs(oid) or repo.lfs_path(oid).stat().st_size != call.json["size"]:
        raise HubError(404, "The object was not uploaded, or is of another size.")
    return Reply()


def commit(call: Call) -> Reply:
    """Add a commit to a branch or pull request, or open a new pull request with it."""
    new, revision = call.flag("create_pr"), call.part("rev")
    repo = _target(call, "" if new else revision)
    ref = repo.full_name(revision)
    if ref is None:
        raise no_revision(revision)
    lines = [json.loads(line) for line in call.body.splitlines() if line]
    header = next(line["value"] for line in lines if line["key"] == "header")
    parent = _parent(repo, repo.head(ref), header.get("parentCommit"), new)
    files = dict(parent.files)
    for line in lines:
        _apply(repo, files, line["key"], line["value"])
    title, text = header["summary"], header.get("description", "")
    made = repo.keep_commit((parent.id,), title, text, call.visitor.name, files)
    page = call.page(repo)
    answer: dict[str, object] = {"success": True, "commitOid": made.id}
    answer["commitUrl"] = f"{page}/commit/{made.id}"
    if new:
        record = open_discussion(repo, call.visitor.name, title, text, True, "open")
        ref = f"refs/pr/{record['num']}"
        answer["pullRequestUrl"] = f"{page}/discussions/{record['num']}"
    repo.move(ref, made)
    if ref.startswith("refs/pr/"):
        record = find_discussion(repo, int(ref.removeprefix("refs/pr/")))
        data: dict[str, object] = {"subject": title, "oid": made.id}
        add_event(repo, record, call.visitor.name, "commit", data)
    return Reply(answer)


def _parent(repo: Repository, head: Commit, wanted: str | None, new: bool) -> Commit:
    """A pull request may start at an older commit; anything else must follow the newest."""
    if wanted is None or wanted == head.id:
        return head
    if new:
        return repo.head(wanted)
    raise HubError(
        412, "The branch was updated since you opened this page. Please refresh and try again."
    )


def _apply(repo: Repository, files: dict[str, File], key: str, value: dict[str, Any]) -> None:
    path = value.get("path", "").rstrip("/")  # a deleted folder is named with its slash
    if key == "file":
        content = base64.b64decode(value["content"])
        if len(content) > LARGEST_REGULAR:
            raise HubError(400, f"{path} is too large: it must come by LFS.")
        files[path] = repo.keep_blob(content)
    elif key == "lfsFile":
        files[path] = repo.lfs_file(value["oid"])
    elif key in {"deletedFile", "deletedFolder"}:
        gone = [path] if key == "deletedFile" else [p for p in files if p.startswith(f"{path}/")]
        if not gone or gone[0] not in files:
            raise entry_not_found(f"{path}. A file with this name doesn't exist")
        for name in gone:
            del files[name]
    elif key != "header":
        raise HubError(400, f"Unknown operation: {key}")
