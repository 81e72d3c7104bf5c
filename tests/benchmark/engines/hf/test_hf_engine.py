"""The hf engine with the real reference model, through transformers."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.benchmark.engines.test_ct2 import make_requests
from tests.benchmark.engines.test_ct2 import texts as ct2_texts
from tests.conftest import need
from tests.faults_server.run import write_questions
from warmbench.cli.main import main
from warmbench.engines.ct2.ct2_engine import CT2Engine
from warmbench.engines.engine import EngineOptions
from warmbench.engines.hf.hf_engine import HFEngine
from warmbench.errors import UsageError
from warmbench.records.message import Message
from warmbench.records.model_spec import parse_model_spec
from warmbench.records.request import Request
from warmbench.records.response import Answer
from warmbench.running.folder import RunFolder

need("torch", "pip install 'warmbench[hf]'")
need("transformers", "pip install 'warmbench[hf]'")


@pytest.fixture(scope="module")
def engine() -> HFEngine:
    return HFEngine(parse_model_spec("hf:reference"), EngineOptions(device="cpu"))


def texts(engine: HFEngine, requests: list[Request]) -> dict[str, str]:
    return {r.key: r.text for group in engine.ask(requests) for r in group if isinstance(r, Answer)}


def test_it_says_what_the_converted_model_says(engine: HFEngine) -> None:
    """At temperature 0 the two forms of the reference model agree on nearly every question (bf16
    and float32 arithmetic may break a tie either way)."""
    from warmbench.data.load import open_data
    from warmbench.records.selection import Selection
    from warmbench.running.selection import select_items

    items = select_items(open_data("open").items(), Selection(limit=5, contexts=("plain",)))
    requests = [
        replace(make_requests(1, temperature=0.0)[0], key=item.item_id, messages=item.messages,
                item_id=item.item_id, block=i // 16)
        for i, item in enumerate(items)
    ]  # fmt: skip
    ct2 = CT2Engine(parse_model_spec("ct2:reference"), EngineOptions())
    here, there = texts(engine, requests), ct2_texts(ct2, requests)
    same = sum(here[key] == there[key] for key in here)
    assert same >= 0.9 * len(requests)


def test_a_block_is_repeatable_whatever_was_asked_before(engine: HFEngine) -> None:
    requests = make_requests(8)
    whole = texts(engine, requests)
    assert {**texts(engine, requests[4:]), **texts(engine, requests[:4])} == whole


def test_padding_changes_nothing(engine: HFEngine) -> None:
    short = make_requests(1, temperature=0.0)[0]
    long = replace(short, key="long", messages=(Message("user", "Why? " * 40),))
    assert texts(engine, [short])["k0"] == texts(engine, [short, long])["k0"]


def test_tokens_are_counted_without_padding(engine: HFEngine) -> None:
    short = make_requests(1, temperature=0.0)[0]
    long = replace(short, key="long", messages=(Message("user", "Why? " * 40),))
    responses = {r.key: r for group in engine.ask([short, long]) for r in group}
    alone = next(r for group in engine.ask([short]) for r in group)
    both = responses["k0"]
    assert isinstance(both, Answer)
    assert isinstance(alone, Answer)
    assert both.prompt_tokens == alone.prompt_tokens


def test_a_model_that_is_not_there_is_reported() -> None:
    with pytest.raises(UsageError, match=r"no such folder: no/such/model$"):
        HFEngine(parse_model_spec("hf:./no/such/model"), EngineOptions(device="cpu"))


def test_an_address_is_refused() -> None:
    with pytest.raises(UsageError, match="doesn't take an address"):
        HFEngine(parse_model_spec("hf:x@http://localhost"), EngineOptions())


@pytest.mark.parametrize("dollars", [0.0001, 0.001, 0.002])
def test_a_budget_of_dollars_is_kept(dollars: float, tmp_path: Path) -> None:
    command = [
        "run", "--original", "hf:reference", "--warm", "hf:reference+warm", "--device", "cpu",
        "--data", str(write_questions(tmp_path / "mine.jsonl", 20)), "--out", str(tmp_path / "run"),
        "--warmth-prompts", "0", "--max-tokens", "20", "--price", "1,2", "--max-cost", str(dollars),
    ]  # fmt: skip
    done = CliRunner().invoke(main, command)
    assert done.exit_code == 1
    assert f"of at most ${dollars:.4f} spent" in done.output
    rows = RunFolder.open(tmp_path / "run").responses()
    spent = sum(row["prompt_tokens"] + 2 * row["completion_tokens"] for row in rows) / 1e6
    assert dollars - 0.0001 < spent <= dollars
