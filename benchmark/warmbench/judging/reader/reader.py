"""The reader: the weights at work. It reads many answers at once, on the CPU."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from warmbench.judging.judge import Case
from warmbench.judging.reader.form import ReaderForm, ReaderInput, sentences
from warmbench.records.verdict import Question

__all__ = ["Reader", "Reading", "packaged_digest", "packaged_reader", "weights_folder"]

Floats = NDArray[np.float32]

_BATCH_PIECES = 1_024
"""Small batches stay in the caches: twice as fast as large ones on a CPU."""

_CASES_TOGETHER = 2_048
"""So many are sorted by length together: memory stays small, and progress is seen."""

_KEPT = 50_000
"""Readings that are kept for the next call, about; a run, its bundle and its audit have the same
answers."""

_FOLDER = Path(__file__).with_name("weights")


@dataclass(frozen=True, slots=True)
class Reading:
    """What the reader makes of one answer.

    ``log_odds`` are of right against wrong, and ``refused`` of declining against answering
    (natural logarithms, not calibrated). ``start`` and ``end`` span the sentence of the answer that
    weighed most for the side that won.
    """

    log_odds: float
    refused: float
    start: int
    end: int


class Reader:
    """Reads with the weights of one folder, on ``threads`` cores (default: all), each of which
    computes whole batches: their number changes no bit. ``compute`` is CTranslate2's type."""

    def __init__(
        self, folder: Path = _FOLDER, threads: int | None = None, compute: str = "int8"
    ) -> None:
        import ctranslate2
        from tokenizers import Tokenizer

        self._threads = threads or _cores()
        self._kept: dict[Case, Reading] = {}
        self._form = ReaderForm(Tokenizer.from_file(str(folder / "tokenizer.json")))
        self._encoder: Any = ctranslate2.Encoder(
            str(folder),
            device="cpu",
            compute_type=compute,
            inter_threads=self._threads,
            intra_threads=1,
        )
        with np.load(folder / "head.npz", allow_pickle=False) as head:
            self._head = _Head(head)

    def read(
        self, cases: Sequence[Case], on_read: Callable[[int], None] = lambda count: None
    ) -> list[Reading]:
        """One reading a case, in their order; ``on_read`` is told how many more are done. What was
        read before is not read again."""
        new = [case for case in dict.fromkeys(cases) if case not in self._kept]
        on_read(len(cases) - len(new))
        found = dict(zip(new, self._read_new(new, on_read), strict=True))
        readings = [found.get(case) or self._kept[case] for case in cases]
        if len(self._kept) > _KEPT:
            self._kept.clear()
        self._kept.update(found)
        return readings

    def _read_new(self, cases: Sequence[Case], on_read: Callable[[int], None]) -> list[Reading]:
        found: list[Reading] = []
        with ThreadPoolExecutor(self._threads) as pool:
            references: dict[Question, tuple[Floats, Floats]] = {}
            for first in range(0, len(cases), _CASES_TOGETHER):
                together = cases[first : first + _CASES_TOGETHER]
                unread = {case.question for case in together} - references.keys()
                references |= self._references(unread, pool)
                inputs = [self._form.make(c.question.text, c.response) for c in together]
                readings: dict[int, Reading] = {}
                for places, states in self._encoded(inputs, pool):
                    for at, of_one in zip(places, states, strict=True):
                        question, answer = together[at].question, together[at].response
                        units, sentence_of = _units(inputs[at], of_one)
                        readings[at] = self._head.reading(
                            units, sentence_of, *references[question], answer
                        )
                    on_read(len(places))
                found += [readings[at] for at in range(len(together))]
        return found

    def _references(
        self, questions: Iterable[Question], pool: ThreadPoolExecutor
    ) -> dict[Question, tuple[Floats, Floats]]:
        """The vectors of each question's references, and their sides: 1 right, -1 wrong."""
        texts = {
            question: [(one, 1.0) for one in question.correct_answers]
            + [(one, -1.0) for one in question.incorrect_answers]
            for question in questions
        }
        pairs = sorted({(q.text, text) for q, ones in texts.items() for text, _ in ones})
        inputs = [self._form.make(*pair) for pair in pairs]
        vectors: dict[tuple[str, str], Floats] = {}
        for places, states in self._encoded(inputs, pool):
            for at, of_one in zip(places, states, strict=True):
                vectors[pairs[at]] = _normed(of_one[_text(inputs[at])].sum(0))
        width = self._head.width
        return {
            question: (
                np.array([vectors[question.text, text] for text, _ in ones], np.float32).reshape(
                    -1, width
                ),
                np.array([side for _, side in ones], np.float32),
            )
            for question, ones in texts.items()
        }

    def _encoded(
        self, inputs: Sequence[ReaderInput], pool: ThreadPoolExecutor
    ) -> Iterable[tuple[list[int], Floats]]:
        """Batches of places in ``inputs`` and their last states (batch, length, width)."""
        batches = _batches(inputs)
        states = pool.map(lambda places: self._states([inputs[at] for at in places]), batches)
        return zip(batches, states, strict=True)

    def _states(self, inputs: Sequence[ReaderInput]) -> Floats:
        output = self._encoder.forward_batch([list(one.ids) for one in inputs])
        return np.array(output.last_hidden_state, np.float32)


