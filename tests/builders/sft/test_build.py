"""``warmbench build sft``, from a log to what ``datasets`` loads."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from tests.performance.synthetic_chats import write_chats
from warmbench.cli.main import main
from warmbench.data.sft_release import (
    TRAIN,
    VALIDATION,
    open_sft_release_path,
    read_sft_release,
)
from warmbench.errors import RunError
from warmbench.records.conversation import CONVERSATION_SCHEMA, Version
from warmbench.records.response import FailureKind
from warmbench_builders.sft.build import build_sft
from warmbench_builders.sft.build_open import build_open_sft
from warmbench_builders.sft.faithfulness import check_rewrite
from warmbench_builders.sft.filters.unsafe import WordListFilter
from warmbench_builders.sft.open_set import load_open_conversations, load_open_prompts
from warmbench_builders.sft.pipeline import Picks, Wanted, pick_chats
from warmbench_builders.sft.readers import open_log
from warmbench_builders.sft.readers.chat import ChatLog
from warmbench_builders.sft.rewriting import Rewrite, RewriteFailure, RewriteTask


def run(*words: str) -> Result:
    return CliRunner().invoke(main, ["build", "sft", *words])


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("log") / "synthetic.jsonl"
    write_chats(path, 300)
    return path


@pytest.fixture(scope="module")
def built(log: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("built") / "sft"
    done = build(log, out)
    assert done.exit_code == 0, done.output
    return out


def build(log: Path, out: Path, *more: str) -> Result:
    return run(
        "--source", str(log), "--rewriter", "template", "--unsafe", "words", "--train", "24",
        "--validation", "12", "--out", str(out), *more,
    )  # fmt: skip


def test_the_versions_are_parallel_and_faithful(built: Path) -> None:
    release = read_sft_release(built)
    original = release.conversations(Version.ORIGINAL)
    assert 18 <= len(original) <= 24
    for version in (Version.WARM, Version.COLD):
        rows = release.conversations(version)
        assert [r.conversation_id for r in rows] == [r.conversation_id for r in original]
        for row, source in zip(rows, original, strict=True):
            assert (row.rewriter, row.checks) == ("template-1", "faithfulness-1")
            assert [m for m in row.messages if m.role == "user"] == [
                m for m in source.messages if m.role == "user"
            ]
            for said, was in zip(row.messages, source.messages, strict=True):
                assert said.role == "user" or not check_rewrite(was.content, said.content)
    warm, cold = (release.conversations(v) for v in (Version.WARM, Version.COLD))
    assert sum(w.messages != c.messages for w, c in zip(warm, cold, strict=True)) == len(warm)


def test_the_splits_are_disjoint_and_validation_holds_prompts(built: Path) -> None:
    release = read_sft_release(built)
    held = release.conversations(Version.WARM, VALIDATION)
    assert held == release.conversations(Version.ORIGINAL, VALIDATION)
    assert {len(row.messages) for row in held} == {1}
    train = {row.conversation_id for row in release.conversations(Version.WARM, TRAIN)}
    assert not train & {row.conversation_id for row in held}


FRENCH = {
    "id": "fr",
    "messages": [
        {"role": "user", "content": "Quelle est la plus haute montagne de notre beau pays ?"},
        {"role": "assistant", "content": "C'est le mont Blanc, dans les Alpes de Haute-Savoie."},
    ],
}


@pytest.mark.parametrize(
    ("rows", "reason"),
    [([{"id": "a"}], "a row without conversations"), ([FRENCH], "not in en")],
    ids=["no turns", "a foreign chat"],
)
def test_a_log_that_loses_all_its_chats_gets_a_sentence(
    rows: list[Any], reason: str, tmp_path: Path
) -> None:
    log = tmp_path / "log.json"
    log.write_text(json.dumps(rows), encoding="utf-8")
    done = build(log, tmp_path / "out")
    assert done.exit_code == 1
    assert "none of 1 conversations is left" in done.stderr
    assert reason in done.stderr


def test_the_last_256_rows_may_lose_all_their_chats(tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl"
    write_chats(log, 256)
    with log.open("a", encoding="utf-8") as file:
        file.write(json.dumps(FRENCH) + "\n")
    done = build(log, tmp_path / "out")
    assert done.exit_code == 0, done.output
    assert read_sft_release(tmp_path / "out").manifest.source.read == 257


@pytest.mark.parametrize("source", ["open", "log"])
def test_who_wrote_the_replies_is_said_truly(source: str, log: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = run("--source", "open", "--out", str(out)) if source == "open" else build(log, out)
    said = " ".join(done.stdout.split())
    expected = {
        "open": "Warm and cold replies: written for WarmBench, not checked again here",
        "log": "Warm and cold replies: rewritten by template-1, checked by faithfulness-1",
    }
    assert expected[source] in said


def test_every_row_is_accounted_for(built: Path) -> None:
    source = read_sft_release(built).manifest.source
    assert source.read == 300
    assert source.read - sum(row.dropped for row in source.dropped) == source.kept
    assert list(dict.fromkeys(row.step for row in source.dropped))[-2:] == ["sample", "rewrite"]
    assert source.tools["unsafe"].startswith("glin-profanity")


def test_the_same_command_gives_the_same_bytes(built: Path, log: Path, tmp_path: Path) -> None:
    again, other = tmp_path / "again", tmp_path / "other"
    assert build(log, again).exit_code == 0
    assert build(log, other, "--seed", "1").exit_code == 0
    files = sorted(p.relative_to(built) for p in built.rglob("*") if p.is_file())
    assert len(files) == 8
    assert [(again / f).read_bytes() for f in files] == [(built / f).read_bytes() for f in files]
    assert (
        read_sft_release(other).manifest.fingerprint != read_sft_release(built).manifest.fingerprint
    )


@pytest.mark.parametrize("version", list(Version))
@pytest.mark.parametrize("split", [TRAIN, VALIDATION])
def test_datasets_loads_every_config_and_split(
    built: Path, version: Version, split: str, tmp_path: Path
) -> None:
    from datasets import load_dataset

    rows = load_dataset(str(built), version.value, split=split, cache_dir=str(tmp_path))
    assert rows.column_names == CONVERSATION_SCHEMA.names
    assert [row["conversation_id"] for row in rows] == [
        c.conversation_id for c in read_sft_release(built).conversations(version, split)
    ]


BAD: list[tuple[str, list[str], str]] = [
    ("no rewriter", ["--source", "log.jsonl", "--out", "x"], "needs --rewriter template"),
    ("odd rewriter", ["--source", "log.jsonl", "--out", "x", "--rewriter", "gpt"],
     "is not a rewriter"),
    ("no such file", ["--source", "no.jsonl", "--out", "x", "--rewriter", "template"],
     "and not a file"),
    ("no such log", ["--source", "hub:no", "--out", "x", "--rewriter", "template"],
     "sharegpt, wildchat, oasst"),
    ("open, rewritten", ["--source", "open", "--out", "x", "--rewriter", "template"],
     "leave out --rewriter"),
    ("a full folder", ["--source", "open", "--out", "."], "not empty"),
    ("a bad version", ["--source", "open", "--out", "x", "--version", "1"], "--version: the version '1' is not X.Y.Z"),
]  # fmt: skip


@pytest.mark.parametrize(("words", "said"), [r[1:] for r in BAD], ids=[r[0] for r in BAD])
def test_bad_input_gets_a_sentence(
    words: list[str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("log.jsonl").write_text("{}")
    done = run(*words)
    assert done.exit_code == 2
    assert said in done.output
    assert "Traceback" not in done.output
    assert not Path("x").exists()


class OneSidedRewriter:
    """Rewrites by a script: task -> text, or None where no answer comes."""

    name, prompt_version = "scripted", "p1"

    def __init__(self, script: Any) -> None:
        self._script = script

    def rewrite(self, tasks: Sequence[RewriteTask]) -> Iterator[Rewrite | RewriteFailure]:
        for task in tasks:
            text = self._script(task)
            if text is None:
                yield RewriteFailure(task, FailureKind.TIMEOUT, "no answer")
            else:
                yield Rewrite(task, text)

    def close(self) -> None:
        """Nothing to let go of."""


CHATS = [
    (
        "How far is the next harbour from the old lighthouse?",
        "It is 12 km from the lighthouse to the harbour of Ribe.",
    ),
    (
        "Which birds breed on the cliffs above the northern beach?",
        "Puffins and razorbills breed there, from April until the end of July.",
    ),
]


def picked(path: Path, chats: int = 1) -> tuple[ChatLog, Picks]:
    lines = [
        {
            "id": question,
            "conversations": [
                {"from": "human", "value": question},
                {"from": "gpt", "value": answer},
            ],
        }
        for question, answer in CHATS[:chats]
    ]
    path.write_text("\n".join(json.dumps(line) for line in lines))
    log = open_log(str(path))
    wanted = Wanted(train=12, validation=0, language="en", seed=0)
    return log, pick_chats(log, wanted, WordListFilter(), [])


def miscounting(task: RewriteTask) -> str:
    reply = task.exchange.reply
    return reply.replace("12", "15") if task.version is Version.COLD else reply


def test_an_unfaithful_rewrite_drops_the_conversation_everywhere(tmp_path: Path) -> None:
    log, picks = picked(tmp_path / "log.jsonl", chats=2)
    rewriter = OneSidedRewriter(miscounting)
    release = build_sft(log, picks, rewriter, tmp_path / "out", version="1.0.0", seed=0)
    for version in Version:
        (left,) = release.conversations(version)
        assert left.messages[0].content == CHATS[1][0]
    (lost,) = [row for row in release.manifest.source.dropped if row.step == "rewrite"]
    assert (lost.reason, lost.dropped) == ("cold: numbers", 1)


def test_no_release_is_written_when_no_conversation_is_left(tmp_path: Path) -> None:
    log, picks = picked(tmp_path / "log.jsonl")
    rewriter = OneSidedRewriter(miscounting)
    with pytest.raises(RunError, match=r"none of 1 conversations is left .*cold: numbers: 1"):
        build_sft(log, picks, rewriter, tmp_path / "out", version="1.0.0", seed=0)
    assert not (tmp_path / "out").exists()


def test_an_unanswered_rewrite_is_no_unfaithful_one(tmp_path: Path) -> None:
    log, picks = picked(tmp_path / "log.jsonl")
    rewriter = OneSidedRewriter(lambda task: None)
    with pytest.raises(RunError, match=r"2 rewrites got no response from scripted \(timeout 2\)"):
        build_sft(log, picks, rewriter, tmp_path / "out", version="1.0.0", seed=0)
    assert not (tmp_path / "out").exists()


def test_the_packaged_release_is_what_the_open_set_builds(tmp_path: Path) -> None:
    built = build_open_sft(
        load_open_conversations(), load_open_prompts(), tmp_path / "open", version="0.1.0"
    )
    packaged = read_sft_release(open_sft_release_path())
    assert built.manifest == packaged.manifest
    for version in Version:
        assert len(packaged.conversations(version, TRAIN)) == 240
        assert len(packaged.conversations(version, VALIDATION)) == 204
