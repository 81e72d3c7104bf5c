"""Judges a run folder with the judge that ``--judge`` names."""

from __future__ import annotations

from warmbench.engines.engine import EngineOptions
from warmbench.judging.judge import JudgingObserver
from warmbench.judging.judge_settings import DEFAULT_SETTINGS, JudgeSettings
from warmbench.judging.registry import open_judge
from warmbench.judging.verdicts import write_verdicts
from warmbench.records.verdict import JudgedRun
from warmbench.running.folder import RunFolder

__all__ = ["judge_run"]


def judge_run(
    folder: RunFolder,
    judge_name: str = "reference",
    options: EngineOptions | None = None,
    *,
    leave_failures: bool = False,
    tone_bias: int = 0,
    check: bool = False,
    observer: JudgingObserver | None = None,
    settings: JudgeSettings = DEFAULT_SETTINGS,
) -> JudgedRun:
    """Judge every response of a run, again where it was judged before, and write the verdicts.

    ``settings``: how a judge's model is asked.
    ``tone_bias``: on how many of the answers to measure the judge's tone bias too, each with warm,
    neutral and cold sentences around it; the result is in the record. ``check``: have it judge the
    final part of the judging set too, which is in the record as well. What a model has replied is
    not asked again, unless it could not be read. Raises ``RunError``, and writes no verdict, when a
    model could not be asked about some answer or not one of its replies could be read, unless
    ``leave_failures``.
    """
    with open_judge(judge_name, folder.judge_ledger_path, options, settings) as judge:
        return write_verdicts(
            folder,
            judge,
            leave_failures=leave_failures,
            tone_bias=tone_bias,
            check=check,
            observer=observer,
        )
