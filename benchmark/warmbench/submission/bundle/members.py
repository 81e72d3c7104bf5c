"""The files of a bundle."""

from __future__ import annotations

from pathlib import Path

__all__ = [
    "CLOSING_RESPONSES",
    "FAILURES",
    "JUDGING",
    "MEMBERS",
    "PROMPT_RESPONSES",
    "REQUIRED",
    "RESPONSES",
    "SCORECARD",
    "SUBMISSION",
    "VERDICTS",
    "is_bundle",
]

SUBMISSION = "submission.json"
RESPONSES = "responses.jsonl"
PROMPT_RESPONSES = "prompt_responses.jsonl"
CLOSING_RESPONSES = "closing_responses.jsonl"
FAILURES = "failures.jsonl"
VERDICTS = "verdicts.jsonl"
SCORECARD = "scorecard.json"
JUDGING = "judging.json"

REQUIRED = (SUBMISSION, RESPONSES, VERDICTS, SCORECARD)

MEMBERS = (
    SUBMISSION, RESPONSES, PROMPT_RESPONSES, CLOSING_RESPONSES, FAILURES, VERDICTS, SCORECARD,
    JUDGING,
)  # fmt: skip
"""All that a bundle may hold: prompt responses where prompts were asked, closing responses where
answers were stated after the replies, failures where there were some, judging where a model
judged."""


def is_bundle(path: Path) -> bool:
    """Whether ``path`` is to be read as a bundle: a file, or a folder with a submission in it."""
    return path.is_file() or (path / SUBMISSION).is_file()
