"""Endpoints and their keys. The one place that says which key is sent where."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlsplit

from warmbench.engines.budget import Price
from warmbench.errors import UsageError
from warmbench.records.model_spec import ModelSpec

__all__ = ["Endpoint", "Provider", "base_address"]

_OTHER_KEY_VARIABLE = "WARMBENCH_API_KEY"

_SHORTEST_KEY = 8

_KEY_PARAMETERS = (
    "access_token", "api-key", "api_key", "apikey", "auth", "key", "sig", "subscription-key",
    "token",
)  # fmt: skip

_RESOURCES = ("/chat/completions", "/messages")
"""What an address may end in that was copied whole: the engines add it."""

_AZURE = (".openai.azure.com", ".cognitiveservices.azure.com", ".services.ai.azure.com")


@dataclass(frozen=True)
class Provider:
    """A company that serves models at ``base_url``, to those who have the key that the environment
    variable ``key_variable`` holds. ``prices``: its list prices by model."""

    name: str
    base_url: str
    key_variable: str
    prices: Mapping[str, Price] = field(default_factory=dict)

    def price_of(self, spec: ModelSpec) -> Price | None:
        """The list price of a model at the provider's own endpoint; None elsewhere."""
        is_own = spec.base_url is None or base_address(spec.base_url) == self.base_url
        return self.prices.get(spec.name) if is_own else None


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An address and the key for it, None where none is set. ``is_own``: it is the provider's own.
    The address has no resource at its end; what follows its ``?`` is part of it.

    A provider's key is sent to its own endpoint only; every other endpoint gets the key in
    ``WARMBENCH_API_KEY``.
    """

    base_url: str
    key_variable: str
    key: str | None = field(repr=False)
    is_own: bool

    @classmethod
    def of(cls, provider: Provider, base_url: str | None, user: object) -> Endpoint:
        """The endpoint at ``base_url``, None for the provider's own. That one needs a key: raises
        ``UsageError`` where there is none; ``user`` is what wants it."""
        is_own = base_url is None
        _refuse_key_in(base_url or "")
        variable = provider.key_variable if is_own else _OTHER_KEY_VARIABLE
        key = os.environ.get(variable) or None
        if key is None and is_own:
            raise UsageError(f"{user}: set {variable} to the key of your {provider.name} account")
        return cls(base_address(base_url or provider.base_url), variable, key, is_own)

    def url(self, path: str) -> str:
        """The address of a resource below this one, its query after it."""
        base, mark, query = self.base_url.partition("?")
        return f"{base}{path}{mark}{query}"

    @property
    def query(self) -> dict[str, str]:
        """What follows ``?`` in the address, e.g. ``api-version``."""
        return dict(parse_qsl(urlsplit(self.base_url).query))

    @property
    def is_azure(self) -> bool:
        return (urlsplit(self.base_url).hostname or "").endswith(_AZURE)

    def redact(self, text: str) -> str:
        """``text`` without the key, for messages."""
        return text.replace(self.key, "***") if self.key else text

    def redact_body(self, body: bytes) -> bytes:
        """A reply without the key, before a message is cut out of it. A short key, such as the
        placeholder ``none``, stays: a reply may well contain that word."""
        if self.key is None or len(self.key) < _SHORTEST_KEY:
            return body
        return body.replace(self.key.encode(), b"***")


def _refuse_key_in(address: str) -> None:
    """An address is kept in runs and scorecards: raises ``UsageError`` where it holds a key."""
    parts = urlsplit(address)
    found = [name for name, _ in parse_qsl(parts.query) if name.lower() in _KEY_PARAMETERS]
    if parts.password or found:
        what = f"the parameter {found[0]!r}" if found else "a password"
        raise UsageError(
            f"the address of {parts.hostname} holds {what}, and would be kept in the run and its "
            f"scorecard; leave it out and set {_OTHER_KEY_VARIABLE}, which is sent as a header"
        )


def base_address(text: str) -> str:
    """An address as requests start with it: the scheme in lower case, no resource and no slash at
    the end of its path, its query kept.

    >>> base_address("HTTPS://x.example/v1/chat/completions/?api-version=2024-06-01")
    'https://x.example/v1?api-version=2024-06-01'
    """
    base, mark, query = text.partition("#")[0].partition("?")
    scheme, colon, rest = base.partition(":")
    base = f"{scheme.lower()}{colon}{rest}".rstrip("/")
    for resource in _RESOURCES:
        base = base.removesuffix(resource).rstrip("/")
    return f"{base}{mark if query else ''}{query}"
