"""The judges, by name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

from warmbench.engines.engine import Engine, EngineOptions
from warmbench.engines.registry import open_engine
from warmbench.folders import folder_lock
from warmbench.judging.hybrid import HybridJudge
from warmbench.judging.judge import BatchJudge
from warmbench.judging.judge_spec import JudgeSpec, parse_judges
from warmbench.judging.llm.llm_judge import LLMJudge
from warmbench.judging.one_by_one import OneByOne
from warmbench.judging.panel import Panel
from warmbench.judging.reference.judge import ReferenceJudge
from warmbench.records.model_spec import ModelSpec
from warmbench.run.ledger import Ledger

__all__ = ["open_judge"]


@contextmanager
def open_judge(
    text: str, ledger_path: Path, options: EngineOptions | None = None
) -> Iterator[BatchJudge]:
    """The judge that ``--judge`` names, with its engines open while the block runs.

    ``ledger_path``: where the replies of models are kept; made only where a model is asked, and
    held by one process at a time, so that nothing is paid twice. Raises ``UsageError`` for an
    unknown judge or model.
    """
    specs = parse_judges(text)
    with ExitStack() as stack:
        engines = {
            spec.model: stack.enter_context(
                closing(open_engine(spec.model, options or EngineOptions()))
            )
            for spec in specs
            if spec.model is not None
        }
        ledger = stack.enter_context(_open_ledger(ledger_path)) if engines else None
        yield _judge(specs, engines, ledger)


@contextmanager
def _open_ledger(path: Path) -> Iterator[Ledger]:
    lock = path.with_name(f"{path.name}.lock")
    with folder_lock(lock, path, "ledger of judging"), Ledger(path) as ledger:
        yield ledger


def _judge(
    specs: Sequence[JudgeSpec], engines: Mapping[ModelSpec, Engine], ledger: Ledger | None
) -> BatchJudge:
    judges = [_member(spec, engines, ledger) for spec in specs]
    return judges[0] if len(judges) == 1 else Panel(judges)


def _member(
    spec: JudgeSpec, engines: Mapping[ModelSpec, Engine], ledger: Ledger | None
) -> BatchJudge:
    if spec.model is None or ledger is None:
        return OneByOne(ReferenceJudge())
    llm = LLMJudge(engines[spec.model], ledger)
    return llm if spec.kind == "llm" else HybridJudge(ReferenceJudge(), llm)
