"""The Batch API: upload, start, poll, fetch. What costs money is done once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Self

from warmbench.engines.openai.idempotent_client import IdempotentClient, transient_errors
from warmbench.errors import EngineError
from warmbench.retry import Sleep

if TYPE_CHECKING:
    from openai import OpenAI
    from openai.types import Batch

__all__ = ["ENDPOINT", "BatchClient", "Refusal"]

ENDPOINT: Final = "/v1/chat/completions"

_MARK = "warmbench"
"""The key of a batch's mark in its metadata."""

_SECOND_LOOK_S = 1.0

_QUEUE_IS_FULL = "token_limit_exceeded"
"""An account may have so many tokens of a model in batches at once."""

_MESSAGE_LENGTH = 300


class BatchClient:
    """``sleep`` lets time pass, ``key_variable`` is where the key comes from, for error messages.
    Raises ``EngineError`` with the provider's message; the key is never in it."""

    def __init__(self, client: OpenAI, key_variable: str, sleep: Sleep) -> None:
        self._requests = IdempotentClient(client, key_variable, "batch", sleep)
        self._client = self._requests.client
        self._sleep = sleep

    def upload(self, content: bytes, mark: str) -> str:
        """The id of the file of a batch, uploaded once."""
        name = f"warmbench-{mark}.jsonl"
        with self._requests.explained():
            return self._requests.upload(content, name, "batch", look_first=False)

    def start(self, input_file: str, mark: str) -> str:
        """The id of the batch with this mark, started once."""

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
                self._sleep(_SECOND_LOOK_S)
                found = self._requests.call(lambda: self._with_mark(mark))
            return found

    def poll(self, batch_id: str, record: str) -> Batch | None:
        """The batch as it is now; None after a transient error. ``record`` is the file with its
        record, for error messages."""
        import openai

        with self._requests.explained():
            try:
                return self._client.batches.retrieve(batch_id)
            except transient_errors():
                return None
            except openai.NotFoundError:
                raise EngineError(
                    f"{batch_id}: unknown to this account; use the key that started it, or delete "
                    f"{record} to send its requests again"
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


@dataclass(frozen=True)
class Refusal:
    """Why a batch failed its validation. ``by_line``: line of the file, from 1 -> its error."""

    message: str
    queue_is_full: bool
    by_line: Mapping[int, str]

    @classmethod
    def of(cls, batch: Batch) -> Self:
        errors = (batch.errors.data if batch.errors else None) or []
        messages = [f"{e.code or 'error'}: {e.message or 'no reason given'}" for e in errors]
        return cls(
            message=_short(messages[0] if messages else "no reason given"),
            queue_is_full=any(error.code == _QUEUE_IS_FULL for error in errors),
            by_line={
                error.line: _short(message)
                for error, message in zip(errors, messages, strict=True)
                if error.line is not None
            },
        )

    def invalid(self, keys: Sequence[str]) -> dict[str, str]:
        """Key -> the error of its line, where ``keys`` are those of the lines in order."""
        return {keys[line - 1]: why for line, why in self.by_line.items() if 1 <= line <= len(keys)}


def _short(text: str) -> str:
    return " ".join(text.split())[:_MESSAGE_LENGTH]
