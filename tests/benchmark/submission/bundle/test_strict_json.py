"""Strict JSON: what every parser reads the same from."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warmbench.submission.bundle.rejection import RefusedBundle
from warmbench.submission.bundle.strict_json import read_strict_json

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**15), 10**15)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(codec="utf-8")),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(st.dictionaries(st.text(), VALUES))
def test_what_is_json_is_read_as_it_is(value: dict[str, Any]) -> None:
    assert read_strict_json(json.dumps(value).encode(), "x.json") == value


@given(st.binary(max_size=200))
def test_any_bytes_are_an_object_or_refused(content: bytes) -> None:
    try:
        assert isinstance(read_strict_json(content, "x.json"), dict)
    except RefusedBundle as error:
        assert error.code == "bad-json"  # noqa: PT017 - both ways are right


REFUSED = {
    "nothing": b"",
    "a list": b"[]",
    "a byte order mark": b"\xef\xbb\xbf{}",
    "UTF-16": '{"a": 1}'.encode("utf-16"),
    "Latin-1": '{"a": "\u00e9"}'.encode("latin-1"),
    "NaN": b'{"a": NaN}',
    "minus infinity": b'{"a": -Infinity}',
    "too large a number": b'{"a": 1e400}',
    "too long a number": b'{"a": ' + b"1" * 30 + b"}",
    "too long a fraction": b'{"a": 0.' + b"1" * 100 + b"}",
    "a key twice": b'{"a": 1, "b": 2, "a": 1}',
    "a key twice, within": b'{"x": {"a": 1, "a": 1}}',
    "a lone surrogate": b'{"a": "\\ud800"}',
    "a lone surrogate as key": b'{"\\udc00": 1}',
    "deep lists": b'{"a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "deep objects": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "a string without end": b'{"a": "' + b'\\"' * 100_000,
    "half": b'{"a": ',
    "two": b"{} {}",
    "a comment": b"{} // x",
    "a control character": b'{"a": "\x01"}',
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_not_is_refused(name: str) -> None:
    with pytest.raises(RefusedBundle) as caught:
        read_strict_json(REFUSED[name], "x.json")
    assert caught.value.code == "bad-json"


def test_brackets_in_texts_are_no_depth() -> None:
    assert read_strict_json(b'{"a": "' + b"[{" * 99 + b'"}', "x.json") == {"a": "[{" * 99}
