"""The published schema: as the model is, and as bundles are."""

from __future__ import annotations

import json

from tests.benchmark.submission.verification.made_bundles import honest_bundle
from warmbench.submission.bundle.schema import SCHEMA_PATH, submission_schema


def test_the_checked_in_schema_is_current() -> None:
    """Where it is not: ``python -m warmbench.submission.bundle.schema``."""
    assert json.loads(SCHEMA_PATH.read_text(encoding="utf-8")) == submission_schema()


def test_it_names_every_field_that_a_submission_has() -> None:
    submission = json.loads((honest_bundle() / "submission.json").read_text(encoding="utf-8"))
    schema = submission_schema()
    assert set(submission) == set(schema["properties"])
    assert set(schema["required"]) <= set(submission)
    assert schema["additionalProperties"] is False
