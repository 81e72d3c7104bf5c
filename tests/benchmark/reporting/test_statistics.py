"""The statistics section and the judge: sentences, pictures, tables, and their place on the page."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter

from tests.benchmark.reporting.beside import make_analysis, make_audit
from tests.benchmark.reporting.scorecards import (
    Page,
    make_card,
    make_rows,
    read_page,
    score_json,
    score_of,
)
from warmbench.conditions import PAPER_TASKS, Context
from warmbench.errors import DataError
from warmbench.records.analysis import Analysis
from warmbench.records.audit import Audit
from warmbench.records.estimate import NonInferiority
from warmbench.records.scorecard import ArmScore
from warmbench.reporting.answers import (
    Answers,
    RunRows,
    mean_of,
    refusals_of,
    unsure_shares,
    words_of,
)
from warmbench.reporting.console.scorecard import print_scorecard
from warmbench.reporting.figures.side import (
    belief_figure,
    belief_sentence,
    length_figure,
    length_sentence,
    refusal_figure,
    refusal_sentence,
)
from warmbench.reporting.html.judge_section import judge_table, tone_sentence
from warmbench.reporting.html.loss_tables import length_table, loss_tables, refusal_table
from warmbench.reporting.html.page import render_report
from warmbench.reporting.html.statistics_section import detectable_sentence, kept_sentence
from warmbench.reporting.html.table import Table
from warmbench.reporting.wording import margin_text
from warmbench.statistics.arm_score import score_arm

MINUS = "\N{MINUS SIGN}"
PERCENT = "\N{NO-BREAK SPACE}%"
HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(1)>\"'{{ 7 }}\u202e"
JUDGED = {"judge": "reference-2", "questions": 4, "not_judged": 0}
ONE, TWO = ("medqa", "q1"), ("medqa", "q2")
WORDS = {
    "original": {"plain": {ONE: [9.0, 9.0], TWO: [11.0, 11.0]}, "sadness": {ONE: [12.0]}},
    "warm": {"plain": {ONE: [15.0], TWO: [16.0]}, "sadness": {ONE: [30.0]}},
}


def score_with(**changes: Any) -> ArmScore:
    return ArmScore.model_validate({**score_json(), **changes})


def measure(original: float | None, treated: float | None, reach: float | None) -> dict[str, Any]:
    """A belief's numbers in a scorecard; ``reach``: half the width of every interval."""

    def accuracy(value: float | None) -> dict[str, float] | None:
        if value is None:
            return None
        ends = {} if reach is None else {"low": value - reach, "high": value + reach}
        return {"value": value, **ends}

    return {"original_accuracy": accuracy(original), "treated_accuracy": accuracy(treated)}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        (
            {"verdict": "within", "more_questions": None},
            "Non-inferiority at 3 points: shown, the loss is at most +1.9 "
            "(one-sided, 95 % confidence)",
        ),
        (
            {"verdict": "exceeded", "lower": 4.0, "upper": 9.0},
            "Non-inferiority at 3 points: refuted, the loss is at least +4.0 "
            "(one-sided, 95 % confidence)",
        ),
        (
            {"upper": 5.0, "more_questions": 1200},
            f"Non-inferiority at 3 points: inconclusive, the loss is between {MINUS}0.2 and +5.0 "
            "(each one-sided, 95 % confidence); about 1,200 more questions would decide it, if the "
            "loss stays where it is",
        ),
        (
            {"upper": 5.0, "margin": 2.5, "confidence": 0.9, "more_questions": 1},
            f"Non-inferiority at 2.5 points: inconclusive, the loss is between {MINUS}0.2 and +5.0 "
            "(each one-sided, 90 % confidence); about 1 more question would decide it, if the "
            "loss stays where it is",
        ),
        (
            {"upper": 5.0},
            f"Non-inferiority at 3 points: inconclusive, the loss is between {MINUS}0.2 and +5.0 "
            "(each one-sided, 95 % confidence); it is too close to the margin for any "
            "number of questions to decide",
        ),
        (
            {"lower": None, "upper": None},
            "Non-inferiority at 3 points: inconclusive, as some condition rests on a single "
            "question",
        ),
    ],
)
def test_the_verdict_at_a_margin(changes: dict[str, Any], expected: str) -> None:
    found = {
        "margin": 3.0,
        "confidence": 0.95,
        "lower": -0.2,
        "upper": 1.9,
        "verdict": "undecided",
        "more_questions": None,
    }
    parsed = TypeAdapter(NonInferiority).validate_python({**found, **changes})
    assert margin_text(parsed) == expected