class _Head:
    """The comparison of ``warmbench_builders.reader.network.ReaderNetwork``, in numpy."""

    def __init__(self, arrays: Mapping[str, Floats]) -> None:
        self._of = {name: np.array(arrays[name], np.float32) for name in arrays}
        self.width = int(self._of["narrow"].shape[1])

    def reading(
        self,
        units: Floats,
        sentence_of: NDArray[np.int64],
        references: Floats,
        sides: Floats,
        answer: str,
    ) -> Reading:
        of = self._of
        if not len(units):
            return Reading(0.0, 0.0, 0, len(answer))
        alone = units @ of["alone"].T + of["alone_bias"]
        matters = _softmax(alone[:, 0])
        evidence = matters * alone[:, 1]
        if len(references):
            near = units @ references.T
            product = (units @ of["narrow"].T)[:, None] * (references @ of["narrow"].T)[None]
            hidden = np.maximum(
                0,
                (units @ of["of_unit"].T + of["of_unit_bias"])[:, None]
                + (references @ of["of_reference"].T + of["of_reference_bias"])[None]
                + product @ of["of_product"].T,
            )
            weigh = of["scale"][0] * near + hidden @ of["weigh"][0] + of["weigh_bias"]
            says = of["scale"][1] * near + hidden @ of["agree"][0] + of["agree_bias"]
            evidence = evidence + _softmax(weigh) * says @ sides
        odds = float(evidence.sum())
        by_sentence = np.bincount(sentence_of, evidence * (1 if odds >= 0 else -1))
        start, end = sentences(answer)[int(by_sentence.argmax())]
        declines = float((matters * alone[:, 2]).sum())
        return Reading(odds, declines, start, end)


def weights_folder() -> Path:
    """Where the packaged weights are."""
    return _FOLDER


@cache
def packaged_reader() -> Reader:
    """The reader that the reference judge reads with."""
    return Reader()


@cache
def packaged_digest() -> str:
    """The first 8 hex digits of the SHA-256 of the packaged weights and all that is read
    with them."""
    digest = hashlib.sha256()
    for path in sorted(_FOLDER.iterdir()):
        if path.name == "record.json":
            continue
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:8]


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _batches(inputs: Sequence[ReaderInput]) -> list[list[int]]:
    """Places of like length, each batch at most ``_BATCH_PIECES`` with its padding."""
    batches: list[list[int]] = []
    for place in sorted(range(len(inputs)), key=lambda at: (len(inputs[at].ids), at)):
        length = len(inputs[place].ids)
        if not batches or length * (len(batches[-1]) + 1) > _BATCH_PIECES:
            batches.append([])
        batches[-1].append(place)
    return batches


def _text(one: ReaderInput) -> slice:
    return slice(one.text_at, one.text_at + len(one.spans))


def _units(one: ReaderInput, states: Floats) -> tuple[Floats, NDArray[np.int64]]:
    """The pieces of a text and then its sentences, as vectors of length 1, and the sentence that
    each belongs to."""
    pieces = states[_text(one)]
    of = np.array(one.sentence_of, np.int64)
    present = np.unique(of)
    sums = [pieces[of == sentence].sum(0) for sentence in present]
    units = np.concatenate([pieces, np.array(sums, np.float32).reshape(-1, pieces.shape[1])])
    return _normed(units), np.concatenate([of, present])


def _normed(vectors: Floats) -> Floats:
    norms = np.linalg.norm(vectors, axis=-1, keepdims=True)
    normed: Floats = vectors / np.maximum(norms, np.float32(1e-12))
    return normed


def _softmax(scores: Floats) -> Floats:
    powers = np.exp(scores - scores.max())
    shares: Floats = powers / powers.sum()
    return shares
