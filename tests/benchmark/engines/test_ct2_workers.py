"""Blocks drawn on one loaded model, each from a random stream that starts anew."""

from __future__ import annotations

from typing import Any

import ctranslate2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from warmbench.engines.ct2.fresh_workers import FreshWorkers
from warmbench.reference_model import reference_path

SETTINGS = {
    "max_length": 6,
    "include_prompt_in_result": False,
    "sampling_topk": 0,
    "sampling_temperature": 1.0,
}
GREEDY = {**SETTINGS, "sampling_topk": 1}
PROMPTS = [["<|begin|>", "<|user|>", "The", "<|end|>", "<|assistant|>"]] * 3


def load(workers: int) -> Any:
    return ctranslate2.Generator(
        str(reference_path("ct2")), compute_type="float32", inter_threads=workers, intra_threads=1
    )


def ids(results: list[Any]) -> list[list[int]]:
    return [result.sequences_ids[0] for result in results]


def drawn_alone(seed: int) -> list[list[int]]:
    """By a model that is loaded for this block and does nothing else."""
    ctranslate2.set_random_seed(seed)
    return ids(load(1).generate_batch(PROMPTS, **SETTINGS))


@given(seeds=st.lists(st.integers(0, 5), min_size=1, max_size=8), workers=st.integers(1, 4))
@settings(max_examples=15)
def test_a_block_is_drawn_as_if_it_were_alone(seeds: list[int], workers: int) -> None:
    fresh = FreshWorkers(load, workers)
    try:
        for seed in seeds:
            assert ids(fresh.draw(PROMPTS, SETTINGS, seed)) == drawn_alone(seed)
    finally:
        fresh.close()


def test_what_is_not_drawn_leaves_the_streams_as_they_are() -> None:
    fresh = FreshWorkers(load, 3)
    first = ids(fresh.choose(PROMPTS, GREEDY))
    for seed in range(5):
        assert ids(fresh.draw(PROMPTS, SETTINGS, seed)) == drawn_alone(seed)
        assert ids(fresh.choose(PROMPTS, GREEDY)) == first
    fresh.close()


LOADS = [(1, 3, 3), (4, 4, 1), (4, 5, 2), (4, 9, 3)]


@pytest.mark.parametrize(("workers", "blocks", "loads"), LOADS)
def test_the_model_is_loaded_once_in_as_many_blocks_as_it_has_workers(
    workers: int, blocks: int, loads: int
) -> None:
    loaded: list[int] = []

    def counted(count: int) -> Any:
        loaded.append(count)
        return load(count)

    fresh = FreshWorkers(counted, workers)
    for seed in range(blocks):
        fresh.draw(PROMPTS, SETTINGS, seed)
    assert loaded == [workers] * loads
    fresh.close()
    fresh.close()


def test_a_failure_leaves_no_worker_waiting() -> None:
    fresh = FreshWorkers(load, 3)
    with pytest.raises(ValueError, match="minimum decoding length"):
        fresh.draw(PROMPTS, {**SETTINGS, "min_length": 9}, 1)
    assert ids(fresh.draw(PROMPTS, SETTINGS, 2)) == drawn_alone(2)
    fresh.close()


def test_a_process_that_forgets_to_close_ends() -> None:
    """At exit the workers are let go."""
    import subprocess
    import sys

    code = (
        "from tests.benchmark.engines.test_ct2_workers import *\n"
        "fresh = FreshWorkers(load, 3)\n"
        "fresh.draw(PROMPTS, SETTINGS, 1); fresh.draw(PROMPTS, SETTINGS, 2)\n"
        "print('drawn')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, timeout=120)
    assert (done.returncode, done.stdout.strip()) == (0, b"drawn"), done.stderr
