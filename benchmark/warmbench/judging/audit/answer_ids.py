"""The ids under which answers are labelled: they join a label to its answer, and hide the arm.

An id is made of letters alone, which no spreadsheet takes for a number:

    kfbhcpdamcgl-ndjoai

Twelve letters for the item, arm and epoch, six for the text of the answer; both are keyed digests
(HMAC-SHA256). The key is a digest of all answers by arm, so that only who has them, and therefore
knows the arms, can make it. It is kept in the run folder from the first use on: an answer that
changes later changes its own id alone.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from warmbench.errors import DataError
from warmbench.folders import atomic_write
from warmbench.running.folder import RunFolder

__all__ = ["AnswerIds", "AnswerKey", "answer_ids"]

AnswerKey = tuple[str, str, int]
"""Item, arm and epoch."""

_LETTERS = "abcdefghijklmnop"
_OF_PLACE, _OF_TEXT = 12, 6
_KEY_LENGTH = 64


@dataclass(frozen=True)
class AnswerIds:
    """The ids of the answers of a run. ``places``: the first part of an id -> its answer."""

    key: str
    ids: Mapping[AnswerKey, str]
    places: Mapping[str, AnswerKey]

    @classmethod
    def of(cls, key: str, responses: Iterable[Mapping[str, Any]]) -> AnswerIds:
        """``responses``: rows of item_id, arm, epoch and response."""
        ids: dict[AnswerKey, str] = {}
        places: dict[str, AnswerKey] = {}
        for row in responses:
            answer = (str(row["item_id"]), str(row["arm"]), int(row["epoch"]))
            place = _letters(key, answer)[:_OF_PLACE]
            ids[answer] = f"{place}-{_letters(key, answer, str(row['response']))[:_OF_TEXT]}"
            places[place] = answer
        return cls(key, ids, places)

    def find(self, where: str, answer_id: str) -> AnswerKey:
        """The answer with that id. ``DataError`` where the run has none, or where its text has
        changed since; ``where`` names file and row."""
        answer = self.places.get(answer_id.split("-")[0])
        if answer is None:
            raise DataError(
                f"{where}: no answer of this run has the id {answer_id[:40]!r}; the labels are of "
                "another run"
            )
        if self.is_changed(answer_id):
            raise DataError(
                f"{where}: the answer {answer_id[:40]!r} has changed since it was labelled; "
                "label it again as it is now"
            )
        return answer

    def is_changed(self, answer_id: str) -> bool:
        """Whether the id is of an answer of this run that reads otherwise now."""
        answer = self.places.get(answer_id.split("-")[0])
        return answer is not None and self.ids[answer] != answer_id

    def order(self, answer: AnswerKey, seed: int) -> str:
        """What answers are sorted by to be in random order; it tells nothing of the arm."""
        return _letters(self.key, seed, answer)


def answer_ids(folder: RunFolder) -> AnswerIds:
    """The ids of the answers of a run, by the key that its folder keeps."""
    responses = folder.responses()
    path = folder.audit_folder / "key"
    if not path.is_file():
        key = _key_of(responses)
        with folder.locked(), atomic_write(path) as file:
            file.write(f"{key}\n".encode())
    key = path.read_text(encoding="utf-8", errors="replace").strip()
    if len(key) != _KEY_LENGTH or set(key) - set("0123456789abcdef"):
        raise DataError(
            f"{path}: not a key of {_KEY_LENGTH} hexadecimal digits; labels can be joined to their "
            "answers by the key alone that they were drawn with"
        )
    return AnswerIds.of(key, responses)


def _key_of(responses: Sequence[Mapping[str, Any]]) -> str:
    rows = sorted([r["item_id"], r["arm"], r["epoch"], r["response"]] for r in responses)
    return hashlib.sha256(_text(rows)).hexdigest()


def _letters(key: str, *parts: object) -> str:
    digest = hmac.new(key.encode(), _text(parts), hashlib.sha256).hexdigest()
    return "".join(_LETTERS[int(digit, 16)] for digit in digest)


def _text(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=True).encode()
