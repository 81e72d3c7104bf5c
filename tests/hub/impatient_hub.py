"""A local Hub whose clients in this process give up soon on a request that hangs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
from huggingface_hub import set_client_factory

from warmbench.data.hub.client import TimeLimit

from .local_hub import LocalHub

__all__ = ["impatient_hub"]


@contextmanager
def impatient_hub(folder: Path, hangs_after_s: float = 0.6) -> Iterator[LocalHub]:
    """A Hub in ``folder``; its clients wait ``hangs_after_s`` for an answer."""
    with LocalHub(folder) as hub:
        set_client_factory(
            lambda: httpx2.Client(
                event_hooks={"request": [TimeLimit(hangs_after_s)]},
                follow_redirects=True,
                trust_env=False,
            )
        )
        yield hub
