"""Where requests are kept: read as a whole, changed one at a time, and only as it was read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from pydantic import ValidationError

from warmbench.errors import first_problem
from warmbench_leaderboard.requests.run_request import RunRequest

__all__ = [
    "FOLDER",
    "LARGEST_BYTES",
    "RequestStore",
    "Snapshot",
    "StaleSnapshot",
    "content_of",
    "snapshot_of",
]

FOLDER = "requests"
"""The folder of the submissions that holds one file a request."""

LARGEST_BYTES = 256 * 1024
"""A larger file is no request of ours, and is not read."""


class StaleSnapshot(Exception):
    """Somebody else changed the store since it was read."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All requests at one ``revision``, oldest first. ``broken``: file -> why it was left out."""

    revision: str
    requests: tuple[RunRequest, ...]
    broken: Mapping[str, str]


class RequestStore(Protocol):
    """A folder, or a repository on the Hub."""

    @property
    def place(self) -> str:
        """Where it is, as a person writes it."""
        ...

    def read(self) -> Snapshot: ...

    def write(self, snapshot: Snapshot, request: RunRequest, title: str) -> None:
        """Keep one request, new or changed. Raises ``StaleSnapshot`` when the store is no longer
        as ``snapshot`` says: then nothing was kept."""
        ...


def content_of(request: RunRequest) -> bytes:
    """The file of a request."""
    text = json.dumps(request.model_dump(mode="json"), ensure_ascii=False, indent=2)
    return text.encode() + b"\n"


def snapshot_of(revision: str, files: Mapping[str, bytes | None]) -> Snapshot:
    """Parse files (name -> content, None for one that is too large). One that is broken hides no
    other."""
    requests, broken = [], {}
    for name, content in files.items():
        parsed = _parsed(name, content)
        if isinstance(parsed, RunRequest):
            requests.append(parsed)
        else:
            broken[name] = parsed
    requests.sort(key=lambda request: (request.asked, request.request_id))
    return Snapshot(revision, tuple(requests), broken)


def _parsed(name: str, content: bytes | None) -> RunRequest | str:
    if content is None:
        return f"is larger than {LARGEST_BYTES:,} bytes"
    try:
        request = RunRequest.model_validate_json(content)
    except ValidationError as error:
        return first_problem(error)
    if f"{request.request_id}.json" != name:
        return f"holds the request {request.request_id}"
    return request
