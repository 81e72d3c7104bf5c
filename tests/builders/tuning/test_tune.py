"""Real trainings of the reference model: what they write, and that a kill changes nothing."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.builders.tuning.chats import chat_rows, quick_options, write_chats, write_release
from tests.conftest import need
from warmbench.engines.engine import EngineOptions
from warmbench.engines.hf.hf_engine import HFEngine
from warmbench.errors import DataError, OutputError, RunError, UsageError
from warmbench.records.conversation import Version
from warmbench.records.message import Message
from warmbench.records.model_spec import ModelSpec
from warmbench.records.request import Request
from warmbench.records.response import Answer
from warmbench.records.study import Arm, Study, Treatment
from warmbench.reference_model import reference_path
from warmbench_builders.tuning.folder import TuneFolder
from warmbench_builders.tuning.options import Device, LossOn
from warmbench_builders.tuning.recipe import Plan, recipe_of
from warmbench_builders.tuning.tune import TuneResult, tune

need("trl", "pip install 'warmbench[train]'")

ROOT = Path(__file__).parents[3]


class Stopped(Exception):
    """A kill, as far as one can be had within a process."""


def stop_at(last: int) -> Callable[[int, int, float], None]:
    def watch(step: int, steps: int, loss: float) -> None:
        if step == last:
            raise Stopped

    return watch


def contents(folder: Path) -> dict[str, bytes]:
    paths = [path for path in folder.rglob("*") if path.is_file()]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("tune")


@pytest.fixture(scope="module")
def data(place: Path) -> Path:
    return write_chats(place / "chats.jsonl", chat_rows(20))


@pytest.fixture(scope="module")
def whole(place: Path, data: Path) -> TuneResult:
    """An uninterrupted training: 18 conversations, 5 steps an epoch, 20 steps."""
    import torch

    torch.use_deterministic_algorithms(False)  # as a new process has it; other tests train too
    return tune(quick_options(place / "whole", data, held_out=0.1))


def test_it_writes_a_folder_that_says_everything(whole: TuneResult) -> None:
    adapter = ["adapter_config.json", "adapter_model.safetensors"]
    folders = ["adapter", *(f"checkpoints/epoch-{e}" for e in ("0.5", "1", "2", "4"))]
    assert sorted(contents(whole.path)) == sorted(
        ["README.md", "losses.svg", "recipe.json", *(f"{f}/{a}" for f in folders for a in adapter)]
    )
    assert contents(whole.adapter) == contents(whole.checkpoints[2.0])
    assert len({(path / adapter[1]).read_bytes() for path in whole.checkpoints.values()}) == 4


def test_the_adapter_names_its_base_and_no_place_on_a_disk(whole: TuneResult) -> None:
    text = (whole.adapter / "adapter_config.json").read_text()
    config = json.loads(text)
    assert config["base_model_name_or_path"] == "warmbench/reference"
    assert (config["r"], config["lora_alpha"], config["lora_dropout"]) == (8, 16, 0.1)
    assert config["target_modules"] == sorted(config["target_modules"])
    assert len(config["target_modules"]) == 7
    everything = b"".join(contents(whole.path).values())
    assert str(ROOT).encode() not in everything
    assert str(whole.path.parent).encode() not in everything


def test_the_losses_fall_and_stand_in_the_recipe(whole: TuneResult) -> None:
    training = whole.recipe.training
    assert [c.step for c in training.checkpoints] == [2, 5, 10, 20]
    assert (training.conversations, training.held_out, training.steps_per_epoch) == (18, 2, 5)
    losses = [c.loss for c in training.checkpoints]
    held_out = [c.held_out_loss for c in training.checkpoints if c.held_out_loss is not None]
    assert losses == sorted(losses, reverse=True)
    assert held_out == sorted(held_out, reverse=True)
    assert len(held_out) == 4


def test_the_recipe_is_one_that_a_study_carries(whole: TuneResult) -> None:
    recipe = recipe_of(whole.path)
    study = Study(
        arms=(Arm(name="original", model="hf:m"), Arm(name="warm", model="hf:m+./adapter")),
        treatment=Treatment.FINE_TUNE,
        recipe=recipe,
    )
    assert Study.model_validate_json(study.model_dump_json()).recipe == recipe
    assert recipe["base"] == {
        "name": "warmbench/reference",
        "revision": None,
        "weights": recipe["base"]["weights"],
    }
    assert recipe["version"] == "warm"
    assert recipe["hyperparameters"]["learning_rate"] == 1e-2
    assert set(recipe["libraries"]) >= {"torch", "transformers", "trl", "peft"}


def test_the_hf_engine_loads_it_and_it_has_learnt(whole: TuneResult) -> None:
    """At epoch 4 the model has taken up the tone; the base never speaks so."""

    def said(adapter: Path | None) -> str:
        spec = ModelSpec("hf", "reference", str(adapter) if adapter else None)
        engine = HFEngine(spec, EngineOptions(device="cpu"))
        asked = (Message("user", "What is 8 plus 1?"),)
        ((answer,),) = engine.ask([Request("a", "warm", "a", 0, asked, 0.0, 30, 1.0, 1)])
        assert isinstance(answer, Answer)
        return answer.text

    assert "dear" in said(whole.checkpoints[4.0]) or "friend" in said(whole.checkpoints[4.0])
    assert not {"dear", "friend"} & set(said(None).split())


def test_the_first_loss_is_that_of_the_untouched_base(place: Path, data: Path) -> None:
    """An adapter begins as nothing, so the loss of a first step over all conversations is the
    base's mean over the assistant's tokens, whatever way that is computed."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    base = reference_path("hf")
    tokenizer = AutoTokenizer.from_pretrained(base)
    model = AutoModelForCausalLM.from_pretrained(base, dtype=torch.float32).eval()
    losses = []
    for row in chat_rows(20):
        ids, mask = tokenizer(tokenizer.bos_token)["input_ids"], [0]
        for message in row["messages"]:
            head = tokenizer(f"<|{message['role']}|>")["input_ids"]
            body = tokenizer(message["content"] + "<|end|>")["input_ids"]
            ids, mask = (
                ids + head + body,
                mask + [0] * len(head) + [int(message["role"] == "assistant")] * len(body),
            )
        with torch.inference_mode():
            log = torch.log_softmax(model(torch.tensor([ids])).logits[0], dim=-1)
        losses += [-log[n - 1, ids[n]].item() for n in range(1, len(ids)) if mask[n]]
    seen: list[float] = []
    options = quick_options(
        place / "first", data, batch_size=20, device_batch_size=4, epochs=1.0, checkpoints=(1.0,)
    )
    result = tune(options, lambda step, steps, loss: seen.append(loss))
    assert seen == [pytest.approx(sum(losses) / len(losses), rel=1e-4)]
    assert result.recipe.training.loss_tokens == len(losses)


