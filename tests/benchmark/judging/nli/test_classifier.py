"""A real inference model, tiny and random: loaded, named, refused, and asked by the command."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.benchmark.judging.nli.models import LABELS, edit_config, save_inference_model
from tests.conftest import need
from warmbench.cli.main import main
from warmbench.data.table import read_rows, write_rows
from warmbench.engines.engine import EngineOptions
from warmbench.errors import EngineError, UsageError
from warmbench.judging.nli.classifier import Classifier
from warmbench.judging.nli.inference import Pair

need("torch", "pip install 'warmbench[hf]'")
need("transformers", "pip install 'warmbench[hf]'")

CPU = EngineOptions(device="cpu")
PAIRS = [
    Pair("which river ? it is the nile", "which river ? the nile"),
    Pair("which river ? the congo", "which river ? the nile"),
    Pair("it", "not"),
]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_inference_model(tmp_path_factory.mktemp("models") / "tiny")


def test_odds_sum_to_one_and_depend_on_the_pair_alone(model: Path) -> None:
    classifier = Classifier(str(model), CPU)
    odds = classifier.infer(PAIRS)
    assert len(set(odds)) == 3
    for one in odds:
        assert one.entailment + one.neutral + one.contradiction == pytest.approx(1, abs=2e-4)
    assert classifier.infer(list(reversed(PAIRS)) * 30)[:3] == odds[::-1]
    assert [classifier.infer([pair])[0] for pair in PAIRS] == odds
    assert Classifier(str(model), CPU).infer(PAIRS) == odds


def test_classes_go_by_their_names_and_not_by_their_places(model: Path, tmp_path: Path) -> None:
    turned = shutil.copytree(model, tmp_path / "turned")
    names = ("NEUTRAL", "Contradiction", "entailment")
    edit_config(
        turned, id2label=dict(enumerate(names)), label2id={n: i for i, n in enumerate(names)}
    )
    (odds,), (other,) = (Classifier(str(m), CPU).infer(PAIRS[:1]) for m in (model, turned))
    assert LABELS == ("contradiction", "entailment", "neutral")
    assert (odds.contradiction, odds.entailment, odds.neutral) == (
        other.neutral, other.contradiction, other.entailment,
    )  # fmt: skip


def test_an_answer_cannot_write_a_hypothesis_of_its_own(model: Path) -> None:
    classifier = Classifier(str(model), CPU)
    plain, marked, lower = (
        Pair(f"the nile {mark} the congo", "the nile") for mark in ("", "[SEP]", "[sep]")
    )
    assert len(set(classifier.infer([plain, marked, lower]))) == 1


def test_long_texts_are_cut_to_what_the_model_reads(model: Path) -> None:
    classifier = Classifier(str(model), CPU)
    long = Pair("the nile " * 500, "the congo " * 500)
    assert len(classifier.infer([long, *PAIRS])) == 4
    assert classifier.identity["tokens"] == "64"


def test_the_name_is_that_of_the_contents(model: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(model, tmp_path / "tiny")
    other = save_inference_model(tmp_path / "other" / "tiny", seed=8)
    first, same, unlike = (dict(Classifier(str(m), CPU).identity) for m in (model, copy, other))
    assert first == same
    assert first["model"] == unlike["model"] == "tiny"
    assert first["revision"] != unlike["revision"]
    pinned = Classifier(f"{model}@{first['revision']}", CPU)
    assert dict(pinned.identity) == first
    with pytest.raises(UsageError, match=f"the revision {'0' * 16} is asked for"):
        Classifier(f"{model}@{'0' * 16}", CPU)


REFUSED = [
    ("other classes", UsageError, "its classes are 'LABEL_0', 'LABEL_1', 'LABEL_2'"),
    ("two classes", UsageError, "its classes are 'entailment', 'not_entailment'"),
    ("pickled", EngineError, "transformers can't load the model"),
    ("headless", EngineError, "the weights lack 2 of the tensors"),
    ("code", EngineError, "transformers can't load the model"),
    ("no config", UsageError, "has no config.json"),
    ("missing", UsageError, "no such folder"),
    ("adapter", UsageError, "it is an adapter"),
]


def broken(kind: str, folder: Path) -> Path:
    labels = {
        "other classes": ("LABEL_0", "LABEL_1", "LABEL_2"),
        "two classes": ("entailment", "not_entailment"),
    }.get(kind, LABELS)
    if kind == "missing":
        return folder / "none"
    save_inference_model(
        folder, labels, kind=kind if kind in ("pickled", "headless") else "classifier"
    )
    if kind == "code":
        (folder / "own.py").write_text("raise SystemExit('the code of a model ran')\n")
        edit_config(
            folder, model_type="own",
            auto_map=dict.fromkeys(("AutoConfig", "AutoModelForSequenceClassification"), "own.Own"),
        )  # fmt: skip
    elif kind == "no config":
        (folder / "config.json").unlink()
    elif kind == "adapter":
        (folder / "adapter_config.json").write_text("{}")
    return folder


@pytest.mark.parametrize(("kind", "error", "said"), REFUSED, ids=[r[0] for r in REFUSED])
def test_what_cannot_be_used_is_refused_in_a_sentence(
    kind: str, error: type[Exception], said: str, tmp_path: Path
) -> None:
    with pytest.raises(error) as raised:
        Classifier(str(broken(kind, tmp_path / "m")), CPU)
    assert said in str(raised.value)
    assert "\n" not in str(raised.value)


ON_THE_HUB = """
from warmbench.engines.engine import EngineOptions
from warmbench.errors import WarmbenchError
from warmbench.judging.nli.classifier import Classifier

