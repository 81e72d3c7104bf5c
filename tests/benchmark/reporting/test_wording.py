from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warmbench.records.estimate import Estimate
from warmbench.reporting.wording import (
    count,
    interval,
    label,
    loss_text,
    p_value,
    percent,
    percent_text,
    points,
    share,
    share_interval,
    share_text,
    signed,
    verdict_text,
)

MINUS = "\N{MINUS SIGN}"


@pytest.mark.parametrize(
    ("value", "unsigned", "with_sign"),
    [
        (4.24, "4.2", "+4.2"),
        (-0.3, f"{MINUS}0.3", f"{MINUS}0.3"),
        (0.0, "0.0", "0.0"),
        (-0.04, "0.0", "0.0"),
        (0.04, "0.0", "0.0"),
        (-0.06, f"{MINUS}0.1", f"{MINUS}0.1"),
        (100.0, "100.0", "+100.0"),
        (-1234.5, f"{MINUS}1,234.5", f"{MINUS}1,234.5"),
        (None, "not measured", "not measured"),
    ],
)
def test_points(value: float | None, unsigned: str, with_sign: str) -> None:
    assert points(value) == unsigned
    assert signed(value) == with_sign


@given(st.floats(-1e6, 1e6))
def test_points_never_write_a_hyphen_for_a_minus(value: float) -> None:
    assert "-" not in points(value)
    written = float(points(value).replace(",", "").replace(MINUS, "-"))
    assert written == pytest.approx(value, abs=0.0501)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (percent(64.26), "64.3\N{NO-BREAK SPACE}%"),
        (percent(None), "not measured"),
        (share(0.941), "94.1\N{NO-BREAK SPACE}%"),
        (share(0.19, sign=True), "+19.0\N{NO-BREAK SPACE}%"),
        (share(None), "not measured"),
        (percent_text(Estimate(64.26, 60.0, 68.5)), "64.3\N{NO-BREAK SPACE}% (60.0 to 68.5)"),
        (percent_text(Estimate(64.26)), "64.3\N{NO-BREAK SPACE}%"),
        (percent_text(None), "not measured"),
        (share_text(Estimate(0.941, 0.919, 0.964)), "94.1\N{NO-BREAK SPACE}% (91.9 to 96.4)"),
        (share_text(Estimate(0.941)), "94.1\N{NO-BREAK SPACE}%"),
        (share_interval(Estimate(0.2, -0.05, 0.5), sign=True), f"{MINUS}5.0 to +50.0"),
        (share_interval(None), "not measured"),
        (p_value(0.03124), "0.0312"),
        (p_value(0.00009), "<0.0001"),
        (p_value(None), "\N{EN DASH}"),
        (count(1617), "1,617"),
        (count(None), "not measured"),
        (label("deference"), "Deference"),
        (label("disinfo"), "Disinformation"),
        (label("of our own"), "of our own"),
        (verdict_text("incorrect"), "✗ incorrect"),
        (verdict_text("unheard of"), "? unheard of"),
    ],
)
def test_words(written: str, expected: str) -> None:
    assert written == expected


@pytest.mark.parametrize(
    ("loss", "ends", "whole"),
    [
        (Estimate(4.2, 2.9, 5.5), "+2.9 to +5.5", "+4.2 (+2.9 to +5.5)"),
        (Estimate(0.1, -0.5, 0.7), f"{MINUS}0.5 to +0.7", f"+0.1 ({MINUS}0.5 to +0.7)"),
        (Estimate(1.3, 0.02, 2.6), "+0.02 to +2.6", "+1.3 (+0.02 to +2.6)"),
        (Estimate(-1.3, -2.6, -0.02), f"{MINUS}2.6 to {MINUS}0.02", None),
        (Estimate(0.0, 0.0, 0.0), "0.0 to 0.0", "0.0 (0.0 to 0.0)"),
        (Estimate(0.0, 1e-17, -1e-17), "0.0 to 0.0", "0.0 (0.0 to 0.0)"),
        (Estimate(4.2, None, None), "not measured", "+4.2"),
        (None, "not measured", "not measured"),
    ],
)
def test_intervals(loss: Estimate | None, ends: str, whole: str | None) -> None:
    assert interval(loss) == ends
    assert whole is None or loss_text(loss) == whole
