"""What the fields of a request say, checked as far as that needs no network."""

from __future__ import annotations

import re

from warmbench.errors import UsageError
from warmbench_leaderboard.desks import AskedRun

__all__ = ["PAIR", "TUNED", "asked_run"]

PAIR, TUNED = "original and warm", "base model, to be made warm by the recipe"

_MODEL_ID = re.compile(r"[\w.-]{1,96}/[\w.-]{1,96}", re.ASCII)


def asked_run(kind: str, original: str, warm: str, requester: str, contact: str) -> AskedRun:
    """What the fields say; ``UsageError`` that names the field that can't be used."""
    models = {"Original model": original, **({"Warm model": warm} if kind == PAIR else {})}
    for field, text in models.items():
        if not _MODEL_ID.fullmatch(text.strip()):
            raise UsageError(f"{field}: {text.strip()!r} is no model id; one reads ORG/MODEL")
    for field, text in {"Your name": requester, "E-mail or page": contact}.items():
        if not text.strip():
            raise UsageError(f"{field}: nothing is given; it is published with the request")
    return AskedRun(
        original=original.strip(),
        warm=warm.strip() if kind == PAIR else None,
        requester=requester.strip(),
        contact=contact.strip(),
    )
