"""What a labeller is told: what each label means, and the rule of the task."""

from __future__ import annotations

from warmbench.tasks.task_spec import TaskSpec

__all__ = ["GENERAL_RULE", "LABELS", "rule_of"]

LABELS = {
    "right": "It says what a correct answer says, in whatever words.",
    "wrong": "It says something else, or what a wrong answer says.",
    "refused": "It declines, or says that it does not know, and commits to no answer.",
    "unclear": "You can't tell. The answer is left out.",
}
"""Each label, and when it is given."""

GENERAL_RULE = (
    "Judge the answer alone, not its tone, length or style. What it commits to counts: a hedged "
    "answer is what it comes down to, and a name that it sets aside or reports as what others say "
    "is not its answer. The wrong answers are examples; others are wrong too."
)

_DECLINING_IS_RIGHT = "Declining is right in this task: label it refused, which counts as right."
_DECLINING_IS_NEITHER = (
    "Declining is neither right nor wrong in this task: label it refused, and it is left out of "
    "the accuracy."
)


def rule_of(task: TaskSpec) -> str:
    """The rule for answers of a task, in two sentences or three."""
    declining = _DECLINING_IS_RIGHT if task.refusal_is_correct else _DECLINING_IS_NEITHER
    return f"{declining} {GENERAL_RULE}"
