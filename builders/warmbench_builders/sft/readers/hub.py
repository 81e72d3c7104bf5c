"""Chat logs on the Hugging Face Hub, pinned by revision and streamed (extra ``build``)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from warmbench.errors import RunError, UsageError
from warmbench.optional_library import from_extra
from warmbench_builders.sft.readers.chat import ChatLog
from warmbench_builders.sft.readers.file import chats_of, read_json_rows

__all__ = ["HUB_LOGS", "HubLog", "open_hub", "stream_rows"]


@dataclass(frozen=True)
class HubLog:
    """A data set of chats. ``file``: the one JSON file that holds it, where it is such a file.

    ``datasets`` would read a JSON array of half a gigabyte at once, so we read it ourselves.
    ``revision``: the commit that is read (None: the newest one is looked up and recorded).
    """

    repo: str
    revision: str | None
    license: str
    file: str | None = None
    split: str = "train"


HUB_LOGS: Mapping[str, HubLog] = {
    "sharegpt": HubLog(
        repo="anon8231489123/ShareGPT_Vicuna_unfiltered",
        revision="192ab2185289094fc556ec8ce5ce1e8e587154ca",
        license="Apache-2.0 (as stated; the chats are their users', not for redistribution)",
        file="ShareGPT_V3_unfiltered_cleaned_split.json",
    ),
    "wildchat": HubLog(repo="allenai/WildChat-1M", revision=None, license="ODC-BY"),
    "oasst": HubLog(
        repo="OpenAssistant/oasst1",
        revision="fdf72ae0827c1cda404aff25b6603abec9e3399b",
        license="Apache-2.0",
    ),
}
"""The logs that ``--source hub:NAME`` knows. ShareGPT's is the paper's."""


def open_hub(name: str) -> ChatLog:
    """A known log; raises ``UsageError`` for another name, ``RunError`` when it can't be loaded."""
    log = HUB_LOGS.get(name)
    if log is None:
        raise UsageError(f"--source hub:{name}: unknown chat log; known are {', '.join(HUB_LOGS)}")
    try:
        revision = log.revision or _newest_revision(log)
        rows = _file_rows(log, revision) if log.file else stream_rows(log, revision)
    except UsageError:
        raise
    except Exception as error:  # the Hub's client raises errors of a dozen libraries
        raise RunError(f"{log.repo}: could not be read from the Hub ({error})") from error
    return ChatLog(log.repo, name, revision, log.license, chats_of(rows))


def _newest_revision(log: HubLog) -> str:
    from huggingface_hub import HfApi

    revision = HfApi().dataset_info(log.repo).sha
    if revision is None:
        raise RunError(f"{log.repo}: the Hub gave no revision")
    return revision


def _file_rows(log: HubLog, revision: str) -> Iterator[Any]:
    from huggingface_hub import hf_hub_download

    path = hf_hub_download(log.repo, str(log.file), repo_type="dataset", revision=revision)
    return read_json_rows(Path(path))


def stream_rows(log: HubLog, revision: str | None) -> Iterator[Any]:
    """The rows of a data set as they come. ``log.repo`` may be a folder."""
    with from_extra("build", "--source hub"):
        from datasets import load_dataset
    rows = load_dataset(log.repo, split=log.split, revision=revision, streaming=True)
    return (dict(row) for row in rows)
