"""``warmbench convert``, and a run of what it made."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner, Result

from tests.conftest import need
from warmbench.cli.main import main

need("torch", "pip install 'warmbench[hf]'")
need("transformers", "pip install 'warmbench[hf]'")

from tests.benchmark.engines.hf.models import save_random_model  # noqa: E402


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def test_a_conversion_is_usable_at_once_and_arms_of_two_types_are_refused(tmp_path: Path) -> None:
    model = save_random_model(tmp_path / "model", num_hidden_layers=1)
    out = tmp_path / "int8"
    done = run("convert", model, "--quantization", "int8", "--out", out, "--json")
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)
    assert (found["out"], found["quantization"]) == (str(out), "int8")
    assert found["bytes"] == (out / "model.bin").stat().st_size
    assert "converting to int8" in done.stderr

    again = run("convert", model, "--out", out)
    assert (again.exit_code, again.stderr.count("\n")) == (2, 1)

    few = ("--limit", "1", "--contexts", "plain", "--beliefs", "none", "--warmth-prompts", "0")
    few = (*few, "--max-tokens", "4")
    same = run("run", "--original", f"ct2:{out}", "--warm", f"ct2:{out}", *few,
               "--out", tmp_path / "same")  # fmt: skip
    assert same.exit_code in (0, 1), same.output  # random weights may say nothing at all
    record = json.loads((tmp_path / "same" / "run.json").read_text())
    assert record["engines"]["warm"]["compute_type"] == "int8_float32"

    mixed = run("run", "--original", "ct2:reference", "--warm", f"ct2:{out}", *few,
                "--out", tmp_path / "mixed")  # fmt: skip
    assert mixed.exit_code == 2
    assert "is computed in float32 and warm" in mixed.stderr
    assert not (tmp_path / "mixed").exists()


def test_an_unknown_type_is_refused() -> None:
    done = run("convert", "x", "--quantization", "int4")
    assert done.exit_code == 2
    assert "'int4'" in done.stderr
