"""Which prompts a run asks: the same for every study, and none of recorded answers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.benchmark.examples import make_study
from tests.benchmark.prompts import make_conversations, make_sft_release
from warmbench.data.sft_release import SFTRelease
from warmbench.records.prompt import Prompt
from warmbench.records.release import ReleaseRecord
from warmbench.records.selection import Selection
from warmbench.records.study import Arm, Study
from warmbench.running.prompt_set import NO_PROMPTS, choose_prompts, select_prompts

LIVE = Study(arms=(Arm(name="original", model="ct2:reference"), Arm(name="warm", model="openai:x")))
HALF = Study(
    arms=(Arm(name="original", model="ct2:reference"), Arm(name="warm", model="replay:x.csv"))
)


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> SFTRelease:
    return make_sft_release(tmp_path_factory.mktemp("sft") / "r", make_conversations(30), seed=7)


def ids(prompts: object) -> list[str]:
    return [prompt.item_id for prompt in prompts]


@pytest.mark.parametrize(
    ("name", "study", "wanted", "count"),
    [
        ("live arms", LIVE, 10, 10),
        ("more than there are", LIVE, 200, 30),
        ("none wanted", LIVE, 0, 0),
        ("all arms recorded", make_study(), 10, 0),
        ("one arm recorded", HALF, 10, 0),
    ],
)
def test_how_many(name: str, study: Study, wanted: int, count: int, release: SFTRelease) -> None:
    chosen = choose_prompts(study, Selection(warmth_prompts=wanted), release)
    assert len(chosen.prompts) == count
    assert (chosen == NO_PROMPTS) is (count == 0)


def test_the_choice_remembers_its_release(release: SFTRelease) -> None:
    chosen = choose_prompts(LIVE, Selection(warmth_prompts=3), release)
    assert chosen.release == ReleaseRecord(
        name="warmbench-sft", version="1.0.0", fingerprint=release.manifest.fingerprint
    )


@pytest.mark.parametrize(
    ("seed", "expected"), [(0, ["004", "007", "008"]), (1, ["000", "011", "015"])]
)
def test_the_seed_decides(seed: int, expected: list[str]) -> None:
    chosen = select_prompts(make_conversations(30), Selection(warmth_prompts=3), seed)
    assert ids(chosen) == [f"warmth/talk-{number}" for number in expected]


@given(st.integers(0, 30), st.integers(0, 30), st.permutations(make_conversations(30)))
def test_a_larger_number_asks_the_same_and_more(one: int, other: int, rows: list) -> None:
    low, high = sorted((one, other))
    small = ids(select_prompts(rows, Selection(warmth_prompts=low), seed=3))
    large = ids(select_prompts(make_conversations(30), Selection(warmth_prompts=high), seed=3))
    assert set(small) <= set(large)
    assert large == sorted(large)
    assert len(large) == high


def test_a_prompt_is_its_row() -> None:
    prompt = Prompt.of(make_conversations(1)[0])
    assert prompt.item_id == "warmth/talk-000"
    assert Prompt.from_row(prompt.to_row()) == prompt


def test_the_packaged_release_has_the_number_asked_by_default() -> None:
    chosen = choose_prompts(LIVE, Selection())
    assert len(chosen.prompts) == 200
    assert all(prompt.messages[-1].role == "user" for prompt in chosen.prompts)
