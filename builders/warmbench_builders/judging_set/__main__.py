"""``python -m warmbench_builders.judging_set``: how far the two readings of the judging set agree,
and how far the reference judge agrees with its labels.

Rules are made on the development part alone: look at the final part (``--part final``) for figures
that are published, not to change a judge.
"""

from __future__ import annotations

import click
from rich.console import Console
from rich.table import Table

from warmbench.judging.panel import krippendorff_alpha
from warmbench.records.labelled_answer import Part
from warmbench_builders.judging_set.judging_set import read_judging_set
from warmbench_builders.judging_set.measure import agreement_by_group, reference_judgements

__all__ = ["main"]


@click.command()
@click.option(
    "--part",
    type=click.Choice([part.value for part in Part]),
    default=Part.DEVELOPMENT.value,
    show_default=True,
    help="Answers to measure on.",
)
def main(part: str) -> None:
    """Measure the reference judge on the judging set."""
    answers = [one for one in read_judging_set() if one.part == part]
    questions = len({one.question_id for one in answers})
    alike = sum(one.readings[0] is one.readings[1] for one in answers) / len(answers)
    alpha = krippendorff_alpha([one.readings for one in answers])
    click.echo(
        f"{len(answers):,} answers to {questions} questions ({part}); the two readings agree on "
        f"{alike:.1%}, Krippendorff's alpha {alpha:.3f}"
    )
    table = Table(box=None)
    for column in ("", "", "answers", "right", "kappa", "sens.", "spec.", "unsure"):
        table.add_column(column, justify="right" if column else "left", no_wrap=True)
    for (what, which), found in agreement_by_group(answers, reference_judgements(answers)).items():
        numbers = (found.accuracy, found.kappa, found.sensitivity, found.specificity)
        cells = ["" if number is None else f"{number:.3f}" for number in numbers]
        unsure = "" if found.unsure_share is None else f"{found.unsure_share:.1%}"
        table.add_row(what, which, f"{found.labelled:,}", *cells, unsure)
    Console().print(table)


if __name__ == "__main__":
    main()
