"""Which licences allow to hand rows on."""

from __future__ import annotations

import pytest

from warmbench.tasks.registry import headline_tasks
from warmbench_builders.questions.open_pool import OPEN_LICENSE
from warmbench_builders.releasing.licences import redistributable
from warmbench_builders.sources.batch import source_of


@pytest.mark.parametrize(
    ("stated", "allowed"),
    [
        (OPEN_LICENSE, True),
        ("CC BY 4.0", True),
        ("Apache-2.0 (TriviaQA; questions remain their authors')", True),
        ("CC-BY-NC-4.0 (DPR split of TriviaQA)", True),
        ("ODC-BY", True),
        ("mit", True),
        ("Apache-2.0 (as stated; the chats are their users', not for redistribution)", False),
        ("cais/MASK (gated; not for redistribution)", False),
        ("as stated by the source", False),
        ("MITRE", False),
        ("all rights reserved", False),
        ("", False),
    ],
)
def test_redistributable(stated: str, allowed: bool) -> None:
    assert redistributable(stated) is allowed


def test_of_the_upstream_sets_the_gated_one_is_kept_back() -> None:
    for upstream in map(source_of, headline_tasks()):
        assert redistributable(upstream.license) is not upstream.gated
