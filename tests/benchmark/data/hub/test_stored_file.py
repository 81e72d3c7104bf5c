"""A file is known by the hashes that git and LFS give it."""

from __future__ import annotations

import pytest

from warmbench.data.hub.dataset_repo import StoredFile

HELLO = StoredFile(
    size=6,
    blob="ce013625030ba8dba906f756967f9e9ca394464a",
    sha256="5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03",
)


def test_the_hashes_are_those_of_git_and_of_lfs() -> None:
    assert StoredFile.of(b"hello\n") == HELLO


@pytest.mark.parametrize(
    ("digest", "is_it"), [(HELLO.blob, True), (HELLO.sha256, True), ("0" * 40, False), ("", False)]
)
def test_it_is_stored_under_either(digest: str, is_it: bool) -> None:
    assert HELLO.is_stored_as(digest) is is_it
