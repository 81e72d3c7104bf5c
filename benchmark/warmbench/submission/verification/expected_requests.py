"""What the run of a bundle must have asked: the items and prompts of the releases it names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from warmbench.conditions import Context
from warmbench.data.location import HUB_ORG, release_folder
from warmbench.data.release import QA_NAME, open_release_path, read_release
from warmbench.data.sft_release import SFT_NAME, SFTRelease, open_sft_release_path, read_sft_release
from warmbench.errors import DataError, RunError, UsageError
from warmbench.records.finding import Finding
from warmbench.records.item import Item
from warmbench.records.prompt import Prompt
from warmbench.records.release import ReleaseRecord
from warmbench.records.run import RunRecord
from warmbench.records.scorecard import METRIC_VERSION
from warmbench.running.plan import ArmPlan, Place
from warmbench.running.prompt_set import choose_prompts
from warmbench.running.selection import select_items
from warmbench.submission.bundle.rejection import RejectionCode
from warmbench.submission.bundle.submission import Submission

__all__ = ["ExpectedRequests", "expect_requests"]

_WHERE = "submission.json"

_SHARED = (
    "question_id", "question", "framing_id", "framing", "belief_text", "correct_answers",
    "incorrect_answers", "category", "source", "source_revision", "license", "canary",
)  # fmt: skip
"""What many items of a release have alike."""


@dataclass(frozen=True)
class ExpectedRequests:
    """The items and prompts, in the order of asking, and the record that such a run has."""

    items: Sequence[Item]
    prompts: Sequence[Prompt]
    record: RunRecord

    @cached_property
    def item_keys(self) -> Mapping[Place, str]:
        """The key of each request that asks an item."""
        return {
            place: key
            for plan in self._plans
            for place, key in zip(plan.item_places(), plan.item_keys, strict=True)
        }

    @cached_property
    def prompt_keys(self) -> Mapping[Place, str]:
        """The key of each request that asks a prompt."""
        return {
            place: key
            for plan in self._plans
            for place, key in zip(plan.prompt_places(), plan.prompt_keys, strict=True)
        }

    @cached_property
    def _plans(self) -> tuple[ArmPlan, ...]:
        record = self.record
        return tuple(
            ArmPlan(
                record.study,
                arm,
                record.engines[arm.name],
                self.items,
                self.prompts,
                record.selection.epochs,
            )
            for arm in record.study.arms
        )


def expect_requests(
    submission: Submission, release: Path | None = None
) -> ExpectedRequests | Finding:
    """The items and prompts of a submission, or why there are none.

    ``release``: a folder with the QA release; by default the embedded one, else that of the same
    name and version on the Hub.
    """
    if submission.metric_version != METRIC_VERSION:
        text = f"scored by metric version {submission.metric_version}; this is {METRIC_VERSION}"
        return Finding(RejectionCode.WRONG_METRIC, f"{_WHERE}, metric_version", text)
    try:
        folder = release or _folder_of(submission.release)
        items = _items(submission, folder)
        prompts = _prompts(submission)
    except RunError as error:
        return Finding(RejectionCode.RELEASE_OUT_OF_REACH, f"{_WHERE}, release", str(error))
    except UsageError as error:
        return Finding(RejectionCode.UNKNOWN_RELEASE, f"{_WHERE}, release", str(error))
    record = RunRecord(
        study=submission.study,
        release=submission.release,
        selection=submission.selection,
        engines=submission.engines,
        items=len(items),
        prompts=len(prompts),
        prompt_release=submission.prompt_release,
    )
    return ExpectedRequests(items, prompts, record)


def _folder_of(record: ReleaseRecord) -> Path:
    """Only releases of the benchmark's own name are looked for."""
    if record.fingerprint == read_release(open_release_path()).fingerprint:
        return open_release_path()
    return release_folder(_on_hub(record, QA_NAME))


def _on_hub(record: ReleaseRecord, name: str) -> str:
    if record.name != name or record.version is None:
        raise DataError(
            f"{record.name[:80]} {record.version or 'without a version'} is not a release of {name}"
        )
    return f"{HUB_ORG}/{name}@v{record.version}"


def _items(submission: Submission, folder: Path) -> list[Item]:
    release = read_release(folder)
    claimed = submission.release
    if (release.manifest.name, release.version, release.fingerprint) != (
        claimed.name, claimed.version, claimed.fingerprint,
    ):  # fmt: skip
        raise DataError(
            f"{claimed.name[:80]} {claimed.version} {claimed.fingerprint[:12]} is not the release "
            f"{release.manifest.name} {release.version} {release.fingerprint[:12]}"
        )
    if claimed.released not in (None, release.manifest.released):
        raise DataError(f"{claimed.released} is not its release date")
    return select_items(_items_of(folder, release.fingerprint), submission.selection)


@lru_cache(maxsize=2)
def _items_of(folder: Path, fingerprint: str) -> tuple[Item, ...]:
    """All items of a release; it is read and compared with its fingerprint once.

    One split is read at a time, and items share the texts that are equal: the full grid then takes
    70 MB instead of 160.
    """
    release = read_release(folder)
    known: dict[Any, Any] = {}
    return tuple(
        _sharing(item, known)
        for config in release.default_configs()
        for context in Context
        for item in release.items([config], [context])
    )


def _sharing(item: Item, known: dict[Any, Any]) -> Item:
    texts = {name: getattr(item, name) for name in _SHARED}
    return replace(item, **{name: known.setdefault(text, text) for name, text in texts.items()})


def _prompts(submission: Submission) -> tuple[Prompt, ...]:
    claimed = submission.prompt_release
    if claimed is None:
        return ()
    release = _sft_release(claimed)
    if release.manifest.fingerprint != claimed.fingerprint:
        raise DataError(
            f"prompts of {claimed.name[:80]} {claimed.version} {claimed.fingerprint[:12]}, which "
            f"is not the release {release.manifest.fingerprint[:12]}"
        )
    return choose_prompts(submission.study, submission.selection, release).prompts


def _sft_release(claimed: ReleaseRecord) -> SFTRelease:
    release = _open_sft_release()
    if claimed.fingerprint == release.manifest.fingerprint:
        return release
    return read_sft_release(release_folder(_on_hub(claimed, SFT_NAME)))


@lru_cache(maxsize=1)
def _open_sft_release() -> SFTRelease:
    return read_sft_release(open_sft_release_path())
