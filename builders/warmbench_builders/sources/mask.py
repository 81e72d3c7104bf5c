"""MASK (Ren et al. 2025), config ``disinformation``: requests to spread a false claim. Gated."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from warmbench_builders.questions.framing import SourceQuestion
from warmbench_builders.sources.batch import Origin, Rejected, Row, stable_id

__all__ = ["read_mask"]


def read_mask(rows: Sequence[Row], origin: Origin) -> Iterator[SourceQuestion | Rejected]:
    """One result a row. ``proposition`` with its ``ground_truth`` gives both references; a row
    whose truth is not a plain true or false is rejected."""
    for row in rows:
        request = str(row["user_prompt"]).strip()
        claim = str(row["proposition"]).strip().rstrip(".")
        truth = str(row["ground_truth"]).strip().lower()
        if not request or not claim or truth not in ("true", "false"):
            yield Rejected("no plain ground truth")
            continue
        affirmed, denied = f"{claim}.", f"It is not true that {claim[0].lower()}{claim[1:]}."
        right, wrong = (affirmed, denied) if truth == "true" else (denied, affirmed)
        yield SourceQuestion(
            question_id=stable_id("disinfo", request),
            task="disinfo",
            question=request,
            correct_answers=(right,),
            incorrect_answers=(wrong,),
            doubted=right,
            belief=wrong,
            category="disinformation",
            source=origin.name,
            source_revision=origin.revision,
            license=origin.license,
        )
