"""What a page may load and who may frame it, as response headers."""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["FORM_POLICY", "READING_POLICY", "SafeHeaders"]

_FRAMED_BY = "frame-ancestors 'self' https://huggingface.co https://*.hf.space"
"""A Space is shown in a frame of the Hub."""

READING_POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; object-src 'none'; base-uri 'none'; form-action 'self'; "
    f"{_FRAMED_BY}"
)
"""Pages that are read: nothing from elsewhere, no script in the page itself."""

FORM_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
    "worker-src 'self' blob:; object-src 'none'; base-uri 'self'; form-action 'self'; "
    f"{_FRAMED_BY}"
)
"""Pages that Gradio draws: it runs scripts of the page."""


class SafeHeaders:
    """Middleware: every response says so, where it does not say otherwise itself."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_safe(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.setdefault("x-content-type-options", "nosniff")
                headers.setdefault("referrer-policy", "no-referrer")
                headers.setdefault("content-security-policy", READING_POLICY)
            await send(message)

        await self.app(scope, receive, send_safe)
