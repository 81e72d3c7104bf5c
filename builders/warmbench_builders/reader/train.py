"""Training: from examples to weights, on one core of a CPU, the same each time on one machine."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from warmbench.judging.reader.form import ReaderForm, ReaderInput
from warmbench.records.verdict import Question
from warmbench_builders.reader.examples import Example, Phase, swapped
from warmbench_builders.reader.network import CLASSES, ReaderNetwork, Texts
from warmbench_builders.reader.tone import ToneSentences, with_tone
from warmbench_builders.tuning.progress import StepCallback

__all__ = ["Recipe", "scores_of", "train", "twin", "units_of"]

_MASK = 103
"""The piece that stands for a hidden one in BERT."""

_ORDER = {phase: at for at, phase in enumerate(Phase)}

_LENGTHS = 16
"""Inputs are padded to a multiple of it, so that the kernels meet few shapes."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """All that the weights depend on, but for the examples and the base."""

    seed: int = 0
    rounds: int = 3
    batch_pieces: int = 2400
    answers_together: int = 6
    """Of one question in a batch, at most: they share its references."""
    references: int = 6
    """Of a side, drawn anew for each batch."""
    learning_rate: float = 8e-5
    head_rate: float = 1e-3
    warm_up: float = 0.05
    weight_decay: float = 0.01
    smoothing: float = 0.05
    hidden_pieces: float = 0.06
    """The share of an answer's pieces that are hidden, anew in each round."""
    swap: float = 0.2
    """How often an example that can be swapped is."""
    twin_rounds: int = 1
    """Rounds at the end, in which each answer stands beside its twin, with words of tone."""
    twin_rate: float = 0.5
    """The learning rate of these, as a share."""
    last_share: float = 0.4
    """Of the examples of earlier rounds, in a last one with the words of tone that deny, and with
    the replies that answer nothing; 0 leaves it out."""
    last_rate: float = 0.4
    """The learning rate of that round, as a share."""
    twins_together: int = 3
    """As ``answers_together``, each of them twice."""
    likeness: float = 1.0
    """What the squared distance of the two's log odds weighs in the loss."""


@dataclass(frozen=True, slots=True)
class _Group:
    """Answers to one question, and the references they are compared with."""

    inputs: list[ReaderInput]
    labels: list[int]
    references: list[ReaderInput]
    sides: list[int]

    @property
    def pieces(self) -> int:
        return sum(_padded(len(one.ids)) for one in self.inputs) + sum(
            len(one.ids) for one in self.references
        )


@dataclass(frozen=True, slots=True)
class _Rounds:
    """Rounds of one phase, with an optimizer of their own. ``tone`` is given where each answer has
    its twin; ``share`` is that of the examples of earlier phases."""

    name: Phase
    rounds: int
    rate: float
    tone: ToneSentences | None
    share: float = 1.0

    def share_of(self, example: Example) -> float:
        """How likely a round reads the example."""
        if _ORDER[example.since] > _ORDER[self.name]:
            return 0.0
        return example.share * (1.0 if example.since is self.name else self.share)


def train(
    network: ReaderNetwork,
    examples: Sequence[Example],
    form: ReaderForm,
    recipe: Recipe,
    tone: ToneSentences,
    denials: ToneSentences,
    work: Path,
    on_step: StepCallback,
) -> None:
    """Teach ``network`` the examples, a round after another, and in the last rounds that words of
    ``tone``, and then ``denials``, around an answer change nothing; it is changed in place.

    After each round its state is written to ``work``; the same call goes on from there, to the
    same weights.
    """
    torch.manual_seed(recipe.seed)
    network.encoder.embeddings.word_embeddings.weight.requires_grad = False
    last = int(recipe.last_share > 0)
    phases = [
        _Rounds(Phase.ROUND, recipe.rounds, 1.0, None),
        _Rounds(Phase.TWINS, recipe.twin_rounds, recipe.twin_rate, tone),
        _Rounds(Phase.LAST, last, recipe.last_rate, denials, recipe.last_share),
    ]
    lengths = [
        [len(_round(examples, form, recipe, phase, n)) for n in range(phase.rounds)]
        for phase in phases
    ]
    all_steps, before = sum(map(sum, lengths)), 0
    network.train()
    for phase, of_rounds in zip(phases, lengths, strict=True):
        optimizer = _optimizer(network, recipe)
        rates = [group["lr"] * phase.rate for group in optimizer.param_groups]
        step = 0
        for number, length in enumerate(of_rounds):
            after = work / f"{phase.name}-{number + 1}.pt"
            if after.is_file():
                kept = torch.load(after, weights_only=True)
                network.load_state_dict(kept["network"])
                optimizer.load_state_dict(kept["optimizer"])
                step += length
                continue
            for groups in _round(examples, form, recipe, phase, number):
                for group, rate in zip(optimizer.param_groups, rates, strict=True):
                    group["lr"] = rate * _share_of_rate(step / sum(of_rounds), recipe)
                draw = random.Random(f"{recipe.seed}/hidden/{before + step}")
                loss = _loss(network, groups, draw, recipe, phase)
                loss.backward()
                torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
                optimizer.step()
                optimizer.zero_grad(set_to_none=True)
                step += 1
                on_step(before + step, all_steps, loss.item())
            state = {"network": network.state_dict(), "optimizer": optimizer.state_dict()}
            torch.save(state, after.with_suffix(".part"))
            after.with_suffix(".part").replace(after)
        before += sum(of_rounds)
    network.eval()


