"""``python -m warmbench_leaderboard.workers.verify``: verifies bundles for another process.

Asked ``{"path", "release", "known"}``, it tells each step when it is done, then the standings.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from warmbench.submission.verification.verify_bundle import verify_bundle
from warmbench_leaderboard.workers.serve import Tell, serve

__all__ = ["main"]


def main() -> None:
    """Verify what the lines of standard input name, until it ends."""
    serve(_verify)


def _verify(wanted: Mapping[str, Any], tell: Tell) -> None:
    found = verify_bundle(
        Path(wanted["path"]),
        release=Path(wanted["release"]) if wanted["release"] else None,
        known=wanted["known"],
        on_step=lambda step: tell({"step": asdict(step)}),
    )
    tell({"standings": {arm: asdict(each) for arm, each in found.standings.items()}})


if __name__ == "__main__":
    main()
