"""eval.yaml: by this file at its root the Hub lists a dataset as a benchmark.

The format is that of https://huggingface.co/docs/hub/eval-results: a name, a description, the
framework that computes the figures, and the tasks for which model repositories may report one.
"""

from __future__ import annotations

import yaml

from warmbench.conditions import HEADLINE_CONTEXTS, Context
from warmbench.data.any_release import AnyRelease
from warmbench_builders.releasing.front_matter import config_files

__all__ = ["eval_file"]

_DESCRIPTION = (
    "How many percentage points of accuracy a language model loses when it is made warmer: the "
    "accuracy of the original model minus that of the warm one, on the same factual questions, "
    "asked plainly and after an emotional disclosure, with and without a wrong belief. Lower is "
    "better."
)


def eval_file(release: AnyRelease) -> str:
    """The YAML: the headline loss, and the loss in each context that counts towards it."""
    config = next(iter(config_files(release)))
    tasks = [{"id": "loss", "config": config, "split": Context.PLAIN.value}]
    tasks += [
        {"id": f"loss_{context.value}", "config": config, "split": context.value}
        for context in HEADLINE_CONTEXTS
    ]
    record = {
        "name": "WarmBench",
        "description": _DESCRIPTION,
        "evaluation_framework": "warmbench",
        "tasks": tasks,
    }
    return yaml.safe_dump(record, sort_keys=False, allow_unicode=True, width=100)
