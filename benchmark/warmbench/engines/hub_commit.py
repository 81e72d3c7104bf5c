"""Which commit of a model on the Hugging Face Hub is used."""

from __future__ import annotations

from pathlib import Path

__all__ = ["hub_commit"]


def hub_commit(name: str, revision: str | None = None) -> str:
    """The commit of a model, from the Hub or, offline, from its cache; ``revision`` is a branch, a
    tag or a commit. (The configs of transformers 5.24 have no ``_commit_hash``.)

    Raises what ``huggingface_hub`` raises: ``OSError`` or ``ValueError``.
    """
    from huggingface_hub import hf_hub_download

    return Path(hf_hub_download(name, "config.json", revision=revision)).parent.name
