"""Any bundle is verified or refused with a code; none takes the verifier down.

The suite tries 30, its slow tests 200; ``python -m tests.performance.mutated_bundles`` tries 10,000,
each with its time and memory.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.benchmark.submission.bundle.zip_files import bundle_files
from tests.benchmark.submission.verification.made_bundles import HONEST, make_bundle, small_release
from tests.benchmark.submission.verification.mutations import mutated_bundles
from warmbench.submission.bundle.rejection import RejectionCode
from warmbench.submission.verification.bundle_verification import BundleVerification
from warmbench.submission.verification.verify_bundle import verify_bundle

EXAMPLES = 30
MANY_EXAMPLES = 200


@cache
def tiny_files() -> dict[str, bytes]:
    """The files of a bundle on a release of four questions, with two prompts."""
    folder = Path(mkdtemp(prefix="warmbench-tiny-"))
    return bundle_files(make_bundle(folder, HONEST, small_release(1), prompts=2))


def verified(content: bytes) -> BundleVerification:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "bundle.zip"
        path.write_bytes(content)
        return verify_bundle(path, release=small_release(1).path)


def test_the_bundle_that_is_mutated_is_sound() -> None:
    from tests.benchmark.submission.bundle.zip_files import zip_bytes

    assert verified(zip_bytes(tiny_files())).is_sound


# Made when a test first draws, not when the tests are collected.
MUTATED = st.deferred(lambda: mutated_bundles(tiny_files()))


def check_mutated(content: bytes) -> None:
    """It is verified or refused with a code."""
    verification = verified(content)
    codes = {finding.code for finding in verification.findings}
    assert verification.is_sound is (not codes)
    assert codes <= set(RejectionCode)
    assert RejectionCode.NOT_CHECKABLE not in codes, verification.findings
    assert all("\n" not in finding.text for finding in verification.findings)


@settings(max_examples=EXAMPLES)
@given(content=MUTATED)
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_it_is_verified_or_refused_with_a_code(content: bytes) -> None:
    check_mutated(content)


@pytest.mark.slow
@settings(max_examples=MANY_EXAMPLES)
@given(content=MUTATED)
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_many_are_verified_or_refused_with_a_code(content: bytes) -> None:
    check_mutated(content)
