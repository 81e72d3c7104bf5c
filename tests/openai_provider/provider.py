"""An account at the provider: its files, its lists, who may ask, and what goes wrong on order."""

from __future__ import annotations

import email.parser
import email.policy
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

__all__ = ["KEY", "Fault", "Provider", "Query", "Raw", "Refused", "Reply"]

KEY = "sk-good-key-0123456789"

Reply = dict[str, Any]
Query = dict[str, list[str]]


@dataclass(frozen=True)
class Fault:
    """What happens to one call. ``done``: the work is done all the same; status None closes the
    connection without a word."""

    status: int | None
    done: bool = False
    message: str = "no"


@dataclass(frozen=True)
class Raw:
    """The content of a file, which is no JSON."""

    content: bytes


class Refused(Exception):
    """The provider says no, with this status."""

    def __init__(self, status: int, message: str) -> None:
        self.status, self.message = status, message


@dataclass
class Provider:
    """``faults``: what happens to the next calls of a kind, e.g.
    ``{("POST", "/v1/files"): [Fault(500)]}``; ``*`` stands for an id. ``page``: how many things a
    list gives at once, so that a client has to turn pages. ``headers``: of every answer; these
    keep a client's backoff out of the suite."""

    faults: dict[tuple[str, str], list[Fault]] = field(default_factory=dict)
    page: int = 2
    headers: dict[str, str] = field(default_factory=lambda: {"Retry-After-Ms": "1"})
    files: list[Reply] = field(default_factory=list)
    contents: dict[str, bytes] = field(default_factory=dict)
    bodies: list[Reply] = field(default_factory=list)
    calls: list[tuple[str, str]] = field(default_factory=list)
    keys: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._lock = threading.Lock()

    def count(self, method: str, path: str) -> int:
        return self.calls.count((method, path))

    def call(self, method: str, target: str, headers: Any, body: bytes) -> tuple[int | None, Any]:
        """The status and the answer; the status None: no answer."""
        url = urlsplit(target)
        with self._lock:
            self.calls.append((method, url.path))
            self.keys.add(headers.get("Authorization", "").removeprefix("Bearer "))
            fault = self._fault(method, url.path)
            try:
                if headers.get("Authorization") != f"Bearer {KEY}":
                    raise Refused(401, "Incorrect API key provided")
                if fault is None or fault.done:
                    done = self._route(method, url.path, parse_qs(url.query), headers, body)
                if fault is not None:
                    return fault.status, _error(fault.message)
            except Refused as refused:
                return refused.status, _error(refused.message)
            return 200, done

    def _fault(self, method: str, path: str) -> Fault | None:
        parts = path.split("/")
        general = "/".join("*" if part.startswith(("batch_", "file-")) else part for part in parts)
        for at in ((method, path), (method, general)):
            if self.faults.get(at):
                return self.faults[at].pop(0)
        return None

    def _route(self, method: str, path: str, query: Query, headers: Any, body: bytes) -> Any:
        """The answer of a call that gets through; raises ``Refused``."""
        match (method, path.removeprefix("/v1/").split("/")):
            case ("POST", ["files"]):
                return self._upload(headers["Content-Type"], body)
            case ("GET", ["files"]):
                purpose = query.get("purpose", [None])[0]
                found = [f for f in self.files if purpose in (None, f["purpose"])]
                return self._listed(found[::-1], query)
            case ("GET", ["files", file_id, "content"]):
                if file_id not in self.contents:
                    raise Refused(404, f"No such File object: {file_id}")
                return Raw(self.contents[file_id])
        raise Refused(404, f"Invalid URL ({method} {path})")

    def _upload(self, content_type: str, body: bytes) -> Reply:
        head = f"Content-Type: {content_type}\r\n\r\n".encode()
        form = email.parser.BytesParser(policy=email.policy.HTTP).parsebytes(head + body)
        parts: dict[Any, Any] = {
            part.get_param("name", header="content-disposition"): part for part in form.iter_parts()
        }
        name, purpose = parts["file"].get_filename(), parts["purpose"].get_payload()
        return self._keep(parts["file"].get_payload(decode=True), name, purpose)

    def _keep(self, content: bytes, name: str, purpose: str) -> Reply:
        file: Reply = {
            "id": f"file-{len(self.files) + 1}",
            "object": "file",
            "bytes": len(content),
            "created_at": len(self.files),
            "filename": name,
            "purpose": purpose,
            "status": "processed",
        }
        self.files.append(file)
        self.contents[file["id"]] = content
        return file

    def _listed(self, things: Sequence[Reply], query: Query) -> Reply:
        """A page of a list."""
        after = query.get("after", [None])[0]
        start = next((n + 1 for n, thing in enumerate(things) if thing["id"] == after), 0)
        end = start + self.page
        return {"object": "list", "data": things[start:end], "has_more": end < len(things)}


def _error(message: str) -> Reply:
    return {"error": {"message": message, "type": "invalid_request_error", "code": None}}
