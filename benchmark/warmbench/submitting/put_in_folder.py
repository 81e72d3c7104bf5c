"""Puts a bundle into a folder of submissions, for a Git pull request."""

from __future__ import annotations

from pathlib import Path

from warmbench.bundle.read_bundle import Bundle
from warmbench.errors import UsageError
from warmbench.new_folder import new_folder
from warmbench.submitting.open_pull_request import BUNDLES

__all__ = ["put_in_folder"]


def put_in_folder(bundle: Bundle, submissions: Path) -> Path:
    """Write the bundle's folder under ``submissions/bundles``, whole or not at all; gives it.

    Nothing is done where just these files are there. Raises ``UsageError`` where ``submissions``
    is no folder, or holds other files under that name.
    """
    if not submissions.is_dir():
        raise UsageError(f"{submissions}: no such folder; give the submissions/ of a repository")
    out = submissions / BUNDLES / bundle.folder_name
    if out.exists():
        there = {path.name: path.read_bytes() for path in out.iterdir() if path.is_file()}
        if there != dict(bundle.contents):
            raise UsageError(
                f"{out}: holds the same rows with other files; remove it to submit them anew"
            )
        return out
    with new_folder(out) as folder:
        for name, content in bundle.contents.items():
            (folder / name).write_bytes(content)
    return out
