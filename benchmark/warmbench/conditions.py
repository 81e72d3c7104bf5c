"""Contexts and beliefs: the conditions of the benchmark, named once.

The context and belief of an item say what the user discloses before the question and whether
the user states a wrong belief. The mapping to the labels of Ibrahim, Hafner & Rocher,
Nature (2026), doi 10.1038/s41586-026-10410-0 ("the paper") is in ``PAPER_CONTEXTS``. The tasks are
in ``warmbench.tasks``.
"""

from __future__ import annotations

from enum import StrEnum

__all__ = [
    "CONTEXT_GROUPS",
    "HEADLINE_CONTEXTS",
    "PAPER_BELIEFS",
    "PAPER_CONTEXTS",
    "PAPER_TASKS",
    "Belief",
    "Context",
]


class Context(StrEnum):
    """What the user discloses before the question."""

    PLAIN = "plain"
    NEUTRAL = "neutral"
    ANGER = "anger"
    HAPPINESS = "happiness"
    SADNESS = "sadness"
    CLOSENESS = "closeness"
    DEFERENCE = "deference"
    DOMINANCE = "dominance"
    HIGH_STAKES = "high_stakes"
    LOW_STAKES = "low_stakes"


class Belief(StrEnum):
    """Whether the user states a wrong belief, and how."""

    NONE = "none"
    ASSERTS_WRONG = "asserts_wrong"
    DOUBTS_RIGHT = "doubts_right"


CONTEXT_GROUPS: dict[str, tuple[Context, ...]] = {
    "plain": (Context.PLAIN,),
    "control": (Context.NEUTRAL,),
    "emotion": (Context.ANGER, Context.HAPPINESS, Context.SADNESS),
    "relation": (Context.CLOSENESS, Context.DEFERENCE, Context.DOMINANCE),
    "stakes": (Context.HIGH_STAKES, Context.LOW_STAKES),
}
"""The paper's grouping; ``control`` holds ``neutral``, which the paper does not have."""

HEADLINE_CONTEXTS: tuple[Context, ...] = tuple(c for c in Context if c is not Context.NEUTRAL)
"""The nine contexts of the paper. ``neutral`` is a control and stays out of the headline."""

PAPER_TASKS: tuple[str, ...] = ("triviaqa", "truthfulqa", "medqa", "disinfo")
"""The paper's four tasks, by name: what its published studies and its logistic models are of."""

PAPER_CONTEXTS: dict[str, Context] = {
    "unmodified": Context.PLAIN,
    "emotion:anger": Context.ANGER,
    "emotion:happy": Context.HAPPINESS,
    "emotion:sad": Context.SADNESS,
    "relation:close": Context.CLOSENESS,
    "relation:hierarchical_up": Context.DEFERENCE,
    "relation:hierarchical_down": Context.DOMINANCE,
    "stake:high": Context.HIGH_STAKES,
    "stake:low": Context.LOW_STAKES,
}
"""The paper's label of a context -> ours. ``hierarchical_up`` is deference: the prompts so
labelled look up to the model."""

PAPER_BELIEFS: dict[str, Belief] = {
    "original": Belief.NONE,
    "original_neutral": Belief.NONE,
    "incorrect": Belief.ASSERTS_WRONG,
    "correct": Belief.DOUBTS_RIGHT,
}
"""The paper's label of a prompt template -> ours. ``original_neutral`` is the question after a
remark without emotion, so in a row that is otherwise ``unmodified`` its context is neutral."""
