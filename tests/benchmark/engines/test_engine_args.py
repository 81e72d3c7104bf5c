"""Arguments for the library that computes, as a person writes them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warmbench.engines.engine_args import argument_values, parse_engine_args
from warmbench.errors import UsageError

VALUES: list[tuple[str, str, Any]] = [
    ("tensor_parallel_size=4", "tensor_parallel_size", 4),
    ("--tensor-parallel-size=4", "tensor_parallel_size", 4),
    ("gpu_memory_utilization = 0.5", "gpu_memory_utilization", 0.5),
    ("dtype=bfloat16", "dtype", "bfloat16"),
    ("enforce_eager=true", "enforce_eager", True),
    ("enforce_eager=False", "enforce_eager", False),
    ("quantization=None", "quantization", None),
    ('hf_overrides={"a": 1}', "hf_overrides", {"a": 1}),
    ("chat_template=a=b.jinja", "chat_template", "a=b.jinja"),
    ("ray.workers=2", "ray.workers", 2),
]


@pytest.mark.parametrize(("pair", "name", "value"), VALUES, ids=[v[0] for v in VALUES])
def test_a_pair_is_read(pair: str, name: str, value: Any) -> None:
    assert argument_values(parse_engine_args([pair])) == {name: value}


WRONG = [
    (["dtype"], "write name=value, e.g. tensor_parallel_size=4"),
    (["=4"], "write name=value"),
    (["dtype="], "write name=value"),
    (["two words=4"], "write name=value"),
    (["dtype=half", "dtype=float"], "dtype: given twice"),
]


@pytest.mark.parametrize(("pairs", "expected"), WRONG, ids=[" ".join(w[0]) for w in WRONG])
def test_what_is_no_pair_is_reported(pairs: list[str], expected: str) -> None:
    with pytest.raises(UsageError, match=expected):
        parse_engine_args(pairs)


@given(st.lists(st.text(max_size=20), max_size=3))
def test_any_text_is_read_or_a_usage_error(pairs: list[str]) -> None:
    try:
        arguments = parse_engine_args(pairs)
    except UsageError:
        return
    assert len(arguments) == len(pairs)
    assert argument_values(arguments).keys() == arguments.keys()
