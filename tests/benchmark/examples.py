"""Small items and studies that many tests use."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from warmbench.conditions import PAPER_TASKS, Belief, Context
from warmbench.records.item import Item, item_id_of
from warmbench.records.message import Message
from warmbench.records.release import ReleaseRecord
from warmbench.records.scorecard import ArmScore, Scorecard
from warmbench.records.selection import Selection
from warmbench.records.study import Arm, Sampling, Study

__all__ = ["make_item", "make_items", "make_scorecard", "make_study", "make_verdicts"]


def make_item(
    question_id: str = "q1",
    task: str = "triviaqa",
    context: Context = Context.PLAIN,
    belief: Belief = Belief.NONE,
    question: str = "What is the capital of Australia?",
) -> Item:
    return Item(
        item_id=item_id_of(question_id, context, belief),
        question_id=question_id,
        task=task,
        context=context,
        belief=belief,
        messages=(Message("user", f"{context.value} {question_id} {belief.value}: {question}"),),
        question=question,
        framing_id="",
        framing="",
        belief_text="",
        correct_answers=("Canberra",),
        incorrect_answers=("Sydney", "Melbourne"),
        category="geography",
        source="tests",
        source_revision="1",
        license="CC-BY-4.0",
        canary="",
    )


def make_items(
    questions: int,
    tasks: tuple[str, ...] = PAPER_TASKS,
    contexts: tuple[Context, ...] = tuple(Context),
    beliefs: tuple[Belief, ...] = tuple(Belief),
) -> list[Item]:
    """Every condition of ``questions`` questions a task."""
    return [
        make_item(f"{task}-{number:03d}", task, context, belief)
        for task in tasks
        for number in range(questions)
        for context in contexts
        for belief in beliefs
    ]


def make_study(seed: int = 0, temperature: float = 0.8) -> Study:
    return Study(
        arms=(
            Arm(name="original", model="replay:original.csv"),
            Arm(name="warm", model="replay:warm.csv"),
        ),
        sampling=Sampling(temperature=temperature),
        seed=seed,
    )


def make_verdicts(
    items: list[Item], verdict: Callable[[Item, str, int], str], epochs: int = 1
) -> list[dict[str, object]]:
    """One verdict an item, arm and epoch, as ``verdict(item, arm, epoch)`` says."""
    return [
        {"item_id": item.item_id, "arm": arm, "epoch": epoch, "verdict": verdict(item, arm, epoch)}
        for item in items
        for arm in ("original", "warm")
        for epoch in range(epochs)
    ]


def make_scorecard(*treated: ArmScore, **changed: Any) -> Scorecard:
    """A complete scorecard of these arms; ``changed`` replaces whole fields."""
    study = make_study()
    arms = [arm.name for arm in study.arms]
    fields = {
        "warmbench_version": "0.1.0",
        "release": ReleaseRecord(name="open", version="1.0.0", fingerprint="0123456789abcdef" * 4),
        "citation": {},
        "study": study,
        "selection": Selection(),
        "question_sources": {},
        "judge": "reference-2",
        "tone_bias": None,
        "unsure_share": 0.03,
        "verdicts": {},
        "warmth": None,
        "response_words": dict.fromkeys(arms, 31.26),
        "failures": dict.fromkeys(arms, 0),
        "same_model": False,
        "complete": True,
        "treated": treated,
        **changed,
    }
    return Scorecard.model_validate(fields)
