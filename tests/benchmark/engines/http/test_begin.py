"""The first requests of an arm: one after the other, until one is answered."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.benchmark.engines.endpoint import Endpoint, Reply, completion, serve
from warmbench.engines.budget import Budget
from warmbench.engines.engine import NEVER_ASKED, ArmHistory, EngineOptions
from warmbench.engines.openai.openai_engine import OpenAIEngine
from warmbench.errors import EngineError
from warmbench.records.message import Message
from warmbench.records.model_spec import ModelSpec
from warmbench.records.request import Request
from warmbench.records.request_form import RequestForm
from warmbench.records.response import Answer, Failure, FailureKind, Response

QUICK = EngineOptions(concurrency=4, max_retries=1, timeout_s=20.0)
Script = Callable[[dict[str, Any], int], Reply]


def make_requests(questions: int, rows: int = 1) -> list[Request]:
    return [
        Request(
            key=f"k{q}-{row}", arm="warm", item_id=f"q{q}/plain/row{row}", epoch=0,
            messages=(Message("system", "Be warm."), Message("user", f"question {q} row {row}")),
            temperature=0.8, max_tokens=20, top_p=0.9, seed=q,
        )
        for q in range(questions)
        for row in range(rows)
    ]  # fmt: skip


def error(status: int, message: str, **headers: str) -> Reply:
    body = json.dumps({"error": {"message": message, "code": status}}).encode()
    return Reply(status, body, {"Retry-After-Ms": "1", **headers})


def text_of(body: dict[str, Any]) -> str:
    return str(body["messages"][-1]["content"])


def fine(body: dict[str, Any], attempt: int) -> Reply:
    return completion("fine")


def engine_at(url: str, options: EngineOptions = QUICK) -> OpenAIEngine:
    return OpenAIEngine(ModelSpec("openai", "m", None, url), options)


def ask(
    url: str,
    requests: list[Request],
    history: ArmHistory = NEVER_ASKED,
    options: EngineOptions = QUICK,
) -> list[Response]:
    engine = engine_at(url, options)
    engine.begin(iter(requests), history)
    return [response for group in engine.ask(requests) for response in group]


def test_one_is_asked_at_the_beginning_and_nothing_is_asked_twice() -> None:
    endpoint, requests = Endpoint(fine), make_requests(6)
    with serve(endpoint) as url:
        engine = engine_at(url)
        engine.begin(iter(requests))
        assert len(endpoint.bodies) == 1
        assert [response.key for response in engine.early_responses] == ["k0-0"]
        groups = list(engine.ask(requests))
    assert [response.key for response in groups[0]] == ["k0-0"]
    assert sorted(r.key for group in groups for r in group) == [r.key for r in requests]
    assert len(endpoint.bodies) == 6
    assert engine.early_responses == []


def test_the_form_is_found_though_the_first_call_had_no_answer() -> None:
    """As a judge asks: many times the same engine, without a beginning."""
    endpoint = Endpoint(picky)
    with serve(endpoint) as url:
        engine = engine_at(url)
        assert list(engine.ask([])) == []
        endpoint.script = lambda body, _: error(403, "flagged")
        (group,) = engine.ask(make_requests(1))
        assert isinstance(group[0], Failure)
        endpoint.script = picky
        answers = [r for group in engine.ask(make_requests(5)[1:]) for r in group]
    assert all(isinstance(r, Answer) for r in answers)
    assert (len(answers), len(endpoint.bodies)) == (4, 1 + 4 + 5)


def test_an_arm_without_open_requests_asks_nothing() -> None:
    endpoint = Endpoint(fine)
    with serve(endpoint) as url:
        assert ask(url, [], ArmHistory(5)) == []
    assert endpoint.bodies == []


def test_a_budget_counts_what_is_asked_at_the_beginning() -> None:
    endpoint = Endpoint(fine)
    with serve(endpoint) as url:
        few = EngineOptions(concurrency=4, budget=Budget(max_requests=3))
        assert len(ask(url, make_requests(9), options=few)) == 3
        none = EngineOptions(concurrency=4, budget=Budget(max_requests=0))
        assert ask(url, make_requests(9), options=none) == []
    assert len(endpoint.bodies) == 3


def test_after_a_refused_question_another_one_is_asked() -> None:
    def first_is_flagged(body: dict[str, Any], attempt: int) -> Reply:
        flagged = "question 0" in text_of(body)
        return error(403, "your input was flagged") if flagged else completion("fine")

    endpoint = Endpoint(first_is_flagged)
    with serve(endpoint) as url:
        responses = ask(url, make_requests(3, rows=30))
    assert [text_of(body) for body in endpoint.bodies[:2]] == [
        "question 0 row 0",
        "question 1 row 0",
    ]
    failures = [r for r in responses if isinstance(r, Failure)]
    assert {r.kind for r in failures} == {FailureKind.CONTENT_FILTER}
    assert (len(failures), len(responses)) == (30, 90)
    assert failures[0].message == "your input was flagged (status 403)"


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, FailureKind.BAD_REQUEST),
        (403, FailureKind.FORBIDDEN),
        (404, FailureKind.NOT_FOUND),
        (422, FailureKind.BAD_REQUEST),
    ],
)
@pytest.mark.parametrize("answers", [0, 5])
def test_a_refusal_is_its_requests_failure(status: int, kind: FailureKind, answers: int) -> None:
    def some_refused(body: dict[str, Any], attempt: int) -> Reply:
        refused = int(text_of(body).split()[1]) % 5 == 0
        return error(status, "its words") if refused else completion("fine")

    endpoint = Endpoint(some_refused)
    with serve(endpoint) as url:
        responses = ask(url, make_requests(60), ArmHistory(answers))
    failures = [r for r in responses if isinstance(r, Failure)]
    assert {(r.kind, r.message) for r in failures} == {(kind, f"its words (status {status})")}
    assert (len(failures), len(responses), len(endpoint.bodies)) == (12, 60, 60)


def test_a_resume_with_only_refused_requests_ends_as_the_run_did() -> None:
    endpoint = Endpoint(lambda body, _: error(400, "content_filter"))
    with serve(endpoint) as url:
        responses = ask(url, make_requests(200), ArmHistory(300, None, refused=200))
    assert {r.kind for r in responses if isinstance(r, Failure)} == {FailureKind.CONTENT_FILTER}
    assert len(responses) == 200


@pytest.mark.parametrize("first", [0, 80])
def test_a_part_of_the_plan_that_is_refused_keeps_nothing_else_from_being_asked(first: int) -> None:
    """Whether it comes first or last: what was answered is answered again, so all is asked."""

    def one_task_refused(body: dict[str, Any], attempt: int) -> Reply:
        refused = first <= int(text_of(body).split()[1]) < first + 120
        return error(403, "not this topic") if refused else completion("fine")

    endpoint = Endpoint(one_task_refused)
    with serve(endpoint) as url:
        responses = ask(url, make_requests(200), ArmHistory(1))
    assert sum(isinstance(r, Answer) for r in responses) == 80
    assert len(responses) == 200
    assert sum(r.attempts for r in responses) == len(endpoint.bodies) <= 201
    assert sum(r.billed.prompt for r in responses) == 7 * (len(endpoint.bodies) - 120)


def test_all_refused_after_the_first_answers_stops_the_run() -> None:
    def then_forbidden(body: dict[str, Any], attempt: int) -> Reply:
        number = int(text_of(body).split()[1])
        works = number < 5 and attempt == 1
        return completion("fine") if works else error(403, "your plan has ended")

    endpoint, told = Endpoint(then_forbidden), []
    with serve(endpoint) as url:
        engine = engine_at(url)
        with pytest.raises(EngineError, match=r"forbidden, 40 requests in a row\): your plan"):
            told += [r for group in engine.ask(make_requests(500)) for r in group]
    assert 45 <= len(endpoint.bodies) < 60  # what was answered was asked again, and refused


@pytest.mark.parametrize("finish", ["length", "stop"])
def test_all_empty_after_the_first_answers_stops_the_run(finish: str) -> None:
    def then_empty(body: dict[str, Any], attempt: int) -> Reply:
        number = int(text_of(body).split()[1])
        return completion("fine" if number < 5 else "", "stop" if number < 5 else finish)

    endpoint = Endpoint(then_empty)
    with serve(endpoint) as url, pytest.raises(EngineError, match=rf"finish_reason {finish}"):
        ask(url, make_requests(500))
    assert len(endpoint.bodies) < 5 + (24 if finish == "length" else 3 * 24)


def test_a_daily_limit_stops_the_run_after_a_few_requests() -> None:
    def limited(body: dict[str, Any], attempt: int) -> Reply:
        number = int(text_of(body).split()[1])
        said = error(429, "Rate limit exceeded: free-models-per-day", **{"Retry-After-Ms": "0"})
        return completion("fine") if number < 2 else said

    endpoint = Endpoint(limited)
    options = EngineOptions(concurrency=8, max_retries=6, timeout_s=20.0)
    with serve(endpoint) as url, pytest.raises(EngineError, match="free-models-per-day"):
        ask(url, make_requests(100), options=options)
    assert len(endpoint.bodies) <= 2 + 2 * 2 * 8


def test_too_many_requests_inside_a_good_reply_is_waited_for() -> None:
    def busy_once(body: dict[str, Any], attempt: int) -> Reply:
        said = error(429, "slow down")
        return Reply(200, said.body, said.headers) if attempt == 1 else completion("fine")

    with serve(Endpoint(busy_once)) as url:
        responses = ask(url, make_requests(5))
    assert {r.retried for r in responses} == {(FailureKind.RATE_LIMIT,)}
    assert all(isinstance(r, Answer) for r in responses)


def test_an_answer_that_ends_the_days_allowance_is_kept() -> None:
    in_2100 = "4102444800000"
    last = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": in_2100}
    endpoint = Endpoint(lambda body, _: Reply(200, completion("fine").body, last))
    told: list[Response] = []
    with serve(endpoint) as url:
        groups = engine_at(url).ask(make_requests(5))
        told += next(groups)
        with pytest.raises(EngineError, match=r"asked us to wait"):
            next(groups)
    assert [r.text for r in told if isinstance(r, Answer)] == ["fine"]


REFUSED = {
    "max_tokens": "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead.",
    "seed": "property 'seed' is unsupported",
    "temperature": "Unsupported value: 'temperature' does not support 0.8 with this model.",
    "top_p": "Unsupported parameter: 'top_p' is not supported with this model.",
}


def picky(body: dict[str, Any], attempt: int) -> Reply:
    """Takes nothing that may be refused, and says so field by field."""
    for field, message in REFUSED.items():
        if field in body:
            return error(400, message)
    if body["messages"][0]["role"] == "system":
        return error(400, "System role not supported")
    return completion("fine")


LEAST = RequestForm(("temperature", "top_p", "seed"), True, "max_completion_tokens")


def test_fields_that_are_refused_are_left_out_of_all_requests() -> None:
    endpoint, requests = Endpoint(picky), make_requests(8)
    with serve(endpoint) as url:
        engine = engine_at(url)
        engine.begin(iter(requests))
        assert engine.form == LEAST
        responses = [r for group in engine.ask(requests) for r in group]
    assert all(isinstance(r, Answer) for r in responses)
    assert len(endpoint.bodies) == 8 + 5
    assert {frozenset(body) for body in endpoint.bodies[5:]} == {
        frozenset({"model", "messages", "max_completion_tokens"})
    }
    assert endpoint.bodies[-1]["messages"][0]["content"].startswith("Be warm.\n\nquestion ")


def test_the_form_of_an_earlier_start_is_taken_up() -> None:
    endpoint = Endpoint(picky)
    with serve(endpoint) as url:
        ask(url, make_requests(8), ArmHistory(100, LEAST))
    assert len(endpoint.bodies) == 8


@pytest.mark.parametrize("field", ["temperature", "top_p"])
def test_an_arm_that_has_answers_is_not_sampled_in_another_way(field: str) -> None:
    endpoint = Endpoint(lambda body, _: error(400, REFUSED[field]))
    with (
        serve(endpoint) as url,
        pytest.raises(EngineError, match=r"took for 100 requests .* start a new run"),
    ):
        ask(url, make_requests(8), ArmHistory(100, RequestForm()))
    assert len(endpoint.bodies) == 1


def test_another_name_of_the_length_changes_no_answer() -> None:
    def newer(body: dict[str, Any], attempt: int) -> Reply:
        return error(400, REFUSED["max_tokens"]) if "max_tokens" in body else completion("fine")

    with serve(Endpoint(newer)) as url:
        responses = ask(url, make_requests(4), ArmHistory(100, RequestForm()))
    assert all(isinstance(r, Answer) for r in responses)


def test_a_field_that_is_refused_on_the_way_is_that_requests_failure() -> None:
    def one_replica(body: dict[str, Any], attempt: int) -> Reply:
        refused = "question 3" in text_of(body)
        return error(400, REFUSED["temperature"]) if refused else completion("fine")

    endpoint = Endpoint(one_replica)
    with serve(endpoint) as url:
        responses = {r.key: r for r in ask(url, make_requests(8))}
    failure = responses.pop("k3-0")
    assert isinstance(failure, Failure)
    assert failure.kind is FailureKind.BAD_REQUEST
    assert all(isinstance(r, Answer) for r in responses.values())
    assert all("temperature" in body for body in endpoint.bodies)
