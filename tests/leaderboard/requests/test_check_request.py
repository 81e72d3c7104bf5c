"""What speaks against a request: the form, the models, the queue."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.leaderboard.requests.queues import (
    START,
    a_request,
    facts,
    put_model,
    requests_hub,
)
from warmbench.data.hub.client import HubRetry
from warmbench.errors import RunError
from warmbench_leaderboard.requests.check_request import (
    RequestLimits,
    form_problems,
    model_problems,
    queue_problems,
)
from warmbench_leaderboard.requests.model_facts import HubModelLookup, ModelFacts
from warmbench_leaderboard.requests.run_request import RequestState
from warmbench_leaderboard.services.protocols import RequestedRun

LIMITS = RequestLimits(parameters=8_000_000_000, per_person=2, waiting=4)
ASKED = RequestedRun("org/base", None, "Ann", "ann@example.org")

FORMS = [
    ("sound", ASKED, []),
    ("sound with a warm model", RequestedRun("org/base", "org/warm", "Ann", "x"), []),
    ("no namespace", RequestedRun("gpt2", None, "Ann", "x"), ["'gpt2' is not a model id"]),
    ("an address", RequestedRun("https://hf.co/a/b", None, "Ann", "x"), ["is not a model id"]),
    ("a path", RequestedRun("../../etc", None, "Ann", "x"), ["is not a model id"]),
    ("Cyrillic", RequestedRun("\u043erg/base", None, "Ann", "x"), ["is not a model id"]),
    ("twice the same", RequestedRun("org/base", "Org/Base", "Ann", "x"), ["is the same as the original"]),
    ("nobody", RequestedRun("org/base", None, " ", ""), ["name: is required", "contact: is required"]),
    ("too long", RequestedRun("org/base", None, "A" * 201, "x"), ["has 201 characters"]),
    ("markup", RequestedRun("org/base", None, "Ann", "<b>"), ["which are markup"]),
]  # fmt: skip


@pytest.mark.parametrize(("name", "asked", "said"), FORMS, ids=[f[0] for f in FORMS])
def test_forms(name: str, asked: RequestedRun, said: list[str]) -> None:
    problems = form_problems(asked)
    assert len(problems) == len(said)
    assert all(part in problem for part, problem in zip(said, problems, strict=True))


MODELS: list[tuple[str, ModelFacts | None, list[str]]] = [
    ("fit", facts(), []),
    ("as large as may be", facts(parameters=8_000_000_000), []),
    ("not there", None, ["not found on the Hub, or private"]),
    ("gated", facts(gated=True), ["gated, so others can't run it"]),
    ("disabled", facts(disabled=True), ["disabled on the Hub"]),
    ("no licence", facts(license=None), ["no license in its model card"]),
    ("pickled weights", facts(parameters=None), ["no safetensors weights"]),
    ("too large", facts(parameters=70_000_000_000), ["has 70.0 billion parameters; the limit is 8 billion"]),
]  # fmt: skip


@pytest.mark.parametrize(("name", "found", "said"), MODELS, ids=[m[0] for m in MODELS])
def test_models(name: str, found: ModelFacts | None, said: list[str]) -> None:
    problems = model_problems("org/base", found, LIMITS)
    assert len(problems) == len(said)
    assert all(part in problem for part, problem in zip(said, problems, strict=True))


ENDED = (
    a_request()
    .advanced(RequestState.TAKEN, "Bob", START)
    .advanced(RequestState.DONE, "Bob", START, "https://x/1")
)
REFUSED = a_request().advanced(RequestState.REFUSED, "Bob", START, "no")
QUEUES = [
    ("empty", [], (), []),
    ("another pair", [a_request("org/base", "org/warm")], (), []),
    ("there already", [a_request("Org/Base")], (), ["already requested, waiting since 2026-05-04"]),
    ("done already", [ENDED], (), ["done since 2026-05-04 (https://x/1)"]),
    ("refused before", [REFUSED], (), []),
    ("on the board", [], (None,), ["org/base: is already on the board"]),
    ("on the board with another", [], ("org/warm",), []),
    ("too many of one person", [a_request("a/a"), a_request("a/b", contact="ANN@example.org")], (), ["has 2 open requests"]),
    ("full", [a_request(f"a/m{n}", contact=f"{n}") for n in range(4)], (), ["the queue is full"]),
]  # fmt: skip


@pytest.mark.parametrize(("name", "queue", "board", "said"), QUEUES, ids=[q[0] for q in QUEUES])
def test_queues(name: str, queue: list, board: tuple, said: list[str]) -> None:  # type: ignore[type-arg]
    problems = queue_problems(ASKED, queue, board, LIMITS)
    assert len(problems) == len(said)
    assert all(part in problem for part, problem in zip(said, problems, strict=True))


CARDS = [
    ("license: apache-2.0", "apache-2.0"),
    ("license: [mit]", "mit"),
    ("license: other", None),
    ("license: other\nlicense_name: my-own", "my-own"),
    ("license: unknown", None),
    ("tags: [x]", None),
]


def test_what_the_hub_says_of_models(tmp_path: Path) -> None:
    with requests_hub(tmp_path / "hub") as hub:
        ann = hub.api(hub.token("ann"))
        models = HubModelLookup(ann, HubRetry(tries=3, sleep=lambda seconds: None))
        for number, (card, license_) in enumerate(CARDS):
            put_model(ann, f"ann/card-{number}", card)
            found = models.facts(f"ann/card-{number}")
            assert found is not None
            assert (found.license, found.parameters, found.gated) == (license_, 10**9, False)
        put_model(ann, "ann/adapter", files={"adapter_config.json": b"{}"})
        put_model(ann, "ann/pickled", parameters=None, files={"pytorch_model.bin": b"x"})
        put_model(ann, "ann/odd", parameters=None, files={"odd.safetensors": b"x" * 1000})
        put_model(ann, "ann/gated")
        ann.update_repo_settings("ann/gated", gated="manual")
        put_model(ann, "ann/hidden")
        ann.update_repo_settings("ann/hidden", private=True)
        told = {name: models.facts(f"ann/{name}") for name in ("adapter", "pickled", "odd", "gated")}  # fmt: skip
        assert {
            name: (one.is_adapter, one.parameters, one.gated) for name, one in told.items() if one
        } == {
            "adapter": (True, 10**9, False),
            "pickled": (False, None, False),
            "odd": (False, 500, False),
            "gated": (False, 10**9, True),
        }
        assert models.facts("ann/hidden") is None  # its owner's token is not used
        assert models.facts("ann/nothing") is None


@pytest.mark.parametrize("kind", ["503", "429", "reset", "lost reply"])
def test_a_hub_that_is_away_for_a_moment_is_asked_again(kind: str, tmp_path: Path) -> None:
    with requests_hub(tmp_path / "hub") as hub:
        put_model(hub.api(hub.token("ann")), "ann/base")
        models = HubModelLookup(hub.api(), HubRetry(tries=3, sleep=lambda seconds: None))
        hub.faults.add(kind, "GET /api/models/*", times=2)
        assert models.facts("ann/base") is not None
        hub.faults.add(kind, "GET /api/models/*", times=3)
        with pytest.raises(RunError, match=r"ann/base: the Hub is unavailable"):
            models.facts("ann/base")
