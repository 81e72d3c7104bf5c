"""``python -m warmbench_builders.faithfulness``: the power of the checks, on the open SFT set."""

from __future__ import annotations

from collections import Counter

from rich.console import Console
from rich.table import Table

from warmbench_builders.faithfulness.checks import FAITHFULNESS_VERSION, check_rewrite
from warmbench_builders.faithfulness.mutation import MUTATIONS, RewritePair, plant, recall
from warmbench_builders.open_sft import load_open_conversations

__all__ = ["main", "open_pairs"]

_OF_EACH_KIND = 100


def open_pairs() -> list[RewritePair]:
    """Every reply of the open SFT set with its warm and its cold version."""
    return [
        RewritePair(f"{talk.conversation_id}/{number}/{tone}", turn.original, text, turn.user)
        for talk in load_open_conversations()
        for number, turn in enumerate(talk.turns)
        for tone, text in (("warm", turn.warm), ("cold", turn.cold))
    ]


def main() -> None:
    """Print the alarms on rewrites as written, then the recall of each kind of planted change."""
    console = Console(highlight=False)
    pairs = open_pairs()
    found = {p.pair_id: check_rewrite(p.original, p.rewrite, prompt=p.prompt) for p in pairs}
    alarms = {pair_id: breaches for pair_id, breaches in found.items() if breaches}
    by_check = Counter(check for b in alarms.values() for check in {breach.check for breach in b})
    console.print(
        f"{FAITHFULNESS_VERSION}: {len(alarms)} alarms on {len(pairs)} rewrites as written "
        f"({len(alarms) / len(pairs):.1%}); " + ", ".join(f"{c} {n}" for c, n in by_check.items())
    )
    clean = [pair for pair in pairs if pair.pair_id not in alarms]
    table = Table("kind", "planted", "places", "caught", "recall", box=None)
    for kind in MUTATIONS:
        mutants = plant(clean, kind, _OF_EACH_KIND)
        share = recall(mutants)
        places = len({mutant.place for mutant in mutants})
        caught = round(share * len(mutants))
        table.add_row(kind, str(len(mutants)), str(places), str(caught), f"{share:.3f}")
    console.print(table)


if __name__ == "__main__":
    main()
