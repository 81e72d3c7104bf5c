"""Who may use the Hub: users, their tokens, and the organizations they belong to."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from .disk import read_json, write_json
from .error import bad_token

__all__ = ["Accounts", "Role", "Visitor"]


class Role(StrEnum):
    """What a token lets its owner do."""

    READ = "read"
    WRITE = "write"
    EXPIRED = "expired"


@dataclass(frozen=True)
class Visitor:
    """Who sent a request; an empty name is nobody who is signed in."""

    name: str = ""
    role: Role = Role.READ
    orgs: tuple[tuple[str, str], ...] = ()

    @property
    def anonymous(self) -> bool:
        return not self.name

    @property
    def can_write(self) -> bool:
        """Whether the token may change anything at all."""
        return self.role is Role.WRITE

    def belongs_to(self, namespace: str) -> bool:
        return bool(self.name) and namespace in {self.name, *(org for org, _ in self.orgs)}

    def may_write_to(self, namespace: str) -> bool:
        """Whether the visitor may change repositories under ``namespace`` with this token."""
        writing = {org for org, role in self.orgs if role in {"admin", "write"}}
        return self.can_write and namespace in {self.name, *writing}


class Accounts:
    """``accounts.json``: {"tokens": {token: [name, role]}, "orgs": {org: {name: role}}}."""

    def __init__(self, path: Path) -> None:
        self._path = path
        if not path.exists():
            write_json(path, {"tokens": {}, "orgs": {}})

    def issue(self, name: str, role: Role) -> str:
        """A token for ``name``, the same one each time, in the form of a real one."""
        token = f"hf_{name}_{role}"
        self._change("tokens", token, [name, role])
        return token

    def organize(self, org: str, members: dict[str, str]) -> None:
        """Found an organization; a member's role is read, write or admin."""
        self._change("orgs", org, members)

    def _change(self, table: str, key: str, value: object) -> None:
        data = read_json(self._path)
        data[table][key] = value
        write_json(self._path, data)

    def visitor(self, authorization: str | None) -> Visitor:
        """Who an ``Authorization`` header names; a bad or expired token is an error."""
        if not authorization:
            return Visitor()
        data = read_json(self._path)
        name, role = data["tokens"].get(authorization.removeprefix("Bearer "), ("", Role.EXPIRED))
        if role == Role.EXPIRED:
            raise bad_token()
        orgs = tuple((org, who[name]) for org, who in data["orgs"].items() if name in who)
        return Visitor(name, Role(role), orgs)

    def describe(self, visitor: Visitor) -> dict[str, Any]:
        """The answer to ``whoami``."""
        return {
            "type": "user",
            "id": visitor.name,
            "name": visitor.name,
            "fullname": visitor.name,
            "isPro": False,
            "orgs": [{"type": "org", "name": o, "roleInOrg": role} for o, role in visitor.orgs],
            "auth": {
                "type": "access_token",
                "accessToken": {"displayName": "tests", "role": visitor.role},
            },
        }
