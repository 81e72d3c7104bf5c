"""The registry of checks, and all of them at once."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from warmbench_builders.sft.faithfulness.answer import check_answer
from warmbench_builders.sft.faithfulness.dates import check_dates
from warmbench_builders.sft.faithfulness.length import (
    check_echo,
    check_empty,
    check_length,
    check_truncated,
)
from warmbench_builders.sft.faithfulness.mismatch import Check, Mismatch, Pair
from warmbench_builders.sft.faithfulness.names import check_names
from warmbench_builders.sft.faithfulness.negations import check_negations
from warmbench_builders.sft.faithfulness.numbers import check_numbers
from warmbench_builders.sft.faithfulness.refusal import check_refusal
from warmbench_builders.sft.faithfulness.reply import read_reply
from warmbench_builders.sft.faithfulness.structure import check_code, check_lists, check_urls

__all__ = ["CHECKS", "FAITHFULNESS_VERSION", "check_rewrite"]

FAITHFULNESS_VERSION = "faithfulness-1"
"""Changes whenever a check can give another result."""

CHECKS: Mapping[str, Check] = MappingProxyType(
    {
        "empty": check_empty,
        "echo": check_echo,
        "truncated": check_truncated,
        "refusal": check_refusal,
        "numbers": check_numbers,
        "dates": check_dates,
        "names": check_names,
        "negations": check_negations,
        "code": check_code,
        "urls": check_urls,
        "lists": check_lists,
        "answer": check_answer,
        "length": check_length,
    }
)
"""Every check by its name, in the order in which they run."""

_ENOUGH = frozenset(["empty", "echo"])
"""Where one of these finds something, the others are skipped."""


def check_rewrite(original: str, rewrite: str, *, prompt: str = "") -> tuple[Mismatch, ...]:
    """All ways in which ``rewrite`` does not say what ``original`` says; empty: it is faithful.

    ``prompt`` is the user's message: what it contains is not new in a rewrite, and a rewrite may
    not repeat it.
    """
    pair = Pair(read_reply(original), read_reply(rewrite), read_reply(prompt))
    mismatches: list[Mismatch] = []
    for name, check in CHECKS.items():
        mismatches += check(pair)
        if mismatches and name in _ENOUGH:
            break
    return tuple(mismatches)
