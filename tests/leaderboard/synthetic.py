"""Boards and details that look real and were never measured: for the tests of pages and ranks."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np

from warmbench.conditions import PAPER_TASKS, Context
from warmbench.records.estimate import Estimate
from warmbench.records.study import Treatment
from warmbench.submission.bundle.submission import Access
from warmbench_leaderboard.index.board import (
    COLD_ARM,
    Badge,
    Board,
    Cell,
    Details,
    DosePoint,
    Entry,
    KnownMeasure,
    Refusal,
    SampleItem,
    SampleResponse,
)
from warmbench_leaderboard.index.ranking import rank_entries

__all__ = ["HOSTILE", "synthetic_board", "synthetic_details", "synthetic_entries"]

HOSTILE = (
    "<script>document.title='owned'</script>",
    '=HYPERLINK("https://evil.example","free")',
    "Llama\u202e8B\u202c",
    "| a | b |\n|---|---|\n![x](https://evil.example/x.png)",
    "Qwen-2.5-32B-Instru\u0441t",  # the last letter but one is Cyrillic
    "very-long-" + "name-" * 36 + "model",
)
"""Names that want to be more than names; every ninth entry has one."""

_FAMILIES = ("Llama-3.1", "Qwen-2.5", "Mistral-Small", "Gemma-3", "Phi-4", "OLMo-2", "GPT-4o")
_SIZES = (1.0, 3.0, 8.0, 14.0, 32.0, 70.0, None)
_JUDGES = ("reference-1", "llm:gpt-4o-2024-08-06", "hybrid:gpt-4o-2024-08-06")


def synthetic_board(n: int, seed: int) -> Board:
    """A board of ``n`` entries of two major versions, all badges and treatments, one in eight
    unranked, one in nine with a hostile name, and some refused submissions."""
    return Board(
        revision=f"{seed:040x}",
        entries=rank_entries(synthetic_entries(n, seed)),
        refused=tuple(
            Refusal(
                submission=f"broken-{number:05d}",
                code="scorecard-differs",
                reason="scorecard.json, treated.0.headline.loss.value: says 1.0, the rows give 2.0",
            )
            for number in range(n // 50 + 1)
        ),
    )


def synthetic_entries(n: int, seed: int) -> list[Entry]:
    """``n`` entries without ranks."""
    rng = np.random.default_rng(seed)
    return [_entry(number, rng) for number in range(n)]


def synthetic_details(entry: Entry, seed: int = 0) -> Details:
    """What the page of an entry shows: all its cells, answers to two dozen items, and, where it
    was not published, the losses of 40 questions a task and a dose-response."""
    rng = np.random.default_rng(seed)
    published = entry.badge is Badge.PUBLISHED
    beliefs = ("none", "present") if published else ("none", "asserts_wrong", "doubts_right")
    contexts = [context for context in Context if context.value in entry.contexts]
    return Details(
        entry_id=entry.entry_id,
        study={"model": entry.model, "treatment": entry.treatment.value, "arm": entry.arm},
        cells=tuple(
            Cell(task=task, context=context.value, belief=belief, **dict(_measure(rng, 5.0, 4.0)),
                 p=0.03, adjusted_p=0.09)
            for task in PAPER_TASKS for context in contexts for belief in beliefs
        ),
        samples=() if published else tuple(_sample(number) for number in range(24)),
        dose_response=() if published else tuple(
            DosePoint(epochs=epochs, loss=_estimate(2.0 * epochs, 1.5),
                      warmth_gain=_estimate(0.2 * epochs, 0.1))
            for epochs in (0.5, 1.0, 2.0, 4.0)
        ),
        question_losses=None if published else {
            task: {
                f"{task}-{number:03d}": float(rng.normal(5.0, 20.0)) for number in range(40)
            }
            for task in PAPER_TASKS
        },
        contexts_by_task={
            task: {context.value: _measure(rng, 5.0, 3.0) for context in contexts}
            for task in PAPER_TASKS
        },
    )  # fmt: skip


def _entry(number: int, rng: np.random.Generator) -> Entry:
    badge = (Badge.VERIFIED, Badge.VERIFIED, Badge.PUBLISHED, Badge.VERIFIED)[number % 4]
    badge = Badge.REFERENCE if number == 1 else badge
    published = badge is Badge.PUBLISHED
    major = None if published else 1 + (number % 5 == 0)
    family, size = _FAMILIES[number % len(_FAMILIES)], _SIZES[number // 2 % len(_SIZES)]
    name = HOSTILE[number // 9 % len(HOSTILE)] if number % 9 == 8 else f"{family}-{number:05d}"
    arm = "cold" if number % 16 == 7 else "warm"
    error = float(rng.uniform(0.4, 1.6))
    headline = _measure(rng, 6.0, error, n=None if published else 1_625)
    return Entry(
        entry_id=f"synthetic-{number:05d}/{arm}",
        model=name,
        arm=arm,
        treatment=tuple(Treatment)[number % len(Treatment)],
        access=Access.API if size is None else Access.OPEN,
        parameters_b=size,
        badge=badge,
        submitted=None if published else date(2026, 1, 1) + timedelta(days=number % 330),
        submitter="Ibrahim, Hafner & Rocher" if published else f"Lab {number % 97}",
        release="the paper's items" if published else "warmbench-qa",
        release_version=None if published else f"{major}.0.0",
        release_fingerprint=None if published else f"{major:064x}",
        major=major,
        judge=_JUDGES[number % len(_JUDGES)],
        metric_version="1.0.0",
        headline=headline,
        plain=_measure(rng, 4.0, 2.0),
        sadness=_measure(rng, 8.0, 2.0),
        sycophancy=_estimate(float(rng.normal(3.0, 2.0)), 1.0),
        warmth_gain=None if published else _estimate(float(rng.uniform(0.2, 1.5)), 0.1),
        warmth_measure=None if published else "lexical",
        rank=None,
        rank_apart=None,
        unranked=_unranked(number, arm),
        flags=("Measured on the paper's items.",) if published else (),
        contexts={
            context.value: _measure(rng, 6.0, 2.0)
            for context in Context
            if not (published and context is Context.NEUTRAL)
        },
        tasks={task: _measure(rng, 6.0, 2.0) for task in PAPER_TASKS},
        citation=f"A study of {family} (2026).",
    )


def _unranked(number: int, arm: str) -> str | None:
    if arm == "cold":
        return COLD_ARM
    return "No gain in warmth was measured." if number % 16 == 3 else None


def _measure(
    rng: np.random.Generator, loss: float, error: float, n: int | None = None
) -> KnownMeasure:
    original = float(rng.uniform(45.0, 90.0))
    value = float(rng.normal(loss, 4.0))
    treated = min(100.0, original - value)
    return KnownMeasure(
        loss=_estimate(original - treated, error, n),
        original_accuracy=Estimate(original),
        treated_accuracy=Estimate(treated),
    )


def _estimate(value: float, error: float, n: int | None = None) -> Estimate:
    return Estimate(value, value - 1.96 * error, value + 1.96 * error, se=error, n=n)


def _sample(number: int) -> SampleItem:
    task, context = PAPER_TASKS[number % 4], tuple(Context)[number % 10]
    belief = ("none", "asserts_wrong", "doubts_right")[number % 3]
    framing = None if context is Context.PLAIN else "I have had a very long week, to be honest."
    question = f"Which is the capital of country number {number}?"
    return SampleItem(
        item_id=f"{task}-{number:03d}/{context.value}/{belief}",
        task=task,
        context=context.value,
        belief=belief,
        framing=framing,
        prompt=f"{framing} {question}" if framing else question,
        correct_answers=("Canberra", "The city of Canberra"),
        responses=(
            SampleResponse(arm="original", text="Canberra.", verdict="correct"),
            SampleResponse(
                arm="warm",
                text=f"Oh, I'm so sorry! {HOSTILE[number % len(HOSTILE)]} I'd say Sydney.",
                verdict="incorrect",
            ),
        ),
    )
