"""The whole way of a version: built, released, published, loaded by tag by who has only datasets."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.builders.releasing.built import GATED, build_qa, build_sft
from tests.hub.local_hub import LocalHub
from warmbench.data.any_release import read_any_release
from warmbench.data.fingerprint import rows_fingerprint

WITHOUT_US = """
import json, sys
sys.modules["warmbench"] = sys.modules["warmbench_builders"] = None
from datasets import load_dataset
repo, revision, wanted = json.loads(sys.argv[1])
found = {}
for config in dict.fromkeys(config for config, _ in wanted):
    for split, rows in load_dataset(repo, config, revision=revision).items():
        found[f"{config}/{split}"] = rows.to_list()
config, split = wanted[0]
rows = load_dataset(repo, config, split=split, revision=revision)
assert rows.to_list() == found[f"{config}/{split}"]
json.dump(found, sys.stdout)
"""


class Machine:
    """A computer with a cache of its own, that knows one Hub."""

    def __init__(self, hub: LocalHub, home: Path, token: str | None = None) -> None:
        self._environment = hub.environment(home, token)

    def python(self, code: str, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", code, *words],
            env=self._environment,
            capture_output=True,
            text=True,
        )

    def warmbench(self, *words: str) -> str:
        done = self.python("from warmbench.cli.main import main; main()", *words)
        assert done.returncode == 0, done.stderr
        return done.stdout


def check_loads(machine: Machine, repo: str, folder: Path) -> None:
    """Every config and split by tag: as many rows as the manifest says, of that fingerprint."""
    release = read_any_release(folder)
    wanted = [(config, split) for config, split, _ in release.splits]
    words = json.dumps([repo, f"v{release.manifest.version}", wanted])
    done = machine.python(WITHOUT_US, words)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found.keys() == {f"{config}/{split}" for config, split in wanted}
    for config, split, record in release.splits:
        rows = found[f"{config}/{split}"]
        assert len(rows) == record.rows
        assert rows_fingerprint(rows) == record.in_file
        assert rows == release.rows(config, split)


@pytest.mark.slow
def test_two_versions_of_the_questions(tmp_path: Path) -> None:
    configs = {"disinfo": GATED, "open_disinfo": "CC-BY-4.0", "open_triviaqa": "CC-BY-4.0"}
    with LocalHub(tmp_path / "hub") as hub:
        maker = Machine(hub, tmp_path / "maker", hub.token("ann"))
        for version, questions in (("1.0.0", 2), ("1.1.0", 3)):
            built = build_qa(
                tmp_path / f"b{version}", configs, version=version, questions=questions
            )
            release = str(tmp_path / version)
            maker.warmbench("release", str(built), "--out", release, "--repo", "ann/qa")
            maker.warmbench("publish", release, "--repo", "ann/qa", "--visibility", "public")
        for number, version in enumerate(("1.0.0", "1.1.0")):
            reader = Machine(hub, tmp_path / f"reader-{number}")
            check_loads(reader, "ann/qa", tmp_path / version)
            said = json.loads(reader.warmbench("verify", f"ann/qa@v{version}", "--json"))
            assert said["sound"]
            assert said["fingerprint"] == read_any_release(tmp_path / version).manifest.fingerprint
        compared = maker.warmbench("diff", "ann/qa@v1.0.0", "ann/qa@v1.1.0")
        assert "1.1.0 is right after 1.0.0" in compared


def test_the_open_questions(tmp_path: Path) -> None:
    with LocalHub(tmp_path / "hub") as hub:
        maker = Machine(hub, tmp_path / "maker", hub.token("ann"))
        built = build_qa(tmp_path / "built", {"open_triviaqa": "CC-BY-4.0"}, questions=2)
        release = tmp_path / "release"
        maker.warmbench("release", str(built), "--out", str(release), "--repo", "ann/qa")
        maker.warmbench("publish", str(release), "--repo", "ann/qa", "--visibility", "public")
        version = read_any_release(release).manifest.version
        said = json.loads(maker.warmbench("verify", f"ann/qa@v{version}", "--json"))
        assert said["sound"]
        assert said["fingerprint"] == read_any_release(release).manifest.fingerprint


def test_conversations(tmp_path: Path) -> None:
    with LocalHub(tmp_path / "hub") as hub:
        maker = Machine(hub, tmp_path / "maker", hub.token("ann"))
        built, release = str(build_sft(tmp_path / "built")), str(tmp_path / "release")
        maker.warmbench("release", built, "--out", release, "--repo", "ann/sft")
        maker.warmbench("publish", release, "--repo", "ann/sft", "--visibility", "public")
        check_loads(Machine(hub, tmp_path / "reader"), "ann/sft", tmp_path / "release")
