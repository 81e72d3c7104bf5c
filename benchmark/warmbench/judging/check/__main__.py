"""Makes the packaged check of the default judge again: ``python -m warmbench.judging.check``.

Run it where the judge or the judging set has changed. It shows figures alone: the answers of the
final part are not there to change a judge by.
"""

from __future__ import annotations

import click

from warmbench.errors import WarmbenchError
from warmbench.folders import atomic_write
from warmbench.judging.check.measure import check_judge
from warmbench.judging.check.packaged import CHECK_PATH
from warmbench.judging.check.summary import summary_of
from warmbench.judging.reference.judge import ReferenceJudge

__all__ = ["main"]


@click.command()
def main() -> None:
    """Check the default judge, and write that into the package."""
    try:
        check = check_judge(ReferenceJudge()).check
        with atomic_write(CHECK_PATH) as file:
            file.write(f"{check.model_dump_json()}\n".encode())
    except WarmbenchError as error:
        raise click.ClickException(str(error)) from None
    click.echo(summary_of(check).overall.model_dump_json(indent=2))


if __name__ == "__main__":
    main()
