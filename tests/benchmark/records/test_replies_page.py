"""docs/replies.md has the table by which replies are read: each of its instances is what it says."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from warmbench.records.reply import CUT, Reply, response_of
from warmbench.records.response import Answer, FailureKind

PAGE = (Path(__file__).parents[3] / "docs" / "replies.md").read_text(encoding="utf-8")

ROWS = re.findall(r"^\| [^|]+ \| `(\{.*\})` \| ([^|]+) \| [^|]+ \|$", PAGE, re.MULTILINE)


def test_the_table_is_there() -> None:
    assert len(ROWS) == 7


@pytest.mark.parametrize(("reply", "told"), ROWS)
def test_an_instance_is_what_the_page_says(reply: str, told: str) -> None:
    found = response_of("k", Reply(**json.loads(reply)))
    if isinstance(found, Answer):
        assert told == ("an answer, cut" if found.finish_reason == CUT else "an answer")
    else:
        assert told == f"`{found.kind.value}`"


def test_every_kind_that_it_names_is_one() -> None:
    named = set(re.findall(r"`([a-z]+_?[a-z]+)`", PAGE.split("## How")[0]))
    kinds = {kind.value for kind in FailureKind}
    assert named - kinds == {"reasoning_content", "reasoning"}
