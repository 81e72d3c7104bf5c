"""Whether a rewritten reply still says the same.

The checks are listed in ``CHECKS``. ``python -m warmbench_builders.sft.mutations`` prints how many
planted changes they find.
"""

from __future__ import annotations

from warmbench_builders.sft.faithfulness.checks import CHECKS, FAITHFULNESS_VERSION, check_rewrite
from warmbench_builders.sft.faithfulness.mismatch import Check, Mismatch, Pair

__all__ = ["CHECKS", "FAITHFULNESS_VERSION", "Check", "Mismatch", "Pair", "check_rewrite"]
