"""The status of a run as text: how it goes, a table by arm, what failed."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from warmbench.records.run_status import RequestCounts, RunState, RunStatus
from warmbench.reporting.console.duration import duration_text
from warmbench.text_safety import printable

__all__ = ["status_text"]


def status_text(status: RunStatus, clock: Callable[[], float] = time.time) -> str:
    """Lines in plain ASCII. ``clock``: seconds since 1970."""
    failures = list(_failures(status))
    lines = [*_head(status, clock()), "", *_table(status), *([""] if failures else []), *failures]
    return "\n".join(lines)


def _head(status: RunStatus, now: float) -> Iterator[str]:
    yield f"{status.run}: {_state(status)}"
    if status.began is not None and status.session_began is not None:
        again = status.session_began != status.began
        last = f", the last session {_moment(status.session_began)}" if again else ""
        yield f"Began {_moment(status.began)}{last}"
    if status.last_reply is not None:
        yield f"Last reply {duration_text(max(now - status.last_reply, 0))} ago"
    if status.batches:
        yield (
            f"{status.batches.batches:,} batches open at the provider, with "
            f"{status.batches.requests:,} requests"
        )
    if status.seconds_left is not None:
        yield f"About {duration_text(status.seconds_left)} left for all arms"


def _state(status: RunStatus) -> str:
    left, unasked = status.total.all_left, status.total.unasked
    if status.state is RunState.RUNNING:
        return "running" if status.last_reply else "running, no reply in this session yet"
    if status.state is RunState.NOT_BEGUN:
        return "not begun; nothing was asked yet"
    if status.state is RunState.STOPPED:
        return "stopped, no process works on it; repeat its command to resume"
    if status.working:
        return "finished; a process works on it (judging or scoring)"
    if unasked:
        return f"stopped early, {unasked:,} not asked yet; repeat its command to resume"
    return (
        f"finished, {left:,} without an answer; repeat its command to retry" if left else "complete"
    )


def _moment(seconds: float) -> str:
    """Date and time of day, where we are."""
    return datetime.fromtimestamp(seconds).strftime("%Y-%m-%d %H:%M:%S")


def _table(status: RunStatus) -> Iterator[str]:
    """The arms, then all of them; columns that would be empty are left out."""
    rows: list[tuple[str, ...]] = [("arm", *_HEADER)]
    for name, arm in status.arms.items():
        rows.append((name, *_cells(arm.counts, arm.rate)))
    rows.append(("total", *_cells(status.total, status.rate)))
    filled = [column for column in zip(*rows, strict=True) if any(column[1:])]
    return _aligned(list(zip(*filled, strict=True)))


_HEADER = ("requests", "answered", "failed", "left", "per s", "cut", "refused", "tokens in", "out",
           "reasoning", "dollars", "stated")  # fmt: skip


def _cells(counts: RequestCounts, rate: float | None) -> tuple[str, ...]:
    numbers = (counts.requests, counts.answered, sum(counts.failed.values()), counts.left)
    reasoning, dollars = counts.reasoning_tokens, counts.dollars
    return (
        *(f"{number:,}" for number in numbers),
        "" if rate is None else f"{rate:,.1f}",
        *(f"{n:,}" for n in (counts.cut, counts.refused)),
        *(f"{n:,}" for n in (counts.tokens.prompt, counts.tokens.completion)),
        "" if reasoning is None else f"{reasoning:,}",
        "" if dollars is None else f"{dollars:,.2f}",
        f"{counts.closing.answered:,} of {counts.closing.turns:,}" if counts.closing else "",
    )


def _aligned(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Names to the left, numbers to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        numbers = (cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))
        yield "  ".join((row[0].ljust(widths[0]), *numbers))


def _failures(status: RunStatus) -> Iterator[str]:
    for name, arm in status.arms.items():
        for kind, count in arm.counts.failed.items():
            message = printable(arm.messages.get(kind, ""))
            yield f"{name}: {kind} {count:,}, one of them: {message}"
        closing = arm.counts.closing
        for kind, count in closing.failed.items() if closing else ():
            message = printable(arm.closing_messages.get(kind, ""))
            yield f"{name}: closing question, {kind} {count:,}, one of them: {message}"
