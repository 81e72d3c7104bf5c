"""Every fault of a real server: asked again to an answer, or the right kind of failure; never a
wrong answer."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.faults_server.account import question_of
from tests.faults_server.fault import LOST, UNBILLED, Fault
from tests.faults_server.replies import answer_to
from tests.faults_server.server import FaultServer, mixed, serving
from warmbench.engines.budget import Budget, Price
from warmbench.engines.engine import EngineOptions
from warmbench.engines.openai.openai_engine import OpenAIEngine
from warmbench.errors import EngineError
from warmbench.records.message import Message
from warmbench.records.model_spec import ModelSpec
from warmbench.records.request import Request
from warmbench.records.response import Answer, Failure, FailureKind, Response, Tokens

QUICK = EngineOptions(concurrency=4, max_retries=2, timeout_s=1.0)

KIND = {
    Fault.CONTENT_FILTER: FailureKind.CONTENT_FILTER,
    Fault.EMPTY_CHOICES: FailureKind.EMPTY,
    Fault.MALFORMED_JSON: FailureKind.MALFORMED,
    Fault.NULL_CONTENT: FailureKind.EMPTY,
    Fault.RATE_LIMIT: FailureKind.RATE_LIMIT,
    Fault.RESET: FailureKind.CONNECTION,
    Fault.SERVER_ERROR: FailureKind.SERVER_ERROR,
    Fault.SLOW_DRIP: FailureKind.TIMEOUT,
    Fault.STALL: FailureKind.TIMEOUT,
    Fault.TRUNCATED: FailureKind.CONNECTION,
    Fault.UNAVAILABLE: FailureKind.SERVER_ERROR,
    Fault.WRONG_MODEL: FailureKind.WRONG_MODEL,
}
"""What each fault is to the engine."""

FINAL = {Fault.CONTENT_FILTER}
"""What is not asked again in the same run: a filter has decided."""


def make_requests(count: int) -> list[Request]:
    return [
        Request(
            key=f"k{number}", arm="original", item_id=f"i{number}", epoch=0,
            messages=(Message("user", f"question {number}"),), temperature=0.0, max_tokens=20,
            top_p=1.0, seed=number,
        )
        for number in range(count)
    ]  # fmt: skip


def body_of(request: Request) -> dict[str, object]:
    messages = [{"role": m.role, "content": m.content} for m in request.messages]
    return {"model": "m", "messages": messages, "seed": request.seed}


def right_answer(request: Request) -> str:
    return answer_to(body_of(request))


def ask(url: str, requests: list[Request], options: EngineOptions = QUICK) -> dict[str, Response]:
    engine = OpenAIEngine(ModelSpec("openai", "m", None, url), options)
    return {r.key: r for group in engine.ask(requests) for r in group}


@pytest.mark.parametrize("fault", list(Fault))
def test_a_passing_fault_ends_in_the_right_answer(fault: Fault) -> None:
    requests = make_requests(4)
    struck = question_of(body_of(requests[2]))

    def once(question: str, attempt: int) -> Fault | None:
        return fault if question == struck and attempt == 1 else None

    server = FaultServer(once)
    with serving(server):
        responses = ask(server.url, requests)
    hit = responses.pop("k2")
    if fault in FINAL:
        assert isinstance(hit, Failure)
        assert hit.kind is KIND[fault]
    else:
        assert isinstance(hit, Answer)
        assert (hit.text, hit.attempts) == (right_answer(requests[2]), 2)
        assert hit.retried == (KIND[fault],)
    for request in requests:
        if request.key != "k2":
            answer = responses[request.key]
            assert isinstance(answer, Answer)
            assert (answer.text, answer.attempts) == (right_answer(request), 1)


@pytest.mark.parametrize("fault", list(Fault))
def test_a_lasting_fault_is_a_failure_of_its_kind(fault: Fault) -> None:
    requests = make_requests(3)
    struck = question_of(body_of(requests[1]))
    server = FaultServer(lambda question, _: fault if question == struck else None)
    options = EngineOptions(concurrency=4, max_retries=1, timeout_s=0.5)
    with serving(server):
        responses = ask(server.url, requests, options)
    failure = responses["k1"]
    assert isinstance(failure, Failure)
    assert failure.kind is KIND[fault]
    assert failure.attempts == 1 + len(failure.retried)
    assert server.account.faults() == {fault: failure.attempts}
    known = fault not in UNBILLED | LOST | {Fault.MALFORMED_JSON}
    assert (failure.wasted.prompt > 0) is known
    assert [isinstance(responses[key], Answer) for key in ("k0", "k2")] == [True, True]


def test_the_tokens_of_spoilt_replies_are_known() -> None:
    spoilt = (Fault.NULL_CONTENT, Fault.EMPTY_CHOICES)
    server = FaultServer(lambda _, attempt: spoilt[attempt - 1] if attempt <= len(spoilt) else None)
    with serving(server):
        (answer,) = ask(server.url, make_requests(1)).values()
    assert isinstance(answer, Answer)
    assert answer.retried == (FailureKind.EMPTY, FailureKind.EMPTY)
    assert (answer.prompt_tokens, answer.wasted.prompt) == (2, 4)
    assert (answer.billed.prompt, answer.billed.completion) == (6, 3 * 6)


def test_another_model_from_the_start_stops_the_run_and_asks_no_more() -> None:
    server = FaultServer(lambda *_: Fault.WRONG_MODEL)
    with (
        serving(server),
        pytest.raises(
            EngineError, match=r"another model answered: requested 'm', .*quite-another-model"
        ),
    ):
        ask(server.url, make_requests(50))
    assert server.account.requests == 3


def test_what_was_paid_for_before_a_stop_is_reported() -> None:
    server = FaultServer(lambda *_: Fault.WRONG_MODEL)
    told: list[Response] = []
    with serving(server):
        engine = OpenAIEngine(ModelSpec("openai", "m", None, server.url), QUICK)
        groups = engine.ask(make_requests(5))
        told += next(groups)
        with pytest.raises(EngineError):
            next(groups)
    (failure,) = told
    assert (failure.attempts, failure.billed) == (3, Tokens(3 * 2, 3 * 6))


def test_a_budget_near_its_end_waits_for_what_is_under_way() -> None:
    """Each may cost 20 tokens and costs 6: with room for 3 at most, all 25 that fit are sent."""
    server = FaultServer(delay_s=0.005)
    prices = {"original": Price(0, 1e6)}  # a dollar a completion token
    options = replace(QUICK, concurrency=8, budget=Budget(max_cost=25 * 6 + 14, prices=prices))
    with serving(server):
        responses = ask(server.url, make_requests(60), options)
    assert len(responses) == server.account.requests == 25
    assert all(isinstance(response, Answer) for response in responses.values())
    assert options.budget.refused.startswith("$150.0000 of at most $164.0000 spent")


def test_another_name_of_the_model_can_be_given() -> None:
    server = FaultServer(lambda *_: Fault.WRONG_MODEL)
    options = EngineOptions(concurrency=4, model_aliases=("quite-another-model",))
    with serving(server):
        responses = ask(server.url, make_requests(3), options)
    assert [r.model for r in responses.values() if isinstance(r, Answer)] == [
        "quite-another-model"
    ] * 3


def test_a_server_that_restarts_is_waited_for() -> None:
    requests = make_requests(40)
    server = FaultServer(delay_s=0.02)
    with serving(server) as thread:
        engine = OpenAIEngine(ModelSpec("openai", "m", None, server.url), QUICK)
        groups = engine.ask(requests)
        responses = list(next(groups))
        thread.stop()
        thread.start()
        responses += [r for group in groups for r in group]
    texts = {r.key: r.text for r in responses if isinstance(r, Answer)}
    assert texts == {request.key: right_answer(request) for request in requests}


def test_a_crowded_endpoint_gets_what_it_can_bear_and_answers_all() -> None:
    requests = make_requests(150)
    server = FaultServer(delay_s=0.005, capacity=5, retry_after_s=0.01)
    options = EngineOptions(concurrency=32, max_retries=20, timeout_s=5.0)
    with serving(server):
        responses = ask(server.url, requests, options)
    assert all(isinstance(r, Answer) for r in responses.values())
    refused = server.account.faults()[Fault.RATE_LIMIT]
    assert refused < len(requests)  # all but a first round of 32 and one now and then
    assert server.account.billed() == dict.fromkeys(server.account.billed(), 1)


def test_a_wish_to_be_left_alone_for_long_stops_the_run() -> None:
    server = FaultServer(lambda *_: Fault.RATE_LIMIT, retry_after_s=3600)
    with (
        serving(server),
        pytest.raises(EngineError, match=r"the server asked us to wait 3,600 s.* resumes the run"),
    ):
        ask(server.url, make_requests(5))
    assert server.account.requests == 1


def test_all_faults_mixed_end_in_right_answers_and_are_all_accounted_for() -> None:
    """A fifth of the replies is faulty; what fails is asked again, as a resumed run does."""
    requests = make_requests(250)
    server = FaultServer(mixed(0.2), delay_s=0.002)
    options = EngineOptions(concurrency=16, max_retries=6, timeout_s=1.5)
    answers: dict[str, Answer] = {}
    told: list[FailureKind] = []
    with serving(server):
        for _ in range(5):
            left = [request for request in requests if request.key not in answers]
            for response in ask(server.url, left, options).values():
                told += response.retried
                if isinstance(response, Answer):
                    answers[response.key] = response
                else:
                    told.append(response.kind)
    assert {key: a.text for key, a in answers.items()} == {
        request.key: right_answer(request) for request in requests
    }
    account = server.account
    struck = account.faults()
    assert set(struck) == set(Fault)
    assert sorted(told) == sorted(KIND[fault] for fault in struck.elements())
    assert account.good() == dict.fromkeys(account.good(), 1)
    billed_in_vain = sum(count for fault, count in struck.items() if fault not in UNBILLED)
    assert account.billed().total() == len(requests) + billed_in_vain
    assert account.requests == len(requests) + struck.total()
