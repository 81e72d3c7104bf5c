"""Rows that nobody vouches for: read as they are, or refused with a code and a line."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warmbench.records.tables import RESPONSE_SCHEMA, VERDICT_SCHEMA
from warmbench.submission.bundle.json_lines import (
    NULLABLE,
    MemoryBudget,
    read_json_lines,
    to_json_lines,
)
from warmbench.submission.bundle.limits import LIMITS, Limits
from warmbench.submission.bundle.rejection import RefusedBundle

NAME = "responses.jsonl"


def response(**changes: Any) -> dict[str, Any]:
    row = {
        "item_id": "q1/plain/none", "arm": "original", "epoch": 0, "response": "Canberra.",
        "finish_reason": "stop", "prompt_tokens": 9, "completion_tokens": 2,
        "reasoning": "Not Sydney.", "reasoning_words": 2, "reasoning_tokens": 1, "key": "ab12",
    }  # fmt: skip
    return {**row, **changes}


def written(rows: list[dict[str, Any]]) -> bytes:
    return b"".join(to_json_lines(rows, RESPONSE_SCHEMA))


def dumped(**changes: Any) -> bytes:
    """One row as any writer would write it, whatever is in it."""
    return json.dumps(response(**changes)).encode()


ROWS = [response(item_id=f"q{n}/plain/none", response=f"It is {n}.") for n in range(300)]


def test_a_row_is_one_line_of_few_bytes() -> None:
    assert written([response(response="Caf\u00e9\u2028?\n", prompt_tokens=None)]).decode() == (
        '{"item_id":"q1/plain/none","arm":"original","epoch":0,"response":"Caf\u00e9\u2028?\\n",'
        '"finish_reason":"stop","completion_tokens":2,"reasoning":"Not Sydney.",'
        '"reasoning_words":2,"reasoning_tokens":1,"key":"ab12"}\n'
    )


def test_columns_are_written_in_one_order() -> None:
    assert written([dict(reversed(response().items()))]) == written([response()])


@given(st.lists(st.text(st.characters(codec="utf-8"), max_size=50), max_size=9))
def test_what_is_written_is_read(texts: list[str]) -> None:
    rows = [response(response=text, item_id=text) for text in texts]
    assert read_json_lines(written(rows), NAME, RESPONSE_SCHEMA) == rows


@given(st.lists(st.sets(st.sampled_from(sorted(NULLABLE))), max_size=9))
def test_a_value_that_is_not_known_is_left_out_and_read_as_none(missing: list[set[str]]) -> None:
    rows = [response(**dict.fromkeys(names)) for names in missing]
    lines = written(rows).splitlines()
    assert [NULLABLE - set(json.loads(line)) for line in lines] == missing
    assert read_json_lines(written(rows), NAME, RESPONSE_SCHEMA) == rows


def test_rows_of_before_there_was_reasoning_are_read() -> None:
    older = {name: value for name, value in response().items() if "reasoning" not in name}
    found = read_json_lines(json.dumps(older).encode(), NAME, RESPONSE_SCHEMA)
    expected = response(reasoning=None, reasoning_words=None, reasoning_tokens=None)
    assert found == [expected]


ROW = json.dumps(response())

READ = {
    "nothing": b"",
    "no end of the last line": ROW.encode(),
    "blanks and ends of lines of other systems": f" {ROW} \r\n".encode(),
    "columns in another order": json.dumps(dict(reversed(response().items()))).encode(),
    "escapes": dumped(response="\u00e9\U0001f600\u2028"),
    "tokens that are not known": dumped(prompt_tokens=None, completion_tokens=None),
    "brackets in a text": dumped(response="[{" * 99),
}


@pytest.mark.parametrize("name", READ)
def test_what_common_writers_write_is_read(name: str) -> None:
    expected = [json.loads(line) for line in READ[name].splitlines()]
    found = read_json_lines(READ[name], NAME, RESPONSE_SCHEMA)
    assert found == expected
    assert all(list(row) == RESPONSE_SCHEMA.names for row in found)


REFUSED: dict[str, tuple[bytes, str, str]] = {
    "an empty line": (f"{ROW}\n\n{ROW}\n".encode(), "bad-json", "line 2: not valid JSON"),
    "parquet": (b"PAR1" + b"\0" * 99 + b"PAR1", "bad-json", "line 1: not valid JSON"),
    "CSV": (b"item_id,arm\nq1,warm\n", "bad-json", "line 1: not valid JSON"),
    "a list": (b"[1, 2]\n", "bad-json", "line 1: expected an object, found list"),
    "two rows in a line": (f"{ROW}{ROW}".encode(), "bad-json", "Extra data"),
    "a row in two lines": (ROW.replace(", ", ",\n", 1).encode(), "bad-json", "line 1"),
    "half a row": (f"{ROW}\n{ROW[:50]}".encode(), "bad-json", "line 2"),
    "a byte order mark": (b"\xef\xbb\xbf" + ROW.encode(), "bad-json", "byte order mark"),
    "Latin-1": (dumped().replace(b"Canberra", b"\xe9"), "bad-json", "is not UTF-8"),
    "NaN": (dumped(epoch=float("nan")), "bad-json", "NaN is not a number"),
    "an infinity": (dumped().replace(b'"epoch": 0', b'"epoch": 1e999'), "bad-json", "too large"),
    "a number of 30 digits": (dumped(epoch=10**29), "bad-json", "30 digits; 18 are accepted"),
    "a column twice": (ROW.replace("{", '{"arm": "warm", ').encode(), "bad-json", "'arm' appears twice"),
    "half a character": (dumped(response="\ud800"), "bad-json", "lone surrogate"),
    "a control character": (dumped(response="?").replace(b"?", b"\x01"), "bad-json", "Invalid control"),
    "deep lists": (dumped(response="?").replace(b'"?"', b"[" * 9_999 + b"]" * 9_999), "bad-json", "nested over 32"),
    "a column more": (dumped(note="x"), "bad-columns", "line 1: has the unknown column 'note'; a row has item_id, arm"),
    "a column less": (b'{"arm": "warm"}', "bad-columns", "has no item_id; a row has item_id, arm"),
    "no columns": (b"{}", "bad-columns", "has no item_id"),
    "no arm": (dumped(arm=None), "bad-columns", "arm should be a text, found null"),
    "no response": (dumped(response=None), "bad-columns", "response should be a text, found null"),
    "an epoch as text": (dumped(epoch="0"), "bad-columns", "epoch should be a whole number, found str '0'"),
    "an epoch as a truth": (dumped(epoch=True), "bad-columns", "epoch should be a whole number, found bool"),
    "an epoch as a fraction": (dumped(epoch=0.0), "bad-columns", "epoch should be a whole number, found float"),
    "an epoch of 33 bits": (dumped(epoch=2**31), "bad-columns", "epoch is 2147483648, which has over 32 bits"),
    "tokens of 33 bits": (dumped(prompt_tokens=-(2**31) - 1), "bad-columns", "over 32 bits"),
    "a list for a text": (dumped(response=["x"]), "bad-columns", "response should be a text, found list"),
    "an object for a text": (dumped(response={"x": 1}), "bad-columns", "response should be a text, found dict"),
    "one long text": (dumped(response="x" * 50_000), "too-large", "50,000 bytes in one response"),
    "one wide text": (dumped(response="\u00e9" * 25_000), "too-large", "50,000 bytes in one response"),
    "one long reasoning": (dumped(reasoning="x" * 50_000), "too-large", "50,000 bytes in one reasoning"),
    "reasoning as a list": (dumped(reasoning=["x"]), "bad-columns", "reasoning should be a text, found list"),
    "a reasoning token and a half": (dumped(reasoning_tokens=1.5), "bad-columns", "reasoning_tokens should be a whole number, found float"),
    "one long line": (dumped().replace(b"{", b"{" + b" " * 300_000), "too-large", "a longer line"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_not_read_is_refused_with_a_code(name: str) -> None:
    content, code, text = REFUSED[name]
    with pytest.raises(RefusedBundle) as caught:
        read_json_lines(content, NAME, RESPONSE_SCHEMA)
    assert caught.value.code == code
    assert caught.value.where.startswith(f"{NAME}, line ")
    assert text in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_verdict_is_sure_or_not() -> None:
    row = {"item_id": "q", "arm": "warm", "epoch": 0, "verdict": "correct", "sure": 1,
           "judge": "j", "reason": "r"}  # fmt: skip
    with pytest.raises(RefusedBundle, match="sure should be true or false, found int"):
        read_json_lines(json.dumps(row).encode(), "verdicts.jsonl", VERDICT_SCHEMA)


@pytest.mark.parametrize(
    ("limits", "found"),
    [
        (Limits(rows=299), "line 300: more rows than are accepted; at most 299"),
        (Limits(longest_text=9), "13 bytes in one item_id; at most 9"),
        (Limits(text_bytes=1_000), "more text than there is room for; at most 1,000"),
        (Limits(line_bytes=100), "line 1: a longer line; at most 100"),
    ],
)
def test_every_limit_holds(limits: Limits, found: str) -> None:
    with pytest.raises(RefusedBundle, match=found) as caught:
        read_json_lines(written(ROWS), NAME, RESPONSE_SCHEMA, limits)
    assert caught.value.code == "too-large"


def test_a_line_is_not_longer_than_its_texts_may_make_it() -> None:
    """Each byte of a text that JSON has to escape takes six."""
    long = response(response="\x01" * LIMITS.longest_text)
    assert len(written([long])) < LIMITS.line_bytes
    assert read_json_lines(written([long]), NAME, RESPONSE_SCHEMA) == [long]


def test_texts_count_as_they_lie_in_memory() -> None:
    """One letter of four bytes makes every other of its text as large."""
    wide = [response(response="x" * 999 + "\U0001f600", key=str(n)) for n in range(50)]
    budget = MemoryBudget.of(Limits(text_bytes=250_000))
    read_json_lines(written(wide), NAME, RESPONSE_SCHEMA, budget=budget)
    assert 0 < budget.text_bytes < 250_000 - 50 * 4_000
    with pytest.raises(RefusedBundle, match="room for"):
        read_json_lines(written(wide), NAME, RESPONSE_SCHEMA, budget=budget)


def test_tables_share_the_rows_that_there_may_be() -> None:
    budget = MemoryBudget.of(Limits(rows=500))
    read_json_lines(written(ROWS), NAME, RESPONSE_SCHEMA, budget=budget)
    assert budget.rows == 200
    with pytest.raises(RefusedBundle, match="more rows"):
        read_json_lines(written(ROWS), NAME, RESPONSE_SCHEMA, budget=budget)


def test_names_and_texts_that_repeat_are_one_object() -> None:
    rows = read_json_lines(written([response()] * 600), NAME, RESPONSE_SCHEMA)
    assert len({id(row["item_id"]) for row in rows}) == 1
    assert len({id(next(iter(row))) for row in rows}) == 1
