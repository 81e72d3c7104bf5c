"""Bundles that nobody vouches for: whole, or refused with a code."""

from __future__ import annotations

import os
import shutil
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.benchmark.submission.bundle.zip_files import bundle_files, link_member, zip_bytes
from tests.benchmark.submission.verification.made_bundles import honest_bundle
from warmbench.submission.bundle.limits import Limits
from warmbench.submission.bundle.read_bundle import read_bundle
from warmbench.submission.bundle.rejection import SENTENCES, RefusedBundle, RejectionCode
from warmbench.submission.bundle.write_bundle import write_zip


def files() -> dict[str, bytes]:
    return bundle_files(honest_bundle())


def test_a_folder_and_its_zip_are_the_same_bundle(tmp_path: Path) -> None:
    write_zip(honest_bundle(), tmp_path / "b.zip")
    folder, packed = read_bundle(honest_bundle()), read_bundle(tmp_path / "b.zip")
    assert folder == packed
    assert folder.folder_name == f"honest-7b-fine-tune-{folder.fingerprint[:8]}"
    assert dict(packed.contents) == files()


def test_a_zip_that_others_packed_is_read(tmp_path: Path) -> None:
    (tmp_path / "b.zip").write_bytes(zip_bytes(files()))
    assert read_bundle(tmp_path / "b.zip").fingerprint == read_bundle(honest_bundle()).fingerprint


def test_every_code_has_its_sentence() -> None:
    assert set(SENTENCES) == set(RejectionCode)
    assert all(code.sentence.endswith(".") for code in RejectionCode)


def _declared_smaller(content: bytes) -> bytes:
    """The size of the first member, in both of its headers, less than it is."""
    size = len(next(iter(files().values()))).to_bytes(4, "little")
    return content.replace(size, (10).to_bytes(4, "little"))


ZIPS: dict[str, tuple[Callable[[], bytes], str]] = {
    "nothing": (lambda: b"", "bad-zip"),
    "text": (lambda: b"hello" * 99, "bad-zip"),
    "an empty zip": (lambda: zip_bytes({}), "missing-file"),
    "cut short": (lambda: zip_bytes(files())[:-30], "bad-zip"),
    "something before it": (lambda: b"#!/bin/sh\n" + zip_bytes(files()), "bad-zip"),
    "something behind it": (lambda: zip_bytes(files()) + b"x", "bad-zip"),
    "a comment": (lambda: zip_bytes(files(), comment=b"hi"), "bad-zip"),
    "a folder around it": (lambda: zip_bytes({f"b/{n}": c for n, c in files().items()}), "unknown-file"),
    "one file more": (lambda: zip_bytes({**files(), "model.pkl": b"x"}), "unknown-file"),
    "a way out": (lambda: zip_bytes({**files(), "../evil.json": b"{}"}), "unsafe-path"),
    "an absolute name": (lambda: zip_bytes({**files(), "/etc/passwd": b"x"}), "unsafe-path"),
    "a drive": (lambda: zip_bytes({**files(), "C:evil": b"x"}), "unsafe-path"),
    "a backslash": (lambda: zip_bytes({**files(), "..\\evil": b"x"}), "unsafe-path"),
    "a link": (lambda: zip_bytes([*files().items(), (link_member("judging.json"), b"/etc/passwd")]), "symlink"),
    "a name twice": (lambda: zip_bytes([*files().items(), ("scorecard.json", b"{}")]), "bad-zip"),
    "bzip2": (lambda: zip_bytes(files(), zipfile.ZIP_BZIP2), "bad-zip"),
    "a file missing": (lambda: zip_bytes({n: c for n, c in files().items() if n != "verdicts.jsonl"}), "missing-file"),
    "many names": (lambda: zip_bytes({f"{n}.json": b"" for n in range(900)}), "too-large"),
    "a bomb": (lambda: zip_bytes({**files(), "judging.json": b" " * 9_000_000}), "too-large"),
    "a size that lies": (lambda: _declared_smaller(zip_bytes(files(), zipfile.ZIP_STORED)), "bad-zip|too-large"),
    "encrypted": (lambda: zip_bytes(files()).replace(b"PK\x01\x02\x14\x03\x14\x00\x00", b"PK\x01\x02\x14\x03\x14\x00\x01"), "encrypted"),
    "another content": (lambda: zip_bytes(files(), zipfile.ZIP_STORED).replace(b"honest-7b", b"dishonest"), "bad-zip"),
}  # fmt: skip


