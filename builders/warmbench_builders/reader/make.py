"""The whole way from the examples to the packaged weights and the packaged weighing."""

from __future__ import annotations

import json
import math
import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path

import torch
from tokenizers import Tokenizer

from warmbench.judging.judge import Case
from warmbench.judging.reader.form import ReaderForm
from warmbench.judging.reader.reader import Reader
from warmbench.judging.reference.weighing import Weighing
from warmbench.judging.rules.judge import RulesJudge
from warmbench_builders.reader.calibrate import fit_weighing
from warmbench_builders.reader.convert import write_weights
from warmbench_builders.reader.declines import fit_declines
from warmbench_builders.reader.examples import Example, Portion
from warmbench_builders.reader.network import ReaderNetwork
from warmbench_builders.reader.tone import read_tone
from warmbench_builders.reader.train import Recipe, train, twin
from warmbench_builders.tuning.progress import StepCallback

__all__ = ["make_reader", "make_weighing"]

_SOURCE_WEIGHTS = {"nq_human": 0.3, "truthfulqa_human": 0.6, "non_answers": 0.05}
"""In the fit of the weighing: the first two have many short answers, which the rules mostly settle,
and the third is made, as many as one likes."""


_ANSWERS_PER_DECLINES = 10
"""Of the other examples every tenth stands beside the declines in the fit of that part."""


def make_reader(
    examples: Sequence[Example],
    declines: Sequence[Example],
    base: Path,
    recipe: Recipe,
    work: Path,
    out: Path,
    on_step: StepCallback,
) -> None:
    """Train from ``base`` (a folder with a BERT and its tokenizer), fit what knows a decline on
    ``declines`` too, and write the weights to ``out``, with ``record.json`` of what they were made
    from."""
    torch.set_num_threads(1)
    network = ReaderNetwork(base)
    form = ReaderForm(Tokenizer.from_file(str(base / "tokenizer.json")))
    learnt = _training(examples)
    work.mkdir(parents=True, exist_ok=True)
    tone, denials = read_tone(), read_tone("tone_denials")
    train(network, learnt, form, recipe, tone, denials, work, on_step)
    answers = [one for one in learnt if one.source != "references"][::_ANSWERS_PER_DECLINES]
    plain = [*answers, *_training(declines)]
    draw = random.Random(f"{recipe.seed}/declines")
    fit_declines(network, [*plain, *(twin(one, tone, draw) for one in plain)], form)
    write_weights(network, base, out, "int8")
    write_weights(network, base, work / "float32", "float32")
    sources = Counter(one.source.partition(":")[0] for one in learnt)
    record = {"recipe": asdict(recipe), "examples": dict(sorted(sources.items()))}
    (out / "record.json").write_text(json.dumps(record, indent=1) + "\n", "utf-8")


def _training(examples: Sequence[Example]) -> list[Example]:
    return [one for one in examples if one.portion is Portion.TRAINING]


def make_weighing(
    examples: Sequence[Example],
    weights: Path,
    exact: Path,
    say: Callable[[str], None] = lambda text: None,
) -> Weighing:
    """Fit the weighing on the examples that calibrate and their twins, with the reader of
    ``weights``; its margin is the most by which the weights in float32 (``exact``) move a
    probability of the examples."""
    calibrating = [
        one for one in examples if one.portion is Portion.CALIBRATION and one.source != "references"
    ]
    draw = random.Random("weighing")
    twins = [twin(one, read_tone(), draw) for one in calibrating]
    reader = Reader(weights)
    fitted = fit_weighing([*calibrating, *twins], reader, _SOURCE_WEIGHTS, margin=0.0)
    moves = sorted(_moves(calibrating, fitted, reader, Reader(exact, compute="float32")))
    say(f"{len(moves):,} answers read in int8 and float32: {moves[-1]:.3f} apart at most")
    margin = math.ceil(100 * moves[-1]) / 100
    return Weighing(fitted.weights, fitted.sure_at, margin)


def _moves(
    examples: Sequence[Example], weighing: Weighing, reader: Reader, exact: Reader
) -> list[float]:
    rules = RulesJudge()
    judged = [(one, rules.judge(one.question, one.answer)) for one in examples]
    unsure = [(one, found) for one, found in judged if not found.sure]
    cases = [Case(one.question, one.answer) for one, _ in unsure]
    return [
        abs(
            weighing.probability(found, first, one.question)
            - weighing.probability(found, second, one.question)
        )
        for (one, found), first, second in zip(
            unsure, reader.read(cases), exact.read(cases), strict=True
        )
    ]
