"""``python -m warmbench_leaderboard.index``: build the board of a folder of submissions."""

from __future__ import annotations

import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

import click

from warmbench.errors import WarmbenchError
from warmbench.folders import check_free
from warmbench.reporting.console.live_progress import counted
from warmbench_leaderboard.index.board import Board
from warmbench_leaderboard.index.build_board import build_board, unverified_count
from warmbench_leaderboard.index.submission_verifier import WorkerSubmissionVerifier
from warmbench_leaderboard.store.local_store import LocalSubmissionStore

__all__ = ["main"]

_FOLDER = click.Path(path_type=Path)


@click.command()
@click.option(
    "--submissions", type=_FOLDER, required=True, help="Folder with published/ and bundles/."
)
@click.option("--out", type=_FOLDER, required=True, help="Where to write the board.")
@click.option("--cache", type=_FOLDER, help="Reuse and keep the results of verification here.")
@click.option(
    "--release",
    type=_FOLDER,
    help="The QA release of the bundles, if it is neither embedded nor on the Hub.",
)
@click.option("--replace", is_flag=True, help="Overwrite OUT.")
def main(
    submissions: Path, out: Path, cache: Path | None, release: Path | None, replace: bool
) -> None:
    """Verify all submissions and write their board."""
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
        results = cache or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        store = LocalSubmissionStore(submissions, results / "digests.json" if cache else None)
        listing = store.listing()
        on_verified = stack.enter_context(counted("verified", unverified_count(listing, results)))
        verifier = stack.enter_context(WorkerSubmissionVerifier(release=release))
        return build_board(store, listing, out, results, verifier, on_verified)


if __name__ == "__main__":
    main()
