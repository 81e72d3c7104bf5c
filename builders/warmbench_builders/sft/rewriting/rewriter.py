"""The seam between the pipeline and whatever rewrites: tasks in, rewrites or failures out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from warmbench.records.conversation import Version
from warmbench.records.message import Message
from warmbench.records.response import FailureKind
from warmbench_builders.sft.faithfulness.mismatch import Mismatch

__all__ = ["Exchange", "Rewrite", "RewriteFailure", "RewriteTask", "Rewriter"]


@dataclass(frozen=True, slots=True)
class Exchange:
    """One reply to rewrite.

    ``exchange_id`` is ``<conversation_id>/<turn number>``. ``history`` holds the messages before
    the reply, in their original version; the last one is the user's.
    """

    exchange_id: str
    history: tuple[Message, ...]
    reply: str

    @property
    def prompt(self) -> str:
        """What the user said last; empty when nothing was said."""
        return self.history[-1].content if self.history else ""


@dataclass(frozen=True, slots=True)
class RewriteTask:
    """One reply to rewrite into ``version`` (warm or cold).

    ``attempt`` is 0, or 1 for the second try; then ``previous`` is the first try and ``mismatches``
    what it got wrong.
    """

    exchange: Exchange
    version: Version
    attempt: int = 0
    mismatches: tuple[Mismatch, ...] = ()
    previous: str = ""

    @property
    def key(self) -> tuple[str, Version]:
        """Which text this is a try at: the exchange and the version."""
        return (self.exchange.exchange_id, self.version)


@dataclass(frozen=True, slots=True)
class Rewrite:
    """A task that was answered. ``cut``: the answer reached the token limit and stopped there."""

    task: RewriteTask
    text: str
    cut: bool = False


@dataclass(frozen=True, slots=True)
class RewriteFailure:
    """A task without an answer; it says nothing about faithfulness.

    ``lasting``: asking again gets the same (withheld by a filter, refused as malformed or too
    long); any other failure may pass.
    """

    task: RewriteTask
    kind: FailureKind
    message: str

    @property
    def lasting(self) -> bool:
        return self.kind in (FailureKind.BAD_REQUEST, FailureKind.CONTENT_FILTER)


class Rewriter(Protocol):
    """Rewrites replies. ``name`` and ``prompt_version`` are recorded with every row."""

    @property
    def name(self) -> str:
        """``template-1``, or the model: ``openai:gpt-4o-2024-08-06``."""
        ...

    @property
    def prompt_version(self) -> str:
        """Which prompt the model was given; empty when there is none."""
        ...

    def rewrite(self, tasks: Sequence[RewriteTask]) -> Iterator[Rewrite | RewriteFailure]:
        """Yield one result for each task, in any order.

        Raises ``EngineError`` when nothing at all can be answered.
        """
        ...

    def close(self) -> None:
        """Let go of connections and files."""
        ...