for name in ("org/tiny", "org/tiny@main", "org/tiny@" + "a" * 40, "org/none@main"):
    try:
        identity = Classifier(name, EngineOptions(device="cpu")).identity
        print(identity["model"], identity["revision"])
    except WarmbenchError as error:
        print(error)
"""


def test_a_model_on_the_hub_is_known_by_its_commit(model: Path, tmp_path: Path) -> None:
    """In a process of its own: huggingface_hub reads once where its cache is."""
    older, newer = "a" * 40, "b" * 40
    folder = tmp_path / "hub" / "models--org--tiny"
    for commit in (older, newer):
        shutil.copytree(model, folder / "snapshots" / commit)
    (folder / "refs").mkdir()
    (folder / "refs" / "main").write_text(newer)
    environment = os.environ | {"HF_HOME": str(tmp_path), "HF_HUB_OFFLINE": "1"}
    environment.pop("HF_HUB_CACHE", None)
    done = subprocess.run(
        [sys.executable, "-c", ON_THE_HUB],
        env=environment, capture_output=True, text=True, check=True,
    )  # fmt: skip
    *found, missing = done.stdout.splitlines()
    assert found == [f"org/tiny {newer}", f"org/tiny {newer}", f"org/tiny {older}"]
    assert missing.startswith("nli:org/none@main: transformers can't load the model (")


def warmbench(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


ANSWERS = [
    "Nile.",
    "Perhaps the Congo? Or it might be the Nile!",
    "I can't help with that.",
    "Hm. Nile?",
]


@pytest.fixture
def answers(tmp_path: Path) -> Path:
    row = {
        "question": "Which river runs through Cairo?", "task": "triviaqa",
        "correct_answers": ["Nile"], "incorrect_answers": ["Congo"],
    }  # fmt: skip
    write_rows(tmp_path / "a.jsonl", [{**row, "response": answer} for answer in ANSWERS])
    return tmp_path / "a.jsonl"


def test_a_file_is_judged_by_a_model_in_a_folder(model: Path, answers: Path) -> None:
    out = answers.with_name("v.jsonl")
    command = ["judge", answers, "--judge", f"nli:{model}", "--device", "cpu", "--out", out]
    done = warmbench(*command)
    assert done.exit_code == 0, done.output
    rows = read_rows(out)
    assert [row["verdict"] for row in rows[::2]] == ["correct", "refused"]
    assert rows[0]["judge"].startswith("nli-1:tiny@")
    assert '"' in rows[1]["reason"] or "no sentence tells" in rows[1]["reason"]
    record = json.loads(out.with_name("v.jsonl.judging.json").read_text())
    assert record["judge"] == rows[0]["judge"]
    assert record["where"]["device"] == "cpu"
    first = out.read_bytes()
    assert warmbench(*command).exit_code == 0
    assert out.read_bytes() == first


def test_it_votes_in_a_panel(model: Path, answers: Path) -> None:
    done = warmbench("judge", answers, "--judge", f"reference,rules,nli:{model}", "--device", "cpu")
    assert done.exit_code == 0, done.output
    rows = read_rows(answers.with_name("a.verdicts.jsonl"))
    assert rows[0]["judge"].startswith("panel-1(reference-")
    assert "|nli-1:tiny@" in rows[0]["judge"]


BAD = [
    ("nli:", "nli needs the model to load; write nli:OWNER/MODEL"),
    ("nli", "nli needs the model to load"),
    ("nli:@main", "write nli:MODEL or nli:MODEL@REVISION"),
    ("nli:./none", "no such folder"),
    ("llm:nli:x", "takes a model, not another judge"),
    ("nli:a/b,nli:a/b", "nli:a/b is named twice"),
]


@pytest.mark.parametrize(("judge", "said"), BAD)
def test_a_bad_judge_gets_a_sentence(judge: str, said: str, answers: Path) -> None:
    done = warmbench("judge", answers, "--judge", judge)
    assert done.exit_code == 2, done.output
    assert said in " ".join(done.output.split())
    assert list(answers.parent.iterdir()) == [answers]


def test_sampling_is_not_for_it(model: Path, answers: Path) -> None:
    done = warmbench("judge", answers, "--judge", f"nli:{model}", "--temperature", 1)
    assert done.exit_code == 2
    assert "sampling settings are for judges that ask a model" in " ".join(done.output.split())
