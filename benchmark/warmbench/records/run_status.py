"""The progress of a run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from warmbench.records.response import NO_TOKENS, Tokens

__all__ = ["ArmStatus", "ClosingCounts", "OpenBatches", "RequestCounts", "RunState", "RunStatus"]


class RunState(StrEnum):
    """``stopped``: before all was asked. ``finished``: all was asked; some may have failed."""

    NOT_BEGUN = "not begun"
    RUNNING = "running"
    STOPPED = "stopped"
    FINISHED = "finished"


@dataclass(frozen=True, slots=True)
class ClosingCounts:
    """What became of the closing turns: one for each item, without those whose reply failed."""

    turns: int
    answered: int = 0
    failed: Mapping[str, int] = field(default_factory=dict)

    @property
    def left(self) -> int:
        return self.turns - self.answered

    def __add__(self, other: ClosingCounts) -> ClosingCounts:
        failed = dict(sorted((Counter(self.failed) + Counter(other.failed)).items()))
        return ClosingCounts(self.turns + other.turns, self.answered + other.answered, failed)

    def to_json(self) -> dict[str, Any]:
        return {
            "turns": self.turns,
            "answered": self.answered,
            "failed": sum(self.failed.values()),
            "failures": dict(self.failed),
            "left": self.left,
        }


@dataclass(frozen=True, slots=True)
class RequestCounts:
    """What became of the requests of one arm, or of all.

    ``failed``: kind -> how many failed and have not been answered since. ``cut`` and ``refused``
    are among those answered: cut at the token limit, and declined to answer. ``tokens`` are all
    that were billed, ``reasoning_tokens`` those of them that are known to be reasoning. ``dollars``
    is None where no price is known. Closing turns are counted in ``closing`` alone (None: the run
    has none), their tokens among all.
    """

    requests: int
    answered: int = 0
    failed: Mapping[str, int] = field(default_factory=dict)
    cut: int = 0
    refused: int = 0
    tokens: Tokens = NO_TOKENS
    reasoning_tokens: int | None = None
    dollars: float | None = None
    closing: ClosingCounts | None = None

    @property
    def left(self) -> int:
        """Those without an answer; a resumed run asks them."""
        return self.requests - self.answered

    @property
    def all_left(self) -> int:
        """The same, closing turns included."""
        return self.left + (self.closing.left if self.closing else 0)

    @property
    def unasked(self) -> int:
        """How many of these have not failed either."""
        closing = sum(self.closing.failed.values()) if self.closing else 0
        return self.all_left - sum(self.failed.values()) - closing

    def __add__(self, other: RequestCounts) -> RequestCounts:
        reasoning = [t for t in (self.reasoning_tokens, other.reasoning_tokens) if t is not None]
        unpriced = self.dollars is None or other.dollars is None
        return RequestCounts(
            self.requests + other.requests,
            self.answered + other.answered,
            dict(sorted((Counter(self.failed) + Counter(other.failed)).items())),
            self.cut + other.cut,
            self.refused + other.refused,
            self.tokens + other.tokens,
            sum(reasoning) if reasoning else None,
            None if unpriced else (self.dollars or 0.0) + (other.dollars or 0.0),
            self.closing + other.closing if self.closing and other.closing else None,
        )

    def to_json(self) -> dict[str, Any]:
        return {
            "requests": self.requests,
            "answered": self.answered,
            "failed": sum(self.failed.values()),
            "failures": dict(self.failed),
            "left": self.left,
            "cut": self.cut,
            "refused": self.refused,
            "prompt_tokens": self.tokens.prompt,
            "completion_tokens": self.tokens.completion,
            "reasoning_tokens": self.reasoning_tokens,
            "dollars": self.dollars,
            **({"closing": self.closing.to_json()} if self.closing else {}),
        }


@dataclass(frozen=True, slots=True)
class ArmStatus:
    """``rate``: answers a second in the last session, None where there is none yet.
    ``messages``: kind -> the message of one failure of that kind, ``closing_messages`` the same of
    the closing turns."""

    model: str
    counts: RequestCounts
    rate: float | None = None
    messages: Mapping[str, str] = field(default_factory=dict)
    closing_messages: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class OpenBatches:
    """Batches that a provider works on, and how many requests they hold."""

    batches: int
    requests: int


@dataclass(frozen=True, slots=True)
class RunStatus:
    """A run at one moment. ``arms``: arm -> what became of it.

    ``working``: whether a process holds the run's folder. Times are seconds since 1970: when the
    run began, when its last session did, when the last reply came. ``seconds_left`` is over all
    arms, at the rate of this session; None where nothing is being asked, or no reply has come.
    """

    run: str
    state: RunState
    working: bool
    arms: Mapping[str, ArmStatus]
    rate: float | None = None
    seconds_left: float | None = None
    began: float | None = None
    session_began: float | None = None
    last_reply: float | None = None
    batches: OpenBatches | None = None

    @property
    def total(self) -> RequestCounts:
        """Over all arms."""
        first, *others = (arm.counts for arm in self.arms.values())
        return sum(others, first)

    @property
    def complete(self) -> bool:
        """Whether every request has an answer."""
        return not self.total.all_left

    def to_json(self) -> dict[str, Any]:
        return {
            "run": self.run,
            "state": self.state.value,
            "working": self.working,
            "complete": self.complete,
            "began": self.began,
            "session_began": self.session_began,
            "last_reply": self.last_reply,
            "seconds_left": self.seconds_left,
            "batches": self.batches
            and {
                "open": self.batches.batches,
                "requests": self.batches.requests,
            },
            "total": {**self.total.to_json(), "rate": self.rate},
            "arms": {
                name: {
                    "model": arm.model,
                    **arm.counts.to_json(),
                    "rate": arm.rate,
                    "messages": dict(arm.messages),
                    **(
                        {"closing_messages": dict(arm.closing_messages)}
                        if arm.closing_messages
                        else {}
                    ),
                }
                for name, arm in self.arms.items()
            },
        }
