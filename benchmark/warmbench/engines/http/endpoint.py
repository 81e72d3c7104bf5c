"""Endpoints and their keys. The one place that says which key is sent where."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field

from warmbench.engines.budget import Price
from warmbench.errors import UsageError
from warmbench.records.model_spec import ModelSpec

__all__ = ["Endpoint", "Provider"]

_OTHER_KEY_VARIABLE = "WARMBENCH_API_KEY"


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
        is_own = spec.base_url is None or spec.base_url.rstrip("/") == self.base_url
        return self.prices.get(spec.name) if is_own else None


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An address and the key for it, None where none is set. ``is_own``: it is the provider's own.

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
        variable = provider.key_variable if is_own else _OTHER_KEY_VARIABLE
        key = os.environ.get(variable) or None
        if key is None and is_own:
            raise UsageError(f"{user}: set {variable} to the key of your {provider.name} account")
        return cls((base_url or provider.base_url).rstrip("/"), variable, key, is_own)

    def redact(self, text: str) -> str:
        """``text`` without the key, for messages."""
        return text.replace(self.key, "***") if self.key else text
