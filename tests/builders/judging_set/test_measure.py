"""The table of judges on labelled sets, and the baseline in it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from warmbench.judging.judge import Case, Judged, JudgingObserver, NotJudged, SilentObserver
from warmbench.records.labelled_answer import Part
from warmbench.records.response import FailureKind
from warmbench.records.verdict import Judgement, Question, Verdict
from warmbench_builders.judging_set.__main__ import main
from warmbench_builders.judging_set.alias_match import AliasMatch
from warmbench_builders.judging_set.labelled_sets import judging_part, labelled_files
from warmbench_builders.judging_set.measure import JUDGES, measure
from warmbench_builders.judging_set.tables import markdown_tables

ALIASES = [
    ("It's the Nile, I think.", ["Nile"], "correct"),
    ("THE  NILE", ["the nile"], "correct"),
    ("A nile-green dress", ["Nile"], "correct"),
    ("The senile king", ["Nile"], "incorrect"),
    ("Not the Nile but the Congo", ["Nile"], "correct"),
    ("Sankt Gallen", ["St. Gallen"], "incorrect"),
    ("Anything", ["the", "..."], "incorrect"),
    ("", ["Nile"], "incorrect"),
]


@pytest.mark.parametrize(("answer", "right", "verdict"), ALIASES)
def test_alias_match(answer: str, right: list[str], verdict: str) -> None:
    case = Case(Question("Which river?", tuple(right)), answer)
    (found,) = AliasMatch().judge_all([case], SilentObserver()).outcomes
    assert isinstance(found, Judgement)
    assert (found.verdict.value, found.sure) == (verdict, True)


def labelled(folder: Path) -> Path:
    rows = [
        ("Which river is longest?", "It's the Nile.", True),
        ("Which river is longest?", "The Rhine, dear.", False),
        ("Which river is longest?", "", False),
        ("Who wrote Emma?", "Jane Austen did.", True),
        ("Who wrote Emma?", "Somebody in Bath.", None),
    ]
    right = {"Which river is longest?": ["Nile"], "Who wrote Emma?": ["Jane Austen"]}
    lines = [
        json.dumps({"question": q, "response": r, "correct": c, "correct_answers": right[q]})
        for q, r, c in rows
    ]
    (folder / "two_rivers.jsonl").write_text("\n".join(lines))
    return folder


def test_a_file_is_a_set_without_what_has_no_answer_or_label(tmp_path: Path) -> None:
    (found,) = labelled_files(labelled(tmp_path))
    assert (found.name, found.by_people) == ("two rivers", True)
    assert [one.right for one in found.answers] == [True, False, True]
    assert len({one.question_id for one in found.answers}) == 2


class Labels:
    """A judge that gives the labels of a part, and fails where it is told to."""

    name = "labels"

    def __init__(self, part: Part, fails: int = 0) -> None:
        self._right = {one.case: one.right for one in judging_part(part).answers}
        self._fails = fails

    def judge_all(self, cases: object, observer: JudgingObserver) -> Judged:
        verdicts = [
            Verdict.CORRECT if right else Verdict.INCORRECT for right in self._right.values()
        ]
        outcomes: list[Judgement | NotJudged] = [
            Judgement(v, True, self.name, "") for v in verdicts
        ]
        outcomes[: self._fails] = [NotJudged(FailureKind.TIMEOUT, "")] * self._fails
        return Judged(outcomes, {})


def test_labels_agree_with_themselves_in_every_group() -> None:
    found = measure(Labels(Part.DEVELOPMENT), judging_part(Part.DEVELOPMENT))
    groups = [
        found.overall,
        *(group for named in found.groups.values() for group in named.values()),
    ]
    assert {group.accuracy.value for group in groups if group.accuracy} == {1.0}
    assert set(found.groups["arm"]) == {"original", "warm"}
    assert len(found.groups["style"]) == 11


def test_a_failure_is_no_wrong_verdict() -> None:
    found = measure(Labels(Part.DEVELOPMENT, fails=7), judging_part(Part.DEVELOPMENT))
    assert found.not_judged == 7
    assert found.overall.accuracy is not None
    assert found.overall.accuracy.value == 1.0


def test_the_table_has_a_row_a_set_and_judge(tmp_path: Path) -> None:
    (rivers,) = labelled_files(labelled(tmp_path))
    text = markdown_tables([(rivers, {"alias match": measure(AliasMatch(), rivers)})])
    assert "| two rivers | people | alias match | 3 | 100.0 " in text
    assert "Right on" not in text  # one length, and nobody knows task, arm and style


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def test_the_command_writes_all_sets_and_judges(tmp_path: Path) -> None:
    out = tmp_path / "tables.md"
    done = run("--labelled", labelled(tmp_path), "--markdown", out)
    assert done.exit_code == 0, done.output
    text = out.read_text(encoding="utf-8")
    assert text.count("| judging set, development | models |") == 1
    for judge in JUDGES:
        assert f"| {judge} |" in text
    assert "Right on **judging set, development**:" in text
    assert "| 100 words and more |" in text


def test_it_is_shown_where_no_file_is_given() -> None:
    done = run("--judge", "alias match")
    assert done.exit_code == 0, done.output
    assert "alias match" in done.output
    assert "Krippendorff's alpha" in done.output


def test_an_empty_folder_gets_a_sentence(tmp_path: Path) -> None:
    done = run("--labelled", tmp_path)
    assert done.exit_code == 1
    assert "no .jsonl file there" in " ".join(done.output.split())
