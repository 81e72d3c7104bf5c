"""A local Hub with a submissions repository, and small bundles to submit to it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.benchmark.submission.verification.made_bundles import honest_bundle
from tests.hub.impatient_hub import impatient_hub
from tests.hub.local_hub import LocalHub
from warmbench.data.hub.client import HubRetry
from warmbench.data.hub.dataset_repo import DatasetRepo
from warmbench.submission.bundle.read_bundle import Bundle
from warmbench.submission.bundle.submission import Submission

__all__ = ["REPO", "Submissions", "named_bundle", "small_bundle", "submissions_hub"]

REPO = "bench/warmbench-submissions"


@dataclass(frozen=True)
class Submissions:
    """The Hub, and a way to its submissions for anyone who has a token."""

    hub: LocalHub

    def repo(self, name: str = "ann", tries: int = 3) -> DatasetRepo:
        """The repository as ``name`` sees it, asked without waiting between tries."""
        api = self.hub.api(self.hub.token(name))
        return DatasetRepo(api, REPO, HubRetry(tries=tries, sleep=lambda seconds: None))

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
    """A Hub with an empty submissions repository."""
    with impatient_hub(folder) as hub:
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
    return named_bundle(f"model-{number}", number)


def named_bundle(name: str, number: int = 0) -> Bundle:
    """The same of a model with this name. It has the files that every bundle has."""
    model = _submission().model.model_copy(update={"name": name})
    submission = _submission().model_copy(update={"model": model})
    return Bundle(
        submission=submission,
        responses=[{"item_id": "q", "response": f"It is {number}."}],
        prompt_responses=[],
        closing_responses=[],
        verdicts=[],
        failures=[],
        scorecard={},
        judging=None,
        contents={
            "submission.json": json.dumps(submission.model_dump(mode="json")).encode(),
            "responses.jsonl": f"rows of {number}".encode(),
            "verdicts.jsonl": b"verdicts",
            "scorecard.json": b"{}",
        },
    )
