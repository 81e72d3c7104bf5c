"""Measures the tone bias of the reference judge again and writes it into the package.

``python -m warmbench.judging.tone_bias [--record RUN] [FILE...]``: the sets of answers are the
packaged ones, the final part of the judging set, and each FILE (question, response,
correct_answers, incorrect_answers), under its name. ``--record`` first replaces the packaged
answers by those of a run on the open release.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click
import pyarrow as pa

from warmbench.data.load import open_data
from warmbench.data.recorded_answers import read_answers
from warmbench.data.table import read_rows, write_parquet
from warmbench.errors import WarmbenchError
from warmbench.folders import write_json
from warmbench.judging.check.measure import packaged_part
from warmbench.judging.judge import Case
from warmbench.judging.judge_answers import cases_of_answers, cases_of_responses, question_of
from warmbench.judging.reference.judge import ReferenceJudge
from warmbench.judging.tone_bias.measure import chosen, measure_tone_bias
from warmbench.judging.tone_bias.packaged import TONE_BIAS_PATH, PackagedToneBias, wraps_sha256
from warmbench.records.tone_bias import ToneBias
from warmbench.running.folder import RunFolder

__all__ = ["ANSWERS_PATH", "ANSWER_SCHEMA", "main", "packaged_answers"]

ANSWERS_PATH = Path(__file__).with_name("answers.parquet")

ANSWER_SCHEMA = pa.schema([("question_id", pa.string()), ("response", pa.string())])


def packaged_answers(path: Path = ANSWERS_PATH) -> list[Case]:
    """The packaged answers as cases, in the order of the file."""
    items = {item.question_id: item for item in open_data("open").items()}
    return [
        Case(question_of(item), row["response"], item.task)
        for row in read_rows(path)
        for item in [items[row["question_id"]]]
    ]


RECORDED = 1_500
"""Packaged answers: as many as a test can judge again in a few seconds."""


@click.command()
@click.option("--record", metavar="RUN", type=click.Path(path_type=Path))
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
def main(record: Path | None, files: Sequence[Path]) -> None:
    try:
        if record:
            _record(RunFolder.open(record))
        sets = {"open": packaged_answers(), "judging_final": _final_part()}
        sets |= {path.stem: chosen(_cases(path)) for path in files}
        measured = {name: _measured(cases) for name, cases in sets.items()}
        overall = _measured([case for cases in sets.values() for case in cases])
    except WarmbenchError as error:
        raise click.ClickException(str(error)) from None
    found = PackagedToneBias(wraps_sha256=wraps_sha256(), overall=overall, sets=measured)
    write_json(TONE_BIAS_PATH, found.model_dump())
    click.echo(found.model_dump_json(indent=2))


def _final_part() -> list[Case]:
    answers = packaged_part()[1]
    return [Case(one.asked, one.answer, one.task) for one in answers if one.asked is not None]


def _cases(path: Path) -> list[Case]:
    return [case for case in cases_of_answers(read_answers(path)) if isinstance(case, Case)]


def _record(folder: RunFolder) -> None:
    items, responses = folder.items(), folder.responses()
    questions = {item.item_id: item.question_id for item in items}
    cases = cases_of_responses(items, responses)
    by_case = {
        case.case_id: {"question_id": questions[row["item_id"]], "response": row["response"]}
        for case, row in zip(cases, responses, strict=True)
    }
    rows = [by_case[case.case_id] for case in chosen(cases, RECORDED)]
    write_parquet(ANSWERS_PATH, rows, ANSWER_SCHEMA)


def _measured(cases: Sequence[Case]) -> ToneBias:
    return measure_tone_bias(ReferenceJudge(), cases)


if __name__ == "__main__":
    main()
