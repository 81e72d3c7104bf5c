"""What visitors uploaded: no address gives it back, nothing else passes for it, and it goes when
they do.

Gradio keeps an upload at ``<its folder>/<SHA-256 of a secret and the content>/<name>`` and serves
it to whoever knows that; it also fetches what lies elsewhere on the web when told to in the same
way. Nothing on this site needs either.
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

__all__ = ["HeldUploads", "NoFileIsServed", "NothingIsFetched", "uploaded_bundle"]

_DIGEST = re.compile(r"[0-9a-f]{64}")
_FILES = re.compile(r"/*gradio_api/+(file|proxy)(=|/|$)")
"""The addresses at which Gradio gives a file, or what lies elsewhere."""
_UPLOAD = re.compile(r"/*gradio_api/+upload/*$")
_LARGEST_CALL = 2**20
_ADDRESS = re.compile(r"\s*https?:", re.IGNORECASE)


def uploaded_bundle(path: str | None, folder: Path) -> Path:
    """The file that a visitor says to have uploaded, within the size that is read at all.

    ``folder``: where uploads are kept, each in a folder that is named for its content. Raises
    ``UsageError``.
    """
    if not path:
        raise UsageError("Choose a bundle first: one .zip file.")
    file = Path(path)
    try:
        found = file.lstat() if _is_kept(file, folder) else None
    except (OSError, ValueError):
        found = None
    if found is None or not stat.S_ISREG(found.st_mode):
        raise UsageError("That file is not here any more, or never was; choose it again.")
    if file.suffix.lower() != ".zip":
        raise UsageError("A bundle is one .zip file.")
    if found.st_size > LIMITS.zip_bytes:
        raise UsageError(
            f"The file has {found.st_size / 2**20:,.0f} MB; at most {LIMITS.zip_bytes // 2**20} "
            "are accepted."
        )
    return file


def _is_kept(file: Path, folder: Path) -> bool:
    own = file.parent
    return own.parent == folder and bool(_DIGEST.fullmatch(own.name)) and file.name != ".."


class HeldUploads:
    """Which visitor (by the session) holds which file. Two who upload the same content under one
    name share a file; it is deleted when neither holds it any more."""

    def __init__(self) -> None:
        self._held: dict[str, set[Path]] = {}
        self._lock = Lock()

    def hold(self, session: str, path: Path) -> None:
        """Keep a file as long as the session has it."""
        with self._lock:
            self._held.setdefault(session, set()).add(path)

    def let_go(self, session: str) -> None:
        """Delete what a session held and no other does."""
        with self._lock:
            own = self._held.pop(session, set())
            for path in own.difference(*self._held.values()):
                with suppress(OSError):
                    path.unlink()


class NoFileIsServed:
    """Middleware: refuses every address at which Gradio gives a file."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if _FILES.match(scope.get("path", "")):
            refusal = PlainTextResponse("Files are not given out here.", status_code=403)
            await refusal(scope, receive, send)
        else:
            await self.app(scope, receive, send)


class NothingIsFetched:
    """Middleware: refuses a call of the forms that names an address of the web as a file."""

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
                await PlainTextResponse("That is too long.", 413)(scope, receive, send)
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
    """Whether a file in what was sent, however deep, is an address; what is no JSON has none."""
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