def test_no_verdict() -> None:
    assert margin_text(None) == "Non-inferiority: not measured"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (
            4.26,
            "A true loss of 4.3 points or more would be detected in at least four of five "
            "such runs (the minimum detectable effect); smaller ones may well go unnoticed.",
        ),
        (None, "The smallest detectable loss is not known."),
    ],
)
def test_what_such_a_run_would_find(value: float | None, expected: str) -> None:
    assert detectable_sentence(score_with(minimum_detectable_effect=value)) == expected


def test_ratios_carry_their_intervals() -> None:
    score = score_with(
        headline={
            "retention": {"value": 0.9, "low": 0.85, "high": 0.952},
            "relative_error_rise": {"value": 0.4, "low": -0.05, "high": 1.031},
        }
    )
    assert kept_sentence(score) == (
        f"Accuracy kept: 90.0{PERCENT} (85.0 to 95.2). "
        f"Rise in errors, relative to the original's: +40.0{PERCENT} ({MINUS}5.0 to +103.1)."
    )
    (relative,) = (t for t in loss_tables(score) if t.caption == "Relative to the original")
    assert relative.rows[0].cells == (
        *(f"90.0{PERCENT}", "85.0 to 95.2", f"+40.0{PERCENT}", f"{MINUS}5.0 to +103.1"),
    )


def test_ratios_without_intervals() -> None:
    score = score_with(headline={"retention": {"value": 0.9}})
    assert kept_sentence(score) == (
        f"Accuracy kept: 90.0{PERCENT}. Rise in errors, relative to the original's: not measured."
    )


def test_the_belief_figure_holds_both_accuracies_with_their_intervals() -> None:
    beliefs = {
        "none": measure(90.0, 85.0, 2.0),
        "present": measure(80.0, 60.0, 2.0),
        "asserts_wrong": measure(82.0, 61.0, None),
        "doubts_right": measure(78.0, None, 3.0),
    }
    score = score_with(beliefs=beliefs, sycophancy={"value": 15.0, "low": 12.0, "high": 18.0})
    original, treated = (figure := belief_figure(score)).data
    assert (original.name, treated.name) == ("original", "warm")
    assert list(original.y) == [90.0, 82.0, 78.0]
    assert list(original.error_y.array) == [2.0, 0.0, 3.0]
    assert list(treated.y) == [85.0, 61.0]
    assert list(treated.error_y.arrayminus) == [2.0, 0.0]
    assert treated.hovertext[0] == (
        f"No belief stated, warm<br>accuracy 85.0{PERCENT} (83.0 to 87.0)"
    )
    assert original.marker.symbol != treated.marker.symbol
    assert len(figure.layout.xaxis.ticktext) == 3
    assert belief_sentence(score) == (
        f"No belief stated: original 90.0{PERCENT} (88.0 to 92.0), warm 85.0{PERCENT} (83.0 to "
        f"87.0). User asserts a wrong answer: original 82.0{PERCENT}, warm 61.0{PERCENT}. User "
        f"doubts the right answer: original 78.0{PERCENT} (75.0 to 81.0), warm not measured. "
        "Sycophancy, points lost more when a belief is stated: +15.0 (+12.0 to +18.0)."
    )


def test_the_refusal_figure_holds_the_shares() -> None:
    refusals = {"original": {"medqa": 1.5}, "treated": {"medqa": 6.0, "triviaqa": 2.0}}
    score = score_with(refusals=refusals)
    answers = {"warm": {"medqa": {ONE: [100.0, 0.0], TWO: [0.0, 0.0]}}}
    original, treated = refusal_figure(score, answers).data
    assert (list(original.x), list(treated.x)) == ([1.5], [2.0, 6.0])
    assert [round(y) for y in (*original.y, *treated.y)] == [2, 0, 2]
    assert list(original.error_x.array) == [0.0]
    assert list(treated.error_x.array) == [0.0, 94.0]
    assert list(treated.error_x.arrayminus) == [0.0, 6.0]
    share = f"6.0{PERCENT} (0.0 to 100.0)"
    assert refusal_sentence(score, answers) == f"MedQA: original 1.5{PERCENT}, warm {share}."
    rows = {row.header: row.cells for row in refusal_table(score, answers).rows}
    assert rows["MedQA"] == (f"1.5{PERCENT}", share)
    assert rows["TriviaQA"] == ("not measured", f"2.0{PERCENT}")


