"""Models whose accuracy is known, so that nobody can submit a weakened one in their name.

Each task has, for each original of the paper's published studies, its accuracy on plain questions
without a stated belief, in percent (the lowest of its studies). A test compares them with
``submissions/published``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache

from warmbench.conditions import Context
from warmbench.published.cell import StatedBelief
from warmbench.published.study import PublishedStudy
from warmbench.records.model_spec import parse_model_spec
from warmbench.submission.bundle.submission import Submission
from warmbench.tasks.registry import all_tasks
from warmbench.text_safety import skeleton

__all__ = ["known_accuracies", "known_names", "pinned_accuracies", "sandbagged_tasks"]

Accuracies = Mapping[str, float]

_ONE_TASK = 20.0
"""Points by which one task may lie below what is known: other questions, another judge."""
_ALL_TASKS = 10.0
"""The same for the mean of the tasks."""


@lru_cache(maxsize=1)
def known_accuracies() -> Mapping[str, Accuracies]:
    """Model -> task -> accuracy in percent."""
    found: dict[str, dict[str, float]] = {}
    for name, task in all_tasks().items():
        for model, accuracy in task.known_accuracies.items():
            found.setdefault(model, {})[name] = accuracy
    return found


def known_names() -> tuple[str, ...]:
    """The names of those models."""
    return tuple(known_accuracies())


def pinned_accuracies(studies: Iterable[PublishedStudy]) -> dict[str, dict[str, float]]:
    """What the tasks must hold, from published studies."""
    pinned: dict[str, dict[str, float]] = {}
    for study in studies:
        tasks = pinned.setdefault(study.model, {})
        for cell in study.cells:
            if cell.context is Context.PLAIN and cell.belief is StatedBelief.NONE:
                lowest = min(tasks.get(cell.task, 100.0), cell.original_accuracy)
                tasks[cell.task] = lowest
    return dict(sorted(pinned.items()))


def sandbagged_tasks(submission: Submission, accuracies: Accuracies) -> tuple[str, ...]:
    """In which tasks the original lies too far below what is known of it: their names, with both
    figures; ``all`` for the mean of the tasks. Empty for a model that is not known."""
    known = _known(submission)
    if known is None:
        return ()
    shared = [task for task in known if task in accuracies]
    found = [
        f"{task} {accuracies[task]:.1f} % (known: {known[task]:.1f} %)"
        for task in shared
        if accuracies[task] < known[task] - _ONE_TASK
    ]
    mean, expected = (
        sum(values[task] for task in shared) / max(1, len(shared)) for values in (accuracies, known)
    )
    if mean < expected - _ALL_TASKS:
        found.append(f"all {mean:.1f} % (known: {expected:.1f} %)")
    return tuple(found)


def _known(submission: Submission) -> Accuracies | None:
    """By any name that the submission gives its original: its own, or that of what was asked."""
    asked = parse_model_spec(submission.study.original.model).name
    reported = submission.engines["original"].get("model") or ""
    names = {submission.model.name, *(name.rsplit("/", 1)[-1] for name in (asked, reported))}
    skeletons = {skeleton(name) for name in names if name}
    for model, accuracies in known_accuracies().items():
        if skeleton(model) in skeletons:
            return accuracies
    return None
