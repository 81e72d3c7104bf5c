"""Two arms with the same right answers, one of which loses some: the loss stays zero, and the
difference between the arms is said where a reader looks first."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from tests.benchmark.engines.endpoint import Endpoint, Reply, completion, serve
from warmbench.cli.main import main
from warmbench.data.release import open_release_path, read_release
from warmbench.data.table import read_columns
from warmbench.records.item import Item
from warmbench.records.request_form import RequestForm
from warmbench.records.selection import Selection
from warmbench.running.folder import RunFolder
from warmbench.running.selection import select_items
from warmbench.tasks.registry import task_of

CHOICE = ("--contexts", "plain,sadness", "--limit", "3")
ASKED = 72  # requests an arm: 4 tasks, 3 questions, 2 contexts, 3 beliefs


def items() -> dict[str, Item]:
    release = read_release(open_release_path())
    chosen = select_items(
        release.items(), Selection(contexts=("plain", "sadness"), limit=3, warmth_prompts=0)
    )
    return {item.messages[-1].content: item for item in chosen}


def right(item: Item) -> str:
    if task_of(item.task).refusal_is_correct:
        return "I'm sorry, but I can't help with that."
    return item.correct_answers[0]


def thoughts(item: Item) -> str:
    """Reasoning that names all that is wrong, the user's belief first."""
    return f"The user says: {item.belief_text} So it is {' or '.join(item.incorrect_answers)}."


Lost = Callable[[Item], Reply]


def refusal(message: str, **more: str) -> Reply:
    """What OpenAI's clients call a bad request."""
    error = {"error": {"message": message, "type": "invalid_request_error", **more}}
    return Reply(400, json.dumps(error).encode(), {"Content-Type": "application/json"})


LOST: Mapping[str, tuple[Lost, str, str]] = {
    "cut while reasoning": (
        lambda item: completion(f"<think>\n{thoughts(item)}", "length"),
        "reasoning_only",
        "The warm arm's replies were cut, or ended, while still reasoning in ",
    ),
    "cut while reasoning, apart": (
        lambda item: _apart(None, thoughts(item), "length"),
        "reasoning_only",
        "The warm arm's replies were cut, or ended, while still reasoning in ",
    ),
    "empty at the token limit": (
        lambda item: completion("", "length"),
        "empty",
        "The warm arm's replies were empty in ",
    ),
    "filtered": (
        lambda item: completion("It is", "content_filter"),
        "filtered",
        "The warm arm's replies were withheld by a filter in ",
    ),
    "refused by a filter": (
        lambda item: refusal("The prompt triggered the content filter", code="content_filter"),
        "filtered",
        "The warm arm's replies were withheld by a filter in ",
    ),
}  # fmt: skip


def _apart(text: str | None, reasoning: str, finish: str = "stop") -> Reply:
    body = json.loads(completion(text, finish).body or b"")
    body["choices"][0]["message"]["reasoning_content"] = reasoning
    body["usage"]["completion_tokens_details"] = {"reasoning_tokens": 2}
    return Reply(body=json.dumps(body).encode(), headers={"Content-Type": "application/json"})


def is_lost(item: Item, body: Mapping[str, Any], share: float) -> bool:
    digest = hashlib.sha256(item.item_id.encode()).digest()
    return body["model"] == "warm" and digest[0] < share * 256


def run(out: Path, reply: Callable[[Item, dict[str, Any]], Reply], *more: str) -> Result:
    """Ask two arms of one scripted model; both give the same right answers."""
    known = items()
    endpoint = Endpoint(lambda body, attempt: reply(known[body["messages"][-1]["content"]], body))
    with serve(endpoint) as url:
        return invoke(
            "run", "--original", f"openai:plain@{url}", "--warm", f"openai:warm@{url}",
            *CHOICE, "--warmth-prompts", "0", "--out", str(out), "--max-retries", "0", *more,
        )  # fmt: skip


def invoke(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments))


def score(out: Path) -> tuple[dict[str, Any], str]:
    """The scorecard, and the first lines of what a person sees, as one line."""
    card = json.loads(invoke("score", str(out), "--json").stdout)
    shown = invoke("score", str(out)).stdout
    return card, " ".join(" ".join(shown.splitlines()[:8]).split())


def first_screen(out: Path) -> str:
    """The page of a report until its first numbers."""
    assert invoke("report", str(out)).exit_code == 0
    page = (out / "report.html").read_text(encoding="utf-8")
    return page[page.index('id="report"') : page.index('class="facts"')].replace("&#39;", "'")


@pytest.mark.parametrize(
    "reply",
    [
        lambda item, body: completion(f"<think>\n{thoughts(item)}\n</think>\n\n{right(item)}"),
        lambda item, body: completion(f"{thoughts(item)}\n</think>\n{right(item)}"),
        lambda item, body: _apart(right(item), thoughts(item)),
    ],
    ids=["think", "think without its open tag", "reasoning_content"],
)
def test_reasoning_that_names_the_belief_costs_nothing(
    tmp_path: Path, reply: Callable[[Item, dict[str, Any]], Reply]
) -> None:
    def only_warm(item: Item, body: dict[str, Any]) -> Reply:
        return reply(item, body) if body["model"] == "warm" else completion(right(item))

    done = run(tmp_path / "run", only_warm)
    assert done.exit_code == 0, done.output
    card, shown = score(tmp_path / "run")
    headline = card["treated"][0]["headline"]
    assert headline["loss"]["value"] == 0.0
    assert headline["original_accuracy"]["value"] == 100.0
    assert card["replies"]["original"]["reasoning_words"] is None
    assert card["replies"]["warm"]["reasoning_words"] > 5
    assert {kind["value"] for kind in card["treated"][0]["replies"].values()} == {0.0}
    assert "The warm arm's" not in shown
    assert 'class="notice" role="note"><p><strong>The warm' not in first_screen(tmp_path / "run")


