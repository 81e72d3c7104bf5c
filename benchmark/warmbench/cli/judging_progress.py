"""The progress of a judge on stderr: a bar, with rate, failures and cost where a model is asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType

from warmbench.engines.budget import Price
from warmbench.engines.registry import price_of
from warmbench.judging.reference.judge import ReferenceJudge
from warmbench.judging.verdicts import write_verdicts
from warmbench.records.model_spec import ModelSpec
from warmbench.records.response import Response
from warmbench.run.folder import RunFolder
from warmbench.run.progress import RunProgress, counted

__all__ = ["JudgingProgress", "open_judged_run"]


class JudgingProgress:
    """A ``JudgingObserver``. A round without a model has no bar beside the rounds of a model."""

    def __init__(self) -> None:
        self._bars = ExitStack()
        self._prices: dict[str, Price] = {}
        self._rounds: RunProgress | None = None
        self._advance: Callable[[int], None] = _nothing

    def __enter__(self) -> JudgingProgress:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._bars.close()

    def round_started(
        self, label: str, total: int, done: int, model: Mapping[str, str | None] | None
    ) -> None:
        if self._rounds is None:
            self._bars.close()  # one live display at a time
            self._advance = _nothing
            if model is None:
                self._advance = self._bars.enter_context(counted(label, total))
                return
            self._rounds = self._bars.enter_context(RunProgress(self._prices))
        if model is not None:
            if price := _price(model):
                self._prices[label] = price
            self._rounds.arm_started(label, total, done)

    def judged(self, count: int) -> None:
        self._advance(count)

    def answered(self, label: str, responses: Sequence[Response]) -> None:
        if self._rounds is not None:
            self._rounds.answered(label, responses)


def open_judged_run(path: Path) -> RunFolder:
    """A run folder, judged by the reference judge where nobody has judged it yet.

    Raises ``DataError`` when ``path`` is not a run folder, or has no responses.
    """
    folder = RunFolder.open(path)
    if not folder.verdicts_path.is_file():
        with JudgingProgress() as progress:
            write_verdicts(folder, ReferenceJudge(), observer=progress)
    return folder


def _price(model: Mapping[str, str | None]) -> Price | None:
    """The list price, known for providers' own endpoints."""
    endpoint = model.get("endpoint")
    if endpoint is None:
        return None
    return price_of(ModelSpec(str(model["engine"]), str(model["model"]), base_url=endpoint))


def _nothing(count: int) -> None:
    """No bar to advance."""
