"""The figures of a check, from its rows."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warmbench.judging.check.summary import summary_of
from warmbench.records.judge_check import CheckedAnswer, JudgeCheck
from warmbench.records.release import ReleaseRecord
from warmbench.records.verdict import Verdict

RELEASE = ReleaseRecord(name="warmbench-qa/judging", version="1.0.0", fingerprint="0" * 64)


def answer(number: int, right: bool, verdict: str, **other: object) -> CheckedAnswer:
    row = {
        "id": f"ja-{number}",
        "question_id": f"q{number}",
        "task": "medqa",
        "arm": "warm",
        "style": "plain",
        "words": 50,
        "right": right,
        "verdict": verdict,
        "sure": True,
    }
    return CheckedAnswer.model_validate(row | other)


def check(*answers: CheckedAnswer) -> JudgeCheck:
    return JudgeCheck(
        judge="j", release=RELEASE, part="final", left_out=0, not_judged=0, answers=answers
    )


def test_a_refusal_counts_as_not_correct_and_unscored_ones_are_left_out() -> None:
    found = summary_of(
        check(
            answer(1, True, "correct"),
            answer(2, True, "correct"),
            answer(3, True, "refused"),
            answer(4, False, "refused"),
            answer(5, False, "incorrect", sure=False),
            answer(6, False, "unscored", sure=False),
        )
    ).overall
    assert (found.answers, found.unscored) == (6, 1)
    values = [f and f.value for f in (found.accuracy, found.sensitivity, found.specificity)]
    assert values == pytest.approx([4 / 5, 2 / 3, 1.0])
    assert found.unsure is not None
    assert found.unsure.value == pytest.approx(2 / 6)
    assert found.sure_accuracy is not None
    assert found.sure_accuracy.value == pytest.approx(3 / 4)
    assert found.kappa is not None
    assert found.kappa.value == pytest.approx((0.8 - 0.48) / 0.52)


def test_answers_to_one_question_are_no_independent_evidence() -> None:
    rows = [answer(n, n % 2 == 0, "correct") for n in range(20)]
    apart = summary_of(check(*rows)).overall.accuracy
    same = [row.model_copy(update={"question_id": f"q{n // 10}"}) for n, row in enumerate(rows)]
    together = summary_of(check(*same)).overall.accuracy
    assert apart is not None
    assert together is not None
    assert (apart.n, together.n) == (20, 2)
    assert together.value == apart.value


rows = st.builds(
    answer,
    st.integers(0, 10_000),
    st.booleans(),
    st.sampled_from(list(Verdict)),
    arm=st.sampled_from(["original", "warm"]),
    style=st.sampled_from(["plain", "soft"]),
    words=st.integers(0, 300),
    question_id=st.sampled_from(["a", "b", "c"]),
)


@given(st.lists(rows, min_size=1, max_size=40))
def test_groups_part_all_answers(answers: list[CheckedAnswer]) -> None:
    found = summary_of(check(*answers))
    assert found.overall.answers == len(answers)
    for named in found.groups.values():
        assert sum(group.answers for group in named.values()) == len(answers)
        assert sum(group.unscored for group in named.values()) == found.overall.unscored
        for group in named.values():
            for share in (group.accuracy, group.sensitivity, group.specificity, group.unsure):
                assert share is None or 0.0 <= share.value <= 1.0
