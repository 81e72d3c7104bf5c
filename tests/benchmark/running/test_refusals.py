"""Whole runs at endpoints that refuse: some prompts, some fields, one arm, or all."""

from __future__ import annotations

import json
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from tests.benchmark.engines.endpoint import Endpoint, Reply, completion, serve
from tests.faults_server.run import run_command, start_run, write_questions
from warmbench.cli.main import main
from warmbench.running.ledger import Ledger

COUNT = 30  # questions; asked of two arms


@pytest.fixture
def questions(tmp_path: Path) -> Path:
    return write_questions(tmp_path / "questions.jsonl", COUNT)


def run(questions: Path, out: Path, original: str, warm: str, *options: str) -> Result:
    return CliRunner().invoke(
        main,
        [
            "run", "--original", f"openai:m@{original}", "--warm", f"openai:w@{warm}",
            "--data", str(questions), "--out", str(out), "--warmth-prompts", "0",
            "--max-retries", "1", *options,
        ],
    )  # fmt: skip


def error(status: int, message: str, code: str | None = None) -> Reply:
    said = {"error": {"message": message, "code": code, "param": None}}
    return Reply(status, json.dumps(said).encode(), {"Retry-After-Ms": "1"})


def text_of(body: dict[str, Any]) -> str:
    return str(body["messages"][-1]["content"])


def is_seventh(body: dict[str, Any]) -> bool:
    number = int(text_of(body).split("number ")[1].split()[0])
    return number % 7 == 0  # the first among them


REFUSALS: list[tuple[int, str, str | None, str]] = [
    (400, "The prompt was filtered (policy)", "content_filter", "content_filter"),
    (400, "prompt is longer than the context", None, "bad_request"),
    (403, "your input was flagged", None, "content_filter"),
    (403, "not for this region", None, "forbidden"),
    (404, "no endpoint for this request", None, "not_found"),
]


@pytest.mark.parametrize(("status", "message", "code", "kind"), REFUSALS)
def test_refused_prompts_keep_no_other_from_being_asked_and_a_resume_ends_alike(
    tmp_path: Path, questions: Path, status: int, message: str, code: str | None, kind: str
) -> None:
    endpoint = Endpoint(
        lambda body, _: error(status, message, code) if is_seventh(body) else completion("Severn")
    )
    out = tmp_path / "run"
    with serve(endpoint) as url:
        short = run(questions, out, url, url, "--max-requests", "20")
        assert short.exit_code == 1
        ends = [run(questions, out, url, url) for _ in range(2)]
    for end in ends:
        assert end.exit_code == 1
        assert f"Not answered: {kind} 10. Repeat the command to retry." in end.stderr
        assert f"First {kind}: {message} (status {status})" in end.stderr
    assert "0 answered now, 50 before, 10 failed" in ends[1].output
    with Ledger(out / "ledger.sqlite") as ledger:
        assert sum(row.answered for row in ledger.rows()) == 50


def test_a_wrong_second_arm_is_found_before_the_first_is_asked(
    tmp_path: Path, questions: Path
) -> None:
    def knows_m(body: dict[str, Any], attempt: int) -> Reply:
        return completion("Severn") if body["model"] == "m" else error(404, "no model w")

    endpoint, out = Endpoint(knows_m), tmp_path / "run"
    with serve(endpoint) as url:
        result = run(questions, out, url, url)
        assert result.exit_code == 1
        assert "no such model or address (not_found, 8 requests in a row): no model w" in (
            result.stderr
        )
        assert [body["model"] for body in endpoint.bodies] == ["m"] + 8 * ["w"]
        with Ledger(out / "ledger.sqlite") as ledger:
            assert sorted(row.failure or "" for row in ledger.rows()) == [""] + 8 * ["not_found"]
        endpoint.script = lambda body, _: completion("Severn")
        assert run(questions, out, url, url).exit_code == 0
    asked = [(body["model"], text_of(body)) for body in endpoint.bodies]
    assert len([one for one in asked if one[0] == "m"]) == COUNT  # none of them twice


