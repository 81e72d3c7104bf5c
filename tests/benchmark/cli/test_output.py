"""What each command prints fits any terminal and pipe: its encoding, and without escapes in a pipe."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from warmbench.cli.main import COMMANDS, main
from warmbench.data.table import read_rows, write_rows

QUESTIONS = ("Gdańsk \u2212 ≥ 5 → 日本 😀 ½", "Qui a dit « œuf » ?", "Which river?", "Who?")
"""Characters that cp1252, Latin-1 and ASCII lack, one after the other."""

RUN_MANY = """
import os
import sys
from warmbench.cli.main import main
for line in map(os.fsdecode, sys.stdin.buffer.read().splitlines()):
    try:
        main(line.split("\\t"), prog_name="warmbench", standalone_mode=False)
    except SystemExit as end:
        assert end.code in (0, 1, 2, 3), end.code
    except Exception as error:
        from click import ClickException
        if not isinstance(error, ClickException):
            raise
        error.show()
    print("END", line.split("\\t")[0], flush=True)
"""
"""Each command in one process, which loads the libraries once; an error of ours prints itself."""

ENCODINGS = {
    "cp1252": {"PYTHONIOENCODING": "cp1252"},
    "latin-1": {"PYTHONIOENCODING": "latin-1"},
    "ascii": {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
}

NO_TERMINAL = {
    "plain": {},
    "a terminal by name": {"TERM": "xterm-256color", "COLORTERM": "truecolor"},
    "dumb": {"TERM": "dumb"},
    "no colour": {"NO_COLOR": "1"},
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A judged run ``run``, the answers that it replays, and labels of them."""
    out = tmp_path_factory.mktemp("output")
    for arm, said in (("original", ("Łódź ✓", "Łódź")), ("warm", ("Łódź", "Kraków \u2212 no"))):
        rows = [
            {"question": question, "response": said[number % 2], "correct_answers": ["Łódź"],
             "incorrect_answers": ["Kraków"], "task": "triviaqa", "context": context}
            for number, question in enumerate(QUESTIONS) for context in ("plain", "sadness")
        ]  # fmt: skip
        write_rows(out / f"{arm}.jsonl", rows)
    done = CliRunner().invoke(main, ["run", *arms(out), "--out", str(out / "run")])
    assert done.exit_code == 0, done.output
    drawn = ["audit", str(out / "run"), "--draw", "3", "--out", str(out / "labels.csv")]
    assert CliRunner().invoke(main, drawn).exit_code == 0
    rows = [{**row, "label": "right"} for row in read_rows(out / "labels.csv")]
    write_rows(out / "labels.csv", rows)
    return out


def arms(folder: Path) -> list[str]:
    return [
        "--original", f"replay:{folder}/original.jsonl", "--warm", f"replay:{folder}/warm.jsonl",
    ]  # fmt: skip


def commands(folder: Path) -> dict[str, list[str]]:
    """One call of each command, and more of those that print something else with other options."""
    run, answers = str(folder / "run"), str(folder / "original.jsonl")
    submit = ["submit", run, "--model-name", "Łódź-7b", "--access", "open", "--submitter", "Zoë",
              "--contact", "a@b.example", "--date", "2026-01-01", "--dry-run"]  # fmt: skip
    return {
        "help": ["--help"],
        "run": ["run", *arms(folder), "--out", run],
        "dry run": ["run", *arms(folder), "--out", str(folder / "new"), "--dry-run"],
        "judge": ["judge", run],
        "judge file": ["judge", answers, "--out", str(folder / "verdicts.csv")],
        "status": ["status", run],
        "score": ["score", run],
        "gate": ["gate", run, "--max-loss", "3"],
        "compare": ["compare", run, run],
        "analyse": ["analyse", run],
        "audit": ["audit", run, "--labels", str(folder / "labels.csv")],
        "warmth": ["warmth", answers, "--by", "question"],
        "report": ["report", run],
        "verify": ["verify", "open-sft"],
        "diff": ["diff", "open-sft", "open-sft"],
        "cite": ["cite"],
        "submit": submit,
        "demo": ["demo", "--help"],
        "board": ["board", "--help"],
        "missing": ["score", str(folder / "gęsi")],
        "unknown": ["score", "--gęś"],
    }


