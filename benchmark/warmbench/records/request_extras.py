"""Further settings of a request, named as in OpenAI's clients."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

__all__ = ["NO_EXTRAS", "RequestExtras"]


@dataclass(frozen=True, slots=True)
class RequestExtras:
    """Further settings of an arm; each can change an answer, so each is part of a ledger key.

    ``extra_body``: fields of the request's JSON body, as they are. ``chat_template_kwargs``:
    variables of the model's chat template, e.g. ``{"enable_thinking": false}``.
    ``reasoning_effort``: how long a reasoning model may think, as its provider names it.
    """

    extra_body: Mapping[str, Any] = field(default_factory=dict)
    chat_template_kwargs: Mapping[str, Any] = field(default_factory=dict)
    reasoning_effort: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Those that are given, by name."""
        given = {
            "extra_body": dict(self.extra_body),
            "chat_template_kwargs": dict(self.chat_template_kwargs),
            "reasoning_effort": self.reasoning_effort,
        }
        return {name: value for name, value in given.items() if value}

    def __str__(self) -> str:
        return ", ".join(
            f"{name} {value if isinstance(value, str) else json.dumps(value, sort_keys=True)}"
            for name, value in self.to_json().items()
        )


NO_EXTRAS = RequestExtras()
