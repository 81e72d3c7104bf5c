"""The openai-batch engine against the Files and Batch API, well and unwell."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.batch_api.batch_api import BatchAPI, completion
from tests.batch_api.course import Course
from tests.benchmark.engines import endpoint as chat
from tests.openai_provider.provider import KEY, Fault
from tests.openai_provider.serve import serve
from warmbench.conditions import Context
from warmbench.data.release import open_release_path, read_release
from warmbench.engines.budget import Budget
from warmbench.engines.engine import ArmHistory, EngineOptions
from warmbench.engines.openai.openai_engine import OpenAIEngine
from warmbench.engines.openai_batch.lines import BatchLimits
from warmbench.engines.openai_batch.openai_batch_engine import OpenAIBatchEngine
from warmbench.engines.registry import open_engine
from warmbench.errors import EngineError, UsageError
from warmbench.records.message import Message
from warmbench.records.model_spec import ModelSpec, parse_model_spec
from warmbench.records.release import ReleaseRecord
from warmbench.records.request import Request
from warmbench.records.request_form import RequestForm
from warmbench.records.response import Answer, Failure, Response
from warmbench.records.run import RunRecord
from warmbench.records.selection import Selection
from warmbench.records.study import Arm, Study
from warmbench.running.folder import RunFolder
from warmbench.running.runner import run_study
from warmbench.running.selection import select_items

RETRIES = 2


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WARMBENCH_API_KEY", KEY)


def make_requests(count: int, arm: str = "original") -> list[Request]:
    return [
        Request(
            key=f"{arm}-{i:03}", arm=arm, item_id=f"i{i}", epoch=0,
            messages=(Message("user", f"question {i} ä"),), temperature=0.8, max_tokens=20,
            top_p=1.0, seed=i,
        )
        for i in range(count)
    ]  # fmt: skip


class Person:
    """Who runs the engine: waits no time, hears what is said."""

    def __init__(self, work_dir: Path | None = None, limits: BatchLimits | None = None) -> None:
        self.options = EngineOptions(max_retries=RETRIES, timeout_s=10.0, work_dir=work_dir)
        self.limits = limits
        self.waits: list[float] = []
        self.notes: list[str] = []

    def engine(self, url: str, options: EngineOptions | None = None) -> OpenAIBatchEngine:
        return OpenAIBatchEngine(
            ModelSpec("openai-batch", "m", None, url),
            options or self.options,
            limits=self.limits,
            sleep=self.waits.append,
            note=self.notes.append,
        )

    def ask(self, url: str, requests: list[Request]) -> list[Response]:
        return [r for group in self.engine(url).ask(requests) for r in group]


def kinds(responses: list[Response]) -> Counter[str]:
    return Counter("answer" if isinstance(r, Answer) else r.kind.value for r in responses)


def test_all_requests_are_answered_once_with_what_was_asked(tmp_path: Path) -> None:
    api = BatchAPI(answer=lambda body: completion("to " + body["messages"][0]["content"]))
    person = Person(tmp_path)
    with serve(api) as url:
        responses = person.ask(url, make_requests(30))
    assert {r.key: r.text for r in responses if isinstance(r, Answer)} == {
        f"original-{i:03}": f"to question {i} ä" for i in range(30)
    }
    assert len(responses) == 30
    assert {(r.prompt_tokens, r.completion_tokens) for r in responses if isinstance(r, Answer)} == {(7, 3)}  # fmt: skip
    assert (len(api.files), len(api.batches)) == (2, 1)
    assert any("in progress, 0 of 30 done" in note for note in person.notes)
    assert person.notes[-1] == "batch_1: completed, 30 of 30 done"


def test_looks_grow_rarer_up_to_a_minute() -> None:
    person = Person()
    with serve(BatchAPI(courses=[Course(looks=20)])) as url:
        person.ask(url, make_requests(1))
    assert person.waits[:4] == [5.0, 7.5, 11.25, 16.875]
    assert person.waits == sorted(person.waits)
    assert person.waits[-1] == 60.0


def test_the_body_is_that_of_the_openai_engine() -> None:
    endpoint = chat.Endpoint(lambda body, _: chat.completion("x"))
    api = BatchAPI()
    (request,) = make_requests(1)
    wide = Request(**{**{f: getattr(request, f) for f in request.__slots__}, "top_p": 0.9})
    for one in (request, wide):
        with chat.serve(endpoint) as url:
            engine = OpenAIEngine(ModelSpec("openai", "m", None, url), EngineOptions())
            list(engine.ask([one]))
        with serve(api) as url:
            Person().ask(url, [one])
    assert api.bodies == endpoint.bodies


@pytest.mark.parametrize(
    ("limits", "sizes"),
    [
        (BatchLimits(requests=4), [4, 4, 2]),
        (BatchLimits(requests=10), [10]),
        (BatchLimits(bytes=700), [3, 3, 3, 1]),
        (BatchLimits(bytes=1), [1] * 10),
    ],
)
def test_a_file_keeps_to_the_limits(limits: BatchLimits, sizes: list[int]) -> None:
    api = BatchAPI()
    with serve(api) as url:
        responses = Person(limits=limits).ask(url, make_requests(10))
    assert kinds(responses) == {"answer": 10}
    files = [api.contents[batch["input_file_id"]] for batch in api.batches]
    assert [len(content.splitlines()) for content in files] == sizes
    assert all(len(content) <= limits.bytes for content in files) or limits.bytes == 1


LINES: list[tuple[str, tuple[int, Any], dict[str, int]]] = [
    ("429", (429, {"error": {"message": "slow"}}), {"rate_limit": 1}),
    ("500", (500, {"error": {"message": "oh"}}), {"server_error": 1}),
    ("408", (408, {"error": {"message": "late"}}), {"timeout": 1}),
    ("400", (400, {"error": {"message": "too long"}}), {"bad_request": 1}),
    ("400 without words", (400, None), {"bad_request": 1}),
    ("filtered", completion(None, "content_filter"), {"content_filter": 1}),
    ("null content", completion(None), {"empty": 1}),
    ("no choices", (200, {"choices": []}), {"empty": 1}),
    ("not a completion", (200, "busy"), {"malformed": 1}),
    ("no status", (None, {}), {"malformed": 1}),  # type: ignore[list-item]
    ("another model", completion("x", model="other"), {"wrong_model": 1}),
    ("empty text", completion(""), {"empty": 1}),
]


@pytest.mark.parametrize(("name", "reply", "found"), LINES, ids=[line[0] for line in LINES])
def test_what_goes_wrong_with_one_request_is_a_failure_of_that_one(
    name: str, reply: tuple[int, Any], found: dict[str, int]
) -> None:
    def one_bad(body: dict[str, Any]) -> tuple[int, Any]:
        return reply if body["seed"] == 3 else completion("fine")

    with serve(BatchAPI(answer=one_bad)) as url:
        responses = Person().ask(url, make_requests(6))
    assert kinds([r for r in responses if r.key == "original-003"]) == found
    assert kinds([r for r in responses if r.key != "original-003"]) == {"answer": 5}


COURSES = [
    ("expired", Course(end="expired", done=0.5), {"answer": 5, "timeout": 5}),
    ("cancelled", Course(end="cancelled", done=0.2), {"answer": 2, "missing": 8}),
    ("expired before any", Course(end="expired", done=0.0), {"timeout": 10}),
    ("lines lost", Course(lost=3), {"answer": 7, "missing": 3}),
    ("lines garbled", Course(garbled=2), {"answer": 8, "malformed": 2}),
    ("strange and doubled lines", Course(strange=2, doubled=3), {"answer": 10}),
]


@pytest.mark.parametrize(("name", "course", "found"), COURSES, ids=[c[0] for c in COURSES])
def test_what_a_batch_did_is_kept_and_the_rest_is_asked_on_resume(
    name: str, course: Course, found: dict[str, int], tmp_path: Path
) -> None:
    api = BatchAPI(courses=[course, Course()])
    requests = make_requests(10)
    with serve(api) as url:
        first = Person(tmp_path).ask(url, requests)
        assert kinds(first) == found
        left = [r for r in requests if r.key in {f.key for f in first if isinstance(f, Failure)}]
        again = Person(tmp_path).ask(url, left) if left else []
    assert kinds(again) == ({"answer": len(left)} if left else {})
    assert len(api.batches) == (2 if left else 1)


def test_a_batch_that_somebody_cancels_gives_what_it_did() -> None:
    api = BatchAPI(courses=[Course(looks=100, done=0.3)])
    with serve(api) as url:
        person = Person()
        engine = person.engine(url)
        engine.begin(make_requests(10))
        api.batches[0]["status"] = "cancelling"
        responses = [r for group in engine.ask(make_requests(10)) for r in group]
    assert kinds(responses) == {"answer": 3, "missing": 7}


def test_a_killed_run_finds_its_batches_again(tmp_path: Path) -> None:
    api = BatchAPI()
    requests = make_requests(10)
    limits = BatchLimits(requests=4)
    with serve(api) as url:
        Person(tmp_path, limits).engine(url).begin(requests)  # and the process is gone
        person = Person(tmp_path, limits)
        responses = person.ask(url, requests)
    assert kinds(responses) == {"answer": 10}
    assert len(api.batches) == 3
    assert set(api.billed.values()) == {1}
    assert sum("already started, resumed" in note for note in person.notes) == 3


def test_a_run_killed_while_answers_come_in_takes_the_rest_from_the_same_file(
    tmp_path: Path,
) -> None:
    api = BatchAPI()
    requests = make_requests(1200)
    with serve(api) as url:
        with closing(Person(tmp_path).engine(url).ask(requests)) as groups:
            answered = {r.key for r in next(groups)}
        left = [r for r in requests if r.key not in answered]
        responses = Person(tmp_path).ask(url, left)
    assert 0 < len(answered) < 1200
    assert {r.key for r in responses} == {r.key for r in left}
    assert (len(api.batches), len(responses)) == (1, len(left))


def test_two_arms_in_one_folder_do_not_take_each_others_batches(tmp_path: Path) -> None:
    api = BatchAPI(answer=lambda body: completion(body["messages"][0]["content"]))
    arms = {arm: make_requests(5, arm) for arm in ("original", "warm")}
    with serve(api) as url:
        engines = {arm: Person(tmp_path).engine(url) for arm in arms}
        for arm, engine in engines.items():
            engine.begin(arms[arm])
        found = {a: [r.key for g in e.ask(arms[a]) for r in g] for a, e in engines.items()}
    assert {arm: sorted(keys) for arm, keys in found.items()} == {
        arm: [r.key for r in requests] for arm, requests in arms.items()
    }
    assert len(api.batches) == 2


STEPS = ["POST /v1/files", "GET /v1/files", "POST /v1/batches", "GET /v1/batches",
         "GET /v1/batches/*", "GET /v1/files/*/content"]  # fmt: skip
FAULTS = [Fault(429), Fault(500), Fault(503), Fault(None), Fault(500, done=True), Fault(None, done=True)]  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS, ids=str)
@pytest.mark.parametrize("step", STEPS)
def test_a_fault_at_any_step_neither_loses_nor_pays_twice(
    step: str, fault: Fault, tmp_path: Path
) -> None:
    method, path = step.split()
    faults = {(method, path): [fault]}
    if method == "GET" and "*" not in path:  # the lists are read only after a lost reply
        faults[("POST", path)] = [Fault(None, done=True)]
    api = BatchAPI(faults=faults)
    with serve(api) as url:
        responses = Person(tmp_path).ask(url, make_requests(5))
    assert kinds(responses) == {"answer": 5}
    assert set(api.billed.values()) == {1}
    assert len(api.batches) == 1
    assert not any(api.faults.values())


def test_a_lost_reply_in_another_process_is_found_by_its_mark(tmp_path: Path) -> None:
    """The batch was begun, its id never came, and the process ended."""
    down: list[Fault] = [Fault(503)] * 50
    api = BatchAPI(
        faults={("POST", "/v1/batches"): [Fault(None, done=True)], ("GET", "/v1/batches"): down}
    )
    requests = make_requests(5)
    with serve(api) as url:
        with pytest.raises(EngineError, match=r"refused the request \(503\)"):
            Person(tmp_path).ask(url, requests)
        down.clear()
        api._begin({**api.batches[0], "metadata": None})  # another's, newer
        responses = Person(tmp_path).ask(url, requests)
    assert kinds(responses) == {"answer": 5}
    assert set(api.billed.values()) == {1}
    assert len(api.batches) == 2


def test_what_never_reached_the_provider_is_begun_anew(tmp_path: Path) -> None:
    api = BatchAPI(faults={("POST", "/v1/files"): [Fault(None)] * 50})
    with serve(api) as url:
        with pytest.raises(EngineError, match="can't be reached"):
            Person(tmp_path).ask(url, make_requests(5))
        api.faults.clear()
        assert kinds(Person(tmp_path).ask(url, make_requests(5))) == {"answer": 5}
    assert len(api.batches) == 1


def test_a_provider_that_is_away_for_a_while_ends_nothing() -> None:
    looks = [Fault(None)] * 30 + [Fault(503)] * 30
    with serve(BatchAPI(faults={("GET", "/v1/batches/*"): looks})) as url:
        assert kinds(Person().ask(url, make_requests(5))) == {"answer": 5}


def test_a_provider_that_stays_away_ends_the_run(tmp_path: Path) -> None:
    api = BatchAPI(faults={("GET", "/v1/batches/*"): [Fault(503)] * 1000})
    with serve(api) as url:
        with pytest.raises(
            EngineError, match="the batch keeps running, and the same command resumes"
        ):
            Person(tmp_path).ask(url, make_requests(5))
        api.faults.clear()
        assert kinds(Person(tmp_path).ask(url, make_requests(5))) == {"answer": 5}
    assert len(api.batches) == 1


def _error(code: str, line: int | None, message: str = "no") -> dict[str, Any]:
    return {"code": code, "message": message, "line": line, "param": None}


def test_lines_that_validation_refuses_are_failures_and_the_others_are_asked() -> None:
    bad = Course(errors=[_error("invalid_body", 2, "what is this?"), _error("invalid_body", 4)])
    api = BatchAPI(courses=[bad, Course()])
    with serve(api) as url:
        responses = Person().ask(url, make_requests(5))
    failed = {r.key: r.message for r in responses if isinstance(r, Failure)}
    assert failed == {
        "original-001": "invalid_body: what is this?",
        "original-003": "invalid_body: no",
    }
    assert kinds(responses) == {"answer": 3, "bad_request": 2}


REFUSALS = [
    ("no line", [_error("model_not_found", None, "no model `m`")], "model_not_found: no model `m`"),
    ("every line", [_error("bad", n + 1) for n in range(5)], "bad: no"),
    ("a line too far", [_error("bad", 77)], "bad: no"),
]


@pytest.mark.parametrize(("name", "errors", "said"), REFUSALS, ids=[r[0] for r in REFUSALS])
def test_what_no_batch_would_survive_stops_at_once(
    name: str, errors: list[dict[str, Any]], said: str, tmp_path: Path
) -> None:
    api = BatchAPI(courses=[Course(errors=errors), Course()])
    with serve(api) as url:
        with pytest.raises(EngineError, match=f"batch_1: the provider refused the batch: {said}"):
            Person(tmp_path).ask(url, make_requests(5))
        assert kinds(Person(tmp_path).ask(url, make_requests(5))) == {"answer": 5}


@pytest.mark.parametrize("queue", [1, 3, 4, 9])
def test_a_queue_too_short_for_all_is_fed_piece_by_piece(queue: int) -> None:
    api = BatchAPI(queue=queue)
    with serve(api) as url:
        responses = Person(limits=BatchLimits(requests=4)).ask(url, make_requests(10))
    assert kinds(responses) == {"answer": 10}
    assert set(api.billed.values()) == {1}


def test_a_queue_too_short_for_anything_is_reported(tmp_path: Path) -> None:
    with serve(BatchAPI(queue=0)) as url, pytest.raises(EngineError, match="Enqueued token limit"):
        Person(tmp_path).ask(url, make_requests(5))


def test_a_newer_model_gets_its_own_name_for_the_length() -> None:
    def newer(body: dict[str, Any]) -> tuple[int, Any]:
        if "max_tokens" in body:
            return 400, {"error": {"message": "Unsupported: use 'max_completion_tokens' instead"}}
        return completion("fine")

    api = BatchAPI(answer=newer)
    with serve(api) as url:
        responses = Person(limits=BatchLimits(requests=2)).ask(url, make_requests(5))
    assert kinds(responses) == {"answer": 5}
    assert sum("max_completion_tokens" in body for body in api.bodies) == 5


def test_a_model_that_takes_no_length_at_all_is_asked_twice_at_most() -> None:
    api = BatchAPI(answer=lambda body: (400, {"error": {"message": "max_completion_tokens?"}}))
    with serve(api) as url:
        assert kinds(Person().ask(url, make_requests(3))) == {"bad_request": 3}
    assert len(api.bodies) == 6


REFUSED = {
    "max_tokens": "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead.",
    "temperature": "Unsupported value: 'temperature' does not support 0.8 with this model.",
    "seed": "Unrecognized request argument supplied: seed",
}


def picky(body: dict[str, Any]) -> tuple[int, Any]:
    for field, message in REFUSED.items():
        if field in body:
            return 400, {"error": {"message": message}}
    return completion("fine")


LEAST = RequestForm(("temperature", "seed"), length_field="max_completion_tokens")


def test_fields_that_are_refused_are_left_out_of_the_next_batch(tmp_path: Path) -> None:
    api, person = BatchAPI(answer=picky), Person(tmp_path)
    with serve(api) as url:
        engine = person.engine(url)
        responses = [r for group in engine.ask(make_requests(4)) for r in group]
        assert (kinds(responses), engine.form) == ({"answer": 4}, LEAST)
        assert len(api.bodies) == 4 * (len(REFUSED) + 1)
        later = person.engine(url)
        later.begin(make_requests(6)[4:], ArmHistory(4, LEAST))
        assert sum(len(group) for group in later.ask(make_requests(6)[4:])) == 2
    assert len(api.bodies) == 4 * (len(REFUSED) + 1) + 2


@pytest.mark.parametrize(("answers", "field"), [(4, "temperature"), (0, "seed")])
def test_an_arm_that_has_answers_is_asked_in_one_way(answers: int, field: str) -> None:
    """A refused seed changes no answer, a refused temperature does."""

    def script(body: dict[str, Any]) -> tuple[int, Any]:
        refused = field in body
        return (400, {"error": {"message": REFUSED[field]}}) if refused else completion("fine")

    with serve(BatchAPI(answer=script)) as url:
        engine = Person().engine(url)
        engine.begin(make_requests(3), ArmHistory(answers, RequestForm()))
        responses = [r for group in engine.ask(make_requests(3)) for r in group]
    assert kinds(responses) == ({"bad_request": 3} if answers else {"answer": 3})


def test_a_refused_prompt_has_its_own_kind() -> None:
    filtered = {"error": {"message": "no", "code": "content_filter"}}
    statuses = iter([(400, filtered), (403, {}), (404, {}), (422, {}), (429, {}), (500, {})])
    with serve(BatchAPI(answer=lambda body: next(statuses))) as url:
        found = kinds(Person().ask(url, make_requests(6)))
    assert found == {
        "content_filter": 1, "forbidden": 1, "not_found": 1, "bad_request": 1, "rate_limit": 1,
        "server_error": 1,
    }  # fmt: skip


def test_an_address_may_have_a_query() -> None:
    api = BatchAPI()
    with serve(api) as url:
        assert kinds(Person().ask(f"{url}/?api-version=2024-10-21", make_requests(2))) == {
            "answer": 2
        }


def test_output_that_is_gone_is_asked_again_on_resume(tmp_path: Path) -> None:
    api = BatchAPI(faults={("GET", "/v1/files/*/content"): [Fault(404)]})
    with serve(api) as url:
        assert kinds(Person(tmp_path).ask(url, make_requests(3))) == {"missing": 3}
        assert kinds(Person(tmp_path).ask(url, make_requests(3))) == {"answer": 3}


def test_a_batch_of_another_account_is_reported(tmp_path: Path) -> None:
    with serve(BatchAPI()) as url:
        Person(tmp_path).engine(url).begin(make_requests(3))
        (record,) = (tmp_path / "batches").iterdir()
        content = {**json.loads(record.read_text()), "batch": "batch_99"}
        record.write_text(json.dumps(content))
        with pytest.raises(EngineError, match=f"batch_99: unknown to this account; .*{record}"):
            Person(tmp_path).ask(url, make_requests(3))


RECORDS = [
    ("no JSON", b"{", "not the record of a batch"),
    ("another thing", b'{"mark": "x"}', "not the record of a batch"),
    ("another's name", None, "is the record of another batch"),
]


@pytest.mark.parametrize(("name", "content", "said"), RECORDS, ids=[r[0] for r in RECORDS])
def test_a_damaged_record_is_reported(
    name: str, content: bytes | None, said: str, tmp_path: Path
) -> None:
    with serve(BatchAPI()) as url:
        Person(tmp_path).engine(url).begin(make_requests(3))
        (record,) = (tmp_path / "batches").iterdir()
        (tmp_path / "batches" / f"{'0' * 32}-{'0' * 16}.json").write_bytes(
            content or record.read_bytes()
        )
        with pytest.raises(UsageError, match=said):
            Person(tmp_path).ask(url, make_requests(3))


def test_the_budget_is_what_is_asked_for_and_no_more(tmp_path: Path) -> None:
    api = BatchAPI()
    budget = Budget(max_requests=4)
    options = EngineOptions(budget=budget, work_dir=tmp_path)
    with serve(api) as url:
        responses = [r for g in Person().engine(url, options).ask(make_requests(10)) for r in g]
    assert kinds(responses) == {"answer": 4}
    assert sum(api.billed.values()) == 4
    assert budget.refused


def test_the_key_is_never_shown_and_a_wrong_one_is_reported(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("WARMBENCH_API_KEY", "sk-wrong-secret")
    with serve(BatchAPI()) as url, pytest.raises(EngineError) as failed:
        Person().ask(url, make_requests(3))
    assert "refused the key (401); set WARMBENCH_API_KEY" in str(failed.value)
    assert "sk-wrong-secret" not in str(failed.value)


def test_openais_own_endpoint_needs_a_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with pytest.raises(UsageError, match="set OPENAI_API_KEY"):
        open_engine(parse_model_spec("openai-batch:gpt-4o"), EngineOptions())


def test_an_adapter_has_no_place_in_a_batch() -> None:
    with pytest.raises(UsageError, match="under a model name of its own"):
        open_engine(parse_model_spec("openai-batch:m+a@http://x/v1"), EngineOptions())


FAULTS_OF_A_RUN = st.sampled_from(FAULTS)
STEP_OF_A_RUN = st.sampled_from([tuple(step.split()) for step in STEPS])
COURSE_OF_A_BATCH = st.builds(
    Course,
    looks=st.integers(0, 3),
    end=st.sampled_from(["completed", "expired", "cancelled"]),
    done=st.floats(0, 1),
    garbled=st.integers(0, 2),
    lost=st.integers(0, 2),
    strange=st.integers(0, 1),
    doubled=st.integers(0, 2),
)


@pytest.mark.slow
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    faults=st.lists(st.tuples(STEP_OF_A_RUN, FAULTS_OF_A_RUN), max_size=8),
    courses=st.lists(COURSE_OF_A_BATCH, max_size=4),
    kills=st.lists(st.integers(0, 30), max_size=3),
    queue=st.none() | st.integers(2, 12),
    size=st.integers(1, 12),
)
def test_whatever_happens_every_request_ends_answered_and_is_paid_once_for_each_answer(
    faults: list[tuple[Any, Fault]],
    courses: list[Course],
    kills: list[int],
    queue: int | None,
    size: int,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """``kills``: after so many waits the process ends, and another takes up the run."""
    by_step: dict[Any, list[Fault]] = {}
    for step, fault in faults:
        by_step.setdefault(step, []).append(fault)
    api = BatchAPI(faults=by_step, courses=[*courses, Course()], queue=queue)
    folder = tmp_path_factory.mktemp("run")
    requests = make_requests(12)
    answers: dict[str, Answer] = {}
    failures: Counter[str] = Counter()
    with serve(api) as url:
        for life in _lives(kills):
            left = [r for r in requests if r.key not in answers]
            seen: Counter[str] = Counter()
            try:
                for group in _ask_until(life, url, folder, size, left):
                    for response in group:
                        seen[response.key] += 1
                        if isinstance(response, Answer):
                            assert response.key not in answers
                            answers[response.key] = response
                        else:
                            failures[response.key] += 1
            except (EngineError, _Killed):
                assert set(seen.values()) <= {1}
                continue
            assert seen == Counter({r.key: 1 for r in left})
            if len(answers) == len(requests):
                break
    assert set(answers) == {r.key for r in requests}
    for request in requests:
        assert api.billed[request.key] <= 1 + failures[request.key]


class _Killed(Exception):
    pass


def _lives(kills: list[int]) -> Iterator[int | None]:
    yield from kills
    yield from [None] * 20


def _ask_until(
    life: int | None, url: str, folder: Path, size: int, left: list[Request]
) -> Iterator[list[Response]]:
    waits = 0

    def wait(seconds: float) -> None:
        nonlocal waits
        waits += 1
        if life is not None and waits > life:
            raise _Killed

    engine = OpenAIBatchEngine(
        ModelSpec("openai-batch", "m", None, url),
        EngineOptions(max_retries=RETRIES, work_dir=folder),
        limits=BatchLimits(requests=size),
        sleep=wait,
        note=lambda text: None,
    )
    for group in engine.ask(left):
        yield list(group)


@pytest.mark.parametrize("life", [0, 2, 4])
def test_a_run_killed_while_it_waits_ends_with_the_same_rows(life: int, tmp_path: Path) -> None:
    """Through the runner and its ledger, both arms; ``life``: waits until the process ends."""
    study = Study(
        arms=(
            Arm(name="original", model="openai-batch:m"),
            Arm(name="warm", model="openai-batch:m"),
        )
    )
    items = select_items(
        read_release(open_release_path()).items(), Selection(limit=1, contexts=(Context.PLAIN,))
    )

    def run(url: str, out: Path, life: int | None) -> list[dict[str, Any]]:
        person = Person(out)
        engines = {arm.name: person.engine(url) for arm in study.arms}
        if life is not None:
            waits = iter(range(life))
            engines = {arm: _mortal(url, out, waits) for arm in engines}
        record = RunRecord(
            study=study,
            release=ReleaseRecord(name="x", version=None, fingerprint="f"),
            selection=Selection(warmth_prompts=0),
            engines={arm: dict(engine.identity()) for arm, engine in engines.items()},
            items=len(items),
        )
        folder = RunFolder.create(out, record, items)
        run_study(study, engines, items, folder)
        return folder.responses()

    api = BatchAPI(answer=lambda body: completion(body["messages"][-1]["content"][::-1]))
    with serve(api) as url:
        whole = run(url, tmp_path / "whole", None)
        api.billed.clear()
        begun = len(api.batches)
        with pytest.raises(_Killed):
            run(url, tmp_path / "killed", life)
        resumed = run(url, tmp_path / "killed", None)
    assert resumed == whole
    assert len(whole) == 2 * len(items)
    assert set(api.billed.values()) == {1}
    assert len(api.batches) - begun == 2


def _mortal(url: str, out: Path, waits: Iterator[int]) -> OpenAIBatchEngine:
    def wait(seconds: float) -> None:
        if next(waits, None) is None:
            raise _Killed

    options = EngineOptions(max_retries=RETRIES, work_dir=out)
    return OpenAIBatchEngine(
        ModelSpec("openai-batch", "m", None, url), options, sleep=wait, note=lambda text: None
    )
