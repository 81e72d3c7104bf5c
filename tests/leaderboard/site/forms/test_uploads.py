"""Uploads: only what was uploaded is read, and it goes with the last who holds it."""

from __future__ import annotations

from pathlib import Path

import pytest

from warmbench.errors import UsageError
from warmbench.submission.bundle.limits import LIMITS
from warmbench_leaderboard.site.forms.uploads import Uploads, uploaded_bundle

DIGEST = "0123456789abcdef" * 4


def kept(folder: Path, name: str = "bundle.zip", digest: str = DIGEST) -> Path:
    path = folder / digest / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"PK")
    return path


def test_an_uploaded_file_is_taken(tmp_path: Path) -> None:
    path = kept(tmp_path)
    assert uploaded_bundle(str(path), tmp_path) == path


GONE = "has expired"
NONE = "Choose a bundle first"


@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        (None, NONE),
        ("", NONE),
        ("https://example.org/bundle.zip", GONE),
        ("outside.zip", GONE),
        ("{folder}/../outside.zip", GONE),
        ("{folder}/outside.zip", GONE),
        (f"{{folder}}/{DIGEST}", GONE),
        (f"{{folder}}/{DIGEST}/..", GONE),
        (f"{{folder}}/{DIGEST}/../../outside.zip", GONE),
        (f"{{folder}}/{DIGEST}/no such.zip", GONE),
        (f"{{folder}}/{DIGEST}/a\0b.zip", GONE),
        (f"{{folder}}/{DIGEST}/{'x' * 5000}.zip", GONE),
        (f"{{folder}}/{DIGEST}/link.zip", GONE),
        ("{folder}/elsewhere/bundle.zip", GONE),
        (f"{{folder}}/{DIGEST}/notes.txt", "must be a .zip file"),
        (f"{{folder}}/{DIGEST}/large.zip", "the limit is 64 MB"),
    ],
)
def test_nothing_else_is(tmp_path: Path, path: str | None, sentence: str) -> None:
    folder = tmp_path / "uploads"
    (kept(folder).parent / "link.zip").symlink_to(kept(folder))
    kept(folder, "notes.txt")
    kept(folder, digest="elsewhere")
    (tmp_path / "outside.zip").write_bytes(b"PK")
    (folder / "outside.zip").write_bytes(b"PK")
    with kept(folder, "large.zip").open("wb") as file:
        file.truncate(LIMITS.zip_bytes + 1)
    with pytest.raises(UsageError, match=sentence):
        uploaded_bundle(path and path.replace("{folder}", str(folder)), folder)


def test_a_file_goes_with_the_last_who_holds_it(tmp_path: Path) -> None:
    both, own, others = (kept(tmp_path, name) for name in ("both.zip", "own.zip", "others.zip"))
    uploads = Uploads()
    for session, path in (("a", both), ("a", own), ("b", both), ("b", others), ("b", others)):
        uploads.add(session, path)
    uploads.remove("nobody")
    uploads.remove("a")
    assert [path.exists() for path in (both, own, others)] == [True, False, True]
    uploads.remove("a")
    others.unlink()
    uploads.remove("b")
    assert not any(path.exists() for path in (both, own, others))
