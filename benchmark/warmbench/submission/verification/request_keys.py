"""Whether every row's key is that of a request of the study.

A key is a hash of all that can change an answer: engine, model, system prompt, sampling, messages,
seed, arm. An edited study, sampling, item or arm shows in it. (Who edits the keys as well makes
another study: one that nobody ran, which the standing has to find.)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from warmbench.records.finding import Finding
from warmbench.run.folder import RunRecord
from warmbench.run.plan import Askable, iter_requests
from warmbench.submission.bundle.members import PROMPT_RESPONSES, RESPONSES
from warmbench.submission.bundle.read_bundle import Bundle
from warmbench.submission.bundle.rejection_code import RejectionCode
from warmbench.submission.verification.coverage import row_name
from warmbench.submission.verification.expected_requests import Asked

__all__ = ["key_findings"]


def key_findings(bundle: Bundle, asked: Asked) -> list[Finding]:
    """The first row of each table whose key is another, and how many there are. The rows must
    cover the study (``coverage_findings``)."""
    return [
        *_table(RESPONSES, bundle.responses, asked.items, asked.record),
        *_table(PROMPT_RESPONSES, bundle.prompt_responses, asked.prompts, asked.record),
    ]


def _table(
    name: str, rows: Sequence[Mapping[str, Any]], asked: Sequence[Askable], record: RunRecord
) -> Iterator[Finding]:
    study = record.study
    keys = {
        (request.item_id, request.arm, request.epoch): request.key
        for arm in study.arms
        for request in iter_requests(
            study,
            arm,
            record.engines[arm.name],
            asked,
            epochs=record.selection.epochs,
            block_size=1,
        )
    }
    wrong = [row for row in rows if keys[row["item_id"], row["arm"], row["epoch"]] != row["key"]]
    if wrong:
        arms = ", ".join(sorted({row["arm"] for row in wrong}))
        text = (
            f"its key is not that of the study, as with {len(wrong) - 1:,} others (arms: {arms}); "
            "model, system prompt, sampling, seed or item is not what was asked"
        )
        yield Finding(RejectionCode.WRONG_KEY, f"{name}, {row_name(wrong[0])}", text)
