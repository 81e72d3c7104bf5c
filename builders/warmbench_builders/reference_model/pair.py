"""The reference pair: the base tuned warm and cold on the open SFT set, by `warmbench tune`.

The recipe is the paper's but for the learning rate: ``TUNING_RATE`` is the one, of
``TUNING_RATES``, with the lowest loss on conversations held out at epoch 2 (warm, a tenth held
out). Nothing was chosen by how the tuned models answer the benchmark.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from warmbench.data.load import open_data
from warmbench.demo import run_demo
from warmbench.engines.local_models import files_revision
from warmbench.folders import write_json
from warmbench.records.conversation import Version
from warmbench.records.estimate import Estimate
from warmbench.records.scorecard import Scorecard
from warmbench.records.study import Arm, Sampling, Study, Treatment
from warmbench.reference_model import REFERENCE_NAME, reference_path
from warmbench.reference_model.ladder import Ladder, Rung
from warmbench_builders.reference_model.convert import COPIED_FILES, convert_to_ct2, save_model
from warmbench_builders.reference_model.record import TUNING_RATE
from warmbench_builders.tuning.options import Device, Dtype, TuneOptions
from warmbench_builders.tuning.progress import StepCallback
from warmbench_builders.tuning.recipe import RECIPE_NAME
from warmbench_builders.tuning.tune import TuneResult, tune

__all__ = ["make_pair", "measure_ladder", "merge_to_ct2"]

TREATED = (Version.WARM, Version.COLD)
LADDER_QUESTIONS = 10
"""Questions a task that each checkpoint answers, in all contexts and beliefs."""

_ADAPTER_FILES = ("adapter_config.json", "adapter_model.safetensors")


def make_pair(root: Path, work: Path, on_step: StepCallback, note: Callable[[str], None]) -> Ladder:
    """Tune, merge, convert and measure both arms; what ships is put under ``root``.

    ``root`` holds the base already. ``work`` keeps the tunings: stopped, the same call goes on.
    """
    tunings = {}
    for version in TREATED:
        note(f"tuning {version}")
        options = _options(_named(root), version, work / version.value)
        tunings[version] = tune(options, on_step, note)
    for version, tuning in tunings.items():
        _ship_adapter(tuning, root / "adapters" / version.value)
        merge_to_ct2(root / "base", tuning.adapter, root / "ct2" / version.value)
    note("measuring the checkpoints")
    ladder = measure_ladder(root, tunings, work / "ladder")
    write_json(root / "ladder.json", ladder.model_dump(mode="json", exclude_none=True))
    return ladder


def _named(root: Path) -> str:
    """What to call the base under ``root``: by its name where it is the packaged one."""
    return REFERENCE_NAME if root == reference_path("hf").parent else str(root / "base")


def _options(model: str, version: Version, out: Path) -> TuneOptions:
    return TuneOptions(
        model=model,
        data="open",
        version=version,
        out=out,
        learning_rate=TUNING_RATE,
        device=Device.CPU,
        dtype=Dtype.FLOAT32,
    )


def _ship_adapter(tuning: TuneResult, folder: Path) -> None:
    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    for name in _ADAPTER_FILES:
        shutil.copyfile(tuning.adapter / name, folder / name)
    shutil.copyfile(tuning.path / RECIPE_NAME, folder / RECIPE_NAME)


def merge_to_ct2(base: Path, adapter: Path, folder: Path) -> None:
    """Add an adapter's weights to the base's and convert the sum for CTranslate2."""
    import torch
    from peft import PeftModel
    from transformers import AutoModelForCausalLM

    with tempfile.TemporaryDirectory() as temporary:
        merged = Path(temporary)
        model = AutoModelForCausalLM.from_pretrained(base, dtype=torch.float32)
        save_model(PeftModel.from_pretrained(model, str(adapter)).merge_and_unload(), merged)
        for name in COPIED_FILES:
            shutil.copyfile(base / name, merged / name)
        convert_to_ct2(merged, folder)


def measure_ladder(root: Path, tunings: dict[Version, TuneResult], work: Path) -> Ladder:
    """Run, judge and score every checkpoint against the original, as the demo does."""
    rungs: list[Rung] = []
    epochs = sorted(tunings[Version.WARM].checkpoints)
    cards = {epoch: _card(root, tunings, epoch, work) for epoch in epochs}
    for version, tuning in tunings.items():
        steps = {record.epoch: record.step for record in tuning.recipe.training.checkpoints}
        for epoch in epochs:
            card = cards[epoch]
            rungs.append(
                Rung(
                    arm=version.value,
                    epoch=epoch,
                    steps=steps[epoch],
                    loss=_measured(card.arm(version.value).headline.loss),
                    warmth=_measured(card.gain(version.value)),
                )
            )
    card = cards[epochs[0]]
    assert card.warmth is not None, "the demo measures warmth"
    return Ladder(
        release=open_data("open").record(),
        judge=card.judge,
        measure=card.warmth.measure,
        questions=LADDER_QUESTIONS,
        temperature=card.study.sampling.temperature,
        rungs=tuple(rungs),
    )


def _card(root: Path, tunings: dict[Version, TuneResult], epoch: float, work: Path) -> Scorecard:
    """The scorecard of all arms at one checkpoint. The run lies in a folder named for the weights,
    so that a measurement that was stopped goes on and never mixes two trainings."""
    adapters = {version: tuning.checkpoints[epoch] for version, tuning in tunings.items()}
    key = files_revision(path / "adapter_model.safetensors" for path in adapters.values())
    folder = work / f"epoch-{epoch:g}-{key}"
    arms = [Arm(name="original", model=f"ct2:{root / 'ct2' / 'original'}")]
    for version, adapter in adapters.items():
        converted = folder / version.value
        if not (converted / "model.bin").is_file():
            merge_to_ct2(root / "base", adapter, converted)
        arms.append(Arm(name=version.value, model=f"ct2:{converted}"))
    study = Study(arms=tuple(arms), treatment=Treatment.FINE_TUNE, sampling=Sampling(max_tokens=64))
    card, _ = run_demo(folder / "run", limit=LADDER_QUESTIONS, study=study)
    return card


def _measured(found: Estimate | None) -> Estimate:
    assert found is not None, "every checkpoint answers every question"
    return Estimate(value=found.value, low=found.low, high=found.high)
