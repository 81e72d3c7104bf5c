"""Models that can't be loaded: one sentence each, no code run, nothing unpickled, no random weights."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.benchmark.engines.hf.models import edit_json, model_copy, open_hf, texts
from tests.benchmark.engines.test_ct2 import make_requests
from tests.conftest import need
from warmbench.engines.engine import EngineOptions
from warmbench.engines.hf.hf_engine import HFEngine
from warmbench.engines.hf.library import set_threads
from warmbench.errors import EngineError, UsageError
from warmbench.records.model_spec import parse_model_spec
from warmbench.reference_model import reference_path

torch = need("torch", "pip install 'warmbench[hf]'")
need("transformers", "pip install 'warmbench[hf]'")
safetensors = need("safetensors.torch", "pip install 'warmbench[hf]'")

CODE = "raise SystemExit('the code of a model ran')\n"


def broken(change: str, folder: Path) -> Path:
    model_copy(folder)
    weights = folder / "model.safetensors"
    if change == "pickled weights":
        torch.save(safetensors.load_file(weights), folder / "pytorch_model.bin")
        weights.unlink()
    elif change == "no weights":
        weights.unlink()
    elif change == "cut weights":
        weights.write_bytes(weights.read_bytes()[:50_000])
    elif change == "empty weights":
        weights.write_bytes(b"")
    elif change == "a tensor less":
        kept = {n: w for n, w in safetensors.load_file(weights).items() if "layers.2.mlp" not in n}
        safetensors.save_file(kept, weights, {"format": "pt"})
    elif change == "other shapes":
        edit_json(folder / "config.json", intermediate_size=256)
    elif change == "a shard less":
        weights.unlink()
        (folder / "model.safetensors.index.json").write_text(
            '{"metadata": {}, "weight_map": {"model.norm.weight": "model-00001-of-00001.safetensors"}}'
        )
    elif change == "code of its own":
        (folder / "modeling_mine.py").write_text(CODE)
        edit_json(folder / "config.json", model_type="mine", auto_map={
            "AutoConfig": "modeling_mine.Config", "AutoModelForCausalLM": "modeling_mine.Model",
        })  # fmt: skip
    elif change == "unknown architecture":
        edit_json(folder / "config.json", model_type="brand-new")
    elif change == "broken config":
        (folder / "config.json").write_text("{")
    elif change == "broken tokenizer":
        (folder / "tokenizer.json").write_text("{}")
    elif change == "broken generation config":
        (folder / "generation_config.json").write_text("{")
    elif change == "no chat template":
        (folder / "chat_template.jinja").unlink()
    return folder


REFUSED = [
    ("pickled weights", EngineError, "can't load the model .+model.safetensors"),
    ("no weights", EngineError, "can't load the model .+model.safetensors"),
    ("cut weights", EngineError, "can't load the model"),
    ("empty weights", EngineError, "can't load the model"),
    ("a tensor less", EngineError, r"the weights lack 3 of the tensors .+ model.layers.2.mlp.down_proj"),
    ("other shapes", EngineError, "can't load the model"),
    ("a shard less", EngineError, "can't load the model"),
    ("code of its own", EngineError, "can't load the model .+trust_remote_code|custom code"),
    ("unknown architecture", EngineError, "can't load the model .+brand-new"),
    ("broken config", EngineError, "can't load the model"),
    ("broken tokenizer", EngineError, "can't load the model"),
    ("no chat template", UsageError, "the model has no chat template$"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "kind", "expected"), REFUSED, ids=[r[0] for r in REFUSED])
def test_a_model_that_can_not_be_used_is_refused_in_a_sentence(
    change: str, kind: type[Exception], expected: str, tmp_path: Path
) -> None:
    with pytest.raises(kind, match=expected) as refused:
        open_hf(broken(change, tmp_path / "model"))
    assert "\n" not in str(refused.value)


def in_the_cache(home: Path, name: str, commit: str, files: Path) -> None:
    """A model as ``huggingface_hub`` keeps it, with ``main`` at ``commit``."""
    folder = home / "hub" / f"models--{name.replace('/', '--')}"
    shutil.copytree(files, folder / "snapshots" / commit)
    (folder / "refs").mkdir(exist_ok=True)
    (folder / "refs" / "main").write_text(commit)


ON_THE_HUB = """
from warmbench.engines.engine import EngineOptions
from warmbench.engines.hf.hf_engine import HFEngine
from warmbench.errors import WarmbenchError
from warmbench.records.model_spec import parse_model_spec

def said(spec, revision):
    try:
        engine = HFEngine(parse_model_spec(spec), EngineOptions(device="cpu"), revision)
        return engine.identity()["revision"]
    except WarmbenchError as error:
        return str(error)

