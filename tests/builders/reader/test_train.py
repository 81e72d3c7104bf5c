"""Training, on a tiny encoder: the same weights each time, resumed or not, and the same scores once
converted."""

from __future__ import annotations

import random
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from tokenizers import Tokenizer

from tests.conftest import need
from warmbench.judging.judge import Case
from warmbench.judging.reader.form import ReaderForm
from warmbench.judging.reader.reader import Reader, weights_folder
from warmbench.records.verdict import Question, Verdict
from warmbench_builders.reader.examples import Example, Phase

need("torch", "pip install 'warmbench[reference]'")
need("transformers", "pip install 'warmbench[reference]'")

import torch  # noqa: E402
from transformers import AutoTokenizer, BertConfig, BertModel, BertTokenizerFast  # noqa: E402

from warmbench_builders.reader.convert import write_weights  # noqa: E402
from warmbench_builders.reader.make import make_reader  # noqa: E402
from warmbench_builders.reader.network import ReaderNetwork  # noqa: E402
from warmbench_builders.reader.tone import read_tone  # noqa: E402
from warmbench_builders.reader.train import Recipe, scores_of, train, twin  # noqa: E402

QUESTION = Question(
    "Do goldfish sleep?",
    ("They rest without closing their eyes", "They have periods of rest"),
    ("They never sleep", "Goldfish stay awake all their lives"),
)
EXAMPLES = [
    Example(QUESTION, "They do rest. Every night.", Verdict.CORRECT, "x"),
    Example(QUESTION, "No, they are awake all their lives!", Verdict.INCORRECT, "x"),
    Example(QUESTION, "I can't say.", Verdict.REFUSED, "x"),
    Example(QUESTION, "What a pond!", Verdict.INCORRECT, "non_answers:tone", since=Phase.LAST),
] * 4
RECIPE = Recipe(rounds=3, twin_rounds=2, last_share=0.5, batch_pieces=100, learning_rate=1e-3)


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("base")
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=30522,
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=24,
    )
    BertModel(config).save_pretrained(folder)
    tokenizer = Tokenizer.from_file(str(weights_folder() / "tokenizer.json"))
    BertTokenizerFast(tokenizer_object=tokenizer).save_pretrained(folder)
    pieces = sorted(tokenizer.get_vocab().items(), key=lambda one: one[1])
    (folder / "vocab.txt").write_text("".join(f"{piece}\n" for piece, _ in pieces))
    assert AutoTokenizer.from_pretrained(folder).vocab_size == 30522
    return folder


def form() -> ReaderForm:
    return ReaderForm(Tokenizer.from_file(str(weights_folder() / "tokenizer.json")))


def trained(base: Path, work: Path, recipe: Recipe = RECIPE) -> tuple[ReaderNetwork, list[float]]:
    work.mkdir(exist_ok=True)
    torch.manual_seed(0)
    network = ReaderNetwork(base)
    losses: list[float] = []
    train(
        network, EXAMPLES, form(), recipe, read_tone(), read_tone("tone_denials"), work,
        lambda step, steps, loss: losses.append(loss),
    )  # fmt: skip
    return network, losses


def test_it_learns_and_is_the_same_each_time(base: Path, tmp_path: Path) -> None:
    recipe = replace(RECIPE, rounds=12, twin_rounds=0, last_share=0.0)
    one, losses = trained(base, tmp_path / "one", recipe)
    other, _ = trained(base, tmp_path / "other", recipe)
    assert losses[-1] < losses[0]
    for name, value in one.state_dict().items():
        assert torch.equal(value, other.state_dict()[name]), name


def test_what_answers_nothing_is_read_in_the_last_round_alone(base: Path, tmp_path: Path) -> None:
    nothing = [one for one in EXAMPLES if one.since is Phase.LAST]
    others = [one for one in EXAMPLES if one.since is not Phase.LAST]
    recipe = replace(RECIPE, rounds=1, twin_rounds=1, last_share=1.0)

    def steps(examples: list[Example], recipe: Recipe) -> int:
        counts: list[int] = []
        work = tmp_path / f"{len(examples)}-{recipe.last_share}"
        work.mkdir()
        train(
            ReaderNetwork(base), examples, form(), recipe, read_tone(), read_tone("tone_denials"),
            work, lambda step, steps, loss: counts.append(steps),
        )  # fmt: skip
        return counts[-1]

    assert steps(EXAMPLES, recipe) > steps(others, recipe)
    assert steps([*others, *nothing * 9], replace(recipe, last_share=0.0)) == steps(
        others, replace(recipe, last_share=0.0)
    )


def test_twins_come_to_be_read_alike(base: Path, tmp_path: Path) -> None:
    def apart(likeness: float) -> float:
        recipe = replace(RECIPE, twin_rounds=6, likeness=likeness)
        network, _ = trained(base, tmp_path / f"{likeness}", recipe)
        draw = random.Random(5)
        twins = [twin(one, read_tone(), draw) for one in EXAMPLES]
        pairs = zip(*(scores_of(network, ones, form()) for ones in (EXAMPLES, twins)), strict=True)
        return sum(abs((a[0] - a[1]) - (b[0] - b[1])) for a, b in pairs)

    assert apart(20.0) < 0.7 * apart(0.0)


@pytest.mark.parametrize(
    "kept",
    [["round-1.pt"], ["round-1.pt", "round-2.pt", "round-3.pt", "twins-1.pt", "twins-2.pt"]],
    ids=["after a round", "after the twins"],
)
def test_a_stopped_training_goes_on_to_the_same_weights(
    base: Path, tmp_path: Path, kept: list[str]
) -> None:
    whole, losses = trained(base, tmp_path / "whole")
    (tmp_path / "stopped").mkdir()
    for name in kept:
        shutil.copy(tmp_path / "whole" / name, tmp_path / "stopped")
    resumed, later = trained(base, tmp_path / "stopped")
    assert 0 < len(later) < len(losses)
    for name, value in whole.state_dict().items():
        assert torch.equal(value, resumed.state_dict()[name]), name


def test_what_is_converted_scores_as_what_was_trained(base: Path, tmp_path: Path) -> None:
    network, _ = trained(base, tmp_path / "work")
    write_weights(network, base, tmp_path / "out", "float32")
    scores = scores_of(network, EXAMPLES[:3], form())
    reader = Reader(tmp_path / "out", compute="float32")
    readings = reader.read([Case(one.question, one.answer) for one in EXAMPLES[:3]])
    for (right, wrong, refused), reading in zip(scores, readings, strict=True):
        assert reading.log_odds == pytest.approx(right - wrong, abs=1e-4)
        assert reading.refused == pytest.approx(refused, abs=1e-4)


def test_the_folder_says_what_it_was_made_from(base: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    make_reader(EXAMPLES, EXAMPLES, base, RECIPE, tmp_path / "work", out, lambda *step: None)
    assert {path.name for path in out.iterdir()} == {
        "config.json", "head.npz", "model.bin", "record.json", "tokenizer.json", "vocabulary.json",
    }  # fmt: skip
    assert '"seed": 0' in (out / "record.json").read_text()