def refusing(*fields: str) -> Callable[[dict[str, Any], int], Reply]:
    def script(body: dict[str, Any], attempt: int) -> Reply:
        for field in fields:
            if field in body:
                return error(400, f"Unsupported parameter: '{field}' is not supported.")
        return completion("Severn")

    return script


def test_fields_that_both_arms_refuse_are_recorded_and_told(
    tmp_path: Path, questions: Path
) -> None:
    endpoint, out = Endpoint(refusing("temperature", "seed")), tmp_path / "run"
    with serve(endpoint) as url:
        first = run(questions, out, url, url, "--max-requests", "25")
        assert first.exit_code == 1
        asked = len(endpoint.bodies)
        second = run(questions, out, url, url)
    assert second.exit_code == 0, second.output
    told = "original, warm: sent without temperature, seed (the model takes no other form)"
    assert told in second.output
    assert json.loads((out / "request_forms.json").read_text()) == {
        "original": {"left_out": ["temperature", "seed"]},
        "warm": {"left_out": ["temperature", "seed"]},
    }
    assert not any({"temperature", "seed"} & body.keys() for body in endpoint.bodies[asked:])


def test_what_one_arm_refused_is_known_where_the_other_could_not_begin(
    tmp_path: Path, questions: Path
) -> None:
    here, down = Endpoint(refusing("temperature")), Endpoint(lambda *_: error(401, "no"))
    with serve(here) as one, serve(down) as other:
        stopped = run(questions, tmp_path / "run", one, other)
        assert "refused the key" in stopped.stderr
        down.script = refusing("temperature")
        resumed = run(questions, tmp_path / "run", one, other)
    assert resumed.exit_code == 0, resumed.stderr
    assert sum("temperature" in body for body in here.bodies) == 1


def test_arms_that_would_be_sampled_differently_are_refused(
    tmp_path: Path, questions: Path
) -> None:
    one, other = Endpoint(refusing("temperature")), Endpoint(refusing("seed"))
    with serve(one) as here, serve(other) as there:
        result = run(questions, tmp_path / "run", here, there)
        assert result.exit_code == 1
        assert "refuses temperature, that of the other arm takes it" in result.stderr
        assert (len(one.bodies), len(other.bodies)) == (2, 2)
        with Ledger(tmp_path / "run" / "ledger.sqlite") as ledger:
            assert sum(row.answered for row in ledger.rows()) == 2
        again = run(questions, tmp_path / "run", here, there)
        assert "refuses temperature, that of the other arm takes it" in again.stderr
        alike = run(questions, tmp_path / "alike", there, there, "--json")
    assert alike.exit_code == 0
    assert json.loads(alike.stdout)["request_forms"] == {
        "original": {"left_out": ["seed"]},
        "warm": {"left_out": ["seed"]},
    }


def test_what_came_before_a_ctrl_c_at_the_beginning_is_kept(
    tmp_path: Path, questions: Path
) -> None:
    """The first arm has its first answer when the second one is stopped by hand."""
    endpoint, out = Endpoint(lambda body, _: completion("Severn")), tmp_path / "run"
    with serve(endpoint) as url:
        command = run_command(url, questions, out)

        def stopped_at_the_second(body: dict[str, Any], attempt: int) -> Reply:
            if len(endpoint.bodies) == 2:
                process.send_signal(signal.SIGINT)
                process.wait(timeout=60)
            return completion("Severn")

        endpoint.script = stopped_at_the_second
        process = start_run(command, before=lambda: signal.signal(
            signal.SIGINT, signal.default_int_handler))  # fmt: skip
        assert process.wait(timeout=60) == 130
        with Ledger(out / "ledger.sqlite") as ledger:
            assert [row.answered for row in ledger.rows()] == [True]
        endpoint.script = lambda body, _: completion("Severn")
        assert CliRunner().invoke(main, command[3:]).exit_code == 0
    assert len(endpoint.bodies) == 2 * COUNT + 1  # that of the second arm was lost
