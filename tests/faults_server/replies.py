"""Good replies and bad ones, as they go over the wire."""

from __future__ import annotations

import asyncio
import json
import socket
import struct
from typing import Any

from aiohttp import web

from tests.faults_server.account import question_of
from tests.faults_server.fault import Fault

__all__ = ["answer_to", "send"]

_STALL_S = 60.0
_DRIP_S = 0.05
_RESET = struct.pack("ii", 1, 0)  # close with RST, not FIN


def answer_to(body: dict[str, Any]) -> str:
    """The one answer to a question: it depends on what is asked alone, as at temperature 0."""
    return f"The answer to {question_of(body)} is Severn."


async def send(
    request: web.Request, body: dict[str, Any], fault: Fault | None, retry_after_s: float
) -> web.StreamResponse:
    """Reply to ``body`` well, or with this fault."""
    if fault is None:
        return _json(_completion(body))
    if fault in (Fault.RATE_LIMIT, Fault.UNAVAILABLE):
        status = 429 if fault is Fault.RATE_LIMIT else 503
        return _error(status, {"Retry-After": f"{retry_after_s:g}"})
    if fault is Fault.SERVER_ERROR:
        return _error(500, {})
    if fault is Fault.STALL:
        await asyncio.sleep(_STALL_S)
        return _json(_completion(body))
    if fault in (Fault.RESET, Fault.TRUNCATED, Fault.SLOW_DRIP):
        return await _broken(request, json.dumps(_completion(body)).encode(), fault)
    return _spoilt(body, fault)


def _completion(body: dict[str, Any], **message: Any) -> dict[str, Any]:
    text = answer_to(body)
    said = {"role": "assistant", "content": text, **message}
    words = sum(len(str(m["content"]).split()) for m in body["messages"])
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1_750_000_000,
        "model": body["model"],
        "choices": [{"index": 0, "message": said, "finish_reason": "stop"}],
        "usage": {
            "prompt_tokens": words,
            "completion_tokens": len(text.split()),
            "total_tokens": words + len(text.split()),
        },
    }


def _spoilt(body: dict[str, Any], fault: Fault) -> web.Response:
    reply = _completion(body)
    if fault is Fault.MALFORMED_JSON:
        return web.Response(body=json.dumps(reply)[:-7].encode(), content_type="application/json")
    if fault is Fault.EMPTY_CHOICES:
        reply["choices"] = []
    elif fault is Fault.NULL_CONTENT:
        reply = _completion(body, content=None)
    elif fault is Fault.CONTENT_FILTER:
        reply = _completion(body, content="The ans")
        reply["choices"][0]["finish_reason"] = "content_filter"
    elif fault is Fault.WRONG_MODEL:
        reply["model"] = "quite-another-model"
    return _json(reply)


async def _broken(request: web.Request, body: bytes, fault: Fault) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": "application/json"})
    response.content_length = len(body)
    if fault is not Fault.RESET:
        await response.prepare(request)
    if fault is Fault.SLOW_DRIP:
        for place in range(len(body)):
            await response.write(body[place : place + 1])
            await asyncio.sleep(_DRIP_S)
        return response
    if fault is Fault.TRUNCATED:
        await response.write(body[: len(body) // 2])
    assert request.transport is not None
    if fault is Fault.RESET:
        connection = request.transport.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        request.transport.abort()
    else:
        request.transport.close()
    return response


def _json(reply: Any, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    body = json.dumps(reply).encode()
    return web.Response(body=body, status=status, headers=headers, content_type="application/json")


def _error(status: int, headers: dict[str, str]) -> web.Response:
    said = {"error": {"message": "not now", "type": "server_error", "code": None}}
    return _json(said, status, headers)