def _loss(
    network: ReaderNetwork,
    groups: Sequence[_Group],
    draw: random.Random,
    recipe: Recipe,
    phase: _Rounds,
) -> Tensor:
    labels = torch.tensor([label for group in groups for label in group.labels])
    with torch.autocast("cpu", dtype=torch.bfloat16):
        scores = _scores(network, groups, draw, recipe.hidden_pieces).float()
    loss: Tensor = cross_entropy(scores, labels, label_smoothing=recipe.smoothing)
    if phase.tone is None:
        return loss
    # A group has its answers and then their twins, in the same order.
    twins: list[int] = []
    alone: list[int] = []
    at = 0
    for group in groups:
        half = len(group.inputs) // 2
        alone += range(at, at + half)
        twins += range(at + half, at + 2 * half)
        at += 2 * half
    odds = scores[:, 0] - scores[:, 1]
    apart = torch.stack([odds[twins] - odds[alone], scores[twins, 2] - scores[alone, 2]]).square()
    return loss + recipe.likeness * apart.mean()


def twin(example: Example, tone: ToneSentences, draw: random.Random) -> Example:
    """The example with words of tone around its answer."""
    return replace(example, answer=with_tone(example.answer, tone, draw))


def scores_of(
    network: ReaderNetwork, examples: Sequence[Example], form: ReaderForm
) -> list[list[float]]:
    """The scores of the three classes for each example, as the network gives them in float32."""
    found: list[list[float]] = [[]] * len(examples)
    network.eval()
    with torch.no_grad():
        for at, one in enumerate(examples):
            group = _group([one], form, None, None)
            found[at] = _scores(network, [group])[0].tolist()
    return found


def units_of(network: ReaderNetwork, one: ReaderInput) -> Tensor:
    """The units of one answer, (units, width)."""
    units: Tensor = network.units(_texts([one], True))[0]
    return units


def _round(
    examples: Sequence[Example], form: ReaderForm, recipe: Recipe, phase: _Rounds, number: int
) -> list[list[_Group]]:
    """The batches of one round, in order."""
    draw = random.Random(f"{recipe.seed}/{phase.name}/{number}")
    together = recipe.twins_together if phase.tone else recipe.answers_together
    chosen = [one for one in examples if (share := phase.share_of(one)) and draw.random() < share]
    chosen = [(swapped(one) or one) if draw.random() < recipe.swap else one for one in chosen]
    draw.shuffle(chosen)
    by_question: dict[Question, list[Example]] = {}
    for one in chosen:
        by_question.setdefault(one.question, []).append(one)
    groups = []
    for ones in by_question.values():
        ones.sort(key=lambda one: len(one.answer))
        for first in range(0, len(ones), together):
            chosen = ones[first : first + together]
            if phase.tone is not None:
                chosen += [twin(one, phase.tone, draw) for one in chosen]
            groups.append(_group(chosen, form, draw, recipe.references))
    return list(_in_batches(groups, draw, recipe.batch_pieces))


