"""Uploads: they can't be downloaded, no other file passes for one, and they are deleted when the
visitor leaves.

Gradio stores an upload at ``<its folder>/<SHA-256 of a secret and the content>/<name>``, serves it
to anyone who knows that path, and fetches remote files that are named in the same way. This site
needs neither.
"""

from __future__ import annotations

import json
import re
import stat
from contextlib import suppress
from pathlib import Path
from threading import Lock

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from warmbench.errors import UsageError
from warmbench.submission.bundle.limits import LIMITS

__all__ = ["BlockDownloads", "BlockRemoteFiles", "Uploads", "uploaded_bundle"]

_DIGEST = re.compile(r"[0-9a-f]{64}")
_FILES = re.compile(r"/*gradio_api/+(file|proxy)(=|/|$)")
"""The addresses at which Gradio serves local and remote files."""
_UPLOAD = re.compile(r"/*gradio_api/+upload/*$")
_LARGEST_CALL = 2**20
_ADDRESS = re.compile(r"\s*https?:", re.IGNORECASE)


def uploaded_bundle(path: str | None, folder: Path) -> Path:
    """The file that a visitor claims to have uploaded, if it is one and not too large.

    ``folder``: of all uploads, each in a folder named for its content. Raises ``UsageError``.
    """
    if not path:
        raise UsageError("Choose a bundle first (a .zip file).")
    file = Path(path)
    try:
        found = file.lstat() if _is_upload(file, folder) else None
    except (OSError, ValueError):
        found = None
    if found is None or not stat.S_ISREG(found.st_mode):
        raise UsageError("This upload has expired. Choose the file again.")
    if file.suffix.lower() != ".zip":
        raise UsageError("A bundle must be a .zip file.")
    if found.st_size > LIMITS.zip_bytes:
        raise UsageError(
            f"The file has {found.st_size / 2**20:,.0f} MB; the limit is "
            f"{LIMITS.zip_bytes // 2**20} MB."
        )
    return file


def _is_upload(file: Path, folder: Path) -> bool:
    own = file.parent
    return own.parent == folder and bool(_DIGEST.fullmatch(own.name)) and file.name != ".."


class Uploads:
    """The files of each session. Sessions that upload the same content under one name share a file;
    it is deleted with the last of them."""

    def __init__(self) -> None:
        self._sessions: dict[str, set[Path]] = {}
        self._lock = Lock()

    def add(self, session: str, path: Path) -> None:
        """Keep a file as long as the session lasts."""
        with self._lock:
            self._sessions.setdefault(session, set()).add(path)

    def remove(self, session: str) -> None:
        """Delete the files that only this session has."""
        with self._lock:
            own = self._sessions.pop(session, set())
            for path in own.difference(*self._sessions.values()):
                with suppress(OSError):
                    path.unlink()


class BlockDownloads:
    """Middleware: refuses every address at which Gradio serves a file."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if _FILES.match(scope.get("path", "")):
            refusal = PlainTextResponse("Files can't be downloaded here.", status_code=403)
            await refusal(scope, receive, send)
        else:
            await self.app(scope, receive, send)


class BlockRemoteFiles:
    """Middleware: refuses a call that names a web address as a file."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope.get("method") != "POST" or _UPLOAD.match(scope["path"]):
            await self.app(scope, receive, send)
            return
        pieces: list[Message] = []
        size = 0
        while not pieces or pieces[-1].get("more_body", False):
            pieces.append(await receive())
            size += len(pieces[-1].get("body", b""))
            if size > _LARGEST_CALL:
                await PlainTextResponse("The request is too large.", 413)(scope, receive, send)
                return
        if _names_an_address(b"".join(piece.get("body", b"") for piece in pieces)):
            refusal = PlainTextResponse("Upload the file itself.", status_code=403)
            await refusal(scope, receive, send)
            return
        waiting = iter(pieces)

        async def again() -> Message:
            return next(waiting, None) or await receive()

        await self.app(scope, again, send)


def _names_an_address(body: bytes) -> bool:
    """Whether a file anywhere in the body is a web address. A body that is not JSON has none."""
    try:
        left = [json.loads(body)]
    except (ValueError, RecursionError):
        return False
    while left:
        value = left.pop()
        if isinstance(value, dict):
            path = value.get("path")
            if isinstance(path, str) and _ADDRESS.match(path):
                return True
            left.extend(value.values())
        elif isinstance(value, list):
            left.extend(value)
    return False
