"""``python -m warmbench_leaderboard.index``: fold a folder of submissions into a board."""

from __future__ import annotations

import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

import click

from warmbench.cli.options import FOLDER
from warmbench.errors import WarmbenchError
from warmbench.folders import check_free
from warmbench.run.progress import counted
from warmbench_leaderboard.index.board import Board
from warmbench_leaderboard.index.build_board import fold, unexamined
from warmbench_leaderboard.index.submission_verifier import WorkerExaminer
from warmbench_leaderboard.store.local_store import LocalShelf

__all__ = ["main"]


@click.command()
@click.option("--submissions", type=FOLDER, required=True, help="published/ and bundles/.")
@click.option("--out", type=FOLDER, required=True, help="Where the board is written.")
@click.option(
    "--cache",
    type=FOLDER,
    help="What was examined before; examined again where it is not given.",
)
@click.option(
    "--release",
    type=FOLDER,
    help="The QA release of the bundles, where it is neither embedded nor on the Hub.",
)
@click.option("--replace", is_flag=True, help="Write over what OUT holds.")
def main(
    submissions: Path, out: Path, cache: Path | None, release: Path | None, replace: bool
) -> None:
    """Verify all submissions and write the board that they make."""
    try:
        check_free(out, replace)
        board = _build(submissions, out, cache, release)
    except WarmbenchError as error:
        click.echo(f"Error: {error}", err=True)
        sys.exit(error.exit_code)
    ranked = sum(entry.rank is not None for entry in board.entries)
    click.echo(f"{out}: {len(board.entries):,} entries, {ranked:,} ranked")
    for refusal in board.refused:
        click.echo(f"refused: {refusal.submission}: {refusal.reason} [{refusal.code}]")


def _build(submissions: Path, out: Path, cache: Path | None, release: Path | None) -> Board:
    with ExitStack() as stack:
        known = cache or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        shelf = LocalShelf(submissions, known / "seen.json" if cache else None)
        listing = shelf.listing()
        tick = stack.enter_context(counted("examined", unexamined(listing, known)))
        examiner = stack.enter_context(WorkerExaminer(release=release))
        return fold(shelf, listing, out, known, examiner, tick)


if __name__ == "__main__":
    main()
