"""``python -m warmbench_leaderboard.workers.verify``: the worker that verifies bundles.

A request ``{"path", "release", "known"}`` is answered by each step when it is done, then by which
arms may be ranked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from warmbench.submission.verification.verify_bundle import verify_bundle
from warmbench_leaderboard.workers.serve import SendMessage, serve

__all__ = ["main"]


def main() -> None:
    """Verify the bundles named on standard input, until it ends."""
    serve(_verify)


def _verify(request: Mapping[str, Any], send: SendMessage) -> None:
    found = verify_bundle(
        Path(request["path"]),
        release=Path(request["release"]) if request["release"] else None,
        known=request["known"],
        on_step=lambda step: send({"step": asdict(step)}),
    )
    send({"eligibility": {arm: asdict(each) for arm, each in found.eligibility.items()}})


if __name__ == "__main__":
    main()
