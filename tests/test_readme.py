"""The README tells the truth: its commands exist, its examples run, its figures are the pool's."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import click
import pytest

from warmbench.cli.main import main
from warmbench.conditions import PAPER_TASKS, Context
from warmbench.data.load import open_data
from warmbench.engines.registry import ENGINES
from warmbench.records.study import read_study

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, flags=re.DOTALL)


COMMANDS = [
    line.strip()
    for block in blocks("sh")
    for line in block.replace("\\\n", " ").splitlines()
    if line.strip()
]


@pytest.mark.parametrize("line", [c for c in COMMANDS if c.startswith("warmbench ")])
def test_every_warmbench_command_is_one(line: str) -> None:
    context: click.Context = click.Context(main, info_name="warmbench")
    command: click.Command = main
    words = shlex.split(line)[1:]
    while isinstance(command, click.Group):
        found = command.get_command(context, words.pop(0))
        assert found is not None
        command = found
    command.make_context(command.name, words)  # raises for an unknown option or value


@pytest.mark.parametrize("line", [c for c in COMMANDS if c.startswith("make ")])
def test_every_make_target_is_one(line: str) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert re.search(rf"^{line.split()[1]}:", makefile, flags=re.MULTILINE)


def test_every_make_target_named_in_passing_is_one() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"`make ([a-z-]+)`", README):
        assert re.search(rf"^{target}:", makefile, flags=re.MULTILINE)


@pytest.mark.parametrize("code", blocks("python"))
def test_every_python_example_runs(code: str, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()


@pytest.mark.parametrize("text", blocks("toml"))
def test_every_study_file_is_one(text: str, tmp_path: Path) -> None:
    (tmp_path / "study.toml").write_text(text)
    assert len(read_study(tmp_path / "study.toml").arms) == 2


def test_the_names_are_all_there() -> None:
    for name in (*Context, *PAPER_TASKS, *ENGINES):
        assert f"`{name}`" in README


def test_the_figures_of_the_pool_are_its_own() -> None:
    manifest = open_data("open").manifest
    kept = [one.kept for name, one in manifest.sources.items() if name != "judging"]
    counts = set(kept)
    assert len(counts) == 1
    assert f"{sum(kept)} original questions" in README
    assert f"{counts.pop()} for each" in README


def test_the_link_to_the_citation_leads_somewhere() -> None:
    for target in re.findall(r"\]\((?!https?://)([^)]+)\)", README):
        assert (ROOT / target).exists()


def test_the_version_is_said_once() -> None:
    version = re.search(r'^version = "(.+)"$', (ROOT / "pyproject.toml").read_text(), re.MULTILINE)
    assert version is not None
    assert f"version: {version[1]}\n" in (ROOT / "CITATION.cff").read_text()
    assert f"## {version[1]}" in (ROOT / "CHANGELOG.md").read_text()
