"""``python -m warmbench_leaderboard.index``: what it prints and how it ends."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.leaderboard.store.stores import put_studies
from warmbench_leaderboard.index.__main__ import main
from warmbench_leaderboard.index.board_folder import BoardFolder


def test_it_says_what_it_made_and_what_it_refused(tmp_path: Path) -> None:
    put_studies(tmp_path / "in", 2)
    (tmp_path / "in" / "published" / "broken.json").write_text("{}")
    out, cache = tmp_path / "out", tmp_path / "cache"
    arguments = ["--submissions", str(tmp_path / "in"), "--out", str(out), "--cache", str(cache)]
    done = CliRunner().invoke(main, arguments)
    assert done.exit_code == 0
    assert done.stdout.splitlines()[0] == f"{out}: 2 entries, 1 ranked"
    assert done.stdout.splitlines()[1].startswith("refused: broken: broken.json: not a published")
    assert done.stdout.splitlines()[1].endswith("[bad-study]")
    assert len(BoardFolder(out).board().entries) == 2
    again = CliRunner().invoke(main, arguments)
    assert (again.exit_code, again.stderr) == (
        2,
        f"Error: {out}: exists and is not empty; give a new folder or --replace\n",
    )
    replaced = CliRunner().invoke(main, [*arguments, "--replace"])
    assert (replaced.exit_code, replaced.stdout) == (0, done.stdout)


@pytest.mark.parametrize("name", ["none", "file"])
def test_no_folder_of_submissions_is_a_sentence(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").write_text("")
    arguments = ["--submissions", str(tmp_path / name), "--out", str(tmp_path / "out")]
    done = CliRunner().invoke(main, arguments)
    assert done.exit_code == 2
    assert "Traceback" not in done.output
    assert not (tmp_path / "out").exists()
