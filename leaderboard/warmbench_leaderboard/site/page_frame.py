"""Puts the site's head, navigation and footer around the pages that Gradio draws."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["FrameMiddleware", "PageFrame"]

_START, _END = "<gradio-app", "</gradio-app>"


@dataclass(frozen=True, slots=True)
class PageFrame:
    """HTML for the end of the head, before the forms and after them. ``policy``: the
    Content-Security-Policy of the page."""

    head: str
    before: str
    after: str
    policy: str


@dataclass(frozen=True, slots=True)
class FrameMiddleware:
    """Frames the pages of ``app``. ``frame``: path -> its frame."""

    app: ASGIApp
    frame: Callable[[str], PageFrame]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        buffered: list[Message] = []

        async def buffer(message: Message) -> None:
            buffered.append(message)
            if message["type"] == "http.response.body" and not message.get("more_body"):
                await _send_framed(buffered, self.frame(scope["path"]), send)

        headers = [pair for pair in scope["headers"] if pair[0] != b"accept-encoding"]
        await self.app({**scope, "headers": headers}, receive, buffer)


async def _send_framed(buffered: list[Message], frame: PageFrame, send: Send) -> None:
    start, bodies = buffered[0], buffered[1:]
    text = b"".join(message.get("body", b"") for message in bodies).decode("utf-8")
    if _START in text:
        text = text.replace("</head>", f"{frame.head}</head>", 1)
        text = text.replace(_START, f"{frame.before}{_START}", 1)
        text = text.replace(_END, f"{_END}{frame.after}", 1)
    body = text.encode("utf-8")
    headers = [pair for pair in start["headers"] if pair[0] != b"content-length"]
    headers.append((b"content-length", str(len(body)).encode()))
    if _START in text:
        headers.append((b"content-security-policy", frame.policy.encode()))
    await send({**start, "headers": headers})
    await send({"type": "http.response.body", "body": body})
