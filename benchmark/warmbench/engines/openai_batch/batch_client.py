"""The provider's desk for batches: upload, begin, look, fetch. What costs money is done once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from warmbench.engines.openai.idempotent_client import IdempotentClient, transient_errors
from warmbench.engines.openai_batch.lines import ENDPOINT
from warmbench.errors import EngineError
from warmbench.retry import Sleep

if TYPE_CHECKING:
    from openai import OpenAI
    from openai.types import Batch

__all__ = ["BatchClient"]

_MARK = "warmbench"
"""The key in a batch's metadata under which its mark stands."""

_SECOND_LOOK_S = 1.0


class BatchClient:
    """``wait`` is asked to let time pass, ``variable`` is where the key comes from (for the words
    of an error). Raises ``EngineError`` with the provider's words; the key is never among them."""

    def __init__(self, client: OpenAI, variable: str, wait: Sleep) -> None:
        self._requests = IdempotentClient(client, variable, "batch", wait)
        self._client = self._requests.client
        self._wait = wait

    def upload(self, content: bytes, mark: str) -> str:
        """The id of the file of a batch, uploaded once."""
        name = f"warmbench-{mark}.jsonl"
        with self._requests.explained():
            return self._requests.upload(content, name, "batch", look_first=False)

    def begin(self, input_file: str, mark: str) -> str:
        """The id of the batch with this mark, begun once."""

        def make() -> str:
            batch = self._client.batches.create(
                input_file_id=input_file,
                endpoint=ENDPOINT,
                completion_window="24h",
                metadata={_MARK: mark},
            )
            return batch.id

        with self._requests.explained():
            return self._requests.find_or_make(
                lambda: self._with_mark(mark), make, look_first=False
            )

    def find(self, mark: str) -> str | None:
        """The id of the batch with this mark. Looks twice: it may be about to appear."""
        with self._requests.explained():
            found = self._requests.call(lambda: self._with_mark(mark))
            if found is None:
                self._wait(_SECOND_LOOK_S)
                found = self._requests.call(lambda: self._with_mark(mark))
            return found

    def look(self, batch_id: str, record: str) -> Batch | None:
        """How a batch stands; None while the provider can't be asked for a moment. ``record`` is
        where the batch is kept in mind (for the words of an error)."""
        import openai

        with self._requests.explained():
            try:
                return self._client.batches.retrieve(batch_id)
            except transient_errors():
                return None
            except openai.NotFoundError:
                raise EngineError(
                    f"{batch_id}: unknown to this account; use the key that began it, or delete "
                    f"{record} to ask its requests anew"
                ) from None

    def lines(self, file_id: str | None) -> Iterator[bytes]:
        """The lines of an output or error file; none where it is gone (the provider keeps them
        for a time only) or never was."""
        import openai

        if file_id is None:
            return
        with self._requests.explained():
            try:
                content = self._requests.call(lambda: self._client.files.content(file_id).read())
            except openai.NotFoundError:
                return
        for line in content.split(b"\n"):
            if line.strip():
                yield line

    def _with_mark(self, mark: str) -> str | None:
        for batch in self._client.batches.list(limit=100):
            if (batch.metadata or {}).get(_MARK) == mark:
                return batch.id
        return None
