"""Lists as Python, pandas and numpy print them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from warmbench.data.printed_list import parse_printed_list

READ = [
    ("['Lima', 'City of Kings']", ["Lima", "City of Kings"]),
    ("['Lima' 'City of Kings']", ["Lima", "City of Kings"]),
    ("['Lima'\n 'City of Kings']", ["Lima", "City of Kings"]),
    ("""["St John's", 'a "b"']""", ["St John's", 'a "b"']),
    (r"['it\'s \"so\"', 'x\\y', 'a\nb', '\xe9\u0144']", ['it\'s "so"', "x\\y", "a\nb", "éń"]),
    ("('Lima', 'City of Kings')", ["Lima", "City of Kings"]),
    ("('Lima',)", ["Lima"]),
    ("{'Lima', 'City of Kings'}", ["Lima", "City of Kings"]),
    ("array(['Lima', 'City'], dtype=object)", ["Lima", "City"]),
    ("np.array(['Lima'], dtype='<U4')", ["Lima"]),
    ("[np.str_('Lima'), np.str_('City')]", ["Lima", "City"]),
    ("['Lima', None, nan]", ["Lima"]),
    ("[1945 1946]", ["1945", "1946"]),
    ("['a', 1.5, -2]", ["a", "1.5", "-2"]),
    ("[]", []),
]

NOT_READ = [
    "Lima", "[Lima]", "['Lima'", "'Lima'", "(500)", "(1, 2)", "(the) Beatles", "{1, 2}", "{}",
    "['Lima' 'City', 'Kings']", "['Lima' 'City',]", "['Lima''s']", "['Lima', ...]",
    "['Lima' 'City' ... 'Kings']", "[['Lima'], ['City']]", "[b'Lima']", r"['\d']",
    r"['\U11111111']", "['a\nb']", "[True]", "[x for x in 'ab']", "[__import__('os')]", "", "[",
]  # fmt: skip


@pytest.mark.parametrize(("text", "texts"), READ, ids=[r[0] for r in READ])
def test_a_printed_list_is_read(text: str, texts: list[str]) -> None:
    assert parse_printed_list(text) == texts


@pytest.mark.parametrize("text", NOT_READ)
def test_anything_else_is_none(text: str) -> None:
    assert parse_printed_list(text) is None


def test_a_cell_without_end_is_none() -> None:
    assert parse_printed_list("['Lima'" + ", 'Lima'" * 200_000 + "]") is None


texts = st.lists(st.text(max_size=20), max_size=5)


@given(texts)
def test_what_python_prints_is_read_as_it_was(found: list[str]) -> None:
    assert parse_printed_list(str(found)) == found


@given(st.lists(st.text(st.characters(exclude_characters="\0"), max_size=20), min_size=1))
def test_what_numpy_prints_is_read_as_it_was(found: list[str]) -> None:
    with np.printoptions(threshold=10_000):
        assert parse_printed_list(str(np.array(found, dtype=object))) == found


@given(st.text("[](){}'\", \\nux0Na1.", max_size=25))
def test_no_text_is_a_fault(text: str) -> None:
    found = parse_printed_list(text)
    assert found is None or all(isinstance(each, str) for each in found)
