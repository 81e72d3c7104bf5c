"""The figure of a judge's check."""

from __future__ import annotations

from warmbench.judging.check.summary import summary_of
from warmbench.records.judge_check import CheckedAnswer, JudgeCheck
from warmbench.records.release import ReleaseRecord
from warmbench.records.verdict import Verdict
from warmbench.reporting.figures.judge_check import check_figure, check_sentence

CELLS = [("plain", "original", 4), ("plain", "warm", 2), ("soft_words", "warm", 1)]
"""Style, arm, and on how many of four answers the judge is right."""

CHECK = JudgeCheck(
    judge="j",
    release=ReleaseRecord(name="warmbench-qa/judging", version="1.0.0", fingerprint="0" * 64),
    part="final",
    left_out=0,
    not_judged=0,
    answers=tuple(
        CheckedAnswer(
            id=f"{style}-{arm}-{number}",
            question_id=f"q{number}",
            task="medqa",
            arm=arm,
            style=style,
            words=30,
            right=True,
            verdict=Verdict.CORRECT if number < right else Verdict.INCORRECT,
            sure=True,
        )
        for style, arm, right in CELLS
        for number in range(4)
    ),
)


def test_a_row_a_style_below_all_and_a_marker_an_arm() -> None:
    figure = check_figure(summary_of(CHECK))
    assert tuple(figure.layout.yaxis.ticktext) == ("all styles", "Plain", "soft words")
    original, warm = figure.data
    assert (original.name, list(original.x)) == ("original", [100.0, 100.0])
    assert (warm.name, list(warm.x)) == ("warm", [37.5, 50.0, 25.0])
    assert [round(y) for y in warm.y] == [0, 1, 2]


def test_in_words() -> None:
    found = check_sentence(summary_of(CHECK))
    assert found.startswith("Judged rightly: original 100.0\N{NO-BREAK SPACE}% (")
    assert "Worst style: soft words, 25.0\N{NO-BREAK SPACE}% (" in found
    assert "best: plain, 75.0\N{NO-BREAK SPACE}% (" in found
