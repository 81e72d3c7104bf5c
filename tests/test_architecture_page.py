"""docs/architecture.md names files, rooms and types that exist, and leaves out no room."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
TEXT = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
PATHS = sorted(set(re.findall(r"`((?:benchmark|builders|leaderboard)/\S+?)/?`", TEXT)))
ROOMS = [
    path
    for package in (
        "benchmark/warmbench",
        "builders/warmbench_builders",
        "leaderboard/warmbench_leaderboard",
    )
    for path in sorted((ROOT / package).iterdir())
    if (path / "__init__.py").is_file() and path.name != "cli"
]
CODE = "\n".join(
    path.read_text(encoding="utf-8")
    for package in ("benchmark", "builders", "leaderboard")
    for path in (ROOT / package).rglob("*.py")
)
TYPES = sorted(set(re.findall(r"`([A-Z][a-zA-Z]+)`", TEXT)))


@pytest.mark.parametrize("path", PATHS)
def test_each_path_exists(path: str) -> None:
    assert (ROOT / path).exists()


@pytest.mark.parametrize("name", TYPES)
def test_each_type_exists(name: str) -> None:
    assert re.search(rf"^(?:class {name}\b|{name} = )", CODE, re.MULTILINE)


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.name)
def test_each_room_has_its_line(room: Path) -> None:
    assert f"| `{room.relative_to(ROOT).as_posix()}` |" in TEXT
