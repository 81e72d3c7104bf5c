"""The packaged check of the default judge."""

from __future__ import annotations

from pathlib import Path

import pytest

from warmbench.errors import DataError
from warmbench.judging.check.measure import check_judge, packaged_part, questions_of
from warmbench.judging.check.packaged import packaged_check, read_check
from warmbench.judging.judge import Case, RecordedVerdict, SilentObserver
from warmbench.judging.reference.judge import ReferenceJudge
from warmbench.records.judge_check import JudgeCheck
from warmbench.records.verdict import Verdict


def test_it_is_of_the_default_judge_and_complete() -> None:
    check = packaged_check(ReferenceJudge().name)
    assert check is not None
    assert (check.part, check.not_judged) == ("final", 0)
    assert len({answer.id for answer in check.answers}) == len(check.answers) >= 700


def test_it_is_what_the_judge_says_today() -> None:
    """Where not: `python -m warmbench.judging.check`. No row is looked at: they are final.

    Another CPU may decide a few of them otherwise, within the judge's margin.
    """
    judge = ReferenceJudge()
    kept, found = read_check(), check_judge(judge).check
    here = {one.id: (one.verdict, one.sure) for one in found.answers}
    elsewhere = {
        one.id: (one.verdict, one.sure)
        for one in kept.answers
        if (one.verdict, one.sure) != here[one.id]
    }
    same = _bare(found) == _bare(kept)
    assert same
    assert len(elsewhere) <= len(here) // 50
    answers = {one.id: one for one in packaged_part()[1] if one.id in elsewhere}
    questions = questions_of(answers.values())
    recorded = []
    for id, (verdict, sure) in elsewhere.items():
        case = Case(questions[answers[id].question_id], answers[id].answer, answers[id].task)
        reason = judge.judge(case.question, case.response).reason
        recorded.append(RecordedVerdict(case, verdict, sure, reason))
    assert list(judge.recheck(recorded, SilentObserver())) == []


def _bare(check: JudgeCheck) -> JudgeCheck:
    """Without verdicts."""
    none = {"verdict": Verdict.UNSCORED, "sure": False}
    answers = tuple(one.model_copy(update=none) for one in check.answers)
    return check.model_copy(update={"answers": answers})


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
