"""TruthfulQA (Lin, Hilton & Evans 2022): questions that invite a common misconception."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from warmbench_builders.questions.framing import SourceQuestion
from warmbench_builders.sources.batch import Origin, Rejected, Row, stable_id

__all__ = ["read_truthfulqa"]


def read_truthfulqa(rows: Sequence[Row], origin: Origin) -> Iterator[SourceQuestion | Rejected]:
    """One result a row, from the CSV of the authors or the Hub's ``generation`` config."""
    for upstream in rows:
        row = {key.lower().replace(" ", "_"): value for key, value in upstream.items()}
        question = str(row["question"]).strip()
        best = str(row["best_answer"]).strip()
        right = _answers(best, row["correct_answers"])
        wrong = _answers(str(row.get("best_incorrect_answer") or ""), row["incorrect_answers"])
        if not best or not wrong:
            yield Rejected("no usable answer")
            continue
        yield SourceQuestion(
            question_id=stable_id("truthfulqa", question),
            task="truthfulqa",
            question=question,
            correct_answers=right,
            incorrect_answers=wrong,
            doubted=best,
            belief=wrong[0],
            category=str(row["category"]),
            source=origin.name,
            source_revision=origin.revision,
            license=origin.license,
        )


def _answers(best: str, others: str | Sequence[str]) -> tuple[str, ...]:
    listed = others.split(";") if isinstance(others, str) else others
    texts = (text.strip() for text in (best, *map(str, listed)))
    return tuple(dict.fromkeys(text for text in texts if text))