def _in_batches(groups: list[_Group], draw: random.Random, pieces: int) -> Iterator[list[_Group]]:
    draw.shuffle(groups)
    groups.sort(key=lambda group: max(len(one.ids) for one in group.inputs) // 48)
    batches: list[list[_Group]] = []
    room = 0
    for group in groups:
        if group.pieces > room:
            batches.append([])
            room = pieces
        batches[-1].append(group)
        room -= group.pieces
    draw.shuffle(batches)
    yield from batches


def _group(
    examples: Sequence[Example], form: ReaderForm, draw: random.Random | None, most: int | None
) -> _Group:
    question = examples[0].question
    chosen: list[tuple[str, int]] = []
    for side, references in ((1, question.correct_answers), (-1, question.incorrect_answers)):
        kept = list(references)
        if draw is not None:
            draw.shuffle(kept)
        chosen += [(one, side) for one in kept[:most]]
    return _Group(
        [form.make(question.text, one.answer) for one in examples],
        [CLASSES.index(one.label.value) for one in examples],
        [form.make(question.text, text) for text, _ in chosen],
        [side for _, side in chosen],
    )


def _scores(
    network: ReaderNetwork,
    groups: Sequence[_Group],
    draw: random.Random | None = None,
    hidden: float = 0.0,
) -> Tensor:
    inputs = [one for group in groups for one in group.inputs]
    answers = network.units(_texts(inputs, True, draw, hidden))
    texts = [one for group in groups for one in group.references]
    vectors = network.units(_texts(texts, False)).squeeze(1)
    most = max(len(group.sides) for group in groups)
    rows, sides = [], []
    at = 0
    for group in groups:
        count = len(group.sides)
        row = torch.nn.functional.pad(vectors[at : at + count], (0, 0, 0, most - count))
        rows += [row] * len(group.inputs)
        sides += [group.sides + [0] * (most - count)] * len(group.inputs)
        at += count
    scores: Tensor = network(answers, torch.stack(rows), torch.tensor(sides))
    return scores


def _texts(
    inputs: Sequence[ReaderInput],
    parts: bool,
    draw: random.Random | None = None,
    hidden: float = 0.0,
) -> Texts:
    longest = _padded(max(len(one.ids) for one in inputs))
    ids, mask = (torch.zeros((len(inputs), longest), dtype=torch.long) for _ in range(2))
    units = max(_units(one, parts) for one in inputs)
    means = torch.zeros((len(inputs), units, longest))
    for row, one in enumerate(inputs):
        pieces = list(one.ids)
        length = len(one.spans)
        if draw is not None:
            for at in range(one.text_at, one.text_at + length):
                if draw.random() < hidden:
                    pieces[at] = _MASK
        ids[row, : len(pieces)] = torch.tensor(pieces)
        mask[row, : len(pieces)] = 1
        if not parts:
            means[row, 0, one.text_at : one.text_at + length] = 1
            continue
        for at, sentence in enumerate(one.sentence_of):
            means[row, at, one.text_at + at] = 1
            means[row, length + sentence, one.text_at + at] = 1
    return Texts(ids, mask, means)


def _units(one: ReaderInput, parts: bool) -> int:
    return len(one.spans) + max(one.sentence_of, default=0) + 1 if parts else 1


def _padded(length: int) -> int:
    return -(-length // _LENGTHS) * _LENGTHS


def _optimizer(network: ReaderNetwork, recipe: Recipe) -> torch.optim.AdamW:
    learnt = [one for one in network.encoder.parameters() if one.requires_grad]
    head = [p for name, p in network.named_parameters() if not name.startswith("encoder.")]
    decay = recipe.weight_decay
    return torch.optim.AdamW(
        [
            {"params": [p for p in learnt if p.ndim > 1], "weight_decay": decay},
            {"params": [p for p in learnt if p.ndim <= 1], "weight_decay": 0.0},
            {"params": head, "weight_decay": decay, "lr": recipe.head_rate},
        ],
        lr=recipe.learning_rate,
    )


def _share_of_rate(done: float, recipe: Recipe) -> float:
    """A linear rise, then half a cosine down to a fiftieth."""
    if done < recipe.warm_up:
        return (done + 1e-4) / recipe.warm_up
    down = 0.5 * (1 + math.cos(math.pi * (done - recipe.warm_up) / (1 - recipe.warm_up)))
    return 0.02 + 0.98 * down
