"""Upstream data sets on the Hugging Face Hub, pinned by revision (extra ``build``)."""

from __future__ import annotations

from typing import Any

from warmbench.errors import RunError
from warmbench.optional_library import from_extra
from warmbench.tasks.registry import headline_tasks, task_of
from warmbench.tasks.task_spec import Source
from warmbench_builders.sources.batch import Batch, Origin, make_batch, read_source, source_of

__all__ = ["hub_batch", "load_rows"]


def hub_batch(task: str, *, wanted: int | None, seed: int) -> Batch:
    """The questions of one task from the Hub; raises ``RunError`` when it can't be loaded."""
    upstream = source_of(task)
    revision = upstream.revision or _newest_revision(upstream)
    rows = load_rows(upstream, revision)
    origin = Origin(upstream.repo, revision, upstream.license)
    results = read_source(upstream, rows, origin)
    return make_batch(task, task, origin, results, wanted=wanted, seed=seed)


def load_rows(upstream: Source, revision: str | None) -> list[dict[str, Any]]:
    """The rows of a data set as ``datasets`` loads them. ``upstream.repo`` may be a folder."""
    with from_extra("build", "--source hub"):
        from datasets import load_dataset
    try:
        dataset = load_dataset(
            upstream.repo, upstream.config, split=upstream.split, revision=revision
        )
    except Exception as error:  # the Hub's client raises errors of a dozen libraries
        raise _explained(upstream, error) from error
    return [dict(row) for row in dataset]


def _newest_revision(upstream: Source) -> str:
    from huggingface_hub import HfApi

    try:
        revision = HfApi().dataset_info(upstream.repo).sha
    except Exception as error:  # as above
        raise _explained(upstream, error) from error
    if revision is None:
        raise RunError(f"{upstream.repo}: the Hub gave no revision")
    return revision


def _explained(upstream: Source, error: Exception) -> RunError:
    if upstream.gated and _is_refusal(error):
        return RunError(
            f"{upstream.repo} is gated by its owners: ask for access at "
            f"https://huggingface.co/datasets/{upstream.repo}, log in with `hf auth login`, and "
            f"run this again; or leave it out with --tasks {','.join(_open_to_all())}"
        )
    reason = (str(error).strip().splitlines() or [type(error).__name__])[0]
    return RunError(f"{upstream.repo}: could not be loaded from the Hub ({reason[:200]})")


def _open_to_all() -> list[str]:
    """The tasks of the headline whose sources are not gated."""
    sources = {name: task_of(name).source for name in headline_tasks()}
    return [name for name, source in sources.items() if source and not source.gated]


def _is_refusal(error: BaseException | None) -> bool:
    """Whether the Hub denied access (401, 403, gated), looking through the chain of causes."""
    names = ("GatedRepoError", "RepositoryNotFoundError", "DatasetNotFoundError")
    while error is not None:
        status = getattr(getattr(error, "response", None), "status_code", None)
        if type(error).__name__ in names or status in (401, 403):
            return True
        error = error.__cause__ or error.__context__
    return False
