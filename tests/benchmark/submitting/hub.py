"""A local Hub with a submissions repository, and small bundles to submit to it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import httpx2
from huggingface_hub import set_client_factory

from tests.benchmark.verification.made_bundles import honest_bundle
from tests.hub.local_hub import LocalHub
from warmbench.bundle.read_bundle import Bundle
from warmbench.bundle.submission import Submission
from warmbench.hub_client.client import time_limit
from warmbench.hub_client.patience import Patience
from warmbench.submitting.submissions_repo import SubmissionsRepo

__all__ = ["REPO", "Submissions", "small_bundle", "submissions_hub"]

REPO = "bench/warmbench-submissions"
_HANGS_AFTER_S = 0.6


@dataclass(frozen=True)
class Submissions:
    """The Hub, and a way to its submissions for anyone who has a token."""

    hub: LocalHub

    def repo(self, name: str = "ann", tries: int = 3) -> SubmissionsRepo:
        """The repository as ``name`` sees it, asked without waiting between tries."""
        api = self.hub.api(self.hub.token(name))
        return SubmissionsRepo(api, REPO, Patience(tries=tries, sleep=lambda seconds: None))

    def titles(self) -> list[str]:
        """Of all open pull requests, the newest first."""
        found = self.repo().api.get_repo_discussions(
            REPO, repo_type="dataset", discussion_type="pull_request", discussion_status="open"
        )
        return [discussion.title for discussion in found]

    def merge(self, number: int) -> None:
        self.repo("keeper").api.merge_pull_request(REPO, number, repo_type="dataset")


@contextmanager
def submissions_hub(folder: Path) -> Iterator[Submissions]:
    """A Hub whose clients in this process give up soon on a request that hangs."""
    with LocalHub(folder) as hub:
        set_client_factory(
            lambda: httpx2.Client(
                event_hooks={"request": [time_limit(_HANGS_AFTER_S)]},
                follow_redirects=True,
                trust_env=False,
            )
        )
        hub.organization("bench", {"keeper": "admin"})
        keeper = hub.api(hub.token("keeper"))
        keeper.create_repo(REPO, repo_type="dataset", private=False)
        hub.faults.forget()
        yield Submissions(hub)


@cache
def _submission() -> Submission:
    text = (honest_bundle() / "submission.json").read_text(encoding="utf-8")
    return Submission.model_validate_json(text)


def small_bundle(number: int = 0) -> Bundle:
    """A bundle of one row, of a model of its own. It holds what submitting looks at."""
    model = _submission().model.model_copy(update={"name": f"model-{number}"})
    submission = _submission().model_copy(update={"model": model})
    return Bundle(
        submission=submission,
        responses=[{"item_id": "q", "response": f"It is {number}."}],
        replies=[],
        verdicts=[],
        scorecard={},
        judging=None,
        contents={
            "submission.json": json.dumps(submission.model_dump(mode="json")).encode(),
            "responses.parquet": f"rows of {number}".encode(),
        },
    )
