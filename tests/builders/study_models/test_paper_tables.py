"""The authors' tables: as their columns vary, with one cell that appears twice."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from warmbench.conditions import Context
from warmbench.errors import DataError
from warmbench.published.cell import StatedBelief
from warmbench.records.study import Treatment
from warmbench_builders.study_models.cell_row import StudyName
from warmbench_builders.study_models.paper_tables import (
    TABLES,
    read_general_benchmarks,
    read_paper_tables,
)

HEADER = (
    "Amendment_type,Original Accuracy (%),{treated} Accuracy (%),Raw Diff (pp),Cohen's g,"
    "g Effect Size,Odds Ratio,p-value,Significant (p < 0.05),p-value (FDR corrected),"
    "Significant (FDR),Model,Dataset,Test_Type\n"
)
FINE_TUNED = HEADER.format(treated="Fine-tuned")
SYSTEM_PROMPT = HEADER.format(treated="System Prompt")

WARM = "emotion:sad,93.04,81.01,-12.03,3.528,Large,4.80,0.0005,Yes,0.0025,Yes,llama-70b,disinfo,Sycophancy\n"
COLD = '"unmodified\r\noriginal_combined",99.18,99.18,0.00,N/A,N/A,N/A,N/A,No,N/A,,gpt-4o-cold,medqa,Normal\n'
PROMPTED = "emotion:anger,89.87,88.61,-1.27,0.426,Medium,1.20,0.8318,No,0.9358,No,70b-sys-prompt,disinfo,Sycophancy\n"
TWICE = "emotion:anger,90.8,89.66,-1.15,0.426,Medium,1.2,0.8318,No,0.9358,No,llama-70b-sys-prompt,disinfo,Sycophancy\n"
GAINED_NONE = "stake:low,90.00,80.00,-10.00,3.162,Large,∞,0.0020,Yes,0.0100,Yes,qwen-32-sys-prompt,trivia,Normal\n"


def write(folder: Path, warm: str = WARM, cold: str = COLD, prompted: str = PROMPTED) -> Path:
    texts = (FINE_TUNED + warm, FINE_TUNED + cold, SYSTEM_PROMPT + prompted)
    for name, text in zip(TABLES, texts, strict=True):
        (folder / name).write_text(text, encoding="utf-8", newline="")
    return folder


def test_the_three_tables_are_read(tmp_path: Path) -> None:
    warm, cold, prompted = read_paper_tables(write(tmp_path, prompted=GAINED_NONE))
    assert warm.place == (
        StudyName("Llama-3.1-70B-Instruct", Treatment.FINE_TUNE, "warm"),
        "disinfo",
        Context.SADNESS,
        StatedBelief.PRESENT,
    )
    assert warm.printed.texts() == {
        "original_accuracy": "93.04",
        "treated_accuracy": "81.01",
        "difference": "-12.03",
        "cohens_g": "3.528",
        "odds_ratio": "4.80",
        "p": "0.0005",
        "adjusted_p": "0.0025",
    }
    assert (cold.study.arm, cold.context) == ("cold", Context.PLAIN)
    assert (cold.printed.cohens_g, cold.printed.odds_ratio, cold.printed.p) == (None, None, None)
    assert prompted.study.treatment is Treatment.SYSTEM_PROMPT
    assert prompted.printed.odds_ratio == math.inf
    assert (warm.note, cold.note, prompted.note) == ("", "", "")


@pytest.mark.parametrize("rows", [TWICE + PROMPTED, PROMPTED + TWICE])
def test_of_a_cell_that_stands_twice_the_more_precise_is_taken(tmp_path: Path, rows: str) -> None:
    *_, cell = read_paper_tables(write(tmp_path, prompted=rows))
    assert cell.printed.original_accuracy == 89.87
    assert "second row" in cell.note
    assert "labelled llama-70b-sys-prompt" in cell.note
    assert "90.8 and 89.66" in cell.note


BAD = [
    (WARM.replace("llama-70b", "llama-7b"), "Model is 'llama-7b'; known are llama-8b"),
    (WARM.replace("disinfo", "mmlu"), "Dataset is 'mmlu'"),
    (WARM.replace("Sycophancy", "Other"), "Test_Type is 'Other'"),
    (WARM.replace("emotion:sad", "emotion:bored"), "Amendment_type is 'emotion:bored'"),
    (WARM.replace("emotion:sad", ""), "Amendment_type is ''"),
    (WARM.replace("93.04", "93.0"), "original_accuracy is '93.0', not a number of 2 decimals"),
    (WARM.replace("93.04", "N/A"), "original_accuracy is 'N/A'"),
    (WARM.replace("3.528", "∞"), "cohens_g is '∞'"),
    (WARM.replace("3.528", "nan"), "cohens_g is 'nan'"),
    (WARM + WARM, "duplicate cell"),
    ("", "has no rows"),
    ("emotion:sad,93.04\n", "has no 'Model'"),
]


@pytest.mark.parametrize(("rows", "message"), BAD)
def test_what_the_tables_do_not_hold_is_refused(tmp_path: Path, rows: str, message: str) -> None:
    with pytest.raises(DataError, match=f"results_warm_ft.csv.*{message}"):
        read_paper_tables(write(tmp_path, warm=rows))


def test_a_table_that_is_missing_is_named(tmp_path: Path) -> None:
    (write(tmp_path) / TABLES[1]).unlink()
    with pytest.raises(DataError, match=r"results_cold_ft.csv: can't be read"):
        read_paper_tables(tmp_path)


GENERAL = ",model,benchmark,original_accuracy,original_CI_lower,original_CI_upper,warm_accuracy,warm_CI_lower,warm_CI_upper\n"


def test_general_benchmarks_are_read(tmp_path: Path) -> None:
    (tmp_path / "general_benchmark_results.csv").write_text(
        GENERAL + "6,Llama-8B,MMLU,63.8,63.1,64.7,55.2,54.1,55.9\n"
    )
    (found,) = read_general_benchmarks(tmp_path)["Llama-3.1-8B-Instruct"]
    assert (found.benchmark, found.original_accuracy, found.treated_low) == ("MMLU", 63.8, 54.1)


@pytest.mark.parametrize("value", ["", "many", "101.0", "-0.1", "nan", "inf"])
def test_a_general_benchmark_is_a_percentage(tmp_path: Path, value: str) -> None:
    (tmp_path / "general_benchmark_results.csv").write_text(
        GENERAL + f"6,Llama-8B,MMLU,{value},63.1,64.7,55.2,54.1,55.9\n"
    )
    with pytest.raises(DataError, match=r"row 1: original_accuracy is .*, not a percentage"):
        read_general_benchmarks(tmp_path)
