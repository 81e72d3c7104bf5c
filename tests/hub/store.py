"""The folder that is the Hub: its accounts and repositories, and who may touch which."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from threading import RLock

from .account import Accounts, Visitor
from .error import HubError, forbidden, no_repo
from .repository import Repository

__all__ = ["KINDS", "Store"]

KINDS = ("models", "datasets", "spaces")
_NAME = re.compile(r"[\w-]+(?:\.[\w-]+)*/[\w-]+(?:\.[\w-]+)*")


class Store:
    """Everything on disk; hold ``lock`` while you work, for requests arrive side by side."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.lock = RLock()
        self.accounts = Accounts(folder / "accounts.json")

    def create(self, kind: str, name: str, private: bool, visitor: Visitor) -> Repository:
        """A new repository, for who may write to its namespace."""
        if kind not in KINDS or not _NAME.fullmatch(name) or len(name) > 96:
            raise HubError(400, f"Invalid repository name: {kind}/{name}")
        self._need_writer(name.split("/")[0], visitor, f"create {name}")
        folder = self._place(kind, name)
        if (folder / "repo.json").exists():
            raise HubError(409, f"You already created this {kind.removesuffix('s')} repo")
        return Repository.create(folder, kind, name, private, visitor.name)

    def delete(self, kind: str, name: str, visitor: Visitor) -> None:
        shutil.rmtree(self.to_write(kind, name, visitor).folder)

    def to_read(self, kind: str, name: str, visitor: Visitor) -> Repository:
        """A repository for a reader; to others a private one does not exist."""
        folder = self._place(kind, name)
        if not _NAME.fullmatch(name) or not (folder / "repo.json").exists():
            raise no_repo(visitor.anonymous)
        repo = Repository(folder)
        if repo.private and not visitor.belongs_to(repo.namespace):
            raise no_repo(visitor.anonymous)
        return repo

    def to_discuss(self, kind: str, name: str, visitor: Visitor) -> Repository:
        """A repository for any reader whose token may write: discussions, pull requests."""
        repo = self.to_read(kind, name, visitor)
        if visitor.anonymous:
            raise no_repo(anonymous=True)
        if not visitor.can_write:
            raise forbidden(f"you must use a write token to change {name}")
        return repo

    def to_write(self, kind: str, name: str, visitor: Visitor) -> Repository:
        """A repository for who may change it."""
        repo = self.to_discuss(kind, name, visitor)
        self._need_writer(repo.namespace, visitor, f"write to {name}")
        return repo

    @staticmethod
    def _need_writer(namespace: str, visitor: Visitor, what: str) -> None:
        if visitor.anonymous:
            raise HubError(401, "Invalid username or password.")
        if not visitor.may_write_to(namespace):
            raise forbidden(f"You don't have the rights to {what} under the namespace {namespace}")

    def _place(self, kind: str, name: str) -> Path:
        return self.folder / "repos" / kind / name
