"""The ledger: what it knows of answers and of what they cost, and what it says when it can't."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warmbench.engines.budget import Spending
from warmbench.errors import DataError
from warmbench.records.message import Message
from warmbench.records.request import Request
from warmbench.records.response import Answer, Failure, FailureKind, Response, Tokens
from warmbench.running.ledger import Ledger


def request(key: str, arm: str = "warm") -> Request:
    messages = (Message("user", "question"),)
    return Request(key, arm, f"item-{key}", 0, messages, 0.8, 300, 1.0, 7)


ANSWER = Answer("k", "Severn", "stop", 10, 5, attempts=2, model="m-1", wasted=Tokens(10, 1))
FAILURE = Failure("k", FailureKind.EMPTY, "no choices", attempts=3, wasted=Tokens(30, 0))


def test_what_a_request_cost_is_the_sum_over_all_times_it_was_asked(tmp_path: Path) -> None:
    with Ledger(tmp_path / "ledger.sqlite") as ledger:
        for response in (FAILURE, FAILURE, ANSWER):
            ledger.record([(request("k"), response)])
        ledger.record([(request("j", "original"), replace(FAILURE, key="j", wasted=Tokens()))])
        assert ledger.spendings() == [
            Spending("original", 3, Tokens(0, 0)),
            Spending("warm", 3 + 3 + 2, Tokens(30 + 30 + 10 + 10, 1 + 5)),
        ]
        (row,) = ledger.answers(["k", "j", "unknown"]).values()
    assert (row.response, row.model, row.attempts) == ("Severn", "m-1", 8)
    assert (row.prompt_tokens, row.lost_prompt_tokens, row.lost_completion_tokens) == (10, 70, 1)


def test_an_answer_is_never_overwritten(tmp_path: Path) -> None:
    with Ledger(tmp_path / "ledger.sqlite") as ledger:
        for response in (ANSWER, FAILURE, replace(ANSWER, text="Wye")):
            ledger.record([(request("k"), response)])
        (row,) = ledger.rows()
    assert (row.response, row.attempts, row.failure) == ("Severn", 2, None)


def test_half_a_character_from_a_server_can_be_stored(tmp_path: Path) -> None:
    half = "a \ud83d"
    answer = Answer("k", half, half, 1, 1, model=half, reasoning=half)
    failure = Failure("j", FailureKind.BAD_REQUEST, half, finish_reason=half, reasoning=half)
    with Ledger(tmp_path / "ledger.sqlite") as ledger:
        ledger.record([(request("k"), answer), (request("j"), failure)])
        failed, stored = sorted(ledger.rows(), key=lambda row: row.key)
    assert {stored.response, stored.finish_reason, stored.model, stored.reasoning} == {"a \ufffd"}
    assert {failed.message, failed.finish_reason, failed.reasoning} == {"a \ufffd"}


@pytest.mark.parametrize("ask", ["answered_keys", "spendings", "rows"])
def test_a_damaged_ledger_is_said_in_a_sentence(tmp_path: Path, ask: str) -> None:
    path = tmp_path / "ledger.sqlite"
    with Ledger(path) as ledger:
        ledger.record([(request(f"k{i}"), replace(ANSWER, key=f"k{i}")) for i in range(2000)])
    whole = path.read_bytes()
    path.write_bytes(whole[:8192] + b"\x00" * (len(whole) - 8192))
    with Ledger(path) as ledger, pytest.raises(DataError, match="not a WarmBench ledger"):
        list(getattr(ledger, ask)())


responses = st.one_of(
    st.builds(
        Answer, st.just("k"), st.text(max_size=5), st.just("stop"), st.integers(0, 99),
        st.integers(0, 99), st.integers(1, 9),
    ),
    st.builds(
        Failure, st.just("k"), st.sampled_from(FailureKind), st.text(max_size=5), st.integers(1, 9),
        wasted=st.builds(Tokens, st.integers(0, 99), st.integers(0, 99)),
    ),
)  # fmt: skip


@given(st.lists(responses, min_size=1, max_size=6))
def test_until_there_is_an_answer_everything_counts(
    tmp_path_factory: pytest.TempPathFactory, given_responses: list[Response]
) -> None:
    first = next((i for i, r in enumerate(given_responses) if isinstance(r, Answer)), None)
    counted = given_responses if first is None else given_responses[: first + 1]
    with Ledger(tmp_path_factory.mktemp("l") / "ledger.sqlite") as ledger:
        for response in given_responses:
            ledger.record([(request("k"), response)])
        (spending,) = ledger.spendings()
    billed = sum((r.billed for r in counted), Tokens())
    assert spending == Spending("warm", sum(r.attempts for r in counted), billed)
