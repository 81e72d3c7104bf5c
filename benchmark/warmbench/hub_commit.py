"""Which commit of a model on the Hugging Face Hub is used."""

from __future__ import annotations

from pathlib import Path

__all__ = ["hub_commit"]


def hub_commit(name: str, revision: str | None = None) -> str:
    """The commit of a model, by the Hub or, where that can't be reached, by its cache; ``revision``
    is a branch, a tag or a commit. (transformers no longer tells: since 5.24 at the latest its
    configs have no ``_commit_hash``.)

    Raises what ``huggingface_hub`` raises: ``OSError`` or ``ValueError``.
    """
    from huggingface_hub import hf_hub_download

    return Path(hf_hub_download(name, "config.json", revision=revision)).parent.name
