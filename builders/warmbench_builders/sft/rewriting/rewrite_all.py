"""Rewrites every reply in every version, checks each rewrite, and counts what is left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from warmbench.records.conversation import Version
from warmbench_builders.sft.faithfulness import check_rewrite
from warmbench_builders.sft.faithfulness.mismatch import Mismatch
from warmbench_builders.sft.rewriting.rewriter import (
    Exchange,
    Rewrite,
    RewriteFailure,
    Rewriter,
    RewriteTask,
)

__all__ = ["Key", "RewriteResult", "rewrite_all"]

Key = tuple[str, Version]
"""An exchange's id and a version."""


class _Check(Protocol):
    def __call__(
        self, original: str, rewrite: str, *, prompt: str = ""
    ) -> tuple[Mismatch, ...]: ...


@dataclass
class RewriteResult:
    """What became of every reply in every version: each key is in exactly one of the three.

    ``texts`` are the faithful rewrites. ``dropped`` are those that failed a check twice, with what
    the second try got wrong; or, under the name of its failure kind, what the model's provider
    will never answer. ``failures`` have no answer yet: when there are any, the result is not
    complete, and the same call with the same ledger asks for them again. ``again`` are the keys
    that were rewritten a second time.
    """

    texts: dict[Key, str] = field(default_factory=dict)
    dropped: dict[Key, tuple[Mismatch, ...]] = field(default_factory=dict)
    failures: list[RewriteFailure] = field(default_factory=list)
    again: list[Key] = field(default_factory=list)

    def dropped_by_check(self) -> Mapping[Version, Mapping[str, int]]:
        """Version -> check -> how many were dropped for it. A rewrite that fails several checks
        counts under each."""
        counts: dict[Version, Counter[str]] = {}
        for (_, version), mismatches in self.dropped.items():
            counts.setdefault(version, Counter()).update({found.check for found in mismatches})
        return {version: dict(sorted(counts[version].items())) for version in sorted(counts)}

    def rewritten_twice(self) -> Mapping[Version, int]:
        """Version -> how many replies were rewritten a second time."""
        return dict(sorted(Counter(version for _, version in self.again).items()))

    def failures_by_kind(self) -> Mapping[str, int]:
        """Failure kind -> how many requests have no answer."""
        return dict(sorted(Counter(failure.kind.value for failure in self.failures).items()))


def rewrite_all(
    exchanges: Sequence[Exchange],
    versions: Sequence[Version],
    rewriter: Rewriter,
    *,
    check: _Check = check_rewrite,
    tick: Callable[[int], None] = lambda count: None,
) -> RewriteResult:
    """Rewrite each exchange in each version; what fails a check is rewritten once, then dropped.

    The second round is only begun when the first is complete: so it holds the same tasks in the
    same order however often the run was stopped. ``tick`` is called with each text that is settled,
    ``len(exchanges) * len(versions)`` of them in a complete run. Raises ``ValueError`` when two
    exchanges have one id, and what the rewriter raises.
    """
    tasks = [RewriteTask(exchange, version) for exchange in exchanges for version in versions]
    if len({task.key for task in tasks}) < len(tasks):
        raise ValueError("two exchanges have the same id, or a version is named twice")
    result = RewriteResult()
    second = _round(tasks, rewriter, check, result, tick)
    if not result.failures:
        result.again.extend(task.key for task in second)
        _round(second, rewriter, check, result, tick)
    order = {task.key: place for place, task in enumerate(tasks)}
    result.texts = {key: result.texts[key] for key in sorted(result.texts, key=order.__getitem__)}
    result.dropped = {
        key: result.dropped[key] for key in sorted(result.dropped, key=order.__getitem__)
    }
    result.failures.sort(key=lambda failure: order[failure.task.key])
    return result


def _round(
    tasks: Sequence[RewriteTask],
    rewriter: Rewriter,
    check: _Check,
    result: RewriteResult,
    tick: Callable[[int], None],
) -> list[RewriteTask]:
    """Settle what can be settled; returns the tasks of a second try, in the order of ``tasks``."""
    retries: dict[Key, RewriteTask] = {}
    for outcome in rewriter.rewrite(tasks):
        task = outcome.task
        if isinstance(outcome, RewriteFailure):
            _settle_failure(outcome, result)
        elif mismatches := tuple(_mismatches(outcome, check)):
            if task.attempt == 0:
                retries[task.key] = replace(
                    task, attempt=1, mismatches=mismatches, previous=outcome.text
                )
                continue
            result.dropped[task.key] = mismatches
        else:
            result.texts[task.key] = outcome.text
        tick(1)
    return [retries[task.key] for task in tasks if task.key in retries]


def _settle_failure(failure: RewriteFailure, result: RewriteResult) -> None:
    if failure.lasting:
        mismatch = Mismatch(failure.kind.value, failure.message)
        result.dropped[failure.task.key] = (mismatch,)
    else:
        result.failures.append(failure)


def _mismatches(outcome: Rewrite, check: _Check) -> Iterable[Mismatch]:
    exchange = outcome.task.exchange
    found = check(exchange.reply, outcome.text, prompt=exchange.prompt)
    yield from found
    if outcome.cut and not any(mismatch.check == "truncated" for mismatch in found):
        yield Mismatch("truncated", "the rewrite was cut off at the limit of its length")
