"""Replies of judges' models that hold no readable verdict."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from warmbench.errors import RunError
from warmbench.judging.judge import Judged, NotJudged

__all__ = ["Unread", "check_readable", "first_failure", "unread_of"]


@dataclass(frozen=True, slots=True)
class Unread:
    """How many answers one model was asked about without a readable reply, and with one; and one
    of the replies that could not be read."""

    judge: str
    unread: int
    read: int
    example: str

    def __str__(self) -> str:
        return (
            f"{self.judge}: no verdict could be read in the replies on {self.unread:,} of "
            f"{self.unread + self.read:,} answers (one reply: {self.example!r})"
        )


def unread_of(record: Mapping[str, Any]) -> Iterator[Unread]:
    """Each model in the record of a judging, members of a panel too, that has unread replies."""
    for member in record.get("members", ()):
        yield from unread_of(member)
    requests = record.get("requests", {})
    if requests.get("unread"):
        example = str(record.get("unreadable", ""))
        yield Unread(record["judge"], requests["unread"], requests.get("read", 0), example)


def check_readable(judged: Judged, where: object) -> None:
    """Raise ``RunError`` where nothing at all that a model replied could be read."""
    for found in unread_of(judged.record):
        if not found.read:
            raise RunError(
                f"{where}: {found}, and no verdicts were written; the same command asks again. A "
                "judge must end its reply with a line such as VERDICT: CORRECT; take another "
                "model, or leave these unscored with --leave-failures"
            )


def first_failure(judged: Judged) -> str:
    """The words of the first failure, in brackets; empty where there is none."""
    said = next((o.message for o in judged.outcomes if isinstance(o, NotJudged) and o.message), "")
    return f" (the first: {said})" if said else ""
