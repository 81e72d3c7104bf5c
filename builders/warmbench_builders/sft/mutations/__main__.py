"""``python -m warmbench_builders.sft.mutations``: recall and false alarms of the checks.

Prints two tables for the open SFT set: planted edits by kind, and alarms on the clean rewrites by
check. With ``--missed`` also every edit that no check found.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator, Sequence

from warmbench.records.conversation import Version
from warmbench_builders.sft.mutations.edits import CleanPair
from warmbench_builders.sft.mutations.mutation import (
    PLANTED,
    Alarms,
    Recall,
    count_alarms,
    measure_recall,
)
from warmbench_builders.sft.open_set import OpenConversation, load_open_conversations

__all__ = ["clean_pairs", "main", "report_lines"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the tables; returns 0."""
    parser = argparse.ArgumentParser(prog="python -m warmbench_builders.sft.mutations")
    parser.add_argument("--count", type=int, default=PLANTED, help="edits of each kind")
    parser.add_argument("--seed", type=int, default=0, help="which edits are drawn")
    parser.add_argument("--missed", action="store_true", help="list the edits that were not found")
    options = parser.parse_args(arguments)
    pairs = clean_pairs(load_open_conversations())
    recalls = measure_recall(pairs, options.count, options.seed)
    for line in report_lines(recalls, count_alarms(pairs)):
        print(line)
    if options.missed:
        for line in _missed_lines(recalls):
            print(line)
    return 0


def clean_pairs(conversations: Iterable[OpenConversation]) -> list[CleanPair]:
    """Each reply with its warm and its cold version."""
    return [
        CleanPair(
            f"{conversation.conversation_id}/{number}/{version}",
            turn.original,
            turn.reply(version),
            turn.user,
        )
        for conversation in conversations
        for number, turn in enumerate(conversation.turns, start=1)
        for version in (Version.WARM, Version.COLD)
    ]


def report_lines(recalls: Iterable[Recall], alarms: Alarms) -> Iterator[str]:
    """The two tables, line by line."""
    yield f"{'kind':18}{'places':>8}{'planted':>9}{'caught':>8}{'recall':>8}"
    for recall in recalls:
        yield (
            f"{recall.kind:18}{recall.places:>8}{recall.planted:>9}{recall.caught:>8}"
            f"{recall.share:>8.2f}"
        )
    yield ""
    yield f"alarms on {alarms.pairs} clean rewrites: {alarms.alarmed} ({100 * alarms.share:.1f} %)"
    for check, count in alarms.by_check.items():
        yield f"{check:18}{count:>8}"


def _missed_lines(recalls: Iterable[Recall]) -> Iterator[str]:
    for recall in recalls:
        for mutant in recall.missed:
            yield f"{recall.kind} in {mutant.pair.pair_id}: {mutant.before!r} to {mutant.after!r}"


if __name__ == "__main__":
    raise SystemExit(main())
