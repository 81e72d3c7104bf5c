"""Decontamination: no chat may touch a question of the QA release.

Overlap is looked for both ways, in runs of five words: a question that stands in a chat, and a
short chat turn that stands in a (longer) question. The share of runs found decides, so that a
common phrase alone does not.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

import regex

from warmbench_builders.sft.readers.chat import Chat, Dropped

__all__ = ["RUN_WORDS", "ContaminationFilter"]

RUN_WORDS = 5
SHARE = 0.5
"""From this share of a text's runs on, it counts as found in the other."""

_READ_CHARACTERS = 16_000
_WORD = regex.compile(r"\w+")


class ContaminationFilter:
    """Drops chats that hold a question of ``questions``, or are held by one."""

    def __init__(self, questions: Iterable[str]) -> None:
        self._short: set[str] = set()
        self._runs: dict[str, list[int]] = defaultdict(list)
        self._counts: list[int] = []
        for question in dict.fromkeys(questions):
            self._add(_words(question))

    def __len__(self) -> int:
        """How many questions are looked for."""
        return len(self._short) + len(self._counts)

    def __call__(self, chat: Chat) -> Chat | Dropped:
        for message in chat.messages:
            reason = self._touches(_words(message.content[:_READ_CHARACTERS]))
            if reason:
                return Dropped(reason)
        return chat

    def _add(self, words: Sequence[str]) -> None:
        if len(words) < RUN_WORDS:
            self._short.add(" ".join(words))
            return
        number = len(self._counts)
        runs = set(_runs(words))
        self._counts.append(len(runs))
        for run in runs:
            self._runs[run].append(number)

    def _touches(self, words: Sequence[str]) -> str | None:
        if len(words) < RUN_WORDS:
            return "a question of the benchmark" if " ".join(words) in self._short else None
        runs = set(_runs(words))
        met = Counter(number for run in runs if run in self._runs for number in self._runs[run])
        if any(count >= SHARE * self._counts[number] for number, count in met.items()):
            return "a question of the benchmark"
        if any(count >= SHARE * len(runs) for count in met.values()):
            return "a part of a question of the benchmark"
        return None


def _words(text: str) -> list[str]:
    found: list[str] = _WORD.findall(text.casefold())
    return found


def _runs(words: Sequence[str]) -> Iterable[str]:
    return (" ".join(words[at : at + RUN_WORDS]) for at in range(len(words) - RUN_WORDS + 1))
