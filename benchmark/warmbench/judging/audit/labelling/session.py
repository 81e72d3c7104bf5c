"""One rater at work: which answers there are, what is said of them, and what is left."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

from warmbench.errors import UsageError
from warmbench.judging.audit.draw import SheetAnswer
from warmbench.judging.audit.rater_file import MOST_OF_A_NOTE, RaterFile, Said
from warmbench.judging.audit.rule import LABELS

__all__ = ["LabellingSession"]


class LabellingSession:
    """What the page shows and changes, as plain JSON values. Calls may come from any thread.

    ``changed``: how many answers were labelled before and have changed since.
    """

    def __init__(
        self, rater: str, answers: Sequence[SheetAnswer], file: RaterFile, changed: int = 0
    ) -> None:
        self.rater = rater
        self.changed = changed
        self._answers = tuple(answers)
        self._file = file
        self._lock = threading.Lock()

    @property
    def count(self) -> int:
        return len(self._answers)

    @property
    def labelled(self) -> int:
        """How many of the answers have a label."""
        return sum(bool(self._said(answer).label) for answer in self._answers)

    def state(self) -> dict[str, Any]:
        """Who labels, how far they are, and the first answer without a label (None: all have)."""
        return {
            "rater": self.rater,
            "count": self.count,
            "labelled": self.labelled,
            "first": self._unlabelled_from(0),
            "labels": LABELS,
            "longest_note": MOST_OF_A_NOTE,
        }

    def answer(self, index: int) -> dict[str, Any]:
        """One answer with what is said of it; ``UsageError`` where there is none."""
        if not 0 <= index < self.count:
            raise UsageError(f"no answer {index + 1}: there are {self.count:,}")
        answer = self._answers[index]
        said = self._said(answer)
        return {
            "index": index,
            "answer_id": answer.answer_id,
            "task": answer.task,
            "rule": answer.rule,
            "asked": answer.asked,
            "question": answer.question,
            "correct_answers": list(answer.correct_answers),
            "incorrect_answers": list(answer.incorrect_answers),
            "response": answer.response,
            "label": said.label,
            "note": said.note,
        }

    def put(self, index: int, answer_id: str, label: str, note: str) -> dict[str, Any]:
        """Keep a label, and say how far the rater is; ``next`` is the next answer without one.

        ``UsageError`` where the answer at ``index`` is not ``answer_id``, or the label is none.
        """
        shown = self.answer(index)["answer_id"]
        if shown != answer_id:
            raise UsageError(f"answer {index + 1} is not {answer_id[:40]!r}; load the page again")
        with self._lock:
            self._file.put(answer_id, Said(label, note))
        return {"labelled": self.labelled, "next": self._unlabelled_from(index + 1)}

    def _said(self, answer: SheetAnswer) -> Said:
        return self._file.said.get(answer.answer_id, Said())

    def _unlabelled_from(self, start: int) -> int | None:
        """The first answer without a label from ``start`` on, else from the beginning on."""
        order = (*range(start, self.count), *range(min(start, self.count)))
        return next((i for i in order if not self._said(self._answers[i]).label), None)
