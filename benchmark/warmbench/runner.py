"""Runs a study: asks every arm every item and prompt, and keeps all that comes back."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from warmbench.data.item import Item
from warmbench.data.prompt import Prompt
from warmbench.data.release import ReleaseRecord
from warmbench.data.table import write_parquet
from warmbench.engines import EngineOptions, open_engine
from warmbench.engines.engine import Answer, Engine, Request, Response
from warmbench.ledger import Ledger, LedgerRow
from warmbench.model_spec import parse_model_spec
from warmbench.plan import plan_requests
from warmbench.prompt_set import NO_PROMPTS, PromptSet
from warmbench.run_folder import RESPONSE_SCHEMA, RunFolder, RunRecord
from warmbench.selection import Selection
from warmbench.study import Arm, Study

__all__ = ["Observer", "RunSummary", "SilentObserver", "run_in_folder", "run_study"]


class Observer(Protocol):
    """Is told how a run goes."""

    def arm_started(self, arm: str, total: int, done: int) -> None: ...

    def answered(self, arm: str, responses: Sequence[Response]) -> None: ...


class SilentObserver:
    """Hears and says nothing."""

    def arm_started(self, arm: str, total: int, done: int) -> None: ...

    def answered(self, arm: str, responses: Sequence[Response]) -> None: ...


@dataclass(frozen=True, slots=True)
class RunSummary:
    """What became of the requests: counts over all arms, failures by kind."""

    requests: int
    already_answered: int
    answered: int
    failures: Mapping[str, int] = field(default_factory=dict)

    @property
    def complete(self) -> bool:
        return self.already_answered + self.answered == self.requests


def run_in_folder(
    path: Path,
    study: Study,
    items: Sequence[Item],
    release: ReleaseRecord,
    selection: Selection,
    options: EngineOptions,
    observer: Observer | None = None,
    prompt_set: PromptSet = NO_PROMPTS,
) -> tuple[RunFolder, RunSummary]:
    """Open the engines of a study, make or resume its run folder, and run it there.

    ``items`` are those that ``selection`` chose of ``release``, ``prompt_set`` the prompts. The
    run remembers how many prompts it asks, not how many it might have asked.
    """
    prompts = prompt_set.prompts
    if not prompts:
        selection = selection.model_copy(update={"warmth_prompts": 0})
    engines: dict[str, Engine] = {}
    try:
        for arm in study.arms:
            engines[arm.name] = open_engine(parse_model_spec(arm.model), options, arm.revision)
        record = RunRecord(
            study=study,
            release=release,
            selection=selection,
            engines={arm: dict(engine.identity()) for arm, engine in engines.items()},
            items=len(items),
            prompts=len(prompts),
            prompt_release=prompt_set.release,
        )
        folder = RunFolder.create(path, record, items, prompts)
        return folder, run_study(
            study,
            engines,
            items,
            folder,
            prompts=prompts,
            epochs=selection.epochs,
            observer=observer,
        )
    finally:
        for engine in engines.values():
            engine.close()


def run_study(
    study: Study,
    engines: Mapping[str, Engine],
    items: Sequence[Item],
    folder: RunFolder,
    *,
    prompts: Sequence[Prompt] = (),
    epochs: int = 1,
    observer: Observer | None = None,
) -> RunSummary:
    """Ask each arm (``engines``: arm name -> engine) every item, then every prompt, and write the
    responses and the replies.

    Resumes: what the ledger has an answer for is not asked again. Raises what an engine raises;
    what was answered until then is kept.
    """
    watcher = observer or SilentObserver()
    plans = {
        arm.name: _plan(study, arm, engines[arm.name], items, prompts, epochs) for arm in study.arms
    }
    with folder.locked(), closing(Ledger(folder.ledger_path)) as ledger:
        answered = ledger.answered_keys()
        before = sum(r.key in answered for plan in plans.values() for r in plan.requests)
        failures: Counter[str] = Counter()
        new = 0
        for arm, plan in plans.items():
            todo = [request for request in plan.requests if request.key not in answered]
            total = len(plan.requests)
            watcher.arm_started(arm, total, total - len(todo))
            for responses in _ask(engines[arm], todo, ledger):
                watcher.answered(arm, responses)
                good = sum(isinstance(response, Answer) for response in responses)
                new += good
                failures.update(r.kind.value for r in responses if not isinstance(r, Answer))
        _write_answers(folder, ledger, plans.values())
    requests = sum(len(plan.requests) for plan in plans.values())
    return RunSummary(requests, before, new, dict(sorted(failures.items())))


@dataclass(frozen=True, slots=True)
class _Plan:
    """All requests of one arm: those of the items go first."""

    items: Sequence[Request]
    prompts: Sequence[Request]

    @property
    def requests(self) -> Sequence[Request]:
        return (*self.items, *self.prompts)


def _plan(
    study: Study,
    arm: Arm,
    engine: Engine,
    items: Sequence[Item],
    prompts: Sequence[Prompt],
    epochs: int,
) -> _Plan:
    """Prompts share no block with items: these are answered alike with prompts and without."""
    identity, size = engine.identity(), engine.block_size
    first = plan_requests(study, arm, identity, items, epochs=epochs, block_size=size)
    blocks = math.ceil(len(first) / size)
    then = plan_requests(
        study, arm, identity, prompts, epochs=epochs, block_size=size, first_block=blocks
    )
    return _Plan(first, then)


def _ask(
    engine: Engine, requests: Sequence[Request], ledger: Ledger
) -> Iterator[Sequence[Response]]:
    by_key = {request.key: request for request in requests}
    with closing(engine.ask(requests)) as groups:
        for responses in groups:
            ledger.record((by_key[response.key], response) for response in responses)
            yield responses


def _write_answers(folder: RunFolder, ledger: Ledger, plans: Collection[_Plan]) -> None:
    by_key = {row.key: row for row in ledger.rows() if row.answered}
    responses = _answer_rows((plan.items for plan in plans), by_key)
    write_parquet(folder.responses_path, responses, RESPONSE_SCHEMA)
    if replies := _answer_rows((plan.prompts for plan in plans), by_key):
        write_parquet(folder.replies_path, replies, RESPONSE_SCHEMA)


def _answer_rows(
    plans: Iterable[Sequence[Request]], by_key: Mapping[str, LedgerRow]
) -> list[dict[str, Any]]:
    return [
        {
            "item_id": request.item_id,
            "arm": request.arm,
            "epoch": request.epoch,
            "response": row.response,
            "finish_reason": row.finish_reason,
            "prompt_tokens": row.prompt_tokens,
            "completion_tokens": row.completion_tokens,
            "key": request.key,
        }
        for plan in plans
        for request in plan
        if (row := by_key.get(request.key))
    ]
