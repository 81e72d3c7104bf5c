"""The JSON Schema of ``submission.json``, for those who make bundles without this package.

``submission.schema.json`` beside this file is what ``submission_schema`` gives; a test compares
them. ``python -m warmbench.submission.bundle.schema`` regenerates it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from warmbench.folders import write_json
from warmbench.submission.bundle.submission import Submission

__all__ = ["SCHEMA_PATH", "submission_schema"]

SCHEMA_PATH = Path(__file__).with_name("submission.schema.json")

_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def submission_schema() -> dict[str, Any]:
    """The schema (draft 2020-12). What it can't say, such as that each arm has its engine, is
    checked by ``warmbench verify``."""
    return {"$schema": _DIALECT, **Submission.model_json_schema()}


if __name__ == "__main__":
    write_json(SCHEMA_PATH, submission_schema())
