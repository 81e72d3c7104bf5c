"""Two models behind one local endpoint, which know most answers of a small release."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.benchmark.engines import endpoint
from tests.benchmark.submission.verification.bots import knows
from tests.benchmark.submission.verification.made_bundles import small_release
from warmbench.records.item import Item
from warmbench.records.message import Message
from warmbench.records.request import Request

__all__ = ["RELEASE", "served_models"]

RELEASE = small_release(1)


@contextmanager
def served_models(original: str, warm: str) -> Iterator[str]:
    """Serve both under their names; yields the base URL. The warm one knows less."""
    by_prompt: dict[str, Item] = {i.messages[-1].content: i for i in RELEASE.items()}
    answering = {original: knows(0.9), warm: knows(0.6, warm=True)}

    def answer(body: dict[str, Any], attempt: int) -> endpoint.Reply:
        prompt, model = body["messages"][-1]["content"], body["model"]
        item = by_prompt.get(prompt)
        request = Request(
            key="", arm=model, item_id=item.item_id if item else prompt, epoch=0,
            messages=(Message("user", prompt),), temperature=body["temperature"],
            max_tokens=body["max_tokens"], top_p=1.0, seed=body["seed"],
        )  # fmt: skip
        return endpoint.completion(answering[model](request, item), model=model)

    with endpoint.serve(endpoint.Endpoint(answer)) as url:
        yield url
