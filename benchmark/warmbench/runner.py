"""Runs a study: asks every arm every item, and keeps all that comes back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from warmbench.data.item import Item
from warmbench.data.release import ReleaseRecord
from warmbench.data.table import write_parquet
from warmbench.engines import EngineOptions, open_engine
from warmbench.engines.engine import Answer, Engine, Request, Response
from warmbench.ledger import Ledger
from warmbench.model_spec import parse_model_spec
from warmbench.plan import plan_requests
from warmbench.run_folder import RESPONSE_SCHEMA, RunFolder, RunRecord
from warmbench.selection import Selection
from warmbench.study import Study

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
) -> tuple[RunFolder, RunSummary]:
    """Open the engines of a study, make or resume its run folder, and run it there.

    ``items`` are those that ``selection`` chose of ``release``.
    """
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
        )
        folder = RunFolder.create(path, record, items)
        return folder, run_study(
            study, engines, items, folder, epochs=selection.epochs, observer=observer
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
    epochs: int = 1,
    observer: Observer | None = None,
) -> RunSummary:
    """Ask each arm (``engines``: arm name -> engine) every item, and write the responses.

    Resumes: what the ledger has an answer for is not asked again. Raises what an engine raises;
    what was answered until then is kept.
    """
    watcher = observer or SilentObserver()
    plans = {
        arm.name: plan_requests(
            study,
            arm,
            engines[arm.name].identity(),
            items,
            epochs=epochs,
            block_size=engines[arm.name].block_size,
        )
        for arm in study.arms
    }
    with folder.locked(), closing(Ledger(folder.ledger_path)) as ledger:
        answered = ledger.answered_keys()
        before = sum(request.key in answered for plan in plans.values() for request in plan)
        failures: Counter[str] = Counter()
        new = 0
        for arm, plan in plans.items():
            todo = [request for request in plan if request.key not in answered]
            watcher.arm_started(arm, len(plan), len(plan) - len(todo))
            for responses in _ask(engines[arm], todo, ledger):
                watcher.answered(arm, responses)
                good = sum(isinstance(response, Answer) for response in responses)
                new += good
                failures.update(r.kind.value for r in responses if not isinstance(r, Answer))
        _write_responses(folder, ledger, plans.values())
    total = sum(len(plan) for plan in plans.values())
    return RunSummary(total, before, new, dict(sorted(failures.items())))


def _ask(
    engine: Engine, requests: Sequence[Request], ledger: Ledger
) -> Iterator[Sequence[Response]]:
    by_key = {request.key: request for request in requests}
    with closing(engine.ask(requests)) as groups:
        for responses in groups:
            ledger.record((by_key[response.key], response) for response in responses)
            yield responses


def _write_responses(folder: RunFolder, ledger: Ledger, plans: Iterable[Sequence[Request]]) -> None:
    by_key = {row.key: row for row in ledger.rows() if row.answered}
    rows = [
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
    write_parquet(folder.responses_path, rows, RESPONSE_SCHEMA)
