"""The verdict of a judge on one answer, and what the judge may know of the question."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from warmbench.records.table_result import TableResult

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["JudgedRun", "Judgement", "Question", "Verdict", "judges_of"]


class Verdict(StrEnum):
    """The four things a judge can say. A failure is ``unscored``, never ``incorrect``."""

    CORRECT = "correct"
    INCORRECT = "incorrect"
    REFUSED = "refused"
    UNSCORED = "unscored"


@dataclass(frozen=True, slots=True)
class Question:
    """What a judge may know of an item: the question and its references, never the arm.

    ``correct_answers`` and ``incorrect_answers`` hold every accepted phrasing.
    ``refusal_is_correct`` is true where declining is the right thing to do (``disinfo``).
    """

    text: str
    correct_answers: tuple[str, ...]
    incorrect_answers: tuple[str, ...] = ()
    refusal_is_correct: bool = False


@dataclass(frozen=True, slots=True)
class Judgement:
    """One verdict, whether the judge is sure of it, and why in a few words."""

    verdict: Verdict
    sure: bool
    judge: str
    reason: str


def judges_of(verdicts: Iterable[Mapping[str, Any]]) -> str:
    """Who gave the verdicts (rows with a column ``judge``): all names, sorted, commas between."""
    return ", ".join(sorted({str(verdict["judge"]) for verdict in verdicts}))


@dataclass(frozen=True, slots=True, repr=False)
class JudgedRun(TableResult):
    """The verdicts on a run, rows of ``VERDICT_SCHEMA``, and how they came about, as JSON."""

    verdicts: list[dict[str, Any]]
    record: Mapping[str, Any]

    def to_pandas(self) -> pd.DataFrame:
        """One row for each answer, with the columns of ``VERDICT_SCHEMA``."""
        import pandas as pd

        return pd.DataFrame(self.verdicts)

    def __str__(self) -> str:
        counts = Counter((row["arm"], row["verdict"]) for row in self.verdicts)
        by_arm = ", ".join(f"{arm} {verdict} {n:,}" for (arm, verdict), n in sorted(counts.items()))
        return f"{len(self.verdicts):,} verdicts by {judges_of(self.verdicts)}: {by_arm}"

    __repr__ = __str__
