"""Exact and near duplicates: chats whose users ask the same.

What the users say decides, not the replies: the same prompt answered by two models is one
conversation, and would otherwise stand in the train and the validation split. Near duplicates are
found by MinHash with banding (Broder 1997; Leskovec, Rajaraman & Ullman, ch. 3): 64 permutations
of word trigrams in 8 bands of 8, so that two chats with a Jaccard similarity of 0.8 meet in some
band 77 times of 100, of 0.9 998 times of 1,000; those that meet are compared by all 64 values.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import regex
from numpy.typing import NDArray

from warmbench.optional_library import from_extra
from warmbench_builders.sft.readers.chat import Chat

__all__ = ["EXACT", "NEAR", "REASONS", "Signatures"]

PERMUTATIONS, BANDS = 64, 8
SIMILAR = 0.8
"""From this estimated Jaccard similarity on, two chats are near duplicates."""

EXACT, NEAR = 1, 2
REASONS = {EXACT: "the same prompts as an earlier chat", NEAR: "nearly the prompts of an earlier"}

_SEED = 1
_SHINGLE_WORDS = 3
_WORD = regex.compile(r"\w+")
_ROWS_AT_ONCE = 1_000_000
"""How many rows are compared at once: some 40 MB; more rows take more rounds, not more memory."""

_Record = np.dtype([("exact", "<u8"), ("minhash", "<u4", (PERMUTATIONS,))])


class Signatures:
    """The signatures of chats, 264 bytes each, in a file; ``find`` compares them all."""

    def __init__(self, path: Path) -> None:
        with from_extra("build", "build sft"):
            from rensa import RMinHash
        self._minhash: Any = RMinHash
        self._path = path
        self._file = path.open("wb")

    @property
    def tool(self) -> str:
        return f"rensa {version('rensa')}, word trigrams, Jaccard from {SIMILAR}"

    def add(self, chats: Sequence[Chat]) -> None:
        """Append the signatures of some chats, or of none."""
        if not chats:  # the library returns no rows of no chats, not even of the right width
            return
        asked = [chat.text_of("user").casefold() for chat in chats]
        words = [_WORD.findall(text) or [text] for text in asked]
        records = np.zeros(len(chats), dtype=_Record)
        records["exact"] = [_hash64(" ".join(each)) for each in words]
        records["minhash"] = self._minhash.digests_from_token_sets(
            [_shingles(each) for each in words], PERMUTATIONS, _SEED
        )
        records.tofile(self._file)

    def find(self) -> NDArray[np.uint8]:
        """For each chat, in the order of adding: 0, or ``EXACT`` or ``NEAR`` to an earlier one."""
        self._file.close()
        if not self._path.stat().st_size:
            return np.zeros(0, dtype=np.uint8)
        records = np.memmap(self._path, dtype=_Record, mode="r")
        found = np.zeros(len(records), dtype=np.uint8)
        for band in range(BANDS):
            self._mark_near(records, band, found)
        self._mark_exact(records, found)
        return found

    def _mark_exact(self, records: Any, found: NDArray[np.uint8]) -> None:
        for rows, _ in _meetings(lambda part: part["exact"].astype(np.uint64), records):
            found[rows] = EXACT

    def _mark_near(self, records: Any, band: int, found: NDArray[np.uint8]) -> None:
        width = PERMUTATIONS // BANDS
        values = slice(band * width, (band + 1) * width)
        for rows, earlier in _meetings(lambda part: _mix(part["minhash"][:, values]), records):
            for some in np.array_split(np.arange(len(rows)), len(rows) // 65_536 + 1):
                one = records["minhash"][rows[some]]
                other = records["minhash"][earlier[some]]
                found[rows[some][(one == other).mean(axis=1) >= SIMILAR]] = NEAR


def _meetings(key_of: Any, records: Any) -> Any:
    """Pairs (rows, earlier rows) whose keys are the same: each row with the first of its key and
    with the one before it. The keys are taken in rounds by their remainder, so that memory is
    bounded by ``_ROWS_AT_ONCE``."""
    rounds = len(records) // _ROWS_AT_ONCE + 1
    for number in range(rounds):
        keys, rows = _of_round(key_of, records, number, rounds)
        order = np.argsort(keys, kind="stable")
        keys, rows = keys[order], rows[order]
        starts = np.flatnonzero(np.r_[True, keys[1:] != keys[:-1]]) if len(keys) else keys
        sizes = np.diff(np.r_[starts, len(keys)])
        first = np.repeat(starts, sizes)
        later = np.flatnonzero(np.arange(len(keys)) != first)
        yield rows[later], rows[first[later]]
        yield rows[later], rows[later - 1]


def _of_round(
    key_of: Any, records: Any, number: int, rounds: int
) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    keys, rows = [], []
    for start in range(0, len(records), _ROWS_AT_ONCE):
        part = key_of(records[start : start + _ROWS_AT_ONCE])
        here = np.flatnonzero(part % np.uint64(rounds) == number)
        keys.append(part[here])
        rows.append(here + start)
    return np.concatenate(keys), np.concatenate(rows)


def _mix(values: NDArray[np.uint32]) -> NDArray[np.uint64]:
    """One 64-bit key of each row of values, by multiplying and adding with wrap-around."""
    keys = np.zeros(len(values), dtype=np.uint64)
    for column in values.T:
        keys = (keys ^ column.astype(np.uint64)) * np.uint64(0x9E3779B97F4A7C15)
        keys ^= keys >> np.uint64(29)
    return keys


def _shingles(words: Sequence[str]) -> list[str]:
    """Runs of three words. A shorter text is one run of its own."""
    count = max(1, len(words) - _SHINGLE_WORDS + 1)
    return [" ".join(words[at : at + _SHINGLE_WORDS]) for at in range(count)]


def _hash64(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "little")
