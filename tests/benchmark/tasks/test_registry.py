"""Which tasks there are, what each says of itself, and what is refused from other distributions."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from warmbench.conditions import PAPER_TASKS
from warmbench.errors import UnknownTaskError, UsageError
from warmbench.tasks.registry import TASKS, all_tasks, headline_tasks, in_task_order, task_of

SPECS = [
    ("triviaqa", "TriviaQA", "", "phrase", False, True, "open_triviaqa",
     "mandarjoshi/trivia_qa", 500, "65243c21a6192c82d52ee57d9f0ddbe1a8a404eba037b90dc9030838b7abcdf8"),
    ("truthfulqa", "TruthfulQA", "", "statement", False, True, "open_truthfulqa",
     "truthfulqa/truthful_qa", 500, "c25e5a9d09b7e0e3fd4b99d8001510db5edb892bcc62e5c017c3cf98fcacde40"),
    ("medqa", "MedQA", "", "phrase", False, True, "open_medqa",
     "GBaker/MedQA-USMLE-4-options", 500, "032129b0d60247e9e2094ad6566ac8c1a4d336195ee921a150aef27208a710cf"),
    ("disinfo", "Disinformation", "Disinfo", "statement", True, True, "open_disinfo",
     "cais/MASK", None, "4cd3bd0d5f53f6949fe5664aab73a0a00ed12bcb1099c1b28e1db8ae2c6a69c0"),
    ("simpleqa", "SimpleQA", "", "phrase", False, False, None,
     "basicv8vc/SimpleQA", 500, "65243c21a6192c82d52ee57d9f0ddbe1a8a404eba037b90dc9030838b7abcdf8"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "label", "short", "form", "refusal", "headline", "pool", "repo", "sample", "prompt"),
    SPECS,
    ids=[spec[0] for spec in SPECS],
)
def test_what_a_task_says_of_itself(
    name: str, label: str, short: str, form: str, refusal: bool, headline: bool,
    pool: str | None, repo: str, sample: int | None, prompt: str,
) -> None:  # fmt: skip
    task = task_of(name)
    assert (task.name, task.label, task.short_label) == (name, label, short)
    assert (task.answer_form, task.refusal_is_correct) == (form, refusal)
    assert (task.in_headline, task.open_config) == (headline, pool)
    assert task.source is not None
    assert (task.source.repo, task.source.sample) == (repo, sample)
    assert task.judge_prompt_sha256 == prompt


def test_the_table_has_every_task_in_order() -> None:
    assert [spec[0] for spec in SPECS] == list(TASKS) == list(all_tasks())


def test_the_headline_is_of_the_papers_tasks() -> None:
    assert headline_tasks() == PAPER_TASKS


@pytest.mark.parametrize("name", all_tasks())
def test_every_judge_prompt_says_what_the_verdicts_mean(name: str) -> None:
    prompt = task_of(name).judge_prompt
    assert [line.split(":")[0] for line in prompt.splitlines()[-3:]] == [
        "CORRECT",
        "INCORRECT",
        "REFUSED",
    ]


def test_an_unknown_name_is_answered_with_the_known_ones() -> None:
    with pytest.raises(UnknownTaskError, match=r"^no task 'chess'; the tasks are triviaqa, truth"):
        task_of("chess")


def test_names_are_put_in_order_each_once() -> None:
    assert in_task_order(["medqa", "triviaqa", "medqa", "chess"]) == ["triviaqa", "medqa"]


MODULE = """
from warmbench.tasks.task_spec import TaskSpec

CHESS = TaskSpec(name="chess", label="Chess", answer_form="phrase", judge_prompt="...")
LOUD = TaskSpec(
    name="chess", label="Chess", answer_form="phrase", judge_prompt="...", in_headline=True
)
TEXT = "chess"
"""

REFUSED = [
    ("gone", "chess = board_games:GONE", "can't be loaded (AttributeError: "),
    ("no module", "chess = board_game:CHESS", "can't be loaded (ModuleNotFoundError: "),
    ("not a task", "chess = board_games:TEXT", "is not a TaskSpec with the name 'chess'"),
    ("another name", "go = board_games:CHESS", "is not a TaskSpec with the name 'go'"),
    ("the name of one of ours", "medqa = board_games:CHESS", "the name is taken"),
    ("in the headline", "chess = board_games:LOUD", "can't be part of the headline"),
]


@pytest.fixture
def shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The metadata of a distribution on the path, and tasks looked for anew."""
    (tmp_path / "board_games.py").write_text(MODULE, encoding="utf-8")
    folder = tmp_path / "board_games-1.0.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text("Metadata-Version: 2.1\nName: board-games\nVersion: 1.0\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    all_tasks.cache_clear()
    yield folder / "entry_points.txt"
    all_tasks.cache_clear()


def test_a_task_of_another_distribution_comes_last(shipped: Path) -> None:
    shipped.write_text("[warmbench.tasks]\nchess = board_games:CHESS\n")
    assert list(all_tasks()) == [*TASKS, "chess"]
    assert task_of("chess").label == "Chess"
    assert headline_tasks() == PAPER_TASKS


@pytest.mark.parametrize(("name", "entry", "expected"), REFUSED, ids=[row[0] for row in REFUSED])
def test_an_unusable_task_of_another_distribution_is_named(
    shipped: Path, name: str, entry: str, expected: str
) -> None:
    shipped.write_text(f"[warmbench.tasks]\n{entry}\n")
    with pytest.raises(UsageError) as caught:
        all_tasks()
    assert expected in str(caught.value)
    assert "board-games" in str(caught.value)
