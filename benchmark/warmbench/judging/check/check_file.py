"""The check of a judge without a run, kept in files.

OUT                the check: the judge's verdict on each labelled answer
OUT.judging.json   the judge, its model and prompts, what was asked (where a model is asked)
OUT.judge.sqlite   the replies of models, so that a stopped check goes on where it was
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from warmbench.engines.engine import EngineOptions
from warmbench.folders import atomic_write, write_json
from warmbench.judging.check.measure import CheckedJudge, check_judge
from warmbench.judging.judge import JudgingObserver
from warmbench.judging.judge_settings import DEFAULT_SETTINGS, JudgeSettings
from warmbench.judging.registry import open_judge
from warmbench.records.item import Item

__all__ = ["check_path", "check_to_file"]

_LONGEST_NAME = 100


def check_path(judge_name: str) -> Path:
    """Where the check of the judge that ``--judge`` names is written by default.

    >>> str(check_path("llm:openai:gpt-4o-2024-08-06"))
    'llm-openai-gpt-4o-2024-08-06.check.json'
    """
    name = re.sub(r"[^A-Za-z0-9._]+", "-", judge_name).strip("-.")[:_LONGEST_NAME]
    return Path(f"{name or 'judge'}.check.json")


def check_to_file(
    out: Path,
    judge_name: str,
    items: Iterable[Item] = (),
    *,
    options: EngineOptions | None = None,
    settings: JudgeSettings = DEFAULT_SETTINGS,
    observer: JudgingObserver | None = None,
) -> CheckedJudge:
    """Check the judge that ``--judge`` names, and write ``out``; the other arguments are those of
    ``open_judge`` and ``check_judge``. What its model has replied is not asked again."""
    ledger = out.with_name(f"{out.name}.judge.sqlite")
    with open_judge(judge_name, ledger, options, settings) as judge:
        found = check_judge(judge, items, observer=observer)
        with atomic_write(out) as file:
            file.write(f"{found.check.model_dump_json()}\n".encode())
        if len(found.record) > 1:  # not the name alone
            write_json(out.with_name(f"{out.name}.judging.json"), found.record)
    return found
