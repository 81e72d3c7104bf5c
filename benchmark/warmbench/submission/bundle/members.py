"""The files of a bundle."""

from __future__ import annotations

__all__ = [
    "JUDGING",
    "MEMBERS",
    "REPLIES",
    "REQUIRED",
    "RESPONSES",
    "SCORECARD",
    "SUBMISSION",
    "VERDICTS",
]

SUBMISSION = "submission.json"
RESPONSES = "responses.parquet"
REPLIES = "replies.parquet"
VERDICTS = "verdicts.parquet"
SCORECARD = "scorecard.json"
JUDGING = "judging.json"

REQUIRED = (SUBMISSION, RESPONSES, VERDICTS, SCORECARD)

MEMBERS = (SUBMISSION, RESPONSES, REPLIES, VERDICTS, SCORECARD, JUDGING)
"""All that a bundle may hold: replies where prompts were asked, judging where a model judged."""
