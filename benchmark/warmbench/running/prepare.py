"""From the options of a run to what it asks of whom, and to the finished run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import ValidationError

from warmbench.data.answered_items import items_of_answers
from warmbench.data.fingerprint import rows_fingerprint
from warmbench.data.load import open_data
from warmbench.data.recorded_answers import parse_column_names, read_answers
from warmbench.data.table import TABLE_SUFFIXES
from warmbench.engines.budget import Budget, Price
from warmbench.engines.engine import EngineOptions, default_timeout
from warmbench.engines.registry import check_options
from warmbench.errors import UsageError, first_problem
from warmbench.records.item import Item
from warmbench.records.model_spec import parse_model_spec
from warmbench.records.release import ReleaseRecord
from warmbench.records.selection import Selection
from warmbench.records.study import Study
from warmbench.records.table_result import TableResult
from warmbench.running.dry_run import prices_of
from warmbench.running.folder import RunFolder
from warmbench.running.observer import Observer
from warmbench.running.options import RunOptions, study_of
from warmbench.running.prompt_set import PromptSet, choose_prompts
from warmbench.running.runner import run_in_folder
from warmbench.running.selection import items_of_release, select_items
from warmbench.running.summary import RunSummary

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["PreparedRun", "Run", "items_of_data", "prepare_run"]


def items_of_data(
    data: str | None, study: Study, options: EngineOptions, selection: Selection
) -> tuple[list[Item], ReleaseRecord]:
    """The selected items of ``data`` (``open``, a release folder, ``ORG/NAME@vX.Y.Z`` or a file of
    recorded answers), and what they are called; by default those of the original arm's recorded
    answers, else of the open pool."""
    path = Path(data).expanduser() if data else _replayed(study)
    if path is not None and (data is None or path.suffix.lower() in TABLE_SUFFIXES):
        answers = read_answers(path, options.column_names, options.task)
        if data is not None or any(row.item_id is None for row in answers):
            items = items_of_answers(answers, path.name)
            fingerprint = rows_fingerprint(item.to_row() for item in items)
            record = ReleaseRecord(name=path.name, version=None, fingerprint=fingerprint)
            return select_items(items, selection), record
    release = open_data(data or "open")
    return items_of_release(release, selection), release.record()


def _replayed(study: Study) -> Path | None:
    """The file of the original arm's recorded answers, if it replays some."""
    spec = parse_model_spec(study.original.model)
    return Path(spec.name).expanduser() if spec.engine == "replay" else None


_OF_THE_ITEM = ("question_id", "task", "context", "belief", "question")


@dataclass(frozen=True, slots=True)
class PreparedRun:
    """What a run asks of whom. ``prices``: arm -> price, where it is known."""

    study: Study
    items: Sequence[Item]
    release: ReleaseRecord
    selection: Selection
    prompt_set: PromptSet
    engine_options: EngineOptions
    prices: Mapping[str, Price]

    def ask(self, out: Path, observer: Observer | None = None) -> Run:
        """Ask all that the run folder ``out`` has no answer to yet."""
        folder, summary = run_in_folder(
            out,
            self.study,
            self.items,
            self.release,
            self.selection,
            self.engine_options,
            observer,
            self.prompt_set,
        )
        return Run(folder, summary)


@dataclass(frozen=True, slots=True)
class Run(TableResult):
    """A run folder, and what became of its requests in this call."""

    folder: RunFolder
    summary: RunSummary

    @property
    def path(self) -> Path:
        return self.folder.path

    @property
    def complete(self) -> bool:
        """Whether every request has an answer."""
        return self.summary.complete

    def to_pandas(self) -> pd.DataFrame:
        """One row for each answer to an item: item, arm, epoch, response, finish_reason, tokens."""
        import pandas as pd

        responses = pd.DataFrame(self.folder.responses()).drop(columns="key")
        items = pd.DataFrame(
            [
                {"item_id": item.item_id, **{n: getattr(item, n) for n in _OF_THE_ITEM}}
                for item in self.folder.items()
            ]
        )
        return responses.merge(items, on="item_id", how="left", validate="many_to_one")

    def __str__(self) -> str:
        summary = self.summary
        answered = summary.answered + summary.already_answered
        return f"{self.path}: {answered:,} of {summary.requests:,} requests answered"

    __repr__ = __str__


def prepare_run(options: RunOptions) -> PreparedRun:
    """Read study and data, and choose items and prompts; raises ``UsageError``."""
    study = study_of(options)
    prices = prices_of(study, options.price)
    engine_options = EngineOptions(
        concurrency=options.concurrency,
        max_retries=options.max_retries,
        timeout_s=options.timeout
        or default_timeout(study.sampling.max_tokens + study.sampling.reasoning_tokens),
        device=options.device,
        column_names=parse_column_names(options.columns),
        task=options.tasks[0] if len(options.tasks) == 1 else None,
        model_aliases=options.model_alias,
        engine_args=options.engine_args,
        budget=Budget(options.max_requests, options.max_cost, prices),
    )
    for arm in study.arms:
        check_options(parse_model_spec(arm.model), engine_options)
    engine_options.budget.check_prices({arm.name: arm.model for arm in study.arms})
    selection = _selection(options)
    items, release = items_of_data(options.data, study, engine_options, selection)
    selection = _with_prompts(selection, options.warmth_prompts, release)
    prompt_set = choose_prompts(study, selection)
    return PreparedRun(study, items, release, selection, prompt_set, engine_options, prices)


def _selection(options: RunOptions) -> Selection:
    try:
        return Selection(
            tasks=options.tasks,
            contexts=options.contexts,
            beliefs=options.beliefs,
            limit=options.limit,
            epochs=options.epochs,
        )
    except ValidationError as error:
        raise UsageError(first_problem(error)) from None


def _with_prompts(selection: Selection, wanted: int | None, release: ReleaseRecord) -> Selection:
    """As many prompts as were asked for; by default none for questions of one's own."""
    count = 0 if wanted is None and release.version is None else wanted
    return selection if count is None else selection.model_copy(update={"warmth_prompts": count})
