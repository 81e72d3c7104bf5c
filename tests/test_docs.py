"""CONTRIBUTING and docs/ tell the truth: their files exist, their commands are commands."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.test_readme import test_every_make_target_is_one as make_target_is_one
from tests.test_readme import test_every_warmbench_command_is_one as warmbench_command_is_one

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
TEXTS = {page: page.read_text(encoding="utf-8") for page in PAGES}
COMMANDS = sorted(
    {
        line
        for text in TEXTS.values()
        for block in re.findall(r"```sh\n(.*?)```", text, flags=re.DOTALL)
        for line in block.splitlines()
    }
)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_each_link_leads_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\((?!https?://)([^)#]+)\)", TEXTS[page])
    assert [target for target in targets if not (page.parent / target).exists()] == []


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
    assert f"warmbench.{group}" in TEXTS[ROOT / "CONTRIBUTING.md"]
    room = {"judges": "judging"}.get(group, group)
    registry = ROOT / "benchmark" / "warmbench" / room / "registry.py"
    assert f'"warmbench.{group}"' in registry.read_text(encoding="utf-8")
