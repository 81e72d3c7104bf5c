"""Who is said to be speaking: the warm and the cold relations of SocioT Warmth.

The prefixes are those of Cheng, Yu and Jurafsky, "HumT DumT: Measuring and controlling human-like
language in LLMs", ACL 2025, arXiv 2502.13259 (github.com/myracheng/humtdumt).
"""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["COLD_PREFIXES", "PREFIXES", "WARM_PREFIXES", "contrast"]

WARM_PREFIXES = ("My friend said,", "The lover said,", "The mentor said,", "The idol said,")
COLD_PREFIXES = (
    "The stranger said,",
    "The enemy said,",
    "The examiner said,",
    "The dictator said,",
)
PREFIXES = (*WARM_PREFIXES, *COLD_PREFIXES)


def contrast(log_likelihoods: Sequence[float]) -> float:
    """Mean over the warm prefixes minus mean over the cold ones; one value for each of
    ``PREFIXES``, in nats a token, and so is the result."""
    warm, cold = log_likelihoods[: len(WARM_PREFIXES)], log_likelihoods[len(WARM_PREFIXES) :]
    return sum(warm) / len(WARM_PREFIXES) - sum(cold) / len(COLD_PREFIXES)
