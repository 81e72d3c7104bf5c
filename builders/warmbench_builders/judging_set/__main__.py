"""``python -m warmbench_builders.judging_set``: the table of all judges on all sets of labelled
answers, and how far the two readings of the judging set agree.

A judge is made on the development part alone; ``--part final`` gives the figures that are
published, and shows no answer.
"""

from __future__ import annotations

from pathlib import Path

import click
from rich.console import Console
from rich.markdown import Markdown

from warmbench.errors import WarmbenchError
from warmbench.folders import atomic_write
from warmbench.judging.panel import krippendorff_alpha
from warmbench.records.labelled_answer import Part
from warmbench_builders.judging_set.judging_set import read_judging_set
from warmbench_builders.judging_set.labelled_sets import judging_part, labelled_files
from warmbench_builders.judging_set.measure import JUDGES, measure
from warmbench_builders.judging_set.tables import markdown_tables

__all__ = ["main"]


@click.command()
@click.option(
    "--part",
    type=click.Choice([part.value for part in Part]),
    default=Part.DEVELOPMENT.value,
    show_default=True,
    help="Part of the judging set to measure on.",
)
@click.option(
    "--labelled",
    metavar="DIR",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Folder with further sets, as JSONL files with people's labels.",
)
@click.option(
    "--judge",
    "names",
    multiple=True,
    type=click.Choice(list(JUDGES)),
    help="Judge to measure; may be given again.  [default: all]",
)
@click.option(
    "--markdown",
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write the tables to this file instead of showing them.",
)
def main(part: str, labelled: Path | None, names: tuple[str, ...], markdown: Path | None) -> None:
    """Measure the judges on the judging set, and on sets with people's labels."""
    chosen = Part(part)
    click.echo(_agreement(chosen), err=True)
    try:
        sets = [judging_part(chosen), *(labelled_files(labelled) if labelled else [])]
        judges = {name: make() for name, make in JUDGES.items() if not names or name in names}
        measured = []
        for one in sets:
            click.echo(f"{one.name}: {len(one.answers):,} answers", err=True)
            measured.append((one, {name: measure(judge, one) for name, judge in judges.items()}))
        text = markdown_tables(measured)
        if markdown:
            with atomic_write(markdown) as file:
                file.write(text.encode())
        else:
            Console().print(Markdown(text))
    except WarmbenchError as error:
        raise click.ClickException(str(error)) from None


def _agreement(part: Part) -> str:
    """How far the two readings of the part agree."""
    answers = [one for one in read_judging_set() if one.part is part]
    questions = len({one.question_id for one in answers})
    alike = sum(one.readings[0] is one.readings[1] for one in answers) / len(answers)
    alpha = krippendorff_alpha([one.readings for one in answers])
    return (
        f"Judging set: {len(answers):,} answers to {questions} questions ({part}); the two "
        f"readings agree on {alike:.1%}, Krippendorff's alpha {alpha:.3f}"
    )


if __name__ == "__main__":
    main()