@pytest.mark.parametrize(
    ("share", "expected"),
    [(0.0, "Neither model refused an answer."), (None, "Refusals: not measured.")],
)
def test_without_refusals_there_is_nothing_to_draw(share: float | None, expected: str) -> None:
    shares = {} if share is None else dict.fromkeys(PAPER_TASKS, share)
    score = score_with(refusals={"original": shares, "treated": shares})
    assert not refusal_figure(score, {}).data
    assert refusal_sentence(score, {}) == expected


def test_lengths_by_context() -> None:
    original, treated = length_figure(WORDS, "warm").data
    assert (list(original.x), list(treated.x)) == ([10.0, 12.0], [15.5, 30.0])
    # two questions: sd of their means / sqrt(2) is 1 and 0.5, and t(1) 12.706
    plain = ("10.0 (0.0 to 22.7)", "15.5 (9.1 to 21.9)", f"+5.5 ({MINUS}0.9 to +11.9)")
    assert length_sentence(WORDS, "warm") == (
        f"Plain questions: original {plain[0]} words, warm {plain[1]}. "
        "Largest difference: sadness, +18.0 words."
    )
    assert [(row.header, *row.cells) for row in length_table(WORDS, "warm").rows] == [
        ("Plain", *plain),
        ("Sadness", "12.0", "30.0", "+18.0"),
    ]
    assert list(original.error_x.array) == [pytest.approx(12.706, abs=1e-3), 0.0]
    assert length_sentence(WORDS, "cold") == "The length of the answers was not measured."


def test_words_are_counted_by_arm_and_context() -> None:
    items, verdicts = make_rows(("medqa",), (Context.PLAIN, Context.SADNESS))
    said = {"original": "two words", "warm": " and\nthree\twords "}
    responses = [
        {**row, "response": said[row["arm"]] + (" more" if "sadness" in row["item_id"] else "")}
        for row in verdicts
    ]
    responses[0]["response"] = None
    words = words_of(items, responses)
    assert {arm: {c: mean(found) for c, found in by.items()} for arm, by in words.items()} == {
        "original": {"plain": 2.0, "sadness": 3.0},
        "warm": {"plain": 3.0, "sadness": 4.0},
    }
    sizes = [sum(map(len, found.values())) for by in words.values() for found in by.values()]
    assert sum(sizes) == len(responses) - 1
    assert {len(found) for by in words.values() for found in by.values()} == {4}  # questions
    assert words_of(items, []) == {}


def test_refusals_are_those_of_the_scorecard() -> None:
    items, verdicts = make_rows(("medqa", "triviaqa"))
    rows = [
        {**row, "verdict": "refused" if number % 7 == 0 else row["verdict"]}
        for number, row in enumerate(verdicts)
    ]
    refusals, score = refusals_of(items, rows), score_arm(items, rows, "warm")
    for arm, side in (("original", "original"), ("warm", "treated")):
        shares = {task: mean(answers) for task, answers in refusals[arm].items()}
        assert shares == pytest.approx(score.refusals[side])


def mean(answers: Answers) -> float | None:
    found = mean_of(answers)
    return found and found.value


def test_how_sure_the_judge_was_of_each_arm() -> None:
    verdicts = [
        {"arm": arm, "sure": sure}
        for arm, flags in {"original": [True] * 4, "warm": [True, False, False, True]}.items()
        for sure in flags
    ]
    unsure = unsure_shares(verdicts)
    assert unsure == {"original": 0.0, "warm": 0.5}
    table = judge_table(make_card(), unsure)
    assert [(row.header, row.cells[:2]) for row in table.rows] == [
        ("Original", ("1,305", f"100.0{PERCENT}")),
        ("Warm", ("1,305", f"50.0{PERCENT}")),
        ("All arms", ("2,610", f"97.0{PERCENT}")),
    ]
    assert table.rows[0].cells[2:] == (f"98.9{PERCENT}", f"0.5{PERCENT}", f"0.6{PERCENT}")
    assert judge_table(make_card(), {}).rows[0].cells[1] == "not measured"


@pytest.mark.parametrize(
    ("bias", "expected"),
    [
        (None, "Tone bias of the judge: not measured."),
        (
            {"value": 0.4, "low": -0.1, "high": 0.9, "flips": 0.012, "answers": 1500, **JUDGED},
            "Tone bias of the judge: kind sentences around the same answer, against cold ones, "
            f"change the share that it calls correct by +0.4 points (95{PERCENT} interval {MINUS}"
            f"0.1 to +0.9). The tone changed 1.2{PERCENT} of the verdicts on 1,500 answers.",
        ),
        (
            {"value": 0.0, "low": None, "high": None, "flips": 0.0, "answers": 9, **JUDGED},
            "Tone bias of the judge: kind sentences around the same answer, against cold ones, "
            "change the share that it calls correct by 0.0 points. The tone changed "
            f"0.0{PERCENT} of the verdicts on 9 answers.",
        ),
    ],
)
def test_the_tone_bias(bias: dict[str, Any] | None, expected: str) -> None:
    assert tone_sentence(make_card(tone_bias=bias)).startswith(expected)


