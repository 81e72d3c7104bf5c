"""The packaged tables give the committed studies, byte for byte, and the paper's printed."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import pytest
from click.testing import CliRunner

from warmbench.conditions import Context
from warmbench.errors import DataError
from warmbench.published.cell import DECIMALS, PublishedCell, StatedBelief, agrees
from warmbench.published.score import score_published
from warmbench.published.study import PublishedStudy, published_studies
from warmbench.statistics.mcnemar import benjamini_hochberg, exact_mcnemar
from warmbench_builders.study_models.__main__ import main
from warmbench_builders.study_models.cell_table import (
    PACKAGED,
    cells_csv,
    general_benchmarks_csv,
    read_cells,
    read_packaged_general_benchmarks,
)
from warmbench_builders.study_models.make_studies import make_studies, study_json

COMMITTED = Path(__file__).parents[3] / "submissions" / "published"

RECOVERED = {
    "llama-3-1-8b-instruct-fine-tune-warm": 71,
    "mistral-small-instruct-2409-fine-tune-warm": 72,
    "qwen-2-5-32b-instruct-fine-tune-warm": 72,
    "llama-3-1-70b-instruct-fine-tune-warm": 72,
    "gpt-4o-2024-08-06-fine-tune-warm": 69,
    "qwen-2-5-32b-instruct-fine-tune-cold": 57,
    "llama-3-1-70b-instruct-fine-tune-cold": 72,
    "gpt-4o-2024-08-06-fine-tune-cold": 61,
    "qwen-2-5-32b-instruct-system-prompt-warm": 68,
    "llama-3-1-70b-instruct-system-prompt-warm": 65,
    "gpt-4o-2024-08-06-system-prompt-warm": 65,
}


@pytest.fixture(scope="module")
def studies() -> list[PublishedStudy]:
    return make_studies(read_cells(), read_packaged_general_benchmarks())


@pytest.fixture(scope="module")
def warm(studies: list[PublishedStudy]) -> list[PublishedStudy]:
    return [study for study in studies if study.slug.endswith("fine-tune-warm")]


def test_the_committed_files_are_what_the_tables_give(studies: list[PublishedStudy]) -> None:
    assert {path.name for path in COMMITTED.iterdir()} == {f"{s.slug}.json" for s in studies}
    for study in studies:
        assert (COMMITTED / f"{study.slug}.json").read_bytes() == study_json(study)
    assert {study.slug: study for study in published_studies(COMMITTED)} == {
        study.slug: study for study in studies
    }


def test_how_many_cells_are_recovered(studies: list[PublishedStudy]) -> None:
    assert [(study.slug, study.recovered) for study in studies] == list(RECOVERED.items())


def test_of_the_warm_fine_tunes_nearly_all(warm: list[PublishedStudy]) -> None:
    assert sum(study.recovered for study in warm) == 356
    assert sum(len(study.cells) for study in warm) == 360
    unknown = [cell for study in warm for cell in study.cells if not cell.counts]
    assert {(cell.task, cell.odds_ratio) for cell in unknown} == {("disinfo", 1.0)}


def test_every_cell_has_a_solution(studies: list[PublishedStudy]) -> None:
    assert all(cell.solutions > 0 for study in studies for cell in study.cells)


def test_p_is_reproduced_to_the_printed_digits(studies: list[PublishedStudy]) -> None:
    known = [cell for study in studies for cell in study.cells if cell.counts]
    for cell in known:
        assert cell.counts is not None
        p = exact_mcnemar(cell.counts.lost, cell.counts.gained)
        assert p == 1.0 if cell.p is None else agrees(p, cell.p, DECIMALS["p"])
    assert len(known) == 744


def test_adjusted_p_is_that_of_nine_contexts(studies: list[PublishedStudy]) -> None:
    checked = 0
    for study in studies:
        families: dict[tuple[str, StatedBelief], list[PublishedCell]] = defaultdict(list)
        for cell in study.cells:
            families[cell.task, cell.belief].append(cell)
        for family in families.values():
            counts = [cell.counts for cell in family if cell.counts and cell.p is not None]
            if len(counts) < len(family):
                continue
            adjusted = benjamini_hochberg([exact_mcnemar(c.lost, c.gained) for c in counts])
            for cell, value in zip(family, adjusted, strict=True):
                assert cell.adjusted_p is not None
                assert agrees(value, cell.adjusted_p, DECIMALS["adjusted_p"])
                checked += 1
    assert checked == 576


def mean_loss(warm: list[PublishedStudy], context: Context) -> float:
    scores = [score_published(study) for study in warm]
    values = [s["contexts_by_belief"]["none"][context.value]["loss"]["value"] for s in scores]
    return float(sum(values) / len(values))


def loss_by_rows(warm: list[PublishedStudy], context: Context) -> float:
    """The loss of the pooled rows: a row counts the same whatever its task."""
    counts = [
        cell.counts
        for study in warm
        for cell in study.cells
        if cell.context is context and cell.belief is StatedBelief.NONE and cell.counts
    ]
    assert len(counts) == 20
    return 100.0 * sum(c.lost - c.gained for c in counts) / sum(c.rows for c in counts)


@pytest.mark.parametrize(
    ("context", "cells", "rows"),
    [(Context.PLAIN, 6.83, 7.17), (Context.SADNESS, 11.30, 11.91)],
)
def test_beside_the_papers_text(
    warm: list[PublishedStudy], context: Context, cells: float, rows: float
) -> None:
    """The paper says 7.43 and 11.9, of rows; its means by task are those of the cells."""
    assert mean_loss(warm, context) == pytest.approx(cells, abs=0.005)
    assert loss_by_rows(warm, context) == pytest.approx(rows, abs=0.005)


@pytest.mark.parametrize(
    ("task", "paper"),
    [("medqa", 8.6), ("truthfulqa", 8.4), ("disinfo", 5.4), ("triviaqa", 4.9)],
)
def test_plain_losses_by_task_are_the_papers(
    warm: list[PublishedStudy], task: str, paper: float
) -> None:
    losses = [
        cell.loss
        for study in warm
        for cell in study.cells
        if (cell.task, cell.context, cell.belief) == (task, Context.PLAIN, StatedBelief.NONE)
    ]
    assert len(losses) == 5
    assert agrees(sum(losses) / 5, paper, 1)


def test_the_table_that_says_so_in_the_readme(studies: list[PublishedStudy]) -> None:
    text = (COMMITTED.parent / "README.md").read_text(encoding="utf-8")
    for study in studies:
        loss = score_published(study)["headline"]["loss"]
        how = study.treatment.value.replace("-", " " if "prompt" in study.treatment else "-")
        assert (
            f"| {study.model}, {study.arm} {how} | {study.recovered} of 72 | "
            f"{loss['value']:.2f} ({loss['low']:.2f} to {loss['high']:.2f}) |"
        ) in text


def test_only_warm_fine_tunes_have_other_benchmarks(studies: list[PublishedStudy]) -> None:
    for study in studies:
        expected = ["MMLU", "GSM8K", "AdvBench"] if study.slug.endswith("fine-tune-warm") else []
        assert [found.benchmark for found in study.general_benchmarks] == expected


def test_the_row_that_was_left_out_is_reported(studies: list[PublishedStudy]) -> None:
    told = {study.slug: study.notes for study in studies if study.notes}
    assert list(told) == ["llama-3-1-70b-instruct-system-prompt-warm"]
    (note,) = told["llama-3-1-70b-instruct-system-prompt-warm"]
    assert note.startswith("disinfo/anger/present: The authors' table has a second row")


def test_the_packaged_tables_are_written_as_they_are_read() -> None:
    assert cells_csv(read_cells()) == (PACKAGED / "cells.csv").read_text(encoding="utf-8")
    assert general_benchmarks_csv(read_packaged_general_benchmarks()) == (
        PACKAGED / "general_benchmarks.csv"
    ).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("GPT-4o-2024-08-06", "GPT-5", "the paper has no study 'GPT-5'"),
        ("sadness", "boredom", "'boredom' is not a valid Context"),
        ("adjusted_p", "q", "adjusted_p"),
    ],
)
def test_a_spoilt_copy_is_refused(tmp_path: Path, old: str, new: str, message: str) -> None:
    text = (PACKAGED / "cells.csv").read_text(encoding="utf-8").replace(old, new)
    (tmp_path / "cells.csv").write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=message):
        read_cells(tmp_path)


def test_a_study_that_lacks_a_cell_is_refused() -> None:
    with pytest.raises(DataError, match=r"results_warm_ft.csv: Llama.*appears 0 times, not once"):
        make_studies(read_cells()[1:], {})


def test_the_command_writes_all_or_refuses(tmp_path: Path) -> None:
    out = tmp_path / "published"
    done = CliRunner().invoke(main, ["--out", str(out), "--copy", str(tmp_path / "copy")])
    assert done.exit_code == 0, done.output
    assert "gpt-4o-2024-08-06-fine-tune-warm: counts of 69 of 72 cells" in done.output
    assert len(list(out.iterdir())) == 11
    assert (tmp_path / "copy" / "cells.csv").read_bytes() == (PACKAGED / "cells.csv").read_bytes()
    again = CliRunner().invoke(main, ["--out", str(out)])
    assert again.exit_code == 2
    assert "exists and is not empty" in again.output
    missing = CliRunner().invoke(main, ["--tables", str(tmp_path), "--out", str(tmp_path / "new")])
    assert missing.exit_code == 2
    assert "results_warm_ft.csv: can't be read" in missing.output
    assert not (tmp_path / "new").exists()
