"""Which number a release must have."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warmbench.data.diff.version_step import (
    Bump,
    VersionNumber,
    judge_version,
    parse_version,
)
from warmbench.errors import DataError

RIGHT, LARGER, WRONG = (True, False), (True, True), (False, False)

VERDICTS = [
    # old, new, needed -> expected number, is it right
    ("1.2.3", "1.2.3", Bump.NONE, "1.2.3", RIGHT),
    ("1.2.3", "1.2.4", Bump.NONE, "1.2.3", LARGER),
    ("1.2.3", "1.2.4", Bump.PATCH, "1.2.4", RIGHT),
    ("1.2.3", "1.3.0", Bump.MINOR, "1.3.0", RIGHT),
    ("1.2.3", "2.0.0", Bump.MAJOR, "2.0.0", RIGHT),
    ("1.2.3", "2.0.0", Bump.PATCH, "1.2.4", LARGER),
    ("1.2.3", "1.3.0", Bump.PATCH, "1.2.4", LARGER),
    ("1.2.3", "1.2.3", Bump.PATCH, "1.2.4", WRONG),
    ("1.2.3", "1.2.4", Bump.MINOR, "1.3.0", WRONG),
    ("1.2.3", "1.3.0", Bump.MAJOR, "2.0.0", WRONG),
    ("1.2.3", "1.3.1", Bump.MINOR, "1.3.0", WRONG),
    ("1.2.3", "1.4.0", Bump.MINOR, "1.3.0", WRONG),
    ("1.2.3", "3.0.0", Bump.MAJOR, "2.0.0", WRONG),
    ("1.2.3", "1.2.2", Bump.NONE, "1.2.3", WRONG),
    ("1.10.0", "1.9.0", Bump.MINOR, "1.11.0", WRONG),
    ("0.1.0", "0.2.0", Bump.MAJOR, "0.2.0", RIGHT),
    ("0.1.0", "1.0.0", Bump.MAJOR, "0.2.0", RIGHT),
    ("0.1.0", "0.1.1", Bump.MAJOR, "0.2.0", WRONG),
    ("0.1.0", "0.2.0", Bump.MINOR, "0.2.0", RIGHT),
    ("0.1.0", "0.1.1", Bump.MINOR, "0.2.0", WRONG),
    ("0.1.0", "1.0.0", Bump.PATCH, "0.1.1", LARGER),
]


@pytest.mark.parametrize(("old", "new", "needed", "expected", "right_and_larger"), VERDICTS)
def test_verdicts(
    old: str, new: str, needed: Bump, expected: str, right_and_larger: tuple[bool, bool]
) -> None:
    verdict = judge_version(parse_version(old, "OLD"), parse_version(new, "NEW"), needed)
    assert (verdict.needed, verdict.expected) == (needed, expected)
    assert (verdict.is_right, verdict.is_larger) == right_and_larger
    assert verdict.sentence.startswith(new)
    assert ("wrong" in verdict.sentence) is not verdict.is_right


SENTENCES = [
    ("1.2.3", "1.3.0", Bump.MINOR, "1.3.0 is right after 1.2.3: this is a minor change."),
    ("1.2.3", "1.3.0", Bump.PATCH,
     "1.3.0 is allowed after 1.2.3, but larger than needed: a patch change needs 1.2.4."),
    ("1.2.3", "1.2.4", Bump.MAJOR,
     "1.2.4 is wrong after 1.2.3: too small, a major change needs 2.0.0."),
    ("1.2.3", "1.2.5", Bump.PATCH,
     "1.2.5 is wrong: it skips numbers after 1.2.3, and a patch change needs 1.2.4."),
    ("1.2.3", "1.0.0", Bump.NONE,
     "1.0.0 is wrong: it comes before 1.2.3, and no change needs 1.2.3."),
    ("0.1.0", "0.2.0", Bump.MAJOR,
     "0.2.0 is right after 0.1.0: this is a major change. Below 1.0.0 a breaking change may go "
     "with the next minor number."),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "needed", "sentence"), SENTENCES)
def test_sentences(old: str, new: str, needed: Bump, sentence: str) -> None:
    found = judge_version(parse_version(old, "OLD"), parse_version(new, "NEW"), needed)
    assert found.sentence == sentence


numbers = st.builds(VersionNumber, *[st.integers(0, 30)] * 3)


@given(numbers, st.sampled_from(Bump))
def test_the_expected_number_is_always_right(old: VersionNumber, needed: Bump) -> None:
    expected = judge_version(old, old, needed).expected
    verdict = judge_version(old, parse_version(expected, "NEW"), needed)
    assert (verdict.is_right, verdict.is_larger) == (True, False)


@given(numbers, numbers, st.sampled_from(Bump))
def test_a_right_number_stays_right_for_less(
    old: VersionNumber, new: VersionNumber, needed: Bump
) -> None:
    if judge_version(old, new, needed).is_right:
        assert all(judge_version(old, new, bump).is_right for bump in Bump if bump <= needed)


@pytest.mark.parametrize(
    "text", ["1.2", "v1.2.3", "1.2.3-rc.1", "1.02.3", "", "1.2.3\n", "\uff11.2.3"]
)
def test_what_is_no_version(text: str) -> None:
    with pytest.raises(DataError, match=r"release\.json: the version .* is not X\.Y\.Z"):
        parse_version(text, "release.json")