for spec, revision in (("hf:org/base", None), ("hf:org/base", "main"), ("hf:org/base", "a" * 40),
                       ("hf:org/reference+org/warm", None), ("hf:org/base+org/warm", None),
                       ("hf:org/warm", None)):
    print(said(spec, revision))
"""


def test_a_model_on_the_hub_is_known_by_its_commit(tmp_path: Path) -> None:
    """In a process of its own: huggingface_hub reads once where its cache is."""
    older, newer = "a" * 40, "b" * 40
    for name, commit, files in (
        ("org/base", older, reference_path("hf")),
        ("org/base", newer, reference_path("hf")),
        ("org/reference", newer, reference_path("hf")),
        ("org/warm", newer, reference_path("adapters", "warm")),
    ):
        in_the_cache(tmp_path, name, commit, files)
    environment = os.environ | {"HF_HOME": str(tmp_path), "HF_HUB_OFFLINE": "1"}
    environment.pop("HF_HUB_CACHE", None)
    done = subprocess.run(
        [sys.executable, "-c", ON_THE_HUB],
        env=environment, capture_output=True, text=True, check=True,
    )  # fmt: skip
    lines = done.stdout.splitlines()
    assert lines[:4] == [newer, newer, older, newer]
    assert "was trained on warmbench/reference, not on org/base" in lines[4]
    assert "org/warm is an adapter; write hf:BASE+org/warm" in lines[5]


def test_a_broken_generation_config_is_no_matter(tmp_path: Path) -> None:
    engine = open_hf(broken("broken generation config", tmp_path / "model"))
    expected = texts(open_hf("reference"), make_requests(2, 0.0))
    assert texts(engine, make_requests(2, 0.0)) == expected


def test_options_reach_transformers() -> None:
    engine = open_hf("reference", dtype="float32", attn_implementation="eager", threads="1")
    identity = engine.identity()
    assert identity["dtype"] == "float32"
    assert identity["attn_implementation"] == "eager"
    assert open_hf("reference").identity()["dtype"] == "bfloat16"


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ({"dtype": "float31"}, "dtype=float31 is none of auto, bfloat16, float16"),
        ({"dtype": "int8"}, "dtype=int8 is none of"),
        ({"attn_implementation": "magic"}, "magic"),
        ({"threads": "0"}, "threads=0 must be a whole number from 1 to"),
        ({"threads": "many"}, "threads=many must be a whole number from 1 to"),
        ({"threads": "true"}, "threads=true must be a whole number from 1 to"),
        ({"threads": "100000"}, "threads=100000 must be a whole number from 1 to"),
    ],
)
def test_options_that_mean_nothing_are_refused(arguments: dict[str, str], expected: str) -> None:
    with pytest.raises((UsageError, EngineError), match=expected) as refused:
        open_hf("reference", None, **arguments)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("device", ["cuda:99", "nonsense", "meta"])
def test_a_device_that_torch_can_not_compute_on_is_refused_in_a_sentence(device: str) -> None:
    options = EngineOptions(device=device)
    with pytest.raises(UsageError, match=f"can't compute on --device {device}") as refused:
        HFEngine(parse_model_spec("hf:reference"), options)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("name", ["./nosuch", "/nosuch/model", "a/b/c", "../nosuch", "~/nosuch"])
def test_a_path_that_leads_nowhere_is_not_looked_for_on_the_hub(name: str) -> None:
    with pytest.raises(UsageError, match="no such folder"):
        open_hf(name)


def test_what_is_no_folder_of_a_model_is_refused(tmp_path: Path) -> None:
    weights = tmp_path / "model.gguf"
    weights.write_bytes(b"GGUF")
    with pytest.raises(UsageError, match=r"has no config\.json"):
        open_hf(tmp_path)
    with pytest.raises(UsageError, match="is a file"):
        open_hf(weights)


class _Model:
    """As large as it says."""

    def __init__(self, size: int) -> None:
        self.get_memory_footprint = lambda: size


class _Torch:
    threads: int | None = None

    def set_num_threads(self, count: int) -> None:
        self.threads = count


@pytest.mark.parametrize(
    ("wanted", "size", "threads"),
    [(None, 6 * 2**20, 1), (None, 2**30, None), (3, 6 * 2**20, 3), (3, 2**30, 3)],
)
def test_a_small_model_computes_with_one_thread(
    wanted: int | None, size: int, threads: int | None
) -> None:
    counted = _Torch()
    set_threads(counted, wanted, _Model(size))
    assert counted.threads == threads


def test_torch_waits_without_spinning() -> None:
    """In a process of its own: OpenMP reads its environment once."""
    code = (
        "import os; from warmbench.engines.hf.library import import_torch; import_torch();"
        "print(os.environ['OMP_WAIT_POLICY'])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "PASSIVE"