def test_a_packaged_tone_bias_says_so() -> None:
    bias = {"value": 0.0, "low": None, "high": None, "flips": 0.0, "answers": 9, **JUDGED}
    said = tone_sentence(make_card(tone_bias=bias, tone_bias_packaged=True))
    assert said.endswith(
        "of the verdicts on 9 answers (measured on packaged answers, not on this run's)."
    )


def page_with(rows: RunRows, **changes: Any) -> Page:
    return read_page(render_report(make_card(**changes), [], rows=rows))


@pytest.fixture(scope="module")
def full() -> Page:
    return page_with(
        RunRows(
            words=WORDS,
            unsure={"original": 0.1, "warm": 0.2},
            analysis=Analysis.model_validate(make_analysis()),
            audit=Audit.model_validate(make_audit()),
        )
    )


def test_the_section_on_the_page(full: Page) -> None:
    assert [tag.text for tag in full.named("h4") if tag.inside[-1] == "section"] == [
        *("How sure the losses are", "Sycophancy", "Refusals", "Length of the answers"),
        *("The paper's tests", "Every cell"),
    ]
    (findings,) = full.classed("findings")
    assert findings.text.startswith("Non-inferiority at 3 points: inconclusive")
    assert "minimum detectable effect" in findings.text
    drawn = {tag.attributes["data-figure"] for tag in full.classed("plot")}
    assert drawn >= {"arm-1-forest", "arm-1-beliefs", "arm-1-lengths"}
    shown = " ".join(tag.text for tag in full.named("caption"))
    for title in (
        "By task", "By context", "By belief", "Refusals", "Length of the answers",
        "McNemar's exact test in every cell", "Logistic models, without the answer's length",
        "Verdicts of the judge",
        "The judge against people", "Headline loss corrected with people's labels",
    ):  # fmt: skip
        assert title in shown
    assert "Logistic models, with the answer's length" not in shown  # none could be fitted
    assert (
        "Model 3 with the answer's length can't be fitted: too few answers in 'words'."
        in full.reading
    )


def test_the_paper_s_tests_are_in_words_and_in_tables(full: Page) -> None:
    analysis = make_analysis()
    tests = analysis["mcnemar"]["tests"]
    differing = sum(test["adjusted_p"] < 0.05 for test in tests)
    assert f"{differing} of {len(tests)} cells differ at a false discovery rate" in full.reading
    first = tests[0]
    counts = "".join(str(first[key]) for key in ("questions", "lost", "gained"))
    rows = [tag.text for tag in full.named("tr")]
    assert any(text.startswith(f"TriviaQA, Plain, No belief stated{counts}") for text in rows)
    effects = [effect for m in analysis["models"]["warm"] for effect in m.get("effects", ())]
    assert effects
    assert sum("by belief): " in text for text in rows) == 2


def test_the_judge_against_people(full: Page) -> None:
    rows = [tag.text for tag in full.named("tr")]
    assert any(
        text.startswith(f"Warm4090.0{PERCENT}".replace("\N{NO-BREAK SPACE}", " ")) for text in rows
    )
    assert "Warm+2.8 (+1.8 to +3.8)\N{EN DASH}+6.5 (+4.5 to +8.5)+7.0 (+4.0 to +10.0)" in rows


def test_a_loss_by_labels_alone_stands_before_a_corrected_one() -> None:
    audit = make_audit()
    assert (
        "Corrected by people's labels: +6.5"
        in page_with(RunRows(audit=Audit.model_validate(audit))).reading
    )
    audit["treated"][0]["by_labels"] = {"loss": {"value": 5.5, "low": 4.5, "high": 6.5}}
    page = page_with(RunRows(audit=Audit.model_validate(audit)))
    assert "By people's labels of every answer: +5.5 (+4.5 to +6.5)" in page.reading
    assert "Corrected by people's labels" not in page.reading


def test_why_a_loss_could_not_be_put_right() -> None:
    page = page_with(RunRows(audit=Audit.model_validate(make_audit(reason="too few labels"))))
    assert "Warm: no prediction-powered loss: too few labels." in page.reading


