"""The fields of a request."""

from __future__ import annotations

import pytest

from warmbench.errors import UsageError
from warmbench_leaderboard.services.protocols import RequestedRun
from warmbench_leaderboard.site.forms.request_form import PAIR, TUNED, requested_run


def test_the_fields_are_taken_as_they_are_meant() -> None:
    pair = requested_run(PAIR, " org/base ", "org/warm", "Ann", "ann@example.org")
    assert pair == RequestedRun("org/base", "org/warm", "Ann", "ann@example.org")
    assert requested_run(TUNED, "org/base", "left over", "Ann", "x").warm is None


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ((PAIR, "llama", "org/warm", "Ann", "x"), "Original model: 'llama' is not a model id"),
        ((PAIR, "org/base", "", "Ann", "x"), "Warm model: ''"),
        ((TUNED, "../../etc/passwd", "", "Ann", "x"), "Original model"),
        ((TUNED, "org/<b>", "", "Ann", "x"), "Original model"),
        ((TUNED, "org/base", "", " ", "x"), "Your name: is required"),
        ((TUNED, "org/base", "", "Ann", ""), "E-mail or web page: is required"),
    ],
)
def test_a_field_that_can_t_be_used_is_named(fields: tuple[str, ...], field: str) -> None:
    with pytest.raises(UsageError) as raised:
        requested_run(*fields)  # type: ignore[arg-type]
    assert str(raised.value).startswith(field)
