"""Puts the site's head, navigation and foot around the pages that Gradio draws."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["Frame", "Framed"]

_START, _END = "<gradio-app", "</gradio-app>"


@dataclass(frozen=True, slots=True)
class Frame:
    """HTML: for the end of the head, before the forms and after them. ``policy``: what the page
    may load, as a Content-Security-Policy."""

    head: str
    before: str
    after: str
    policy: str


@dataclass(frozen=True, slots=True)
class Framed:
    """``app`` with its pages framed; ``frame`` gives the frame of a path."""

    app: ASGIApp
    frame: Callable[[str], Frame]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        held: list[Message] = []

        async def hold(message: Message) -> None:
            held.append(message)
            if message["type"] == "http.response.body" and not message.get("more_body"):
                await _send_framed(held, self.frame(scope["path"]), send)

        headers = [pair for pair in scope["headers"] if pair[0] != b"accept-encoding"]
        await self.app({**scope, "headers": headers}, receive, hold)


async def _send_framed(held: list[Message], frame: Frame, send: Send) -> None:
    start, bodies = held[0], held[1:]
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
