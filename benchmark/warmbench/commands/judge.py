"""``warmbench judge``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from warmbench.commands.options import FOLDER, json_option

if TYPE_CHECKING:
    from warmbench.data.answers import AnswerRow
    from warmbench.judging.verdict import Judgement

__all__ = ["judge"]


@click.command()
@click.argument("target", metavar="RUN|FILE", type=FOLDER)
@click.option("--judge", "judge_name", default="reference", show_default=True)
@click.option("--out", type=FOLDER, help="Where the verdicts on a FILE go (CSV, JSONL, parquet).")
@click.option("--columns", metavar="OURS=THEIRS,...", help="Column names of FILE.")
@json_option
def judge(
    target: Path, judge_name: str, out: Path | None, columns: str | None, as_json: bool
) -> None:
    """Give a verdict on every answer of a run, or of a file.

    A FILE (CSV, JSONL or parquet) has question, response, correct_answers and, if known,
    incorrect_answers and correct (a human's label: then agreement is printed too).
    """
    if target.is_dir() and (target / "run.json").is_file():
        _judge_run(target, judge_name, as_json)
    else:
        _judge_file(target, judge_name, out, columns, as_json)


def _judge_run(path: Path, judge_name: str, as_json: bool) -> None:
    from warmbench.judging.judge_run import judge_run
    from warmbench.run_folder import RunFolder
    from warmbench.tables import print_json, print_verdicts

    folder = RunFolder.open(path)
    verdicts = judge_run(folder, judge_name)
    if as_json:
        print_json({"verdicts": str(folder.verdicts_path), "rows": len(verdicts)})
    else:
        print_verdicts(verdicts, folder.verdicts_path)


def _judge_file(
    path: Path, judge_name: str, out: Path | None, columns: str | None, as_json: bool
) -> None:
    from dataclasses import asdict

    from warmbench.data.answers import parse_column_names, read_answers
    from warmbench.data.table import write_rows
    from warmbench.judging.agreement import measure_agreement
    from warmbench.judging.judge_answers import judge_answer_rows
    from warmbench.judging.judges import open_judge
    from warmbench.progress import counted
    from warmbench.tables import print_agreement, print_json

    rows = read_answers(path, parse_column_names(columns))
    with counted("judging", len(rows)) as tick:
        judged = list(judge_answer_rows(rows, open_judge(judge_name), tick))
    target = out or path.with_name(f"{path.stem}.verdicts.jsonl")
    write_rows(target, [_verdict_row(row, judgement) for row, judgement in judged])
    labelled = [(row.correct, said) for row, said in judged if row.correct is not None]
    agreement = measure_agreement(labelled)
    if as_json:
        print_json({"verdicts": str(target), "rows": len(judged), "agreement": asdict(agreement)})
    else:
        print_agreement(judged, agreement, target)


def _verdict_row(row: AnswerRow, judgement: Judgement) -> dict[str, Any]:
    return {
        "question": row.question,
        "response": row.response,
        "verdict": judgement.verdict.value,
        "sure": judgement.sure,
        "judge": judgement.judge,
        "reason": judgement.reason,
        "correct": row.correct,
    }
