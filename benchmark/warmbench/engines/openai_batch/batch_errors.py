"""Why a batch failed its validation, read from what the provider lists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from openai.types import Batch

__all__ = ["Refusal"]

_QUEUE_IS_FULL = "token_limit_exceeded"
"""An account may have so many tokens of a model in batches at once."""

_MESSAGE_LENGTH = 300


@dataclass(frozen=True)
class Refusal:
    """``words`` for a person; ``by_line``: line of the file, from 1 -> what is wrong with it."""

    words: str
    queue_is_full: bool
    by_line: Mapping[int, str]

    @classmethod
    def of(cls, batch: Batch) -> Self:
        errors = (batch.errors.data if batch.errors else None) or []
        said = [f"{e.code or 'error'}: {e.message or 'no reason given'}" for e in errors]
        return cls(
            words=" ".join((said[0] if said else "no reason given").split())[:_MESSAGE_LENGTH],
            queue_is_full=any(error.code == _QUEUE_IS_FULL for error in errors),
            by_line={
                error.line: " ".join(text.split())[:_MESSAGE_LENGTH]
                for error, text in zip(errors, said, strict=True)
                if error.line is not None
            },
        )

    def faults(self, keys: Sequence[str]) -> dict[str, str]:
        """Key -> what is wrong with its line, where ``keys`` are those of the lines in order."""
        return {keys[line - 1]: why for line, why in self.by_line.items() if 1 <= line <= len(keys)}
