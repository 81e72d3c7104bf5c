"""What the server did for each question: every completion it would bill, and what became of it."""

from __future__ import annotations

import hashlib
import json
import threading
from collections import Counter
from typing import Any

from tests.faults_server.fault import UNBILLED, Fault

__all__ = ["Account", "question_of"]


def question_of(body: dict[str, Any]) -> str:
    """A name for what is asked: model, messages and sampling, but not how the length is named."""
    parts = {key: body.get(key) for key in ("model", "messages", "seed")}
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:16]


class Account:
    """Counts by question; safe to read from another thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._asked: Counter[str] = Counter()
        self._faults: dict[str, list[Fault]] = {}
        self._good: Counter[str] = Counter()
        self._at_once = self.most_at_once = 0

    def arrived(self, question: str) -> int:
        """Note a request; returns how often this question was asked, this time included."""
        with self._lock:
            self._at_once += 1
            self.most_at_once = max(self.most_at_once, self._at_once)
            self._asked[question] += 1
            return self._asked[question]

    def left(self) -> None:
        with self._lock:
            self._at_once -= 1

    @property
    def at_once(self) -> int:
        return self._at_once

    def replied(self, question: str, fault: Fault | None) -> None:
        with self._lock:
            if fault is None:
                self._good[question] += 1
            else:
                self._faults.setdefault(question, []).append(fault)

    @property
    def requests(self) -> int:
        return self._asked.total()

    def good(self) -> Counter[str]:
        """Good replies sent, by question."""
        with self._lock:
            return Counter(self._good)

    def billed(self) -> Counter[str]:
        """Completions made, by question: good ones, lost ones and spoilt ones."""
        with self._lock:
            billed = Counter(self._good)
            for question, faults in self._faults.items():
                billed[question] += sum(fault not in UNBILLED for fault in faults)
            return billed

    def faults(self) -> Counter[Fault]:
        """Faults by kind, over all questions."""
        with self._lock:
            return Counter(fault for faults in self._faults.values() for fault in faults)

    def summary(self) -> dict[str, Any]:
        return {
            "requests": self.requests,
            "questions": len(self._asked),
            "good": self.good().total(),
            "billed": self.billed().total(),
            "most_good_replies_to_one": max(self.good().values(), default=0),
            "most_at_once": self.most_at_once,
            "faults": dict(sorted(self.faults().items())),
        }
