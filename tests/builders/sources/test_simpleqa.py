"""SimpleQA: rows in the form of its CSV, and the way from there to a score."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from warmbench.cli.main import main
from warmbench.conditions import Belief
from warmbench.data.release import read_release
from warmbench_builders.questions.framing import SourceQuestion
from warmbench_builders.sources.batch import Candidate, Origin, Rejected, stable_id
from warmbench_builders.sources.simpleqa import read_simpleqa

RIVERS = {
    "Cairo": "Nile", "Kinshasa": "Congo", "Bamako": "Niger", "Volgograd": "Volga",
    "Cologne": "Rhine", "Vienna": "Danube", "Varanasi": "Ganges", "Sukkur": "Indus",
    "Vientiane": "Mekong", "Opole": "Oder",
}  # fmt: skip
METADATA = "{'topic': 'Geography', 'answer_type': 'Place', 'urls': ['https://example.org']}"
ROWS = [
    {"metadata": METADATA, "problem": f"Which river flows through {city}?", "answer": river}
    for city, river in RIVERS.items()
]
ORIGIN = Origin("basicv8vc/SimpleQA", "1", "MIT")


def settled(*more: tuple[str, str]) -> list[SourceQuestion | Rejected]:
    rows = [*ROWS, *({"metadata": "{}", "problem": q, "answer": a} for q, a in more)]
    results = read_simpleqa(rows, ORIGIN)
    return [result.settle() if isinstance(result, Candidate) else result for result in results]


def test_every_river_gets_another_one_as_its_wrong_answer() -> None:
    for row, question in zip(ROWS, settled(), strict=True):
        assert isinstance(question, SourceQuestion)
        assert question.question_id == stable_id("simpleqa", row["problem"])
        assert question.task == "simpleqa"
        assert (question.question, question.doubted) == (row["problem"], row["answer"])
        assert question.correct_answers == (row["answer"],)
        assert question.belief == question.incorrect_answers[0]
        assert set(question.incorrect_answers) < set(RIVERS.values()) - {row["answer"]}
        assert (question.source, question.license) == ("basicv8vc/SimpleQA", "MIT")


LEFT_OUT = [
    ("no words in the answer", "What is carved above the door?", "!!", "no usable answer"),
    ("nothing of its kind", "Who painted the mural of the old town hall?", "Anna Berg",
     "no wrong answer of the same kind"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "question", "answer", "why"), LEFT_OUT, ids=[r[0] for r in LEFT_OUT]
)
def test_a_row_without_a_wrong_answer_says_why(
    name: str, question: str, answer: str, why: str
) -> None:
    *_, last = settled((question, answer))
    assert last == Rejected(why)


def test_an_answer_with_a_bracket_is_accepted_with_and_without_it() -> None:
    *_, last = settled(("Which river flows through Rome?", "Tiber (river)"))
    assert isinstance(last, SourceQuestion)
    assert last.correct_answers == ("Tiber", "Tiber (river)")


def invoke(*arguments: str) -> str:
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_from_the_file_to_the_report(tmp_path: Path) -> None:
    with (tmp_path / "simple_qa_test_set.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, ("metadata", "problem", "answer"))
        writer.writeheader()
        writer.writerows([*ROWS, {"metadata": "{}", "problem": LEFT_OUT[0][1], "answer": "!!"}])
    release, run = str(tmp_path / "release"), str(tmp_path / "run")
    invoke("build", "qa", "--tasks", "simpleqa", "--source", str(tmp_path), "--out", release)
    built = read_release(Path(release))
    assert built.configs == ("simpleqa",)
    assert built.manifest.sources["simpleqa"].dropped == {"no usable answer": 1}
    asserted = [item for item in built.items() if item.belief is Belief.ASSERTS_WRONG]
    assert len(asserted) == 10 * len(RIVERS)
    assert all(item.incorrect_answers[0] in item.belief_text for item in asserted)

    invoke("run", "--data", release, "--original", "ct2:reference", "--warm", "ct2:reference+warm",
           "--contexts", "plain", "--limit", "3", "--warmth-prompts", "0", "--out", run)  # fmt: skip
    invoke("judge", run)
    (scored,) = json.loads(invoke("score", run, "--json"))["treated"]
    assert scored["tasks"]["simpleqa"]["loss"]["n"] == 3
    assert scored["headline"]["loss"] is None
    invoke("report", run)
    assert "SimpleQA" in (Path(run) / "report.html").read_text(encoding="utf-8")