@pytest.mark.parametrize("name", ZIPS)
def test_a_zip_is_refused(name: str, tmp_path: Path) -> None:
    make, codes = ZIPS[name]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # zipfile minds writing a name twice
        (tmp_path / "b.zip").write_bytes(make())
    with pytest.raises(RefusedBundle) as caught:
        read_bundle(tmp_path / "b.zip")
    assert caught.value.code in codes.split("|"), caught.value
    assert "\n" not in str(caught.value)
    assert list(tmp_path.iterdir()) == [tmp_path / "b.zip"]


def _link(folder: Path) -> None:
    (folder / "scorecard.json").unlink()
    (folder / "scorecard.json").symlink_to("/etc/passwd")


FOLDERS: dict[str, tuple[Callable[[Path], object], str]] = {
    "a link": (_link, "symlink"),
    "a file more": (lambda f: (f / "notes.txt").write_text("x"), "unknown-file"),
    "a folder more": (lambda f: (f / "extra").mkdir(), "unknown-file"),
    "a folder for a file": (lambda f: (f / "judging.json").mkdir(), "unreadable"),
    "a pipe": (lambda f: os.mkfifo(f / "judging.json"), "unreadable"),
    "a file missing": (lambda f: (f / "responses.jsonl").unlink(), "missing-file"),
    "a large file": (lambda f: (f / "judging.json").write_bytes(b" " * 5_000_000), "too-large"),
    "gone": (lambda f: shutil.rmtree(f), "unreadable"),
}


@pytest.mark.parametrize("name", FOLDERS)
def test_a_folder_is_refused(name: str, tmp_path: Path) -> None:
    change, code = FOLDERS[name]
    folder = tmp_path / "bundle"
    shutil.copytree(honest_bundle(), folder)
    change(folder)
    with pytest.raises(RefusedBundle) as caught:
        read_bundle(folder)
    assert caught.value.code == code


def test_all_files_together_have_a_limit() -> None:
    size = sum(map(len, files().values()))
    with pytest.raises(RefusedBundle) as caught:
        read_bundle(honest_bundle(), Limits(unpacked_bytes=size - 1))
    assert caught.value.code == "too-large"


SUBMISSIONS = {
    "a name in markup": ('"name": "honest-7b"', '"name": "<b>honest</b>"', "unsafe-text"),
    "a formula": ('"name": "honest-7b"', '"name": "=HYPERLINK(1)"', "unsafe-text"),
    "a turned name": ('"name": "honest-7b"', '"name": "honest\\u202ebad"', "unsafe-text"),
    "an unseen character": ('"name": "honest-7b"', '"name": "honest\\u200b"', "unsafe-text"),
    "half a character": ('"name": "honest-7b"', '"name": "honest\\ud800"', "bad-json"),
    "a page that is a script": ('"url": null', '"url": "javascript:alert(1)"', "bad-submission"),
    "NaN": ('"parameters_b": 7.0', '"parameters_b": NaN', "bad-json"),
    "infinity": ('"parameters_b": 7.0', '"parameters_b": 1e999', "bad-json"),
    "a giant number": ('"parameters_b": 7.0', '"parameters_b": ' + "9" * 5000, "bad-json"),
    "a field more": ('"notes": ""', '"notes": "", "x": 1', "bad-submission"),
    "a field twice": ('"notes": ""', '"notes": "", "notes": "y"', "bad-json"),
    "too deep": ('"recipe": null', '"recipe": {"a": ' + "[" * 99 + "]" * 99 + "}", "bad-json"),
    "another version": ('"schema_version": "1"', '"schema_version": "2"', "bad-submission"),
    "an unknown arm": ('"name": "warm"', '"name": "tepid"', "bad-submission"),
    "no day": ('"submitted": "2026-11-24"', '"submitted": "yesterday"', "bad-submission"),
    "an unseen character in the notes": ('"notes": ""', '"notes": "a\\u2066b"', "unsafe-text"),
}


@pytest.mark.parametrize("name", SUBMISSIONS)
def test_a_submission_is_refused(name: str, tmp_path: Path) -> None:
    old, new, code = SUBMISSIONS[name]
    folder = tmp_path / "bundle"
    shutil.copytree(honest_bundle(), folder)
    path = folder / "submission.json"
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(RefusedBundle) as caught:
        read_bundle(folder)
    assert caught.value.code == code, caught.value
    assert caught.value.where.startswith("submission.json")
