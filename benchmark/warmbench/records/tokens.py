"""Tokens of a request: those of the prompt and those of the completion."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["NO_TOKENS", "Tokens"]


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a provider bills for, apart: prompt tokens and completion tokens."""

    prompt: int = 0
    completion: int = 0

    def __add__(self, other: Tokens) -> Tokens:
        return Tokens(self.prompt + other.prompt, self.completion + other.completion)


NO_TOKENS = Tokens()
