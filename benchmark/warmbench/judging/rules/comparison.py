"""What a comparison of one answer with the references found."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Comparison"]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Whether the answer is right, whether that is sure, and why in a few words.

    ``on_the_matter`` is false where the answer was found to say nothing of either side.
    """

    correct: bool
    sure: bool
    reason: str
    on_the_matter: bool = True
