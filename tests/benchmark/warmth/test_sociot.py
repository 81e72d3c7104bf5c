"""SocioT Warmth against plain loops over a randomly initialised GPT-2: these share no code with
the package, down to the prefixes."""

from __future__ import annotations

import hashlib
import math
import shutil
import statistics
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.benchmark.warmth.tiny_gpt2 import save_tiny_gpt2
from tests.conftest import need
from warmbench.errors import EngineError, UsageError
from warmbench.warmth.measure import WarmthMeasure, open_measure
from warmbench.warmth.sociot import SociotHumtdumt

need("torch", "pip install 'warmbench[hf]'")
need("transformers", "pip install 'warmbench[hf]'")

WARM = ["My friend said,", "The lover said,", "The mentor said,", "The idol said,"]
COLD = ["The stranger said,", "The enemy said,", "The examiner said,", "The dictator said,"]
TEXTS = [
    "I'm so glad you asked!",
    "No.",
    'The reaction needs 3 g of salt \u2014 "exactly" \u2014 and 20 °C. ' * 2,
    "",
    "Let's look at this together, one step after the other, because it is a lot to carry. " * 5,
]


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> Iterator[None]:
    """Threads cost a model of this size more than they bring."""
    import torch

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture(scope="module")
def still(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The model with no dropout to draw."""
    return save_tiny_gpt2(tmp_path_factory.mktemp("still") / "tiny", dropout=0.0)


@pytest.fixture(scope="module")
def dropping(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_tiny_gpt2(tmp_path_factory.mktemp("dropping") / "tiny", dropout=0.1)


def load(folder: Path) -> Any:
    from transformers import GPT2LMHeadModel

    return GPT2LMHeadModel.from_pretrained(folder).eval()


def encode(folder: Path, text: str) -> list[int]:
    from transformers import PreTrainedTokenizerFast

    ids: list[int] = PreTrainedTokenizerFast.from_pretrained(folder)(text)["input_ids"]
    assert len(ids) == len(text.encode())
    return ids


def plain(model: Any, ids: list[int]) -> list[float]:
    """log p of each token but the first, one sequence alone, softmax written out."""
    import torch

    with torch.no_grad():
        logits = model(torch.tensor([ids])).logits[0].tolist()
    found = []
    for before, token in enumerate(ids[1:]):
        top = max(logits[before])
        total = math.log(math.fsum(math.exp(value - top) for value in logits[before])) + top
        found.append(logits[before][token] - total)
    return found


def difference(values: dict[str, float]) -> float:
    return sum(values[p] for p in WARM) / 4 - sum(values[p] for p in COLD) / 4


def test_cond_is_the_likelihood_of_the_text_alone(still: Path) -> None:
    model = load(still)
    expected = []
    for text in TEXTS:
        means = {}
        for prefix in WARM + COLD:
            before, own = encode(still, f'{prefix} "'), encode(still, text) if text else []
            of_text = plain(model, before + own)[len(before) - 1 :]
            means[prefix] = sum(of_text) / len(own) if own else 0.0
        expected.append(difference(means))
    scores = open_measure("sociot-cond", str(still), device="cpu").score(TEXTS)
    assert scores == pytest.approx(expected, abs=2e-6)
    assert max(map(abs, expected)) > 1e-3  # or the comparison would compare nothing


def test_humtdumt_without_dropout_is_the_mean_over_the_sequence(still: Path) -> None:
    model = load(still)
    expected = []
    for text in TEXTS:
        means = {}
        for prefix in WARM + COLD:
            values = plain(model, encode(still, prefix + ' "' + text[:300] + '"'))
            means[prefix] = sum(values) / len(values)
        expected.append(difference(means))
    scores = open_measure("sociot-humtdumt", str(still), device="cpu", passes=2).score(TEXTS)
    assert scores == pytest.approx(expected, abs=2e-6)
    assert max(map(abs, expected)) > 1e-3


def test_humtdumt_with_dropout_draws_from_the_seed_of_the_sequence(dropping: Path) -> None:
    import torch

    model = load(dropping).train()
    text, passes = "I'm so glad you asked!", 30  # 25 at once, then 5
    means = {}
    for prefix in WARM + COLD:
        sequence = f'{prefix} "{text}"'
        ids = torch.tensor(encode(dropping, sequence))
        digest = hashlib.sha256(("7\n" + sequence).encode()).digest()
        torch.manual_seed(int.from_bytes(digest[:8], "big") // 2)
        losses: list[float] = []
        for copies in (25, 5):
            with torch.no_grad():
                logits = model(ids.repeat(copies, 1)).logits
            for one in logits:
                losses.append(float(torch.nn.functional.cross_entropy(one[:-1], ids[1:])))
        means[prefix] = -sum(losses) / passes
    measure = SociotHumtdumt(str(dropping), device="cpu", passes=passes, seed=7)
    assert measure.score([text]) == pytest.approx([difference(means)], abs=2e-6)


def test_dropout_is_on_and_averages_out(still: Path, dropping: Path) -> None:
    """The two folders hold the same weights. One pass scatters over the seeds; the mean of 100 lies
    within four standard errors of the mean of those single passes."""
    text = [TEXTS[0]]
    single = [
        SociotHumtdumt(str(dropping), device="cpu", passes=1, seed=seed).score(text)[0]
        for seed in range(16)
    ]
    hundred = SociotHumtdumt(str(dropping), device="cpu").score(text)[0]
    spread = statistics.stdev(single)
    assert spread > 1e-3
    error = spread * math.sqrt(1 / 16 + 1 / 100)
    assert abs(hundred - statistics.mean(single)) < 4 * error
    assert hundred != SociotHumtdumt(str(still), device="cpu").score(text)[0]


@pytest.mark.parametrize("name", ["sociot-cond", "sociot-humtdumt"])
def test_a_score_depends_on_its_text_alone(dropping: Path, name: str) -> None:
    passes = 3 if name == "sociot-humtdumt" else None
    measure = open_measure(name, str(dropping), device="cpu", passes=passes)
    together = measure.score(TEXTS)
    assert [measure.score([text])[0] for text in TEXTS] == pytest.approx(together, abs=1e-6)
    assert measure.score(TEXTS[::-1])[::-1] == pytest.approx(together, abs=1e-6)
    assert len(set(together)) == len(together)


def test_the_callers_random_numbers_go_on_undisturbed(dropping: Path) -> None:
    import torch

    measure = open_measure("sociot-humtdumt", str(dropping), device="cpu", passes=2)
    torch.manual_seed(1)
    expected = torch.rand(3).tolist()
    torch.manual_seed(1)
    measure.score(["Hello."])
    assert torch.rand(3).tolist() == expected


def test_only_the_first_300_characters_count_in_humtdumt(still: Path) -> None:
    humtdumt = open_measure("sociot-humtdumt", str(still), device="cpu", passes=1)
    cond = open_measure("sociot-cond", str(still), device="cpu")
    start = "a b " * 75
    one, other = start + "You are my dearest friend.", start + "Request denied."
    assert humtdumt.score([one]) == humtdumt.score([other])
    assert cond.score([one]) != cond.score([other])


def test_cond_cuts_at_the_context(tmp_path: Path) -> None:
    """64 positions less the longest prefix, 21 bytes with space and quote."""
    folder = save_tiny_gpt2(tmp_path / "short", dropout=0.0, context=64)
    cond = open_measure("sociot-cond", str(folder), device="cpu")
    room = 64 - len('The stranger said, "')
    kept = "word " * 8
    assert len(kept) < room
    long = (kept + "x" * 100)[:room]
    assert cond.score([long + "!?" * 50]) == pytest.approx(cond.score([long]), abs=1e-6)
    assert cond.score([long[:-1]]) != pytest.approx(cond.score([long]), abs=1e-6)


def test_an_empty_text_has_a_score(still: Path) -> None:
    measures: list[WarmthMeasure] = [
        open_measure("sociot-cond", str(still), device="cpu"),
        open_measure("sociot-humtdumt", str(still), device="cpu", passes=1),
    ]
    assert measures[0].score([""]) == [0.0]
    assert math.isfinite(measures[1].score([""])[0])
    assert [measure.score([]) for measure in measures] == [[], []]


def test_every_text_is_ticked_off(still: Path) -> None:
    for name in ("sociot-cond", "sociot-humtdumt"):
        seen: list[int] = []
        passes = 1 if name == "sociot-humtdumt" else None
        open_measure(name, str(still), device="cpu", passes=passes).score(TEXTS, seen.append)
        assert sum(seen) == len(TEXTS)


def test_the_name_pins_measure_model_weights_and_options(still: Path, dropping: Path) -> None:
    digest = hashlib.sha256(
        hashlib.sha256((still / "model.safetensors").read_bytes()).digest()
    ).hexdigest()[:16]
    assert open_measure("sociot-cond", str(still), device="cpu").name == (
        f"sociot-cond-1:tiny@{digest}"
    )
    usual = open_measure("sociot-humtdumt", str(still), device="cpu")
    assert usual.name == f"sociot-humtdumt-1:tiny@{digest}"
    other = SociotHumtdumt(str(still), device="cpu", passes=5, seed=3)
    assert other.name == f"sociot-humtdumt-1:tiny@{digest}/passes=5/seed=3"


def test_a_model_that_is_not_there_is_said_in_one_sentence() -> None:
    with pytest.raises(
        EngineError, match=r"^\./no/such/model: transformers can't load it"
    ) as found:
        open_measure("sociot-cond", "./no/such/model", device="cpu")
    assert "\n" not in str(found.value)


def test_weights_in_a_pickle_are_not_read(still: Path, tmp_path: Path) -> None:
    import torch

    folder = shutil.copytree(still, tmp_path / "pickled")
    (folder / "model.safetensors").unlink()
    torch.save(load(still).state_dict(), folder / "pytorch_model.bin")
    with pytest.raises(EngineError, match="transformers can't load it"):
        open_measure("sociot-cond", str(folder), device="cpu")


def test_what_cannot_be_used_is_refused(still: Path) -> None:
    with pytest.raises(UsageError, match="device 'toaster': torch can't use it"):
        open_measure("sociot-cond", str(still), device="toaster")
    with pytest.raises(UsageError, match="at least 1 pass is needed, found 0"):
        open_measure("sociot-humtdumt", str(still), device="cpu", passes=0)
