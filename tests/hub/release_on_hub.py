"""Puts a release folder on the local Hub as it would lie there, without our own publishing."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

from huggingface_hub import CommitOperationAdd, HfApi

__all__ = ["put_on_hub"]


def put_on_hub(api: HfApi, repo: str, folder: Path, version: str, *, private: bool = False) -> str:
    """Commit every file and tag the commit; gives the commit."""
    api.create_repo(repo, repo_type="dataset", private=private, exist_ok=True)
    operations = [
        CommitOperationAdd(path.relative_to(folder).as_posix(), BytesIO(path.read_bytes()))
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    ]
    done = api.create_commit(repo, operations, commit_message=version, repo_type="dataset")
    api.create_tag(repo, tag=f"v{version}", revision=done.oid, repo_type="dataset")
    return done.oid