@pytest.mark.parametrize(
    ("rows", "said", "absent"),
    [
        (RunRows(), "Not made for this page: run", "McNemar's exact test in every cell"),
        (RunRows(), "Nobody held this judge against people's labels", "The judge against people"),
        (
            RunRows(analysis=Analysis.model_validate(make_analysis("llm-9"))),
            "they were made for the verdicts of another judge (llm-9)",
            "McNemar's exact test in every cell",
        ),
        (
            RunRows(audit=Audit.model_validate(make_audit("llm-9"))),
            "The audit beside this run is of another judge (llm-9)",
            "The judge against people",
        ),
    ],
)
def test_what_is_not_of_these_verdicts_is_left_out(rows: RunRows, said: str, absent: str) -> None:
    page = page_with(rows)
    assert said in page.reading
    assert absent not in page.reading


def test_hostile_files_are_text() -> None:
    def page_of(text: str) -> Page:
        analysis, audit = make_analysis(), make_audit(reason=text)
        analysis["mcnemar"]["tests"][0].update(task=text)
        analysis["mcnemar"].update(family=text, epochs=text)
        analysis["models"]["warm"][0].update(name=text, title=text)
        analysis["models"]["warm"][0]["effects"][0]["level"] = text
        analysis["models"]["warm"][-1].update(reason=text, columns=[text])
        audit["agreement"]["arms"][text] = audit["agreement"]["arms"].pop("warm")
        audit["treated"][0]["arm"] = text
        rows = RunRows(
            words=WORDS,
            unsure={text: 0.5},
            analysis=Analysis.model_validate(analysis),
            audit=Audit.model_validate(audit),
        )
        return page_with(rows)

    def shape(page: Page) -> list[tuple[str, tuple[str, ...]]]:
        return [(tag.name, tuple(tag.attributes)) for tag in page.tags]

    hostile = page_of(HOSTILE)
    assert shape(hostile) == shape(page_of("tame"))
    assert "\u202e" not in hostile.reading


def test_names_in_figures_are_never_markup() -> None:
    arm = "<a href='javascript:x'>%{x}</a>\u202e"
    refused = {"original": {}, "treated": {arm: 5.0}}
    score = score_with(arm=arm, refusals=refused, tasks={arm: {}})
    words = {"original": WORDS["original"], arm: WORDS["warm"]}
    for figure in (belief_figure(score), refusal_figure(score, {}), length_figure(words, arm)):
        written = json.dumps(json.loads(figure.to_json()), ensure_ascii=False)
        assert "href" in written
        assert "<a" not in written
        assert "\u202e" not in written


@pytest.mark.parametrize("name", ["analysis.json", "audit.json"])
def test_a_file_that_is_not_there_is_none(tmp_path: Path, name: str) -> None:
    read = {"analysis.json": Analysis.read, "audit.json": Audit.read}[name]
    assert read(tmp_path / name) is None


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("analysis.json", b"{"),
        ("analysis.json", b'{"judge": "x"}'),
        ("analysis.json", b"\xff\xfe"),
        ("audit.json", b"[]"),
        ("audit.json", b'{"judge": 3}'),
    ],
)
def test_a_damaged_file_gets_a_sentence(tmp_path: Path, name: str, content: bytes) -> None:
    read = {"analysis.json": Analysis.read, "audit.json": Audit.read}[name]
    (tmp_path / name).write_bytes(content)
    with pytest.raises(DataError, match=rf"{name}: .*; run `warmbench a\w+` again"):
        read(tmp_path / name)


def test_tables_have_a_cell_for_every_column() -> None:
    tables: list[Table] = [*loss_tables(score_of()), judge_table(make_card(), {})]
    for table in tables:
        assert {len(row.cells) + 1 for row in table.rows} == {len(table.columns)}


def test_statistics_of_other_packages_stand_in_report_and_terminal(
    capsys: pytest.CaptureFixture[str],
) -> None:
    score = score_with(
        statistics={
            "flip_rate": {"value": 4.0, "low": 3.0, "high": 5.0, "n": 16},
            "by_half": {"first": {"value": -1.0}, "second": None},
        }
    )
    table = loss_tables(score)[-1]
    assert (table.caption, [(row.header, *row.cells) for row in table.rows]) == (
        "Further statistics",
        [
            ("flip rate", "+4.0", "+3.0 to +5.0"),
            ("by half: first", f"{MINUS}1.0", "not measured"),
            ("by half: second", "not measured", "not measured"),
        ],
    )
    print_scorecard(make_card(score))
    printed = " ".join(capsys.readouterr().out.split())
    assert "flip rate +4.0 [3.0, 5.0] 16 by half: first" in printed
    assert "Further statistics" not in {table.caption for table in loss_tables(score_of())}
