"""One chat endpoint over HTTP: sends a request once, and says what came of it.

The requests go straight through aiohttp. Measured here at 64 at once, client side, on one core:
1.8 ms of CPU a request through the ``openai`` client's ``chat.completions.create`` on the same
transport, 1.1 ms through its bare ``post``, 0.44 ms so; importing it costs 0.8 s more. What it
adds, retries and models of replies, the engine has of its own.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from warmbench import __version__
from warmbench.engines.openai.chat_reply import error_message, read_reply
from warmbench.errors import EngineError
from warmbench.records.request import Request
from warmbench.records.response import Failure, FailureKind, Response
from warmbench.retry import retry_after

if TYPE_CHECKING:
    from aiohttp import ClientSession

__all__ = ["Attempt", "ChatEndpoint"]

_KIND_OF_STATUS = {
    408: FailureKind.TIMEOUT,
    409: FailureKind.SERVER_ERROR,
    425: FailureKind.SERVER_ERROR,
    429: FailureKind.RATE_LIMIT,
}
"""What is worth asking again among the statuses below 500; every one from 500 on is."""

_TOO_MUCH = (408, 429, 503, 529)


@dataclass(frozen=True, slots=True)
class Attempt:
    """A request sent once: what came of it, and what the endpoint says of its load.

    ``retry``: the same request may well be answered if sent again. ``too_much``: the endpoint has
    more to do than it can. ``wait``: seconds for which it wants to be left alone, if it says so.
    """

    response: Response
    headers: Mapping[str, str] = field(default_factory=dict)
    retry: bool = False
    too_much: bool = False
    wait: float | None = None


class ChatEndpoint:
    """``base_url`` and the ``model`` served there. A context manager: holds the connections.

    ``key_variable`` is where the key came from, for errors; the key itself is never shown.
    """

    def __init__(
        self,
        base_url: str,
        model: str,
        *,
        key: str | None,
        key_variable: str,
        headers: Mapping[str, str],
        model_aliases: Collection[str],
        connections: int,
        timeout_s: float,
    ) -> None:
        self.base_url = base_url
        self.model = model
        self._url = f"{base_url}/chat/completions"
        self._key = key
        self._key_variable = key_variable
        self._headers = headers
        self._model_aliases = model_aliases
        self._connections = connections
        self._timeout_s = timeout_s
        self._length_field = "max_tokens"
        self._salt = secrets.token_hex(8)
        self._session: ClientSession | None = None

    async def __aenter__(self) -> ChatEndpoint:
        import aiohttp

        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=self._connections, ttl_dns_cache=300),
            timeout=aiohttp.ClientTimeout(total=self._timeout_s),
            cookie_jar=aiohttp.DummyCookieJar(),
            proxy=_proxy(self._url),
            headers={
                "Authorization": f"Bearer {self._key or 'none'}",
                "Content-Type": "application/json",
                "User-Agent": f"warmbench/{__version__}",
                **self._headers,
            },
        )
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._session is not None:
            await self._session.close()

    async def attempt(self, request: Request, useless: int) -> Attempt:
        """Send the request once. ``useless``: how many replies to it held no answer; each makes
        it a new one for endpoints that know a repeated request by its Idempotency-Key.

        Raises ``EngineError`` for what no further request would survive.
        """
        import aiohttp

        assert self._session is not None
        headers = {"Idempotency-Key": f"{self._salt}-{request.key[:32]}-{useless}"}
        body = json.dumps(self._body(request), ensure_ascii=False).encode("utf-8", "replace")
        try:
            async with self._session.post(self._url, data=body, headers=headers) as reply:
                return self._judged(request, reply.status, reply.headers, await reply.read())
        except TimeoutError:
            said = f"no whole reply in {self._timeout_s:g} s"
            failure = Failure(request.key, FailureKind.TIMEOUT, said)
            return Attempt(failure, retry=True, too_much=True)
        except aiohttp.ClientError as error:
            said = self._hidden(" ".join(str(error).split()) or type(error).__name__)
            return Attempt(Failure(request.key, FailureKind.CONNECTION, said), retry=True)

    def _body(self, request: Request) -> dict[str, object]:
        body: dict[str, object] = {
            "model": self.model,
            "messages": [{"role": m.role, "content": m.content} for m in request.messages],
            "temperature": request.temperature,
            self._length_field: request.max_tokens,
            "seed": request.seed,
        }
        if request.top_p != 1.0:
            body["top_p"] = request.top_p
        return body

    def _judged(
        self, request: Request, status: int, headers: Mapping[str, str], body: bytes
    ) -> Attempt:
        if status == 200:
            return Attempt(read_reply(request.key, body, self.model, self._model_aliases), headers)
        said = self._hidden(error_message(body))
        self._check_hope(status, said, body)
        if status == 400 and self._takes_other_length_field(said):
            return Attempt(Failure(request.key, FailureKind.BAD_REQUEST, said), retry=True, wait=0)
        if status < 400:
            said = f"the endpoint replies with status {status}"
            return Attempt(Failure(request.key, FailureKind.MALFORMED, said), headers)
        default = FailureKind.SERVER_ERROR if status >= 500 else FailureKind.BAD_REQUEST
        kind = _KIND_OF_STATUS.get(status, default)
        failure = Failure(request.key, kind, f"{said} (status {status})")
        return Attempt(
            failure,
            headers,
            retry=kind is not FailureKind.BAD_REQUEST,
            too_much=status in _TOO_MUCH,
            wait=retry_after(headers) or None,  # "at once" is no help: then the backoff decides
        )

    def _takes_other_length_field(self, said: str) -> bool:
        if self._length_field != "max_tokens" or "max_completion_tokens" not in said:
            return False
        self._length_field = "max_completion_tokens"  # newer OpenAI models ask for it
        return True

    def _check_hope(self, status: int, said: str, body: bytes) -> None:
        where = f"openai:{self.model}@{self.base_url}"
        if status == 401:
            raise EngineError(
                f"{where}: the endpoint refused the key (401); set {self._key_variable}"
            )
        if status == 402 or (status == 429 and b"insufficient_quota" in body):
            raise EngineError(f"{where}: the account has no credit left ({status}): {said}")
        if status == 403:
            raise EngineError(
                f"{where}: the key may not use this model (403); check {self._key_variable}"
            )
        if status == 404:
            raise EngineError(f"{where}: no such model or address (404): {said}")

    def _hidden(self, text: str) -> str:
        return text.replace(self._key, "***") if self._key else text


def _proxy(url: str) -> str | None:
    """The proxy that the environment names for this address, read once."""
    parts = urlsplit(url)
    if proxy_bypass(parts.hostname or ""):
        return None
    proxies = getproxies()
    return proxies.get(parts.scheme) or proxies.get("all")
