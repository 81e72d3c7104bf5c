"""Text files as other programs save them, and texts that were cut inside a character."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warmbench.errors import DataError
from warmbench.text_file import read_text, whole_text

TEXT = "Sé amable. 😀\r\n"

SAVED = ["utf-8", "utf-8-sig", "utf-16", "utf-32"]

REFUSED = [
    ("Latin-1", TEXT[:10].encode("latin-1"), "byte 1 is not UTF-8 (0xe9); save the file as UTF-8"),
    (
        "UTF-16 without a mark",
        "Be kind.".encode("utf-16-le"),
        "not UTF-8 text (it holds NUL bytes)",
    ),
    ("half of UTF-16", "Be kind.".encode("utf-16")[:-1], "mark says UTF-16, but byte 16 is not"),
]


@pytest.mark.parametrize("encoding", SAVED)
def test_the_byte_order_mark_says_how_to_read_and_is_left_out(
    tmp_path: Path, encoding: str
) -> None:
    path = tmp_path / "prompt.txt"
    path.write_bytes(TEXT.encode(encoding))
    assert read_text(path) == TEXT


def test_big_endian_is_read(tmp_path: Path) -> None:
    path = tmp_path / "prompt.txt"
    path.write_bytes(("\ufeff" + TEXT).encode("utf-16-be"))
    assert read_text(path) == TEXT


@pytest.mark.parametrize(("name", "content", "said"), REFUSED, ids=[r[0] for r in REFUSED])
def test_another_encoding_is_refused(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    path = tmp_path / "prompt.txt"
    path.write_bytes(content)
    with pytest.raises(DataError) as error:
        read_text(path)
    assert str(path) in str(error.value)
    assert said in str(error.value)


def test_what_is_no_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no such study file"):
        read_text(tmp_path / "gone.toml", "study file")
    with pytest.raises(DataError, match="can't be read"):
        read_text(tmp_path)


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("Lima", "Lima"),
        ("\ud83d", "\ufffd"),
        ("a\udc00b\ud800", "a\ufffdb\ufffd"),
        ("\ud83d\ude00", "😀"),
        ("\ude00\ud83d", "\ufffd\ufffd"),
    ],
)
def test_halves(text: str, whole: str) -> None:
    assert whole_text(text) == whole


@given(st.text(st.characters(exclude_categories=()), max_size=30))
def test_a_whole_text_can_be_encoded_and_only_halves_differ(text: str) -> None:
    whole = whole_text(text)
    assert whole.encode().decode() == whole
    if not any("\ud800" <= c <= "\udfff" for c in text):
        assert whole == text