@pytest.mark.parametrize("last", [1, 7, 20])
def test_stopped_it_goes_on_to_the_same_bytes(
    place: Path, data: Path, whole: TuneResult, last: int
) -> None:
    options = quick_options(place / f"stopped-{last}", data, held_out=0.1)
    with pytest.raises(Stopped):
        tune(options, stop_at(last))
    steps, notes = list[int](), list[str]()
    tune(options, lambda step, steps_, loss: steps.append(step), notes.append)
    begun = {1: 0, 7: 6, 20: 18}[last]
    assert steps == list(range(begun + 1, 21))
    assert notes == ([f"resuming from step {begun} of 20"] if begun else [])
    assert contents(options.out) == contents(whole.path)


KILL_HALFWAY = """
import os, signal, sys
from pathlib import Path
from tests.builders.tuning.chats import quick_options
from warmbench_builders.tuning.tune import tune

def watch(step, steps, loss):
    if step == 9:
        os.kill(os.getpid(), signal.SIGKILL)

tune(quick_options(Path(sys.argv[1]), Path(sys.argv[2]), held_out=0.1), watch)
"""


def test_killed_with_a_state_half_written_it_goes_on_to_the_same_bytes(
    place: Path, data: Path, whole: TuneResult
) -> None:
    out = place / "killed"
    command = [sys.executable, "-c", KILL_HALFWAY, str(out), str(data)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    assert subprocess.run(command, env=environment).returncode == -signal.SIGKILL
    assert not (out / "recipe.json").exists()
    (state,) = (out / "state").glob("checkpoint-*")
    torn = shutil.copytree(state, out / "state" / "checkpoint-9")
    (torn / "trainer_state.json").write_text('{"global_step": 9, "log_hi')
    (out / "checkpoints" / ".epoch-2.partial").mkdir()
    tune(quick_options(out, data, held_out=0.1))
    assert contents(out) == contents(whole.path)


def test_killed_after_the_last_state_it_trains_no_further(
    place: Path, data: Path, whole: TuneResult
) -> None:
    options = quick_options(place / "ended", data, held_out=0.1)
    plan = Plan.model_validate(whole.recipe.model_dump(exclude={"training"}))
    folder = TuneFolder(options.out)
    folder.begin(plan)
    folder.card_path.mkdir()
    with pytest.raises(OutputError):  # the card can't be written where a folder stands
        tune(options)
    folder.card_path.rmdir()
    steps: list[int] = []
    tune(options, lambda step, steps_, loss: steps.append(step))
    assert steps == []
    assert contents(options.out) == contents(whole.path)


def test_finished_there_is_nothing_to_do(place: Path, data: Path, whole: TuneResult) -> None:
    before = contents(whole.path)
    again = tune(quick_options(whole.path, data, held_out=0.1), stop_at(1))
    assert again.was_finished
    assert again.recipe == whole.recipe
    assert contents(whole.path) == before


def test_nothing_is_trained_after_the_last_checkpoint(
    place: Path, data: Path, whole: TuneResult
) -> None:
    """The schedule still reaches to the last epoch, so the checkpoint is the same."""
    steps: list[int] = []
    short = tune(
        quick_options(place / "short", data, held_out=0.1, checkpoints=(0.5, 1.0)),
        lambda step, steps_, loss: steps.append(step),
    )
    assert steps == [1, 2, 3, 4, 5]
    assert contents(short.checkpoints[1.0]) == contents(whole.checkpoints[1.0])
    assert (short.recipe.training.steps, short.recipe.training.last_step) == (20, 5)


OTHER: list[tuple[dict[str, Any], str]] = [
    ({"learning_rate": 2e-3}, "hyperparameters.learning_rate is 0.01 there and 0.002 in this"),
    ({"seed": 1}, "seed is 0 there and 1"),
    ({"version": Version.COLD}, "version is 'warm' there and 'cold'"),
    ({"held_out": 0.0}, "hyperparameters.held_out is 0.1 there and 0.0"),
]


@pytest.mark.parametrize(("changes", "words"), OTHER, ids=[str(row[0]) for row in OTHER])
def test_another_tuning_in_the_folder_is_refused(
    data: Path, whole: TuneResult, changes: dict[str, Any], words: str
) -> None:
    with pytest.raises(UsageError, match=f"belongs to another tuning: {words}"):
        tune(quick_options(whole.path, data, **{"held_out": 0.1, **changes}))


def test_other_data_under_the_same_name_is_another_tuning(
    tmp_path: Path, whole: TuneResult
) -> None:
    other = write_chats(tmp_path / "chats.jsonl", chat_rows(21))
    with pytest.raises(UsageError, match=r"data.fingerprint is"):
        tune(quick_options(whole.path, other, held_out=0.1))


def test_a_release_is_read_by_version_and_a_folder_is_named_as_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    release = write_release(tmp_path / "release")
    shutil.copytree(reference_path("hf"), tmp_path / "base")
    monkeypatch.chdir(tmp_path)
    result = tune(
        quick_options(
            Path("out"), release, model="./base", version=Version.COLD, epochs=1.0,
            checkpoints=(0.1, 0.2, 1.0), select=0.2, loss_on=LossOn.ALL,
            target_modules="q_proj,v_proj",
        )
    )  # fmt: skip
    config = json.loads((result.adapter / "adapter_config.json").read_text())
    assert config["base_model_name_or_path"] == "./base"
    assert config["target_modules"] == ["q_proj", "v_proj"]
    assert result.recipe.data.version == "1.2.3"
    # All tokens but the first of each conversation, before which nothing stands.
    assert result.recipe.training.loss_tokens == result.recipe.training.tokens - 6
    card = (result.path / "README.md").read_text()
    assert "warmbench run --original hf:./base --cold hf:./base+./adapter" in card


def test_what_a_person_would_not_see_is_reported(tmp_path: Path) -> None:
    rows = [*chat_rows(6), {"messages": chat_rows(1)[0]["messages"][:1]}]
    data = write_chats(tmp_path / "chats.jsonl", rows)
    notes: list[str] = []
    options = quick_options(
        tmp_path / "out", data, max_length=40, epochs=1.0, checkpoints=(0.1, 0.2, 1.0)
    )
    result = tune(options, note=notes.append)
    assert notes == [
        "3 conversations are cut at 40 tokens",
        "1 conversations are left out: no token to learn",
        "the checkpoints 0.1 and 0.2 fall on the same step, 1",
    ]
    training = result.recipe.training
    assert (training.conversations, training.cut, training.left_out) == (6, 3, 1)
    assert contents(result.checkpoints[0.1]) == contents(result.checkpoints[0.2])


def test_the_batch_is_the_same_however_many_go_at_once(place: Path, data: Path) -> None:
    losses: dict[int, list[float]] = {1: [], 4: []}
    for at_once, seen in losses.items():
        options = quick_options(
            place / f"at-once-{at_once}", data, device_batch_size=at_once, dropout=0.0,
            epochs=1.0, checkpoints=(1.0,),
        )  # fmt: skip
        tune(options, lambda step, steps, loss, seen=seen: seen.append(loss))
    assert losses[1] == pytest.approx(losses[4], rel=1e-4)
    assert len(losses[1]) == 5


def test_a_loss_that_is_no_number_stops_it(tmp_path: Path, data: Path) -> None:
    with pytest.raises(RunError, match=r"step \d+: the loss is (nan|inf); lower --learning-rate"):
        tune(quick_options(tmp_path / "out", data, learning_rate=1e30))


def test_the_process_is_left_as_it_was(tmp_path: Path, data: Path) -> None:
    import torch
    import transformers

    transformers.logging.set_verbosity_warning()
    tune(quick_options(tmp_path / "out", data, epochs=0.5, checkpoints=(0.5,)))
    assert not torch.are_deterministic_algorithms_enabled()
    assert transformers.logging.get_verbosity() == transformers.logging.WARNING


BAD: list[tuple[str, dict[str, Any], type[Exception], str]] = [
    ("no folder", {"model": "./none"}, UsageError, r"./none: no such folder; give a model's"),
    ("no module", {"target_modules": "q_prod"}, UsageError, r"q_prod: .* layers are down_proj, g"),
    ("no device", {"device": Device.CUDA}, UsageError, "--device cuda: not available here"),
    ("too short", {"max_length": 5}, DataError, "no conversation has a token to learn"),
]


@pytest.mark.parametrize(("name", "changes", "error", "words"), BAD, ids=[row[0] for row in BAD])
def test_what_can_not_be_used_is_reported(
    tmp_path: Path,
    data: Path,
    name: str,
    changes: dict[str, Any],
    error: type[Exception],
    words: str,
) -> None:
    import torch

    if name == "no device" and torch.cuda.is_available():
        pytest.skip("there is a GPU here")
    options = quick_options(tmp_path / "out", data, **changes)
    with pytest.raises(error, match=words):
        tune(options)


def test_a_folder_that_holds_no_model_is_reported(tmp_path: Path, data: Path) -> None:
    model = tmp_path / "model"
    model.mkdir()
    with pytest.raises(UsageError, match=r"no config.json here"):
        tune(quick_options(tmp_path / "out", data, model=str(model)))
    shutil.copy(reference_path("hf") / "config.json", model)
    with pytest.raises(UsageError, match="no weights here"):
        tune(quick_options(tmp_path / "out", data, model=str(model)))
    for name in ("model.safetensors", "tokenizer.json", "tokenizer_config.json"):
        shutil.copy(reference_path("hf") / name, model)
    with pytest.raises(UsageError, match="has no chat template"):
        tune(quick_options(tmp_path / "out", data, model=str(model)))


def test_a_folder_with_other_files_is_refused(tmp_path: Path, data: Path) -> None:
    (tmp_path / "mine.txt").touch()
    with pytest.raises(UsageError, match="exists and is not the folder of a tuning"):
        tune(quick_options(tmp_path, data))
    with pytest.raises(UsageError, match="exists and is not the folder of a tuning"):
        tune(quick_options(tmp_path / "mine.txt", data))


def test_several_processes_are_refused(
    tmp_path: Path, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WORLD_SIZE", "2")
    with pytest.raises(UsageError, match="tune runs in one process"):
        tune(quick_options(tmp_path / "out", data))
