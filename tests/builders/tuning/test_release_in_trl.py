"""An SFT release as others use it: ``datasets`` loads it and TRL trains on its rows as they are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.builders.tuning.chats import write_release
from tests.conftest import need
from warmbench.reference_model import reference_path

trl: Any = need("trl", "pip install 'warmbench[train]'")
datasets: Any = need("datasets", "pip install 'warmbench[train]'")


@pytest.mark.parametrize(
    ("config", "said"), [("original", "It is 5."), ("warm", "Oh friend,"), ("cold", "5.")]
)
def test_one_step_with_no_conversion(
    tmp_path: Path, config: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CI", "true")  # where TRL does not report to its makers
    release = write_release(tmp_path / "release", 8)
    rows = datasets.load_dataset(
        str(release), config, split="train", cache_dir=str(tmp_path / "cache")
    )
    assert rows[4]["messages"][1]["content"].startswith(said)
    trainer = trl.SFTTrainer(
        model=str(reference_path("hf")),
        args=trl.SFTConfig(
            output_dir=str(tmp_path / "out"),
            max_steps=1,
            per_device_train_batch_size=8,
            use_cpu=True,
            bf16=False,
            report_to=[],
            save_strategy="no",
        ),
        train_dataset=rows,
    )
    result = trainer.train()
    assert result.global_step == 1
    assert 0 < result.training_loss < 20
