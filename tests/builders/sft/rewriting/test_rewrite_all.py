"""Rewriting by a model that misbehaves in every way a real one does."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.benchmark.engines.endpoint import Endpoint, completion, serve
from tests.builders.sft.rewriting.exchanges import PANCAKES, exchange, kettles
from warmbench.engines.engine import EngineOptions
from warmbench.engines.scripted import ScriptedEngine
from warmbench.errors import EngineError, UsageError
from warmbench.records.conversation import Version
from warmbench.records.request import Request
from warmbench.records.response import Failure, FailureKind
from warmbench_builders.sft.rewriting import (
    EngineRewriter,
    Exchange,
    RewriteResult,
    RewriteTask,
    TemplateRewriter,
    open_rewriter,
    rewrite_all,
)
from warmbench_builders.sft.rewriting.engine_rewriter import token_budget

Script = Callable[[Request], str | Failure]

BOTH = (Version.WARM, Version.COLD)
GOOD = (
    "Rest the batter for 20 minutes, and let's be patient. Don't stir it again before you fry it."
)


def reply_in(request: Request) -> str:
    """The reply that a request asks to rewrite."""
    return request.messages[-1].content.split("<reply-")[1].split(">\n", 1)[1].split("\n</")[0]


def run(
    path: Path, script: Script, exchanges: list[Exchange] | None = None, block_size: int = 1
) -> tuple[RewriteResult, list[Request]]:
    engine = ScriptedEngine(script, block_size=block_size)
    rewriter = EngineRewriter(engine, path / "rewrites.sqlite")
    try:
        return rewrite_all(exchanges or [PANCAKES], BOTH, rewriter), engine.asked
    finally:
        rewriter.close()


@pytest.mark.parametrize(
    ("answer", "check"),
    [
        pytest.param("", "empty", id="answers nothing"),
        pytest.param(PANCAKES.prompt, "echo", id="repeats the prompt"),
        pytest.param("Rest the batter for 20 minutes. Do not stir it again before you",
                     "truncated", id="truncates"),
        pytest.param("I'm sorry, but I can't help with that.", "refusal", id="refuses"),
        pytest.param(GOOD.replace("20", "25"), "numbers", id="changes a number"),
        pytest.param(GOOD.replace("Don't stir", "Stir"), "negations", id="loses a negation"),
        pytest.param(f"Here is the rewritten version:\n\n{GOOD}", "refusal", id="talks about it"),
    ],
)  # fmt: skip
def test_what_a_model_gets_wrong_is_told_once_then_dropped_and_counted(
    tmp_path: Path, answer: str, check: str
) -> None:
    result, asked = run(tmp_path, lambda request: answer)
    assert result.texts == {}
    assert [(r.arm, r.epoch) for r in asked] == [("warm", 0), ("cold", 0), ("warm", 1), ("cold", 1)]
    assert f"- {check}: " in asked[2].messages[-1].content
    assert f"- {check}: " not in asked[0].messages[-1].content
    assert result.dropped_by_check()[Version.WARM][check] == 1
    assert result.rewritten_twice() == {Version.COLD: 1, Version.WARM: 1}


def test_a_second_try_that_is_faithful_is_kept(tmp_path: Path) -> None:
    def script(request: Request) -> str:
        return GOOD if request.epoch or request.arm == "cold" else GOOD.replace("20", "25")

    result, asked = run(tmp_path, script)
    assert result.texts == {("c1/0", Version.WARM): GOOD, ("c1/0", Version.COLD): GOOD}
    assert result.again == [("c1/0", Version.WARM)]
    assert GOOD.replace("20", "25") in asked[-1].messages[-1].content
    assert (result.dropped, result.failures) == ({}, [])


def test_the_marks_around_a_reply_are_taken_off(tmp_path: Path) -> None:
    def script(request: Request) -> str:
        tag = request.messages[-1].content.split("<reply-")[1].split(">")[0]
        return f"<reply-{tag}>\n{GOOD}\n</reply-{tag}>"

    result, _ = run(tmp_path, script)
    assert set(result.texts.values()) == {GOOD}


def test_no_answer_is_no_breach_and_is_asked_again(tmp_path: Path) -> None:
    exchanges = kettles(3)

    def failing(request: Request) -> str | Failure:
        if request.item_id == "kettle-1/0":
            return Failure(request.key, FailureKind.TIMEOUT, "too slow")
        return reply_in(request)

    result, _ = run(tmp_path, failing, exchanges)
    assert result.failures_by_kind() == {"timeout": 2}
    assert (len(result.texts), result.dropped) == (4, {})
    result, asked = run(tmp_path, reply_in, exchanges)
    assert [(r.item_id, r.arm) for r in asked] == [("kettle-1/0", "warm"), ("kettle-1/0", "cold")]
    assert (len(result.texts), result.failures) == (6, [])


@pytest.mark.parametrize("kind", [FailureKind.CONTENT_FILTER, FailureKind.BAD_REQUEST])
def test_what_is_never_answered_is_dropped_by_its_own_name(
    tmp_path: Path, kind: FailureKind
) -> None:
    result, _ = run(tmp_path, lambda request: Failure(request.key, kind, "no"))
    assert result.dropped_by_check() == {
        Version.COLD: {kind.value: 1},
        Version.WARM: {kind.value: 1},
    }
    assert (result.failures, result.again) == ([], [])
    again, asked = run(tmp_path, lambda request: Failure(request.key, kind, "no"))
    assert (again, asked) == (result, [])


@settings(max_examples=15, deadline=None)
@given(stops=st.lists(st.integers(0, 12), max_size=4), block=st.sampled_from([1, 3]))
def test_a_run_stopped_anywhere_asks_nothing_twice_and_ends_alike(
    tmp_path_factory: pytest.TempPathFactory, stops: list[int], block: int
) -> None:
    exchanges = kettles(5)

    def good(request: Request) -> str:
        wrong = request.item_id in ("kettle-1/0", "kettle-3/0") and request.epoch == 0
        return "Yes." if wrong or request.item_id == "kettle-3/0" else reply_in(request)

    whole, _ = run(tmp_path_factory.mktemp("whole"), good, exchanges, block)
    broken = tmp_path_factory.mktemp("broken")
    asked: list[tuple[str, int]] = []
    for stop in stops:
        left = stop

        def until_stopped(request: Request) -> str:
            nonlocal left
            if left == 0:
                raise EngineError("the endpoint is down")
            left -= 1
            asked.append((request.key, request.block))
            return good(request)

        try:
            run(broken, until_stopped, exchanges, block)
        except EngineError:
            continue
    last, rest = run(broken, good, exchanges, block)
    asked += [(request.key, request.block) for request in rest]
    assert last == whole
    assert list(last.texts) == list(whole.texts)
    assert len(whole.texts) == 8
    assert len(asked) == len(set(asked)) == 14


def test_every_text_that_is_settled_is_counted_once(tmp_path: Path) -> None:
    ticks: list[int] = []
    rewriter = EngineRewriter(
        ScriptedEngine(lambda request: "No." if request.arm == "cold" else reply_in(request)),
        tmp_path / "rewrites.sqlite",
    )
    rewrite_all(kettles(4), BOTH, rewriter, tick=ticks.append)
    rewriter.close()
    assert sum(ticks) == 8


def test_two_exchanges_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match="same id"):
        rewrite_all([PANCAKES, PANCAKES], BOTH, TemplateRewriter())


def test_an_answer_cut_at_the_limit_is_truncated_whatever_it_looks_like(tmp_path: Path) -> None:
    endpoint = Endpoint(lambda body, attempt: completion(GOOD, "length"))
    with serve(endpoint) as url:
        rewriter = open_rewriter(
            f"openai:m@{url}", tmp_path / "new" / "rewrites.sqlite", EngineOptions(), 0
        )
        result = rewrite_all([PANCAKES], [Version.WARM], rewriter)
        assert rewriter.name == "openai:m"
        assert rewriter.prompt_version == "rewrite-1"
        rewriter.close()
    assert result.dropped_by_check() == {Version.WARM: {"truncated": 1}}
    assert [body["max_tokens"] for body in endpoint.bodies] == [512, 1024]
    assert [body["temperature"] for body in endpoint.bodies] == [0.0, 0.0]


@pytest.mark.parametrize(
    ("characters", "attempt", "tokens"),
    [(0, 0, 256), (2, 0, 512), (512, 0, 512), (514, 0, 768), (514, 1, 1536), (10**6, 1, 16384)],
)
def test_the_token_budget(characters: int, attempt: int, tokens: int) -> None:
    task = RewriteTask(exchange("x" * characters), Version.WARM, attempt)
    assert token_budget(task) == tokens


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("gpt-4o", "'gpt-4o' is not a rewriter; write template, or a model"),
        ("replay:answers.csv", "can't rewrite"),
        ("nothing:x", "no engine 'nothing'"),
    ],
)
def test_a_name_that_is_no_rewriter_is_reported(tmp_path: Path, name: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        open_rewriter(name, tmp_path / "rewrites.sqlite", EngineOptions(), 0)


def test_the_template_needs_no_ledger(tmp_path: Path) -> None:
    rewriter = open_rewriter("template", tmp_path / "rewrites.sqlite", EngineOptions(), 0)
    assert (rewriter.name, rewriter.prompt_version) == ("template-1", "")
    assert list(tmp_path.iterdir()) == []
