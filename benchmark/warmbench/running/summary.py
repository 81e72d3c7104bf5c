"""The outcome of a run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

__all__ = ["RunSummary"]


@dataclass(frozen=True, slots=True)
class RunSummary:
    """The outcomes of the requests: counts over all arms, failures by kind, and the message of the
    first one of each kind.

    ``asked_again`` counts what came before an answer or a failure, by kind: a ``connection`` or
    ``timeout`` lost a reply that may have been billed. ``stopped`` says why the rest was not
    asked; empty if all was. ``request_forms``: arm -> ``RequestForm.to_json``, of arms whose model
    does not take every field. ``closing_turns``: how many of the requests asked to state a reply in
    a few words, ``stated`` how many of these are answered.
    """

    requests: int
    already_answered: int
    answered: int
    failures: Mapping[str, int] = field(default_factory=dict)
    first_failures: Mapping[str, str] = field(default_factory=dict)
    asked_again: Mapping[str, int] = field(default_factory=dict)
    stopped: str = ""
    request_forms: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    closing_turns: int = 0
    stated: int = 0

    @property
    def complete(self) -> bool:
        return self.already_answered + self.answered == self.requests
