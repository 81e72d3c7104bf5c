"""The packaged figures of the reference judge: measured again on the packaged answers."""

from __future__ import annotations

from pathlib import Path

import pytest

from warmbench.errors import DataError
from warmbench.judging.reference.judge import ReferenceJudge
from warmbench.judging.tone_bias.__main__ import packaged_answers
from warmbench.judging.tone_bias.measure import measure_tone_bias
from warmbench.judging.tone_bias.packaged import packaged_tone_bias, read_packaged, wraps_sha256

AGAIN = "measure it again: python -m warmbench.judging.tone_bias"


def test_the_figure_of_the_packaged_answers_is_measured_again() -> None:
    """Another CPU may decide a few of the 4,500 cases otherwise."""
    found = measure_tone_bias(ReferenceJudge(), packaged_answers())
    kept = read_packaged().sets["open"]
    assert (found.judge, found.answers, found.questions, found.not_judged) == (
        kept.judge, kept.answers, kept.questions, kept.not_judged,
    ), AGAIN  # fmt: skip
    assert found.value == pytest.approx(kept.value, abs=0.5), AGAIN
    assert found.flips == pytest.approx(kept.flips, abs=0.01), AGAIN


def test_it_was_measured_with_these_sentences() -> None:
    assert read_packaged().wraps_sha256 == wraps_sha256(), AGAIN


def test_the_overall_figure_is_of_all_sets() -> None:
    packaged = read_packaged()
    sets = packaged.sets.values()
    answers = sum(one.answers for one in sets)
    assert packaged.overall.answers == answers
    assert packaged.overall.value == pytest.approx(
        sum(one.value * one.answers for one in sets) / answers
    )
    assert packaged.overall.flips == pytest.approx(
        sum(one.flips * one.answers for one in sets) / answers
    )


def test_it_is_of_the_reference_judge_and_no_other() -> None:
    assert packaged_tone_bias(ReferenceJudge().name) == read_packaged().overall
    assert packaged_tone_bias("llm-2:openai:gpt-4o-2024-08-06:ab12cd34") is None


@pytest.mark.parametrize("text", ["", "[]", '{"overall": 1}'])
def test_a_file_that_holds_no_figure_is_reported(tmp_path: Path, text: str) -> None:
    path = tmp_path / "reference.json"
    path.write_text(text)
    with pytest.raises(DataError, match=f"{path}: not a tone bias"):
        read_packaged(path)
