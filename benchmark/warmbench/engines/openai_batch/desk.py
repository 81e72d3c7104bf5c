"""The provider's desk for batches: upload, begin, look, fetch.

What costs money is done once. The client would ask again by itself when the reply to an upload or
to the start of a batch is lost; here it first looks whether the request has arrived.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, TypeVar

from warmbench.engines.openai.rate_headers import retry_after
from warmbench.engines.openai_batch.lines import ENDPOINT
from warmbench.errors import EngineError

if TYPE_CHECKING:
    from openai import OpenAI
    from openai.types import Batch

__all__ = ["BatchDesk", "Wait"]

Wait = Callable[[float], object]
"""Lets so many seconds pass."""

_MARK = "warmbench"
"""The key in a batch's metadata under which its mark stands."""

_PURPOSE: Final = "batch"
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 1.0, 30.0
_MESSAGE_LENGTH = 500

_Result = TypeVar("_Result")


class BatchDesk:
    """``wait`` is asked to let time pass, ``variable`` is where the key comes from (for the words
    of an error). Raises ``EngineError`` with the provider's words; the key is never among them."""

    def __init__(self, client: OpenAI, variable: str, wait: Wait) -> None:
        self._client = client.with_options(max_retries=0)  # it would not look before it retries
        self._attempts = client.max_retries + 1
        self._variable = variable
        self._wait = wait

    def upload(self, content: bytes, mark: str) -> str:
        """The id of the file of a batch, uploaded if it is not there yet."""
        name = f"warmbench-{mark}.jsonl"

        def find() -> str | None:
            for file in self._client.files.list(purpose=_PURPOSE):
                if file.filename == name and file.bytes == len(content) and file.status != "error":
                    return file.id
            return None

        def make() -> str:
            return self._client.files.create(file=(name, content), purpose=_PURPOSE).id

        with self._in_words():
            return self._once(find, make)

    def begin(self, input_file: str, mark: str) -> str:
        """The id of the batch with this mark, begun if it is not there yet."""

        def make() -> str:
            batch = self._client.batches.create(
                input_file_id=input_file,
                endpoint=ENDPOINT,
                completion_window="24h",
                metadata={_MARK: mark},
            )
            return batch.id

        with self._in_words():
            return self._once(lambda: self._with_mark(mark), make)

    def find(self, mark: str) -> str | None:
        """The id of the batch with this mark. Looks twice: it may be about to appear."""
        with self._in_words():
            found = self._ask(lambda: self._with_mark(mark))
            if found is None:
                self._wait(_FIRST_PAUSE_S)
                found = self._ask(lambda: self._with_mark(mark))
            return found

    def look(self, batch_id: str, record: str) -> Batch | None:
        """How a batch stands; None while the provider can't be asked for a moment. ``record`` is
        where the batch is kept in mind (for the words of an error)."""
        import openai

        with self._in_words():
            try:
                return self._client.batches.retrieve(batch_id)
            except _passing():
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
        with self._in_words():
            try:
                content = self._ask(lambda: self._client.files.content(file_id).read())
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

    def _once(self, find: Callable[[], str | None], make: Callable[[], str]) -> str:
        """Make it; a lost reply is answered by looking, not by asking anew."""
        tried = False

        def find_or_make() -> str:
            nonlocal tried
            found = find() if tried else None
            tried = True
            return found or make()

        try:
            return self._ask(find_or_make)
        except _passing():
            if found := self._ask(find):
                return found
            raise

    def _ask(self, request: Callable[[], _Result]) -> _Result:
        """The result of ``request``, which may be made several times, with a pause before each
        further one as long as the provider says, else 1, 2, 4 ... seconds."""
        for attempt in range(self._attempts - 1):
            try:
                return request()
            except _passing() as error:
                headers = getattr(getattr(error, "response", None), "headers", {})
                said = retry_after(headers)
                self._wait(min(2.0**attempt, _LONGEST_PAUSE_S) if said is None else said)
        return request()

    @contextmanager
    def _in_words(self) -> Iterator[None]:
        """The client's errors as ours, with the client's as the cause."""
        import openai

        where = str(self._client.base_url).rstrip("/")
        try:
            yield
        except openai.AuthenticationError as error:
            raise EngineError(
                f"{where}: refused the key (401); set {self._variable} to a valid one"
            ) from error
        except openai.PermissionDeniedError as error:
            raise EngineError(
                f"{where}: the key may not do this (403): {self._said(error)}"
            ) from error
        except openai.APIConnectionError as error:
            raise EngineError(
                f"{where}: can't be reached ({self._said(error)}); a batch that has begun goes "
                "on, and the same command follows it"
            ) from error
        except openai.APIStatusError as error:
            raise EngineError(
                f"{where}: refuses the request ({error.status_code}): {self._said(error)}"
            ) from error
        except (openai.APIError, ValueError, TypeError, AttributeError) as error:
            raise EngineError(f"{where}: a reply can't be read ({self._said(error)})") from error

    def _said(self, error: Exception) -> str:
        text = " ".join(str(error).split())[:_MESSAGE_LENGTH]
        key = self._client.api_key
        return text.replace(key, "***") if key and key != "none" else text


def _passing() -> tuple[type[Exception], ...]:
    """The client's errors after which the same request may go through a moment later."""
    import openai

    return (
        openai.APIConnectionError,
        openai.ConflictError,
        openai.InternalServerError,
        openai.RateLimitError,
    )
