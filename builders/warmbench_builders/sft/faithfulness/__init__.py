"""Whether a rewritten reply still says what it said.

One check a file, all in the registry ``CHECKS``; ``mutation`` shows how many planted changes they
find, and ``python -m warmbench_builders.sft.faithfulness`` prints it.
"""

from __future__ import annotations

from warmbench_builders.sft.faithfulness.breach import Breach, Check, Pair
from warmbench_builders.sft.faithfulness.checks import CHECKS, FAITHFULNESS_VERSION, check_rewrite

__all__ = ["CHECKS", "FAITHFULNESS_VERSION", "Breach", "Check", "Pair", "check_rewrite"]
