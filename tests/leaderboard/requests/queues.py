"""Queues for tests: in a folder, and on a local Hub, with models that can be asked for."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from huggingface_hub import CommitOperationAdd, HfApi

from tests.hub.impatient_hub import impatient_hub
from tests.hub.local_hub import LocalHub
from tests.hub.safetensors_info import header_only
from warmbench.data.hub.client import HubRetry
from warmbench.data.hub.dataset_repo import DatasetRepo
from warmbench_leaderboard.requests.model_facts import ModelFacts
from warmbench_leaderboard.requests.request_queue import RequestQueue
from warmbench_leaderboard.requests.request_store import FolderRequestStore, HubRequestStore
from warmbench_leaderboard.requests.run_request import HubModel, RunRequest

__all__ = [
    "REPO", "Clock", "KnownModels", "a_model", "a_request", "facts", "folder_queue", "hub_queue",
    "put_model", "requests_hub",
]  # fmt: skip

REPO = "lab/warmbench-submissions"
START = datetime(2026, 5, 4, 10, 0, tzinfo=UTC)


@dataclass
class Clock:
    """A minute passes each time it is read."""

    minutes: int = 0

    def __call__(self) -> datetime:
        self.minutes += 1
        return START + timedelta(minutes=self.minutes)


@contextmanager
def requests_hub(folder: Path) -> Iterator[LocalHub]:
    """A Hub with the submissions repository of ``lab``, whose writers are ann and bob."""
    with impatient_hub(folder, hangs_after_s=0.8) as hub:
        hub.organization("lab", {"ann": "write", "bob": "write"})
        hub.api(hub.token("ann")).create_repo(REPO, repo_type="dataset")
        yield hub


def hub_queue(
    hub: LocalHub, home: Path, name: str = "ann", now: Callable[[], datetime] | None = None
) -> RequestQueue:
    """The queue on the Hub as ``name`` sees it, asked without waiting."""
    retry = HubRetry(tries=3, sleep=lambda seconds: None)
    store = HubRequestStore(DatasetRepo(hub.api(hub.token(name)), REPO, retry), cache=home)
    return RequestQueue(store, now or Clock(), wait=lambda seconds: None)


def folder_queue(folder: Path, now: Callable[[], datetime] | None = None) -> RequestQueue:
    folder.mkdir(parents=True, exist_ok=True)
    return RequestQueue(FolderRequestStore(folder), now or Clock(), wait=lambda seconds: None)


def a_model(model_id: str = "org/base", parameters: int = 1_000_000_000) -> HubModel:
    return HubModel(
        model_id=model_id, revision="a" * 40, license="apache-2.0", parameters=parameters
    )


def a_request(
    original: str = "org/base", warm: str | None = None, contact: str = "ann@example.org",
    when: datetime = START,
) -> RunRequest:  # fmt: skip
    warm_model = a_model(warm) if warm else None
    return RunRequest.new(a_model(original), warm_model, "Ann", contact, when)


def facts(model_id: str = "org/base", **changed: object) -> ModelFacts:
    known: dict[str, object] = {
        "model_id": model_id, "revision": "a" * 40, "gated": False, "disabled": False,
        "license": "apache-2.0", "parameters": 1_000_000_000, "is_adapter": False,
    }  # fmt: skip
    return ModelFacts(**{**known, **changed})  # type: ignore[arg-type]


@dataclass
class KnownModels:
    """ModelLookup by id; every other is not there."""

    known: dict[str, ModelFacts] = field(default_factory=lambda: {"org/base": facts()})

    def facts(self, model_id: str) -> ModelFacts | None:
        return self.known.get(model_id)


def put_model(
    api: HfApi, model_id: str, card: str = "license: apache-2.0", parameters: int | None = 10**9,
    files: Mapping[str, bytes] | None = None,
) -> None:  # fmt: skip
    """A model on the Hub: its card, weights that claim so many parameters, further files."""
    api.create_repo(model_id)
    contents = {"README.md": f"---\n{card}\n---\n".encode(), **(files or {})}
    if parameters is not None:
        contents["model.safetensors"] = header_only(parameters)
    api.create_commit(
        model_id,
        [CommitOperationAdd(path, io.BytesIO(content)) for path, content in contents.items()],
        commit_message="Add",
    )
