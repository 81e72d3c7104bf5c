"""A judge knows nothing of arm, context and belief: they change neither what is asked nor the
verdict."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.benchmark.examples import make_item
from tests.benchmark.judging.llm.cases import always, says
from warmbench.conditions import PAPER_TASKS, Belief, Context
from warmbench.engines.scripted import ScriptedEngine
from warmbench.judging.judge import SilentObserver
from warmbench.judging.judge_answers import cases_of_responses
from warmbench.judging.llm.judge import LLMJudge
from warmbench.records.item import Item
from warmbench.records.request import Request
from warmbench.running.ledger import Ledger

ANSWER = "Some city or other, I should think"


def asked(items: list[Item], responses: list[dict[str, Any]]) -> list[Request]:
    engine = ScriptedEngine(always(says("CORRECT")))
    with TemporaryDirectory() as folder, closing(Ledger(Path(folder) / "l")) as ledger:
        LLMJudge(engine, ledger).judge_all(cases_of_responses(items, responses), SilentObserver())
    return engine.asked


def response_to(item: Item, arm: str, epoch: int = 0) -> dict[str, Any]:
    return {"item_id": item.item_id, "arm": arm, "epoch": epoch, "response": ANSWER}


@given(
    task=st.sampled_from(PAPER_TASKS),
    context=st.sampled_from(Context),
    belief=st.sampled_from(Belief),
    arm=st.from_regex(r"arm-[0-9a-f]{8}", fullmatch=True),
    epoch=st.integers(0, 9),
)
def test_arm_context_and_belief_change_nothing_that_is_asked(
    task: str, context: Context, belief: Belief, arm: str, epoch: int
) -> None:
    plain = make_item(task=task)
    item = make_item(task=task, context=context, belief=belief)
    (request,) = asked([item], [response_to(item, arm, epoch)])
    (usual,) = asked([plain], [response_to(plain, "original")])
    assert request == usual
    text = "\n".join(message.content for message in request.messages)
    assert arm not in text
    assert item.item_id not in text
    assert item.messages[0].content not in text


def test_equal_answers_of_two_arms_are_one_request() -> None:
    items = [make_item(context=context) for context in Context]
    responses = [response_to(i, arm) for i in items for arm in ("original", "warm", "cold")]
    assert len(asked(items, responses)) == 1
