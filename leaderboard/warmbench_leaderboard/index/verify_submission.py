"""Examines one submission by itself: verifies it, and makes its entries or says why not."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from warmbench.errors import DataError
from warmbench.published.study import read_published_study
from warmbench.submission.verification.bundle_verification import BundleVerification
from warmbench.submission.verification.expected_requests import ExpectedRequests, expect_requests
from warmbench.submission.verification.verify_bundle import verify_bundle
from warmbench_leaderboard.index.board import Details
from warmbench_leaderboard.index.bundle_entries import bundle_entries
from warmbench_leaderboard.index.outcome import Outcome, refused
from warmbench_leaderboard.index.published_entries import published_entry
from warmbench_leaderboard.store.submission_store import Kind

__all__ = ["Examined", "examine"]

_LARGEST_STUDY = 2**20

Examined = tuple[Outcome, tuple[Details, ...]]


def examine(kind: Kind, name: str, path: Path, release: Path | None = None) -> Examined:
    """The outcome of the submission at ``path``, and the details of its entries.

    ``name``: of its folder, or of its file without the suffix. ``release``: the folder of the QA
    release that bundles were run on, where it is neither embedded nor on the Hub. What is wrong
    with a submission is in the outcome; nothing is raised for it.
    """
    return _published(name, path) if kind is Kind.PUBLISHED else _bundle(name, path, release)


def _published(name: str, path: Path) -> Examined:
    try:
        found = os.lstat(path)
        if not stat.S_ISREG(found.st_mode) or found.st_size > _LARGEST_STUDY:
            text = f"{path.name}: not a plain file of at most {_LARGEST_STUDY:,} bytes"
            return refused(name, "bad-study", text), ()
        study = read_published_study(path)
    except (DataError, OSError) as error:
        return refused(name, "bad-study", str(error).replace(str(path), path.name)), ()
    if study.slug != name:
        return refused(name, "wrong-name", f"its file would be called {study.slug}.json"), ()
    entry, details = published_entry(study)
    return Outcome(submission=name, entries=(entry,)), (details,)


def _bundle(name: str, path: Path, release: Path | None) -> Examined:
    verification = verify_bundle(path, release=release)
    if (refusal := _refusal(name, verification)) is not None:
        return refusal, ()
    bundle = verification.bundle
    assert bundle is not None  # a sound bundle was read
    asked = expect_requests(bundle.submission, release)
    made = bundle_entries(name, verification, asked) if isinstance(asked, ExpectedRequests) else []
    if not made:
        return refused(name, "no-headline", "its rows give no headline loss"), ()
    outcome = Outcome(
        submission=name,
        fingerprint=bundle.fingerprint,
        entries=tuple(entry for entry, _ in made),
    )
    return outcome, tuple(details for _, details in made)


def _refusal(name: str, verification: BundleVerification) -> Outcome | None:
    for finding in verification.findings:
        return refused(name, str(finding.code), f"{finding.where}: {finding.text}")
    bundle = verification.bundle
    if bundle is None or not verification.is_sound:
        return refused(name, "not-checkable", "the check came to no end")
    if bundle.folder_name != name:
        return refused(name, "wrong-name", f"its folder would be called {bundle.folder_name}")
    return None
