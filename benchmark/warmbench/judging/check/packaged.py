"""The packaged check of the default judge, on the final part of the judging set.

``python -m warmbench.judging.check`` makes it again.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from pydantic import ValidationError

from warmbench.errors import DataError, first_problem
from warmbench.records.judge_check import JudgeCheck

__all__ = ["CHECK_PATH", "packaged_check", "read_check"]

CHECK_PATH = Path(__file__).with_name("default.json")


def packaged_check(judge_name: str) -> JudgeCheck | None:
    """The packaged check, where it is of this very judge."""
    check = _packaged()
    return check if check.judge == judge_name else None


@cache
def _packaged() -> JudgeCheck:
    return read_check(CHECK_PATH)


def read_check(path: Path = CHECK_PATH) -> JudgeCheck:
    """Raises ``DataError`` for a file that can't be read as a check."""
    try:
        return JudgeCheck.model_validate_json(path.read_bytes())
    except OSError as error:
        raise DataError(f"{path}: can't be read ({error.strerror})") from None
    except ValidationError as error:
        raise DataError(f"{path}: not the check of a judge ({first_problem(error)})") from None
