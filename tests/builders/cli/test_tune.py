"""``warmbench tune`` as it is typed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.builders.tuning.chats import chat_rows, write_chats
from tests.builders.tuning.fine_tuning_api import FineTuningAPI
from tests.conftest import need
from tests.openai_provider.provider import KEY
from tests.openai_provider.serve import serve
from warmbench.errors import UsageError
from warmbench_builders.cli.tune import tune

QUICK = ["--version", "warm", "--batch-size", "4", "--learning-rate", "1e-2", "--device", "cpu"]


def run(*arguments: str) -> Result:
    return CliRunner().invoke(tune, [*arguments])


@pytest.fixture
def chats(tmp_path: Path) -> Path:
    return write_chats(tmp_path / "chats.jsonl", chat_rows(12))


def test_help_says_the_papers_recipe_and_loads_nothing_heavy() -> None:
    code = (
        "import sys; from click.testing import CliRunner; "
        "from warmbench_builders.cli.tune import tune; "
        "r = CliRunner().invoke(tune, ['--help']); assert r.exit_code == 0; print(r.output); "
        "print(' '.join(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    said, modules = done.stdout.rstrip().rsplit("\n", 1)
    assert "[default: 0.5,1,1.5,2,4,6,8,10]" in " ".join(said.split())
    assert not {"torch", "trl", "transformers", "datasets", "openai", "numpy"} & set(
        modules.split()
    )


LIBRARIES = ("torch", "transformers", "trl", "peft", "datasets")


@pytest.mark.parametrize("library", LIBRARIES)
def test_a_missing_library_is_said_with_how_to_get_it(
    tmp_path: Path, chats: Path, library: str
) -> None:
    for other in LIBRARIES:
        if other != library:
            need(other, "pip install 'warmbench[train]'")
    code = (
        f"import sys; sys.modules[{library!r}] = None; "
        "from click.testing import CliRunner; from warmbench_builders.cli.tune import tune; "
        f"r = CliRunner().invoke(tune, ['reference', '--data', {str(chats)!r}, '--version', 'warm', "
        f"'--out', {str(tmp_path / 'out')!r}]); print(r.exception)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == (
        f"tune needs {library}; install it with: pip install 'warmbench[train]'\n"
    )


def test_a_model_that_the_hub_does_not_have_is_reported(tmp_path: Path, chats: Path) -> None:
    need("trl", "pip install 'warmbench[train]'")
    code = (
        "from click.testing import CliRunner; from warmbench_builders.cli.tune import tune; "
        f"r = CliRunner().invoke(tune, ['org/none', '--data', {str(chats)!r}, '--version', 'warm', "
        f"'--out', {str(tmp_path / 'out')!r}]); print(type(r.exception).__name__, r.exception)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "HF_HUB_OFFLINE": "1"},
    )
    assert done.stdout.startswith("UsageError org/none: transformers can't load it (")
    assert not (tmp_path / "out").exists()


def test_it_trains_prints_a_table_and_then_has_nothing_to_do(tmp_path: Path, chats: Path) -> None:
    need("trl", "pip install 'warmbench[train]'")
    out = tmp_path / "out"
    command = ["reference", "--data", str(chats), "--out", str(out), "--epochs", "2", *QUICK]
    first = run(*command)
    assert first.exit_code == 0, first.output
    lines = [line.split() for line in first.stdout.splitlines()]
    assert first.stdout.startswith("warmbench/reference, warm: 6 steps on 12 conversations")
    assert [line[:2] for line in lines[2:6]] == [["0.5", "2"], ["1", "3"], ["1.5", "4"], ["2", "6"]]
    assert lines[5][-1] == "selected"
    assert "step 6 of 6, loss" in first.stderr
    again = run(*command, "--json")
    report = json.loads(again.stdout)
    assert report["was_finished"] is True
    assert report["adapter"] == str(out / "adapter")
    assert list(report["checkpoints"]) == ["0.5", "1", "1.5", "2"]
    assert report["recipe"] == json.loads((out / "recipe.json").read_text())
    assert again.stderr == ""


UNFIT = [
    (["--dry-run"], "--dry-run: not available with --provider local"),
    (["--suffix", "x"], "--suffix: not available with --provider local"),
    (["--provider", "openai", "--rank", "8"], "--rank: not available with --provider openai"),
    (["--provider", "openai", "--checkpoints", "1"], "--checkpoints: not available"),
    (["--checkpoints", "1,b"], "--checkpoints '1,b': not a list of numbers"),
    (["--select", "3"], "--select 3: not among the checkpoints"),
]


@pytest.mark.parametrize(("arguments", "words"), UNFIT, ids=[" ".join(row[0]) for row in UNFIT])
def test_options_that_do_not_fit(
    tmp_path: Path, chats: Path, arguments: list[str], words: str
) -> None:
    result = run(
        "m", "--data", str(chats), "--version", "warm", "--out", str(tmp_path / "out"), *arguments
    )
    assert isinstance(result.exception, UsageError)
    assert words in str(result.exception)


def test_openai_from_a_dry_run_to_a_model(
    tmp_path: Path, chats: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WARMBENCH_API_KEY", KEY)
    api = FineTuningAPI(script=("succeeded",))
    with serve(api) as url:
        command = [
            "gpt-4o", "--provider", "openai", "--data", str(chats), "--version", "cold",
            "--out", str(tmp_path / "out"), "--base-url", url,
        ]  # fmt: skip
        dry = run(*command, "--dry-run")
        assert dry.exit_code == 0, dry.output
        assert "the file passes the checks; nothing was sent" in dry.stdout
        assert "train.jsonl: 12 examples" in dry.stderr
        assert api.calls == []
        done = run(*command, "--json")
        report = json.loads(done.stdout)
        assert report["model"] == f"openai:ft:gpt-4o:org:cold:ftjob-1@{url}"
        assert report["recipe"]["hyperparameters"]["learning_rate_multiplier"] == 0.1
        assert "ftjob-1: The job is succeeded" in done.stderr
        again = run(*command)
        assert "nothing to do" in again.stdout
        assert f"Model: {report['model']}" in again.stdout


def started(*arguments: str) -> subprocess.Popen[str]:
    # A process that was started in the background inherits that SIGINT is ignored.
    code = (
        "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
        "from warmbench_builders.cli.tune import tune; tune()"
    )
    return subprocess.Popen(
        [sys.executable, "-c", code, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "WARMBENCH_API_KEY": KEY},
    )


def test_ctrl_c_stops_a_training_that_the_same_command_goes_on_with(
    tmp_path: Path, chats: Path
) -> None:
    need("trl", "pip install 'warmbench[train]'")
    out = tmp_path / "out"
    command = ["reference", "--data", str(chats), "--out", str(out), "--epochs", "200", *QUICK]
    with started(*command) as process:
        assert process.stderr is not None
        assert any(line.startswith("step 30 of 600") for line in process.stderr)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate()
    assert process.returncode == 130
    assert said.endswith(f"Stopped. Run the same command again to resume {out}.\n")
    assert not (out / "recipe.json").exists()
    assert list((out / "state").glob("checkpoint-*/trainer_state.json"))


def test_ctrl_c_leaves_a_job_running_and_says_how_to_go_on(tmp_path: Path, chats: Path) -> None:
    api = FineTuningAPI(script=("running",))
    with serve(api) as url:
        command = [
            "gpt-4o", "--provider", "openai", "--data", str(chats), "--version", "warm",
            "--out", str(tmp_path / "out"), "--base-url", url, "--poll", "3600",
        ]  # fmt: skip
        with started(*command) as process:
            assert api.looked_at.wait(timeout=60)
            process.send_signal(signal.SIGINT)
            _, said = process.communicate()
    assert process.returncode == 130
    assert (
        "Stopped. The job ftjob-1 keeps running at the provider. Run the same command again" in said
    )
    assert api.jobs[0]["status"] == "running"
