"""Verifies one submission: makes its entries, or the reason for its refusal.

``python -m warmbench_leaderboard.index.verify_submission`` is a worker (see ``workers.serve``). A
request ``{"kind", "name", "path", "release", "out"}`` writes the result and its details into the
folder ``out``. Whatever a submission does to the worker, the process that asked lives on and reads
only JSON of a known form.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from warmbench.errors import DataError
from warmbench.published.study import read_published_study
from warmbench.submission.verification.bundle_verification import BundleVerification
from warmbench.submission.verification.expected_requests import ExpectedRequests, expect_requests
from warmbench.submission.verification.verify_bundle import verify_bundle
from warmbench_leaderboard.index.board import Details
from warmbench_leaderboard.index.bundle_entries import bundle_entries
from warmbench_leaderboard.index.published_entries import published_entry
from warmbench_leaderboard.index.submission_result import SubmissionResult, refused, write_result
from warmbench_leaderboard.store.submission_store import SubmissionKind
from warmbench_leaderboard.workers.serve import SendMessage, serve

__all__ = ["Verified", "main", "verify_submission"]

_LARGEST_STUDY = 2**20

Verified = tuple[SubmissionResult, tuple[Details, ...]]


def verify_submission(
    kind: SubmissionKind, name: str, path: Path, release: Path | None = None
) -> Verified:
    """The result of the submission at ``path``, and the details of its entries.

    ``name``: of its folder, or of its file without the suffix. ``release``: the folder of the QA
    release of the bundles, where it is neither embedded nor on the Hub. Never raises for what the
    submission holds: the result says what is wrong.
    """
    if kind is SubmissionKind.PUBLISHED:
        return _published(name, path)
    return _bundle(name, path, release)


def _published(name: str, path: Path) -> Verified:
    try:
        found = os.lstat(path)
        if not stat.S_ISREG(found.st_mode) or found.st_size > _LARGEST_STUDY:
            text = f"{path.name}: not a regular file of at most {_LARGEST_STUDY:,} bytes"
            return refused(name, "bad-study", text), ()
        study = read_published_study(path)
    except (DataError, OSError) as error:
        return refused(name, "bad-study", str(error).replace(str(path), path.name)), ()
    if study.slug != name:
        return refused(name, "wrong-name", f"the file must be named {study.slug}.json"), ()
    entry, details = published_entry(study)
    return SubmissionResult(submission=name, entries=(entry,)), (details,)


def _bundle(name: str, path: Path, release: Path | None) -> Verified:
    verification = verify_bundle(path, release=release)
    if (refusal := _refusal(name, verification)) is not None:
        return refusal, ()
    bundle = verification.bundle
    assert bundle is not None  # a sound bundle was read
    asked = expect_requests(bundle.submission, release)
    made = bundle_entries(name, verification, asked) if isinstance(asked, ExpectedRequests) else []
    if not made:
        return refused(name, "no-headline", "its rows give no headline loss"), ()
    result = SubmissionResult(
        submission=name,
        fingerprint=bundle.fingerprint,
        entries=tuple(entry for entry, _ in made),
    )
    return result, tuple(details for _, details in made)


def _refusal(name: str, verification: BundleVerification) -> SubmissionResult | None:
    for finding in verification.findings:
        return refused(name, str(finding.code), f"{finding.where}: {finding.text}")
    bundle = verification.bundle
    if bundle is None or not verification.is_sound:
        return refused(name, "not-checkable", "the verification did not finish")
    if bundle.folder_name != name:
        return refused(name, "wrong-name", f"the folder must be named {bundle.folder_name}")
    return None


def main() -> None:
    """Verify the submissions named on standard input, until it ends."""
    serve(_verify)


def _verify(request: Mapping[str, Any], send: SendMessage) -> None:
    release = Path(request["release"]) if request["release"] else None
    kind = SubmissionKind(request["kind"])
    result, details = verify_submission(kind, request["name"], Path(request["path"]), release)
    write_result(Path(request["out"]), result, details)


if __name__ == "__main__":
    main()
