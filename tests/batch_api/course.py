"""How one batch goes: how long it takes, how it ends, what is wrong with its files."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass, field
from typing import Any, Literal

__all__ = ["Course"]


@dataclass(frozen=True)
class Course:
    """``looks``: how often it is seen in progress. ``done``: the share of its requests that is
    done where it does not complete. ``errors``: why its validation fails. ``garbled`` lines of
    each file can't be read, ``lost`` lines are left out, ``strange`` ones belong to nobody, and
    ``doubled`` ones come twice."""

    looks: int = 2
    end: Literal["completed", "expired", "cancelled"] = "completed"
    done: float = 0.5
    errors: list[dict[str, Any]] = field(default_factory=list)
    garbled: int = 0
    lost: int = 0
    strange: int = 0
    doubled: int = 0

    def share_done(self, count: int, end: str) -> int:
        return count if end == "completed" else int(count * self.done)

    def spoilt(self, rows: list[dict[str, Any]], chance: random.Random) -> bytes:
        """The content of a file of these rows."""
        kept = rows[self.lost :]
        lines = [json.dumps(row).encode() for row in kept]
        for number in range(min(self.garbled, len(lines))):
            lines[number] = lines[number][: len(lines[number]) // 3]
        lines += lines[-self.doubled :] if self.doubled else []
        stranger = {"id": "x", "custom_id": "nobody's", "response": None, "error": None}
        lines += [json.dumps(stranger).encode()] * self.strange
        chance.shuffle(lines)
        return b"\n".join(lines) + b"\n"