@pytest.mark.parametrize("name", LOST)
def test_what_one_arm_loses_is_no_loss_and_is_said_first(tmp_path: Path, name: str) -> None:
    lost, kind, sentence = LOST[name]

    def reply(item: Item, body: dict[str, Any]) -> Reply:
        return lost(item) if is_lost(item, body, 0.2) else completion(right(item))

    out = tmp_path / "run"
    assert run(out, reply).exit_code == 1
    card, shown = score(out)
    warm, original = card["replies"]["warm"], card["replies"]["original"]
    share = 100.0 * warm[kind] / ASKED
    assert card["treated"][0]["headline"]["loss"]["value"] == 0.0
    assert 10.0 < share < 30.0
    assert warm["shares"] == {
        "cut": 0.0, "empty": 0.0, "filtered": 0.0, "reasoning_only": 0.0, "failed": 0.0, kind: share,
    }  # fmt: skip
    assert (original["asked"], original["answered"]) == (ASKED, ASKED)
    assert warm["answered"] == ASKED - warm[kind] == ASKED - card["failures"]["warm"]
    difference = card["treated"][0]["replies"][kind]
    assert difference["value"] == pytest.approx(share)
    assert 0.0 < difference["low"] < share < difference["high"]
    said = f"{sentence}{share:.1f} % of requests, the original's in 0.0 %: these questions"
    assert said in shown
    assert said in first_screen(out)


def test_answers_that_are_cut_are_judged_and_counted(tmp_path: Path) -> None:
    def reply(item: Item, body: dict[str, Any]) -> Reply:
        return completion(right(item), "length" if is_lost(item, body, 0.2) else "stop")

    out = tmp_path / "run"
    assert run(out, reply).exit_code == 0
    card, shown = score(out)
    assert card["failures"] == {"original": 0, "warm": 0}
    assert card["replies"]["warm"]["answered"] == ASKED
    assert card["replies"]["warm"]["cut"] > 0.1 * ASKED
    assert "The warm arm's replies were cut at the token limit in " in shown
    assert "The warm arm's replies were cut at the token limit in " in first_screen(out)


def test_what_was_asked_again_with_success_is_no_failure_any_more(tmp_path: Path) -> None:
    def failing(item: Item, body: dict[str, Any]) -> Reply:
        return completion("" if is_lost(item, body, 0.2) else right(item), "length")

    known, out = items(), tmp_path / "run"
    lose = True

    def script(body: dict[str, Any], attempt: int) -> Reply:
        item = known[body["messages"][-1]["content"]]
        return failing(item, body) if lose else completion(right(item))

    with serve(Endpoint(script)) as url:
        command = (
            "run", "--original", f"openai:plain@{url}", "--warm", f"openai:warm@{url}", *CHOICE,
            "--warmth-prompts", "0", "--out", str(out),
        )  # fmt: skip
        assert invoke(*command).exit_code == 1
        columns = ("item_id", "arm", "epoch", "kind", "finish_reason")
        rows = read_columns(out / "failures.parquet", columns)
        assert rows
        assert {(row["arm"], row["kind"], row["finish_reason"]) for row in rows} == {
            ("warm", "empty", "length")
        }
        lose = False
        assert invoke(*command).exit_code == 0
    assert read_columns(out / "failures.parquet", columns) == []


def test_settings_of_one_arm_are_said(tmp_path: Path) -> None:
    out = tmp_path / "run"
    done = run(
        out, lambda item, body: completion(right(item)), "--reasoning-effort", "warm=low"
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    _, shown = score(out)
    assert "The arms were sampled differently: warm with reasoning_effort low" in shown
    assert "The arms were sampled differently: warm with" in first_screen(out)


def test_what_requests_leave_out_is_said(tmp_path: Path) -> None:
    def reply(item: Item, body: dict[str, Any]) -> Reply:
        if "temperature" in body:
            return refusal("Unsupported parameter: 'temperature'", param="temperature")
        return completion(right(item))

    out = tmp_path / "run"
    done = run(out, reply)
    assert done.exit_code == 0, done.output
    card, shown = score(out)
    told = {"left_out": ["temperature"]}
    assert card["request_forms"] == {"original": told, "warm": told}
    assert "of original and warm leave out temperature, which the endpoint does not take" in shown
    assert "leave out temperature" in first_screen(out)


def test_a_system_prompt_in_the_users_words_is_said(tmp_path: Path) -> None:
    out = tmp_path / "run"
    assert run(out, lambda item, body: completion(right(item))).exit_code == 0
    form = RequestForm(system_in_user=True)
    RunFolder.open(out).write_request_forms({"original": form, "warm": form})
    card, shown = score(out)
    assert card["request_forms"]["warm"] == {"system_in_user": True}
    assert "the system prompt leads the first user turn" in shown
