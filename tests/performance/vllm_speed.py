"""How much of bare vLLM's speed is left in a run, ledger and all.

``OMP_NUM_THREADS=1 .venv-vllm/bin/python -m tests.performance.vllm_speed``. Two arms of the
reference pair on one loaded model, first through ``vllm.LLM.chat``, then through a run, on the same
prompts with the same seeds, in turn. A run puts prompts that begin alike together, which is faster
than the data's order; ``--like-run`` gives bare vLLM that order too, so that what is left is the
run's own cost. Nothing here is asserted: machines differ.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from warmbench.data.load import open_data
from warmbench.engines.engine import Engine, EngineOptions
from warmbench.engines.registry import open_engine
from warmbench.engines.vllm.vllm_engine import VLLMEngine
from warmbench.records.item import Item
from warmbench.records.model_spec import parse_model_spec
from warmbench.records.run import RunRecord
from warmbench.records.selection import Selection
from warmbench.records.study import Arm, Sampling, Study
from warmbench.running.folder import RunFolder
from warmbench.running.plan import ArmPlan
from warmbench.running.runner import run_study
from warmbench.running.selection import select_items

__all__ = ["main"]

CACHE_BYTES = 2**30
STUDY = Study(
    arms=(
        Arm(name="original", model="vllm:reference"),
        Arm(name="warm", model="vllm:reference+warm"),
    ),
    sampling=Sampling(max_tokens=64),
)


def main() -> None:
    """Print the requests a second of both, each run's ratio, and their medians."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--questions", type=int, default=10, help="a task")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument(
        "--like-run", action="store_true", help="bare prompts in the run's order, not the data's"
    )
    options = parser.parse_args()
    selection = Selection(limit=options.questions)
    items = select_items(open_data("open").items(), selection)
    engines = {
        arm.name: open_engine(
            parse_model_spec(arm.model),
            EngineOptions(engine_args={"kv_cache_memory_bytes": str(CACHE_BYTES)}),
        )
        for arm in STUDY.arms
    }
    llm, loras = _loaded(engines)
    bare = _bare(llm, loras, engines, items, options.like_run)
    measured = _measured(bare, lambda: _run(engines, items, selection), options.runs, llm)
    _print(measured, len(STUDY.arms) * len(items))
    for engine in engines.values():
        engine.close()


def _loaded(engines: dict[str, Engine]) -> tuple[Any, dict[str, Any]]:
    """The one ``vllm.LLM`` of both arms, and the LoRA request of each."""
    llm: Any = None
    loras: dict[str, Any] = {}
    for name, engine in engines.items():
        assert isinstance(engine, VLLMEngine)
        llm, loras[name] = engine.loaded()
    return llm, loras


def _bare(
    llm: Any,
    loras: dict[str, Any],
    engines: dict[str, Engine],
    items: Sequence[Item],
    like_run: bool,
) -> Callable[[], None]:
    from vllm import SamplingParams

    calls = []
    for arm in STUDY.arms:
        requests = list(ArmPlan(STUDY, arm, engines[arm.name].identity(), items).requests())
        chats = [[{"role": m.role, "content": m.content} for m in r.messages] for r in requests]
        sampling = [
            SamplingParams(temperature=r.temperature, max_tokens=r.max_tokens, seed=r.seed)
            for r in requests
        ]
        if like_run:
            order = sorted(range(len(chats)), key=lambda i: [tuple(m.values()) for m in chats[i]])
            chats, sampling = [chats[i] for i in order], [sampling[i] for i in order]
        calls.append((chats, sampling, loras[arm.name]))

    def chat() -> None:
        for chats, sampling, lora in calls:
            llm.chat(chats, sampling, use_tqdm=False, lora_request=lora)

    return chat


def _run(engines: dict[str, Engine], items: Sequence[Item], selection: Selection) -> None:
    with tempfile.TemporaryDirectory() as folder:
        record = RunRecord(
            study=STUDY,
            release=open_data("open").record(),
            selection=selection.model_copy(update={"warmth_prompts": 0}),
            engines={name: dict(engine.identity()) for name, engine in engines.items()},
            items=len(items),
        )
        run = RunFolder.create(Path(folder) / "run", record, items)
        summary = run_study(STUDY, engines, items, run)
    if not summary.complete:
        raise SystemExit(f"not all requests were answered: {dict(summary.failures)}")


def _measured(
    bare: Callable[[], None], run: Callable[[], None], runs: int, llm: Any
) -> Iterator[tuple[float, float]]:
    """(bare, run) in seconds; each starts with an empty prefix cache, and goes first in turn."""

    def seconds(work: Callable[[], None]) -> float:
        llm.reset_prefix_cache()
        started = time.perf_counter()
        work()
        return time.perf_counter() - started

    seconds(bare)
    for number in range(runs):
        if number % 2:
            through_run = seconds(run)
            yield seconds(bare), through_run
        else:
            yield seconds(bare), seconds(run)


def _print(measured: Iterator[tuple[float, float]], requests: int) -> None:
    print(f"{requests:,} requests, two arms of the reference pair")
    print(f"{'':<10}{'LLM.chat, a second':>20}{'run, a second':>16}{'ratio':>8}", flush=True)
    pairs = []
    for bare, run in measured:
        pairs.append((bare, run))
        _line(f"run {len(pairs)}", requests / bare, requests / run, bare / run)
    bare, run = (statistics.median(times) for times in zip(*pairs, strict=True))
    ratio = statistics.median(bare / run for bare, run in pairs)
    _line("median", requests / bare, requests / run, ratio)


def _line(name: str, bare: float, run: float, ratio: float) -> None:
    print(f"{name:<10}{bare:>20,.1f}{run:>16,.1f}{ratio:>8.3f}", flush=True)


if __name__ == "__main__":
    main()
