"""``warmbench release``: what it says comes next can be typed as it stands."""

from __future__ import annotations

import shlex
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from warmbench.cli.verify import verify
from warmbench.data.release import open_release_path
from warmbench_builders.cli.publish import publish
from warmbench_builders.cli.release import release


@pytest.mark.parametrize("repo", [[], ["--repo", "ann/data"]], ids=["our own", "hers"])
def test_the_next_commands_parse(repo: list[str], tmp_path: Path) -> None:
    out = tmp_path / "release"
    done = CliRunner().invoke(release, [str(open_release_path()), "--out", str(out), *repo])
    assert done.exit_code == 0, done.output
    line = done.output.splitlines()[-1]
    first, second = line.removeprefix("Next: ").removesuffix(" (or private)").split(", then ")
    for text, command in ((first, verify), (second, publish)):
        program, name, *arguments = shlex.split(text)
        assert (program, name) == ("warmbench", command.name)
        with command.make_context(name, arguments) as context:
            assert isinstance(context, click.Context)
