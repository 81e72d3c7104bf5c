"""Reading tables: every kind of damaged file gets a sentence that names file and row."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from warmbench.data.table import read_rows, write_rows
from warmbench.errors import DataError, OutputError
from warmbench.folders import atomic_write, write_json

DAMAGED = [
    ("empty.csv", b"", "the file has no rows"),
    ("header.csv", b"a,b\n", "the file has no rows"),
    ("long.csv", b"a,b\n1,2\n1,2,3\n", "row 3: more fields than the header's 2"),
    ("short.csv", b"a,b\n1\n", "row 2: fewer fields than the header has"),
    ("quote.csv", b'a,b\n"1,2\n', "not valid CSV"),
    ("latin.csv", "a\nna\u00efve\n".encode("latin-1"), "byte 4 is not UTF-8 (0xef)"),
    ("empty.jsonl", b"\n\n", "the file has no rows"),
    ("broken.jsonl", b'{"a": 1}\n{"a": \n', "line 2: not valid JSON"),
    ("list.jsonl", b'{"a": 1}\n[1]\n', "line 2: expected a JSON object, found list"),
    ("deep.jsonl", b"[" * 100_000, "line 1: not valid JSON"),
    ("not.parquet", b"PAR1 and nothing else", "not a readable parquet file"),
    ("notes.txt", b"hello", "the suffix '.txt' is not one of .csv, .jsonl, .parquet"),
]


@pytest.mark.parametrize(("name", "content", "said"), DAMAGED, ids=[d[0] for d in DAMAGED])
def test_a_damaged_file_is_named_with_what_is_wrong(
    tmp_path: Path, name: str, content: bytes, said: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(DataError) as error:
        read_rows(path)
    assert str(path) in str(error.value)
    assert said in str(error.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"gone\.csv: no such file"):
        read_rows(tmp_path / "gone.csv")


def test_a_byte_order_mark_is_no_part_of_the_first_column(tmp_path: Path) -> None:
    path = tmp_path / "excel.csv"
    path.write_bytes(b"\xef\xbb\xbfa,b\r\n1,2\r\n")
    assert read_rows(path) == [{"a": "1", "b": "2"}]


rows = st.lists(
    st.fixed_dictionaries({"a": st.text(max_size=20), "b": st.text(max_size=20)}),
    min_size=1,
    max_size=5,
)


@pytest.mark.parametrize("suffix", [".jsonl", ".parquet", ".csv"])
@given(rows=rows)
def test_what_is_written_is_read_again(
    tmp_path_factory: pytest.TempPathFactory, suffix: str, rows: list[dict[str, str]]
) -> None:
    path = tmp_path_factory.mktemp("rows") / f"rows{suffix}"
    if suffix == ".csv":  # CSV has no way to tell a line's end inside a field from another's
        rows = [{k: v.replace("\r", " ").replace("\0", " ") for k, v in r.items()} for r in rows]
    write_rows(path, rows)
    assert read_rows(path) == rows


@pytest.mark.parametrize("suffix", [".jsonl", ".parquet", ".csv"])
@given(content=st.binary(max_size=60) | st.text('{}[]",:\\a1\n\r', max_size=60).map(str.encode))
def test_any_bytes_are_read_or_refused_by_name(
    tmp_path_factory: pytest.TempPathFactory, suffix: str, content: bytes
) -> None:
    path = tmp_path_factory.mktemp("bytes") / f"rows{suffix}"
    path.write_bytes(content)
    with contextlib.suppress(DataError):
        assert all(isinstance(row, dict) for row in read_rows(path, repair=True))


def test_a_failed_write_leaves_the_old_file_and_nothing_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "numbers.json"
    write_json(path, {"a": 1})

    def stop_half_way() -> None:
        with atomic_write(path) as file:
            file.write(b"half")
            raise RuntimeError("stopped")

    with pytest.raises(RuntimeError):
        stop_half_way()
    assert path.read_text() == '{\n  "a": 1\n}\n'
    assert list(tmp_path.iterdir()) == [path]


def test_a_full_disk_is_reported(tmp_path: Path) -> None:
    def write_to_full_disk() -> None:
        with atomic_write(tmp_path / "x"), Path("/dev/full").open("wb", buffering=0) as full:
            full.write(b"anything")

    with pytest.raises(OutputError, match="the disk is full"):
        write_to_full_disk()
    assert list(tmp_path.iterdir()) == []


def test_an_unwritable_place_is_reported(tmp_path: Path) -> None:
    blocker = tmp_path / "file"
    blocker.write_text("")
    with pytest.raises(OutputError, match="could not be written"):
        write_json(blocker / "inside.json", {})


def test_a_number_that_is_none_is_not_written(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="Out of range"):
        write_json(tmp_path / "x.json", {"a": float("nan")})


def test_parquet_rows_keep_their_types(tmp_path: Path) -> None:
    path = tmp_path / "x.parquet"
    write_rows(path, [{"n": 1, "list": ["a", "b"], "none": None}])
    assert read_rows(path) == [{"n": 1, "list": ["a", "b"], "none": None}]
    assert pa.parquet.read_schema(path).names == ["n", "list", "none"]
