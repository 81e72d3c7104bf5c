"""The gate: does a treatment cost more accuracy than a margin allows? A pure function of a
scorecard."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from warmbench.conditions import Context
from warmbench.errors import UsageError
from warmbench.records.estimate import Estimate, MarginVerdict, NonInferiority
from warmbench.records.scorecard import ArmScore, Scorecard
from warmbench.records.table_result import TableResult
from warmbench.statistics.non_inferiority import non_inferiority
from warmbench.tasks.registry import headline_tasks

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["EXIT_EXCEEDED", "EXIT_UNDECIDED", "EXIT_WITHIN", "Gate", "GateCheck", "gate_of"]

EXIT_WITHIN = 0
EXIT_EXCEEDED = 1
EXIT_UNDECIDED = 3


@dataclass(frozen=True, slots=True)
class GateCheck:
    """One loss held against the margin: of a task (None: all asked), in a context (None: the
    nine of the headline)."""

    task: str | None
    context: Context | None
    loss: Estimate
    result: NonInferiority

    @property
    def name(self) -> str:
        """``headline``, ``medqa``, ``sadness`` or ``medqa/sadness``."""
        return "/".join(part for part in (self.task, self.context) if part) or "headline"


@dataclass(frozen=True, slots=True, repr=False)
class Gate(TableResult):
    """All checks of one arm. ``partial`` says what an incomplete run lacks; None: complete."""

    arm: str
    model: str
    max_loss: float
    confidence: float
    partial: str | None
    checks: tuple[GateCheck, ...]

    @property
    def verdict(self) -> MarginVerdict:
        """``exceeded`` where one check is, else ``undecided`` where one is, else ``within``.

        All within needs no correction for many checks: were one loss beyond the margin, that
        check alone would have to err (an intersection-union test).
        """
        found = {check.result.verdict for check in self.checks}
        for verdict in (MarginVerdict.EXCEEDED, MarginVerdict.UNDECIDED):
            if verdict in found:
                return verdict
        return MarginVerdict.WITHIN

    @property
    def exit_status(self) -> int:
        """0 within, 1 exceeded, 3 undecided. (2 stays for what can't be used as given.)"""
        return {
            MarginVerdict.WITHIN: EXIT_WITHIN,
            MarginVerdict.EXCEEDED: EXIT_EXCEEDED,
            MarginVerdict.UNDECIDED: EXIT_UNDECIDED,
        }[self.verdict]

    def to_pandas(self) -> pd.DataFrame:
        """One row for each check: the loss and its one-sided bounds in percentage points."""
        import pandas as pd

        return pd.DataFrame(
            [
                {
                    "check": check.name,
                    "verdict": check.result.verdict.value,
                    "loss": check.loss.value,
                    "lower": check.result.lower,
                    "upper": check.result.upper,
                    "more_questions": check.result.more_questions,
                }
                for check in self.checks
            ]
        )

    def __str__(self) -> str:
        names = ", ".join(check.name for check in self.checks)
        return f"{self.model} ({self.arm}), at most {self.max_loss:g}: {self.verdict} ({names})"

    __repr__ = __str__

    def to_json(self) -> dict[str, Any]:
        return {
            "arm": self.arm,
            "model": self.model,
            "max_loss": self.max_loss,
            "confidence": self.confidence,
            "bounds": "one-sided",
            "verdict": self.verdict.value,
            "exit_status": self.exit_status,
            "complete": self.partial is None,
            "missing": self.partial,
            "checks": [
                {
                    "name": check.name,
                    "task": check.task,
                    "context": check.context,
                    "loss": check.loss.to_json(),
                    "lower": check.result.lower,
                    "upper": check.result.upper,
                    "verdict": check.result.verdict.value,
                    "more_questions": check.result.more_questions,
                }
                for check in self.checks
            ],
        }


def gate_of(
    card: Scorecard,
    *,
    max_loss: float,
    confidence: float = 0.95,
    arm: str | None = None,
    tasks: Sequence[str] = (),
    contexts: Sequence[Context] = (),
) -> Gate:
    """Hold the losses of one arm of a scorecard against ``max_loss`` points.

    One check for each of ``tasks`` in each of ``contexts``; without tasks their mean, without
    contexts the nine of the headline. ``arm``: the warm one where there is one, by default.
    ``UsageError`` for what the run has not measured.
    """
    scored = _arm_of(card, arm)
    wanted = [(task, context) for task in tasks or (None,) for context in contexts or (None,)]
    checks = tuple(_check(scored, task, c, max_loss, confidence) for task, c in wanted)
    partial = card.missing(scored)
    return Gate(scored.arm, card.models[scored.arm], max_loss, confidence, partial, checks)


def _arm_of(card: Scorecard, arm: str | None) -> ArmScore:
    by_name = {scored.arm: scored for scored in card.treated}
    if arm is None:
        arm = "warm" if "warm" in by_name else next(iter(by_name))
    if arm not in by_name:
        raise UsageError(f"the run has no treated arm {arm!r}; it has {', '.join(by_name)}")
    return by_name[arm]


def _check(
    scored: ArmScore,
    task: str | None,
    context: Context | None,
    max_loss: float,
    confidence: float,
) -> GateCheck:
    if task and task not in scored.tasks:
        raise UsageError(f"the run did not ask {task}; it asked {', '.join(scored.tasks)}")
    contexts = {name for measures in scored.contexts_by_task.values() for name in measures}
    if context and context not in contexts:
        there = ", ".join(name for name in Context if name in contexts) or "no context"
        raise UsageError(f"the run has no answers with verdicts in {context}; it has {there}")
    in_headline = [name for name in scored.tasks if name in headline_tasks()]
    if not task and not in_headline:
        raise UsageError(
            f"the run asked no task of the headline; choose among {', '.join(scored.tasks)} "
            "with --task"
        )
    by_task = {
        name: scored.contexts_by_task[name][context] if context else scored.tasks[name]
        for name in ([task] if task else in_headline)
    }
    unscored = [name for name, found in by_task.items() if found.loss is None]
    whole = scored.contexts.get(context) if context else scored.headline
    measured = by_task[task] if task else whole
    loss = measured.loss if measured else None
    if unscored or loss is None:
        where = f" in {context}" if context else ""
        raise UsageError(
            f"the run has no loss of {', '.join(unscored)}{where}: no pair of answers has "
            "verdicts; see `warmbench score RUN`"
        )
    parts = [found.loss for found in by_task.values() if found.loss]
    return GateCheck(task, context, loss, non_inferiority(loss, parts, max_loss, confidence))
