"""The packaged check of the default judge."""

from __future__ import annotations

from pathlib import Path

import pytest

from warmbench.errors import DataError
from warmbench.judging.check.measure import check_judge
from warmbench.judging.check.packaged import packaged_check, read_check
from warmbench.judging.reference.judge import ReferenceJudge


def test_it_is_of_the_default_judge_and_complete() -> None:
    check = packaged_check(ReferenceJudge().name)
    assert check is not None
    assert (check.part, check.not_judged) == ("final", 0)
    assert len({answer.id for answer in check.answers}) == len(check.answers) >= 700


def test_it_is_what_the_judge_says_today() -> None:
    """Where not: `python -m warmbench.judging.check`. No row is looked at: they are final."""
    found = check_judge(ReferenceJudge()).check
    same = found == read_check()
    assert same


def test_another_judge_has_none() -> None:
    assert packaged_check("llm-2:openai:gpt-4o-2024-08-06:ab12cd34") is None


@pytest.mark.parametrize("text", ["", "{}", "[1]"])
def test_another_file_is_named(tmp_path: Path, text: str) -> None:
    path = tmp_path / "default.json"
    path.write_text(text)
    with pytest.raises(DataError, match=r"default\.json: not the check of a judge"):
        read_check(path)
    with pytest.raises(DataError, match="can't be read"):
        read_check(tmp_path / "none.json")
