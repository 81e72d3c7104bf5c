"""Where to submit a bundle, and the result."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from warmbench.errors import RunError, UsageError
from warmbench.folders import check_free
from warmbench.records.scorecard import Scorecard
from warmbench.submission.bundle.read_bundle import Bundle
from warmbench.submission.verification.bundle_verification import BundleVerification, Step

__all__ = ["Destination", "SubmitObserver", "SubmittedRun", "UnsoundBundle"]


class UnsoundBundle(RunError):
    """The bundle of a run is not sound, and was not submitted."""

    def __init__(self, run: Path, verification: BundleVerification) -> None:
        first = verification.findings[0]
        super().__init__(
            f"{run}: its bundle is not sound and was not submitted ({first.where}: {first.text})"
        )
        self.verification = verification


@dataclass(frozen=True, slots=True)
class Destination:
    """Where a bundle goes: ``out`` (a new folder, or a .zip), ``into`` (the submissions/ of a Git
    repository) or ``repo`` (a pull request on a dataset repository of the Hub). Raises
    ``UsageError`` unless exactly one is given, or none and ``dry_run``."""

    out: Path | None = None
    into: Path | None = None
    repo: str | None = None
    as_zip: bool = False
    dry_run: bool = False
    timeout_s: float = 120.0

    def __post_init__(self) -> None:
        given = [f"--{name}" for name in ("out", "into", "repo") if getattr(self, name) is not None]
        if len(given) != 1 and not (self.dry_run and not given):
            found = " and ".join(given) or "none"
            raise UsageError(f"give one of --out, --into and --repo, or --dry-run; found {found}")
        if self.as_zip and self.out is None:
            raise UsageError("--zip goes with --out")
        if self.out is not None and not self.is_zip:
            check_free(self.out, replace=None)
        elif self.out is not None and self.out.exists():
            raise UsageError(f"{self.out}: already exists; choose another name for --out")

    @property
    def is_zip(self) -> bool:
        return self.as_zip or (self.out is not None and self.out.suffix == ".zip")


def _nothing(_: object) -> None: ...


@dataclass(frozen=True, slots=True)
class SubmitObserver:
    """Gets each step of the verification, what will be public before it is, and what
    went less than well (``note``)."""

    on_step: Callable[[Step], None] = _nothing
    on_sound: Callable[[BundleVerification], None] = _nothing
    note: Callable[[str], None] = _nothing


@dataclass(frozen=True, slots=True)
class SubmittedRun:
    """``done`` (``opened``, ``written`` ...) and ``where`` it is now; both None after a dry run."""

    bundle: Bundle
    scorecard: Scorecard
    verification: BundleVerification
    done: str | None = field(default=None)
    where: str | None = field(default=None)

    def to_json(self) -> dict[str, Any]:
        return {
            "bundle": self.bundle.folder_name,
            "fingerprint": self.bundle.fingerprint,
            "submission": self.bundle.submission.model_dump(mode="json"),
            "files": {name: len(content) for name, content in self.bundle.contents.items()},
            "verification": self.verification.to_json(),
            "put": {"done": self.done, "where": self.where} if self.done else None,
        }

    def __str__(self) -> str:
        put = f"{self.done}: {self.where}" if self.done else "not submitted (dry run)"
        return f"{self.bundle.folder_name}, {put}"

    __repr__ = __str__
