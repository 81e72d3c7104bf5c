"""Requests about whole repositories: who am I, create, delete, settings, refs, tags, card."""

from __future__ import annotations

from typing import Any

from .card import card_data, card_tags, card_trouble
from .commit import Commit
from .error import HubError, forbidden
from .exchange import Call, Reply
from .repository import Repository
from .safetensors_info import safetensors_info

__all__ = [
    "check_access",
    "check_write_access",
    "create_branch",
    "create_repo",
    "create_tag",
    "delete_branch",
    "delete_repo",
    "delete_tag",
    "list_refs",
    "repo_info",
    "update_settings",
    "validate_yaml",
    "whoami",
]


def whoami(call: Call) -> Reply:
    if call.visitor.anonymous:
        raise HubError(401, "Invalid username or password.")
    return Reply(call.store.accounts.describe(call.visitor))


def _named(call: Call) -> tuple[str, str]:
    data = call.json
    owner = data.get("organization") or call.visitor.name
    return f"{data.get('type') or 'model'}s", f"{owner}/{data['name']}"


def create_repo(call: Call) -> Reply:
    kind, name = _named(call)
    url = f"{call.origin}/{'' if kind == 'models' else kind + '/'}{name}"
    private = call.json.get("visibility") == "private"
    try:
        repo = call.store.create(kind, name, private, call.visitor)
    except HubError as error:
        if error.status == 409:
            error.body["url"] = url
        raise
    return Reply({"url": call.page(repo), "name": repo.id})


def delete_repo(call: Call) -> Reply:
    call.store.delete(*_named(call), call.visitor)
    return Reply()


def update_settings(call: Call) -> Reply:
    repo, data = call.writable, call.json
    if "visibility" in data:
        repo.set(private=data["visibility"] == "private")
    if "gated" in data:
        repo.set(gated=data["gated"])
    return Reply({"private": repo.private, "gated": repo.gated})


def validate_yaml(call: Call) -> Reply:
    errors, warnings = card_trouble(call.json["content"])
    status = 400 if errors else 200
    if call.headers.get("Accept") == "text/plain":
        lines = [f"- Error: {m}" for m in errors] + [f"- Warning: {m}" for m in warnings]
        return Reply("\n".join(lines).encode(), status, {"Content-Type": "text/plain"})
    body = {
        "errors": [{"message": message} for message in errors],
        "warnings": [{"message": message} for message in warnings],
    }
    return Reply(body, status)


def check_access(call: Call) -> Reply:
    call.readable  # noqa: B018 - reading it is the check
    return Reply()


def check_write_access(call: Call) -> Reply:
    call.writable  # noqa: B018 - reading it is the check
    return Reply()


def repo_info(call: Call) -> Reply:
    repo = call.readable
    commit = repo.head(call.part("rev") or "main")
    info = _describe(repo, commit, call.flag("blobs"))
    wanted = call.query.get("expand")
    if wanted:
        info = {key: value for key, value in info.items() if key in {"id", *wanted}}
    return Reply(info)


def _describe(repo: Repository, commit: Commit, blobs: bool) -> dict[str, Any]:
    readme = repo.content(commit, "README.md") if "README.md" in commit.files else b""
    card = card_data(readme.decode(errors="replace"))
    weights = _weights(repo, commit)
    return {
        "id": repo.id,
        "author": repo.namespace,
        "sha": commit.id,
        "lastModified": commit.date,
        "private": repo.private,
        "gated": repo.gated,
        "disabled": False,
        "downloads": 0,
        "likes": 0,
        "cardData": card,
        "tags": card_tags(card),
        "siblings": [_sibling(commit, path, blobs) for path in commit.files],
        "createdAt": repo.created,
        **({"safetensors": weights} if weights else {}),
    }


def _weights(repo: Repository, commit: Commit) -> dict[str, Any] | None:
    """Of the files in the root of a model; the Hub tells of no other's."""
    paths = [path for path in commit.files if path.endswith(".safetensors") and "/" not in path]
    if repo.kind != "models" or not paths:
        return None
    return safetensors_info(repo.content(commit, path) for path in paths)


def _sibling(commit: Commit, path: str, blobs: bool) -> dict[str, Any]:
    file = commit.files[path]
    sibling: dict[str, Any] = {"rfilename": path}
    if blobs:
        sibling |= {"size": file.size, "blobId": file.oid}
    if blobs and file.sha256:
        sizes = {"size": file.size, "pointerSize": file.pointer_size}
        sibling["lfs"] = {"sha256": file.sha256, **sizes}
    return sibling


def list_refs(call: Call) -> Reply:
    repo = call.readable
    tables = {"branches": "refs/heads/", "tags": "refs/tags/"}
    if call.flag("include_prs"):
        tables["prs"] = "refs/pr/"
    lists = {
        table: [
            {"name": name, "ref": prefix + name, "targetCommit": sha}
            for name, sha in repo.refs(table).items()
        ]
        for table, prefix in tables.items()
    }
    if "prs" in lists:
        lists["pullRequests"] = lists.pop("prs")
    return Reply({"converts": [], **lists})


def create_tag(call: Call) -> Reply:
    repo, tag = call.writable, call.json["tag"]
    commit = repo.head(call.part("rev"))
    if tag in repo.refs("tags"):
        raise HubError(409, f"Tag {tag} already exists")
    repo.move(f"refs/tags/{tag}", commit)
    return Reply({"name": tag, "ref": f"refs/tags/{tag}", "targetCommit": commit.id})


def delete_tag(call: Call) -> Reply:
    return _delete_ref(call, "tags", "refs/tags/")


def create_branch(call: Call) -> Reply:
    repo, branch = call.writable, call.part("rev")
    if branch in repo.refs("branches"):
        raise HubError(409, f"Reference {branch} already exists")
    repo.move(f"refs/heads/{branch}", repo.head(call.json.get("startingPoint") or "main"))
    return Reply()


def delete_branch(call: Call) -> Reply:
    if call.part("rev") == "main":
        raise forbidden("The main branch cannot be deleted")
    return _delete_ref(call, "branches", "refs/heads/")


def _delete_ref(call: Call, table: str, prefix: str) -> Reply:
    repo, name = call.writable, call.part("rev")
    if name not in repo.refs(table):
        raise HubError(404, f"Reference {name} does not exist", "RevisionNotFound")
    repo.move(prefix + name, None)
    return Reply()
