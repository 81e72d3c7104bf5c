"""What a check finds, and what it finds it in."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from warmbench_builders.sft.faithfulness.reply import Reply

__all__ = ["Check", "Mismatch", "Pair"]


@dataclass(frozen=True, slots=True)
class Mismatch:
    """One way in which a rewrite does not say what the original says.

    ``check`` is the name of the check, ``found`` one short sentence that a rewriter can act on:
    ``Mismatch("numbers", "the number '20 minutes' is missing")``.
    """

    check: str
    found: str


@dataclass(frozen=True, slots=True)
class Pair:
    """A reply before and after rewriting, and the user's message; each text is read once."""

    original: Reply
    rewrite: Reply
    prompt: Reply


Check = Callable[[Pair], Iterable[Mismatch]]
"""Yields what it finds, nothing for a faithful rewrite."""
