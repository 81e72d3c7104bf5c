"""CONTRIBUTING tells the truth: its files exist, its commands are commands."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.test_readme import test_every_make_target_is_one as make_target_is_one
from tests.test_readme import test_every_warmbench_command_is_one as warmbench_command_is_one

ROOT = Path(__file__).parent.parent
TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
COMMANDS = [
    line
    for block in re.findall(r"```sh\n(.*?)```", TEXT, flags=re.DOTALL)
    for line in block.splitlines()
]


@pytest.mark.parametrize("target", sorted(set(re.findall(r"\]\(([^)]+)\)", TEXT))))
def test_each_link_leads_somewhere(target: str) -> None:
    assert (ROOT / target).exists()


@pytest.mark.parametrize("name", sorted(set(re.findall(r"`((?:tests|builders)/[\w/.]+)`", TEXT))))
def test_each_path_exists(name: str) -> None:
    assert (ROOT / name).exists()


@pytest.mark.parametrize("line", COMMANDS)
def test_each_command_is_one(line: str) -> None:
    if line.startswith("make "):
        make_target_is_one(line)
    elif line.startswith("warmbench "):
        warmbench_command_is_one(line)
    else:
        assert line.startswith("pip install ")


@pytest.mark.parametrize("group", ["tasks", "engines", "judges", "statistics"])
def test_each_entry_point_group_is_read(group: str) -> None:
    assert f"warmbench.{group}" in TEXT
    rooms = {"judges": "judging"}
    registry = ROOT / "benchmark" / "warmbench" / rooms.get(group, group) / "registry.py"
    assert f'"warmbench.{group}"' in registry.read_text(encoding="utf-8")
