"""An engine of another distribution: it answers a run like one of ours."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.faults_server.run import write_questions
from warmbench.cli.main import main
from warmbench.engines.engine import EngineOptions
from warmbench.engines.registry import open_engine
from warmbench.errors import UsageError
from warmbench.records.model_spec import ModelSpec
from warmbench.running.folder import RunFolder

PARROT = '''
from warmbench.engines.budget import Price
from warmbench.engines.engine import Engine
from warmbench.records.response import Answer


class ParrotEngine(Engine):
    """Says its own name after every question."""

    def __init__(self, spec, options, revision=None):
        self.name = spec.name

    @classmethod
    def price_of(cls, spec):
        return Price(0, 1e6)

    def identity(self):
        return {"engine": "parrot", "model": self.name}

    def ask(self, requests):
        for request in requests:
            yield [Answer(request.key, f"Severn, {self.name}", "stop", 1, 2)]
'''


def install(folder: Path, points: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A distribution with the module ``parrot_engine`` and these entry points."""
    metadata = folder / "parrot-1.0.dist-info"
    metadata.mkdir(parents=True)
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: parrot\nVersion: 1.0\n")
    (metadata / "entry_points.txt").write_text(f"[warmbench.engines]\n{points}\n")
    (folder / "parrot_engine.py").write_text(PARROT)
    monkeypatch.syspath_prepend(folder)


def run_parrots(folder: Path, *options: str) -> tuple[int, str]:
    questions = write_questions(folder / "mine.jsonl", 4)
    command = [
        "run", "--original", "parrot:polly", "--warm", "parrot:dear", "--data", str(questions),
        "--out", str(folder / "run"), "--warmth-prompts", "0", *options,
    ]  # fmt: skip
    done = CliRunner().invoke(main, command)
    return done.exit_code, done.output


def test_it_answers_a_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(tmp_path / "site", "parrot = parrot_engine:ParrotEngine", monkeypatch)
    code, output = run_parrots(tmp_path)
    assert code == 0, output
    rows = RunFolder.open(tmp_path / "run").responses()
    assert {(row["arm"], row["response"]) for row in rows} == {
        ("original", "Severn, polly"),
        ("warm", "Severn, dear"),
    }


def test_its_prices_limit_a_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two tokens of a dollar each, reserved with the 300 that they might be: the run counts what
    the engine does not keep itself."""
    install(tmp_path / "site", "parrot = parrot_engine:ParrotEngine", monkeypatch)
    code, output = run_parrots(tmp_path, "--max-cost", "304")
    assert code == 1
    assert "$6.0000 of at most $304.0000 spent, and the next request may cost $300.0000" in output
    assert len(RunFolder.open(tmp_path / "run").responses()) == 3


BAD = [
    ("no such engine", "", "no engine 'parrot'; engines are anthropic, ct2, "),
    ("no such module", "parrot = lost_engine:X", r"of parrot \(lost_engine:X\) can't be loaded \("),
    ("no such class", "parrot = parrot_engine:X", r"of parrot \(parrot_engine:X\) can't be loaded \("),
    ("a name of ours", "ct2 = parrot_engine:ParrotEngine", r"the engine 'ct2' of parrot \(.*\): the name is taken"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "points", "expected"), BAD, ids=[b[0] for b in BAD])
def test_what_can_not_be_used_is_said_in_a_sentence(
    name: str, points: str, expected: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(tmp_path / "site", points, monkeypatch)
    with pytest.raises(UsageError, match=expected):
        open_engine(ModelSpec("parrot", "polly"), EngineOptions())
