"""Arguments for the library that computes, as a person writes them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from warmbench.cli.main import main
from warmbench.engines.engine import EngineOptions
from warmbench.engines.engine_args import argument_values, parse_engine_args
from warmbench.engines.registry import check_options, open_engine
from warmbench.errors import UsageError
from warmbench.records.model_spec import parse_model_spec

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


REFUSED = [
    (
        "openai:x",
        "dtype",
        "openai:x: no --engine-option dtype for the openai engine; it takes none",
    ),
    ("openai-batch:x", "dtype", "for the openai-batch engine; it takes none"),
    ("anthropic:x", "dtype", "for the anthropic engine; it takes none"),
    ("replay:x.csv", "dtype", "for the replay engine; it takes none"),
    ("ct2:x", "dtype", "no --engine-option dtype for the ct2 engine; it takes "),
    ("hf:x", "compute_type", "for the hf engine; it takes "),
    ("hf:x", "ray.workers", "for the hf engine; it takes "),
    ("ray:hf:x", "compute_type", "ray.num_cpus, ray.num_gpus"),
]


@pytest.mark.parametrize(
    ("model", "name", "expected"), REFUSED, ids=[f"{r[0]} {r[1]}" for r in REFUSED]
)
def test_an_option_that_an_engine_does_not_take_is_refused(
    model: str, name: str, expected: str
) -> None:
    with pytest.raises(UsageError) as refused:
        open_engine(parse_model_spec(model), EngineOptions(engine_args={name: "1"}))
    assert expected in str(refused.value)


TAKEN = [("vllm:x", "anything"), ("ray:vllm:x", "anything"), ("ray:hf:x", "ray.workers")]


@pytest.mark.parametrize(("model", "name"), TAKEN)
def test_an_option_that_an_engine_takes_is_not(model: str, name: str) -> None:
    check_options(parse_model_spec(model), EngineOptions(engine_args={name: "1"}))


@pytest.mark.parametrize("more", [[], ["--dry-run"]])
def test_a_run_with_such_an_option_ends_before_anything_is_made(
    more: list[str], tmp_path: Path
) -> None:
    command = [
        "run", "--original", "openai:a@http://127.0.0.1:9/v1", "--warm",
        "openai:b@http://127.0.0.1:9/v1", "--engine-option", "dtype=half",
        "--out", str(tmp_path / "run"), *more,
    ]  # fmt: skip
    done = CliRunner().invoke(main, command)
    assert done.exit_code == 2
    assert "no --engine-option dtype for the openai engine; it takes none" in done.output
    assert not (tmp_path / "run").exists()


@given(st.lists(st.text(max_size=20), max_size=3))
def test_any_text_is_read_or_a_usage_error(pairs: list[str]) -> None:
    try:
        arguments = parse_engine_args(pairs)
    except UsageError:
        return
    assert len(arguments) == len(pairs)
    assert argument_values(arguments).keys() == arguments.keys()
