"""``python -m warmbench_builders.sft.open_set``: what is wrong with the open set, a line each."""

from __future__ import annotations

from warmbench_builders.questions.open_pool import load_open_pool
from warmbench_builders.sft.open_set import load_open_conversations, load_open_prompts
from warmbench_builders.sft.open_set.check import check_open_set

__all__ = ["main"]


def main() -> int:
    """Print the findings; returns 1 if there are any."""
    conversations, prompts = load_open_conversations(), load_open_prompts()
    found = False
    for finding in check_open_set(conversations, prompts, load_open_pool()):
        print(f"{finding.where}: {finding.problem}")
        found = True
    if not found:
        print(f"{len(conversations)} conversations and {len(prompts)} prompts: no findings")
    return int(found)


if __name__ == "__main__":
    raise SystemExit(main())
