"""Releases on a Hub, read by the real clients, each in a process and a cache of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.builders.releasing.built import build_qa, build_sft
from tests.hub.local_hub import LocalHub
from tests.hub.release_on_hub import put_on_hub
from warmbench.data.any_release import read_any_release
from warmbench_builders.releasing.make_release import make_release

REPO, SFT_REPO, PRIVATE = "ann/qa", "ann/sft", "ann/private"

WITHOUT_US = """
import json, sys
sys.modules["warmbench"] = sys.modules["warmbench_builders"] = None
from datasets import load_dataset
repo, revision, streaming, wanted = json.loads(sys.argv[1])
found = {}
for config, split in wanted:
    rows = load_dataset(repo, config, split=split, revision=revision, streaming=streaming)
    found[f"{config}/{split}"] = list(rows)
print(json.dumps(found))
"""


@dataclass(frozen=True)
class Published:
    """A Hub with two versions of a QA release, one of an SFT release, and a private one."""

    hub: LocalHub
    token: str
    folders: Mapping[str, Path]


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Published]:
    root = tmp_path_factory.mktemp("hub")
    folders = {}
    for version, questions in (("1.0.0", 2), ("1.1.0", 3)):
        built = build_qa(root / f"built-{version}", version=version, questions=questions)
        make_release(built, root / version, REPO)
        folders[version] = root / version
    make_release(build_sft(root / "built-sft"), root / "sft", SFT_REPO)
    folders["sft"] = root / "sft"
    with LocalHub(root / "hub") as hub:
        token = hub.token("ann")
        api = hub.api(token)
        put_on_hub(api, REPO, folders["1.0.0"], "1.0.0")
        put_on_hub(api, REPO, folders["1.1.0"], "1.1.0")
        put_on_hub(api, SFT_REPO, folders["sft"], "1.0.0")
        put_on_hub(api, PRIVATE, folders["1.0.0"], "1.0.0", private=True)
        yield Published(hub, token, folders)


def python(
    published: Published, home: Path, code: str, *words: str, token: str | None = None, **more: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code, *words],
        env={**published.hub.environment(home, token), **more},
        capture_output=True,
        text=True,
    )


def verify(
    published: Published, home: Path, spec: str, token: str | None = None, **more: str
) -> subprocess.CompletedProcess[str]:
    code = "import sys; from warmbench.cli.main import main; main()"
    return python(published, home, code, "verify", spec, token=token, **more)


@pytest.mark.parametrize(
    ("repo", "version", "folder"),
    [(REPO, "1.0.0", "1.0.0"), (REPO, "1.1.0", "1.1.0"), (SFT_REPO, "1.0.0", "sft")],
)
@pytest.mark.parametrize("streaming", [False, True])
def test_datasets_alone_loads_every_config_and_split_by_tag(
    repo: str, version: str, folder: str, streaming: bool, published: Published, tmp_path: Path
) -> None:
    release = read_any_release(published.folders[folder])
    wanted = [(config, split) for config, split, _ in release.splits][:: 4 if streaming else 1]
    words = json.dumps([repo, f"v{version}", streaming, wanted])
    done = python(published, tmp_path, WITHOUT_US, words)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found == {f"{c}/{s}": release.rows(c, s) for c, s in wanted}


def test_load_fetches_once_and_then_needs_no_network(published: Published, tmp_path: Path) -> None:
    code = (
        "import warmbench; print(len(warmbench.load('triviaqa', context='sadness', "
        f"version='1.0.0', data='{REPO}')))"
    )
    before = len(published.hub.requests)
    first = python(published, tmp_path, code)
    assert (first.returncode, first.stdout) == (0, "6\n"), first.stderr
    asked = len(published.hub.requests)
    assert asked > before
    again = python(published, tmp_path, code, HF_HUB_OFFLINE="1")
    assert (again.returncode, again.stdout) == (0, "6\n"), again.stderr
    online = python(published, tmp_path, code)
    assert (online.returncode, online.stdout) == (0, "6\n")
    assert len(published.hub.requests) == asked


def test_a_half_filled_cache_is_filled(published: Published, tmp_path: Path) -> None:
    half = (
        "from huggingface_hub import snapshot_download as s; "
        f"s('{REPO}', repo_type='dataset', revision='v1.1.0', allow_patterns=['release.json'])"
    )
    assert python(published, tmp_path, half).returncode == 0
    done = verify(published, tmp_path, f"{REPO}@v1.1.0")
    assert done.returncode == 0, done.stderr
    assert "180 rows" in done.stdout


@pytest.mark.parametrize("version", ["1.0.0", "1.1.0"])
def test_a_published_version_verifies(version: str, published: Published, tmp_path: Path) -> None:
    done = verify(published, tmp_path, f"{REPO}@v{version}")
    assert done.returncode == 0, done.stderr
    assert read_any_release(published.folders[version]).manifest.fingerprint in done.stdout


def test_a_tag_on_another_version_is_found_out(published: Published, tmp_path: Path) -> None:
    api = published.hub.api(published.token)
    put_on_hub(api, "ann/mistagged", published.folders["1.0.0"], "3.0.0")
    done = verify(published, tmp_path, "ann/mistagged@v3.0.0")
    assert done.returncode == 2
    assert "says version 1.0.0" in done.stderr


@pytest.mark.parametrize(
    ("spec", "who", "code", "words"),
    [
        (f"{REPO}@v9.0.0", None, 2, "no version 9.0.0"),
        ("ann/nothing@v1.0.0", None, 2, "no such dataset on the Hub"),
        (f"{PRIVATE}@v1.0.0", None, 2, "no such dataset on the Hub, or it is private"),
        (f"{PRIVATE}@v1.0.0", ("bob", "write"), 2, "or it is private"),
        (f"{PRIVATE}@v1.0.0", ("ann", "read"), 0, ""),
        (f"{REPO}@v1.0.0", ("ann", "expired"), 2, "does not accept the token"),
    ],
)
def test_who_may_not_read_is_told_in_a_sentence(
    spec: str,
    who: tuple[str, str] | None,
    code: int,
    words: str,
    published: Published,
    tmp_path: Path,
) -> None:
    token = published.hub.token(*who) if who else None
    done = verify(published, tmp_path, spec, token=token)
    assert done.returncode == code, done.stderr
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert token is None or token not in done.stderr + done.stdout


def test_a_hub_that_is_away_is_said_to_be(published: Published, tmp_path: Path) -> None:
    done = verify(published, tmp_path, f"{REPO}@v1.0.0", HF_ENDPOINT="http://127.0.0.1:9")
    assert done.returncode == 1
    assert "can't be reached" in done.stderr
    assert "Traceback" not in done.stderr
