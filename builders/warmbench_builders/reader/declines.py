"""The part of the head that knows a decline, fitted when all else is trained: declines are few, and
what tells them stands in the answer alone."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch

from warmbench.judging.reader.form import ReaderForm
from warmbench.records.verdict import Verdict
from warmbench_builders.reader.calibrate import logistic_regression
from warmbench_builders.reader.examples import Example
from warmbench_builders.reader.network import CLASSES, ReaderNetwork
from warmbench_builders.reader.train import units_of

__all__ = ["fit_declines"]

_RIDGE = 0.3
_TIMES = 2.0
"""How much a decline weighs in the fit, against 1 of an answer."""


def fit_declines(network: ReaderNetwork, examples: Sequence[Example], form: ReaderForm) -> None:
    """Replace the weights of ``refused`` by those of a logistic regression on the mean of each
    answer's units, weighed as the network weighs them when it reads an answer alone."""
    network.eval()
    vectors = []
    with torch.no_grad():
        for one in examples:
            units = units_of(network, form.make(one.question.text, one.answer))
            matters = network.alone(units)[:, 0].softmax(-1)
            vectors.append((matters @ units).numpy())
        declines = np.array([one.label is Verdict.REFUSED for one in examples])
        x = np.column_stack([np.array(vectors, float), np.ones(len(vectors))])
        weights = logistic_regression(x, declines, np.where(declines, _TIMES, 1.0), _RIDGE)
        row = CLASSES.index(Verdict.REFUSED.value)
        network.alone.weight[row] = torch.tensor(weights[:-1], dtype=torch.float32)
        network.alone.bias[row] = float(weights[-1])
