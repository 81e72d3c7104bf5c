"""After how many faults a run stops: by kind, and by whether anything was ever answered."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from warmbench.engines.engine import ArmHistory
from warmbench.engines.http.breaker import Breaker
from warmbench.errors import EngineError
from warmbench.records.message import Message
from warmbench.records.request import Request
from warmbench.records.response import Answer, Failure, FailureKind

NEVER = None


def requests(rows: int) -> Iterator[Request]:
    """``rows`` of each question, as a plan has them."""
    number = 0
    while True:
        yield Request(
            key=f"k{number}", arm="warm", item_id=f"q{number // rows}/plain/row{number % rows}",
            epoch=0, messages=(Message("user", "x"),), temperature=0.8, max_tokens=20, top_p=1.0,
            seed=0,
        )  # fmt: skip
        number += 1


def count_to_stop(breaker: Breaker, kind: FailureKind, rows: int, most: int = 1000) -> int | None:
    for count, request in enumerate(requests(rows), 1):
        try:
            breaker.note(request, Failure(request.key, kind, "its words"))
        except EngineError:
            return count
        if count == most:
            return NEVER
    raise AssertionError


def a_breaker(*, answered: bool) -> Breaker:
    breaker = Breaker("openai:m@x", "KEY", 4, ArmHistory(int(answered)))
    if answered:
        breaker.note(next(requests(1)), Answer("k", "Severn", "stop"))
    return breaker


TABLE = [
    (FailureKind.CONNECTION, 1, 9, 9),
    (FailureKind.MALFORMED, 2, 10, 10),
    (FailureKind.WRONG_MODEL, 1, 10, 10),
    (FailureKind.RATE_LIMIT, 1, 5, 5),
    (FailureKind.TIMEOUT, 2, 5, 5),
    (FailureKind.SERVER_ERROR, 3, 20, 20),
    (FailureKind.EMPTY, 5, 20, 61),
    (FailureKind.REASONING_ONLY, 5, 20, 61),
    (FailureKind.BAD_REQUEST, 8, 40, 271),
    (FailureKind.FORBIDDEN, 8, 40, 271),
    (FailureKind.NOT_FOUND, 8, 40, 271),
    (FailureKind.CONTENT_FILTER, 8, 100, 721),
]
"""Kind; never answered; answered, each row another question; answered, 30 rows a question."""


@pytest.mark.parametrize(("kind", "before", "after", "by_thirty"), TABLE)
def test_how_many_in_a_row_are_too_many(
    kind: FailureKind, before: int, after: int, by_thirty: int
) -> None:
    assert count_to_stop(a_breaker(answered=False), kind, 1) == before
    assert count_to_stop(a_breaker(answered=True), kind, 1) == after
    assert count_to_stop(a_breaker(answered=True), kind, 30) == by_thirty


@pytest.mark.parametrize("kind", [row[0] for row in TABLE])
def test_every_answer_begins_anew(kind: FailureKind) -> None:
    breaker = a_breaker(answered=True)
    for request, _ in zip(requests(1), range(300), strict=False):
        for _ in range(4):
            breaker.note(request, Failure(request.key, kind, "x"))
        breaker.note(request, Answer(request.key, "Severn", "stop"))
    assert breaker.works


def test_kinds_of_one_row_count_together_and_others_begin_anew() -> None:
    breaker = a_breaker(answered=True)
    for request, number in zip(requests(1), range(39), strict=False):
        kind = FailureKind.FORBIDDEN if number % 2 else FailureKind.NOT_FOUND
        breaker.note(request, Failure(request.key, kind, "x"))
    breaker.note(request, Failure("k", FailureKind.TIMEOUT, "x"))
    for request, _ in zip(requests(1), range(39), strict=False):
        breaker.note(request, Failure(request.key, FailureKind.FORBIDDEN, "x"))


def test_a_mixture_before_any_answer_stops_after_eight() -> None:
    breaker = a_breaker(answered=False)
    kinds = [FailureKind.TIMEOUT, FailureKind.BAD_REQUEST] * 4
    for request, kind in zip(requests(1), kinds[:-1], strict=False):
        breaker.note(request, Failure(request.key, kind, "x"))
    with pytest.raises(EngineError):
        breaker.note(request, Failure(request.key, kinds[-1], "x"))


def test_one_question_alone_never_stops_a_run_that_has_answers() -> None:
    breaker = a_breaker(answered=True)
    assert count_to_stop(breaker, FailureKind.FORBIDDEN, 10_000) is NEVER
    assert breaker.doubts_requests


def test_the_sentence_says_kind_count_words_and_what_to_do() -> None:
    breaker, last = a_breaker(answered=False), Failure("k", FailureKind.FORBIDDEN, "not you (403)")
    for request, _ in zip(requests(1), range(7), strict=False):
        breaker.note(request, last)
    with pytest.raises(EngineError) as stopped:
        breaker.note(request, last)
    assert str(stopped.value) == (
        "openai:m@x: refused the request (forbidden, 8 requests in a row): not you (403); "
        "check whether KEY may use this model. The same command resumes the run"
    )


def test_a_resumed_run_takes_a_refusal_for_the_requests_and_a_broken_line_for_the_endpoints() -> (
    None
):
    breaker = Breaker("openai:m@x", "KEY", 4, ArmHistory(1))
    request = next(requests(1))
    with pytest.raises(EngineError, match="can't be reached"):
        breaker.note(request, Failure("k", FailureKind.CONNECTION, "x"))
    breaker.note(request, Failure("k", FailureKind.BAD_REQUEST, "x"))
    assert breaker.works


def test_a_resumed_run_goes_on_after_a_reply_that_is_none() -> None:
    breaker = Breaker("openai:m@x", "KEY", 4, ArmHistory(1))
    assert count_to_stop(breaker, FailureKind.MALFORMED, 1) == 10


def test_what_was_refused_at_an_earlier_start_does_not_count() -> None:
    breaker = Breaker("openai:m@x", "KEY", 4, ArmHistory(300, None, refused=200))
    assert count_to_stop(breaker, FailureKind.CONTENT_FILTER, 1) == 300


def test_refusals_that_are_trusted_stop_nothing_and_other_faults_do() -> None:
    breaker = a_breaker(answered=True)
    breaker.trust_refusals()
    assert count_to_stop(breaker, FailureKind.FORBIDDEN, 1) is NEVER
    assert count_to_stop(breaker, FailureKind.EMPTY, 1) == 20
