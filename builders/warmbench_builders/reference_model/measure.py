"""Measurement: the converted model answers the released items, as any model of a study does."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from statistics import fmean

from warmbench.engines.ct2.ct2_engine import CT2Engine
from warmbench.engines.engine import EngineOptions
from warmbench.errors import EngineError
from warmbench.judging.judge_answers import question_of
from warmbench.judging.reference.judge import ReferenceJudge
from warmbench.records.item import Item
from warmbench.records.model_spec import ModelSpec
from warmbench.records.request import Request
from warmbench.records.response import Answer
from warmbench.records.verdict import Verdict
from warmbench_builders.questions.framing import Framer
from warmbench_builders.questions.open_pool import OPEN_TASKS
from warmbench_builders.reference_model.record import Measurement
from warmbench_builders.releasing.build_qa import CANARY, RELEASE_VERSION
from warmbench_builders.sources.open import open_batch

__all__ = ["measure", "released_items"]

_MAX_TOKENS = 300

Tick = Callable[[int], None]


def released_items() -> list[Item]:
    """Every question of the open pool in every context and belief, as it is released."""
    framer = Framer(line=f"v{RELEASE_VERSION.split('.')[0]}", canary=CANARY)
    return [item for task in OPEN_TASKS for item in framer.frame(open_batch(task, 0).questions)]


def measure(
    folder: Path, items: Sequence[Item], temperature: float, tick: Tick = lambda count: None
) -> Measurement:
    """Ask the ct2 model in ``folder`` each item once; ``tick`` is called with answers as they come.

    Raises ``EngineError`` when an item gets no answer.
    """
    answers = _answers(folder, items, temperature, tick)
    judge = ReferenceJudge()
    judged = [
        (item, judge.judge(question_of(item), answer.text).verdict is Verdict.CORRECT)
        for item, answer in zip(items, answers, strict=True)
    ]
    lengths = [answer.completion_tokens or 0 for answer in answers]
    return Measurement(
        temperature=temperature,
        judge=judge.name,
        replies=len(items),
        accuracy=_share(correct for _, correct in judged),
        by_task_and_belief=_shares((f"{i.task}/{i.belief}", correct) for i, correct in judged),
        by_context=_shares((i.context.value, correct) for i, correct in judged),
        mean_tokens=round(fmean(lengths), 1),
        longest_tokens=max(lengths),
        cut=sum(answer.finish_reason == "length" for answer in answers),
    )


def _answers(folder: Path, items: Sequence[Item], temperature: float, tick: Tick) -> list[Answer]:
    engine = CT2Engine(ModelSpec("ct2", str(folder)), EngineOptions(device="cpu"))
    requests = [_request(item, number, temperature) for number, item in enumerate(items)]
    answers = {}
    for responses in engine.ask(requests):
        for response in responses:
            if not isinstance(response, Answer):
                raise EngineError(f"{response.key}: no answer ({response.message})")
            answers[response.key] = response
        tick(len(responses))
    engine.close()
    return [answers[item.item_id] for item in items]


def _request(item: Item, number: int, temperature: float) -> Request:
    return Request(
        key=item.item_id,
        arm="original",
        item_id=item.item_id,
        epoch=0,
        messages=item.messages,
        temperature=temperature,
        max_tokens=_MAX_TOKENS,
        top_p=1.0,
        seed=number,
        block=number // CT2Engine.block_size,
    )


def _shares(keyed: Iterable[tuple[str, bool]]) -> dict[str, float]:
    by_key: dict[str, list[bool]] = {}
    for key, correct in keyed:
        by_key.setdefault(key, []).append(correct)
    return {key: _share(values) for key, values in by_key.items()}


def _share(values: Iterable[bool]) -> float:
    return round(fmean(values), 4)
