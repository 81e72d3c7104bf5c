"""A run as a person sees it: what it would ask, how it goes, what came of it."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.markup import escape

from warmbench.reporting.console.table import plain_table
from warmbench.text_safety import printable

if TYPE_CHECKING:
    from warmbench.running.summary import RunSummary

__all__ = ["print_dry_run", "print_problems", "print_summary"]


def print_dry_run(estimated: Mapping[str, Any]) -> None:
    """What would be asked, of whom, with an estimate of tokens."""
    console = Console(highlight=False)
    by_task = ", ".join(f"{task} {count:,}" for task, count in estimated["items_by_task"].items())
    console.print(
        f"{estimated['items']:,} items of {estimated['questions']:,} questions ({by_task})"
        + (f", and {estimated['prompts']:,} prompts for warmth" if estimated["prompts"] else "")
        + (", and the closing question after each item" if estimated["closing_turns"] else "")
    )
    table = plain_table(None, "arm", "model", "requests", "prompt tokens, about",
                   "answer tokens, at most", "dollars, at most", left=2)  # fmt: skip
    for arm, row in estimated["arms"].items():
        dollars = row["dollars_at_most"]
        table.add_row(
            arm,
            escape(row["model"]),
            f"{row['requests']:,}",
            f"{row['prompt_tokens_estimated']:,}",
            f"{row['completion_tokens_at_most']:,}",
            "price unknown" if dollars is None else f"{dollars:,.2f}",
        )
    console.print(table, crop=False)
    console.print(f"First: {escape(estimated['example'])}")


def print_summary(summary: RunSummary, prompts: int, can_answer_prompts: bool) -> None:
    """How many requests were answered, and on how many prompts warmth can be measured."""
    print(
        f"{summary.requests:,} requests: {summary.answered:,} answered now, "
        f"{summary.already_answered:,} before, {sum(summary.failures.values()):,} failed"
    )
    if prompts:
        print(f"Including {prompts:,} prompts per arm and epoch to measure warmth")
    else:
        why = "" if can_answer_prompts else ": recorded answers have no responses to its prompts"
        print(f"Warmth is not measured in this run{why}")
    if summary.closing_turns:
        print(
            f"Including {summary.closing_turns:,} closing turns, of which {summary.stated:,} are "
            "answered"
        )
    for line in _forms(summary.request_forms):
        print(line)
    if summary.asked_again:
        print(f"Retried after: {_counts(summary.asked_again)}")


def print_problems(summary: RunSummary) -> None:
    """On stderr: which requests failed, and which limit stopped the run."""
    if summary.failures:
        kinds = _counts(summary.failures)
        print(f"Not answered: {kinds}. Repeat the command to retry.", file=sys.stderr)
        for kind, message in summary.first_failures.items():
            print(f"First {kind}: {printable(message)}", file=sys.stderr)
    if summary.stopped:
        limit = "--max-cost" if "$" in summary.stopped else "--max-requests"
        print(
            f"Stopped: {summary.stopped}. Repeat the command with a larger {limit} to continue.",
            file=sys.stderr,
        )


def _forms(by_arm: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """A line for each way in which requests were put, with its arms."""
    from warmbench.records.request_form import RequestForm

    arms: dict[str, list[str]] = {}
    for arm, data in by_arm.items():
        arms.setdefault(str(RequestForm.from_json(data)), []).append(arm)
    for form, names in arms.items():
        yield f"{', '.join(names)}: sent {form} (the model takes no other form)"


def _counts(by_kind: Mapping[str, int]) -> str:
    return ", ".join(f"{kind} {count:,}" for kind, count in by_kind.items())
