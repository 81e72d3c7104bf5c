"""Benjamini and Hochberg's procedure: p values adjusted for the false discovery rate."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

__all__ = ["benjamini_hochberg"]


def benjamini_hochberg(p_values: Sequence[float]) -> list[float]:
    """Each p adjusted over the whole family, in the given order. With m values and p(1) <= p(2)
    <= ... their order,

        adjusted p(i) = min over j >= i of  min(1, m p(j) / j).
    """
    if not p_values:
        return []
    values = np.asarray(p_values, dtype=np.float64)
    order = np.argsort(values)[::-1]
    ranks = np.arange(len(values), 0, -1)
    adjusted = np.empty_like(values)
    adjusted[order] = np.minimum.accumulate(np.minimum(1.0, values[order] * len(values) / ranks))
    return [float(value) for value in adjusted]
