"""Whose endpoint is asked, and with which key: a key never travels to an endpoint it was not meant
for."""

from __future__ import annotations

import os
from dataclasses import dataclass, field

from warmbench.errors import UsageError

__all__ = ["OPENAI_URL", "Account", "address_of"]

OPENAI_URL = "https://api.openai.com/v1"

_OPENAI_VARIABLE, _OTHER_VARIABLE = "OPENAI_API_KEY", "WARMBENCH_API_KEY"


@dataclass(frozen=True, slots=True)
class Account:
    """``base_url``: of the endpoint, OpenAI's own or another. ``variable``: where the ``key`` comes
    from, for the words of errors; another endpoint may need none."""

    base_url: str
    variable: str
    key: str | None = field(repr=False)
    is_openai: bool

    @classmethod
    def of(cls, base_url: str | None, asker: object) -> Account:
        """That of ``base_url``, None for OpenAI's own, which needs a key: ``UsageError`` in the
        name of ``asker`` where there is none."""
        is_openai = base_url is None
        variable = _OPENAI_VARIABLE if is_openai else _OTHER_VARIABLE
        key = os.environ.get(variable) or None
        if key is None and is_openai:
            raise UsageError(f"{asker}: set {variable} to the key of your OpenAI account")
        return cls(address_of(base_url), variable, key, is_openai)


def address_of(base_url: str | None) -> str:
    """The address of an endpoint, None for OpenAI's own."""
    return (base_url or OPENAI_URL).rstrip("/")
