"""Student's t against scipy, over many degrees of freedom."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warmbench.statistics.student_t import t_cdf, t_quantile

stats = pytest.importorskip("scipy.stats")

degrees = st.floats(0.5, 1e5)


@given(st.floats(0.001, 0.999), degrees)
def test_the_quantile_is_scipys(p: float, df: float) -> None:
    assert t_quantile(p, df) == pytest.approx(stats.t.ppf(p, df), rel=1e-8, abs=1e-9)


@given(st.floats(-50, 50), degrees)
def test_the_distribution_is_scipys(t: float, df: float) -> None:
    assert t_cdf(t, df) == pytest.approx(stats.t.cdf(t, df), abs=1e-9)


@pytest.mark.parametrize(("p", "df"), [(0.0, 5), (1.0, 5), (0.5, 0), (float("nan"), 5)])
def test_what_has_no_quantile_is_refused(p: float, df: float) -> None:
    with pytest.raises(ValueError, match="a quantile needs"):
        t_quantile(p, df)