REFUSED = ("submit", "missing", "unknown")
"""A run on questions of one's own can't be submitted."""

AS_JSON = (
    "score",
    "judge",
    "judge file",
    "gate",
    "compare",
    "warmth",
    "dry run",
    "verify",
    "diff",
    "cite",
)


def printed(calls: list[list[str]], **environment: str) -> subprocess.CompletedProcess[bytes]:
    env = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "LC_", "LANG"))}
    for name in ("FORCE_COLOR", "NO_COLOR", "TERM", "COLORTERM", "COLUMNS"):
        env.pop(name, None)
    return subprocess.run(
        [sys.executable, "-c", RUN_MANY],
        input="\n".join("\t".join(call) for call in calls).encode(),
        env={**env, **environment},
        capture_output=True,
        check=False,
    )


def test_each_command_is_called(folder: Path) -> None:
    assert {call[0] for call in commands(folder).values()} >= COMMANDS.keys() - {
        "status",
        "convert",
    }


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_each_command_prints_into_a_pipe_of_any_encoding(folder: Path, encoding: str) -> None:
    calls = list(commands(folder).values())
    done = printed(calls, **ENCODINGS[encoding])
    out, said = done.stdout.decode(encoding), done.stderr.decode(encoding)
    assert done.returncode == 0, said
    assert out.count("END ") == len(calls)
    assert "Traceback" not in out + said
    assert "\ufffd" not in out + said
    assert "-" in out.split("END score")[0].rsplit("END ", 1)[1]  # of the sycophancy or an interval
    assert "no such option '--g" in said.lower()
    assert said.count("Error: ") == len(REFUSED)


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_json_is_the_same_value_in_any_encoding(folder: Path, encoding: str) -> None:
    calls = [[*commands(folder)[name], "--json"] for name in AS_JSON]
    there = printed(calls, **ENCODINGS[encoding]).stdout.decode(encoding)
    here = printed(calls, PYTHONUTF8="1").stdout.decode()
    assert values(there) == values(here)
    assert len(values(here)) == len(calls)
    assert "Gdańsk" in here


def values(text: str) -> list[object]:
    """The JSON value before each line ``END COMMAND``."""
    return [json.loads(part) for part in re.split(r"^END .*$", text, flags=re.MULTILINE)[:-1]]


@pytest.mark.parametrize("terminal", NO_TERMINAL)
def test_a_pipe_gets_no_escapes_and_no_bars(folder: Path, terminal: str) -> None:
    wanted = ("run", "judge", "score", "gate", "compare", "warmth", "cite", "missing")
    done = printed([commands(folder)[name] for name in wanted], PYTHONUTF8="1",
                   **NO_TERMINAL[terminal])  # fmt: skip
    assert done.returncode == 0, done.stderr.decode()
    for text in (done.stdout.decode(), done.stderr.decode()):
        assert not {"\x1b", "\r", "\x08", "━", "█", "╸"} & set(text)


@pytest.mark.parametrize("columns", ["40", "60"])
def test_no_number_is_cut_in_a_narrow_terminal(folder: Path, columns: str) -> None:
    calls = [commands(folder)[name] for name in TABLES]
    wide = printed(calls, PYTHONUTF8="1", COLUMNS="300").stdout.decode()
    narrow = printed(calls, PYTHONUTF8="1", COLUMNS=columns).stdout.decode()
    assert "…" not in narrow
    assert sorted(NUMBER.findall(narrow)) == sorted(NUMBER.findall(wide))


TABLES = ("judge", "judge file", "score", "gate", "compare", "analyse", "audit", "dry run")
NUMBER = re.compile(r"(?<=\s)[+\u2212]?\d[\d.,%]*(?=\s)")
