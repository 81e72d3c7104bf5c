"""OpenAI's client for what costs money and takes hours: nothing is created twice.

The client would repeat an upload or a start whose reply was lost. This one first looks whether
the request has arrived.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, TypeVar

from warmbench.errors import EngineError
from warmbench.retry import Retry, Sleep

if TYPE_CHECKING:
    from openai import OpenAI
    from openai.types import FilePurpose

__all__ = ["IdempotentClient", "transient_errors"]

_MESSAGE_LENGTH = 500

_Result = TypeVar("_Result")


class IdempotentClient:
    """Requests through ``client``, repeated as often as the client itself would have.

    ``sleep`` lets time pass. ``key_variable`` is where the key comes from and ``work`` what is
    started (``batch``), both for error messages. Raises ``EngineError`` with the provider's
    message; the key is never in it.
    """

    def __init__(self, client: OpenAI, key_variable: str, work: str, sleep: Sleep) -> None:
        self.client = client.with_options(max_retries=0)
        self._retry = _OpenAIRetry(tries=client.max_retries + 1, sleep=sleep)
        self._key_variable = key_variable
        self._work = work

    def call(self, request: Callable[[], _Result]) -> _Result:
        """The result of ``request``, repeated after transient errors: it must change nothing."""
        return self._retry.call(request)

    def find_or_make(
        self, find: Callable[[], str | None], make: Callable[[], str], *, look_first: bool
    ) -> str:
        """The id of what ``make`` creates. After a lost reply ``find`` looks for it before
        ``make`` is called again.

        ``look_first``: another process may have created it before.
        """
        may_be_there = look_first

        def once() -> str:
            nonlocal may_be_there
            found = find() if may_be_there else None
            may_be_there = True
            return found or make()

        try:
            return self.call(once)
        except transient_errors():
            if found := self.call(find):
                return found
            raise

    def upload(self, content: bytes, name: str, purpose: FilePurpose, *, look_first: bool) -> str:
        """The id of the file with this name, which no other content may have."""

        def find() -> str | None:
            for file in self.client.files.list(purpose=purpose):
                if file.filename == name and file.bytes == len(content) and file.status != "error":
                    return file.id
            return None

        def make() -> str:
            return self.client.files.create(file=(name, content), purpose=purpose).id

        return self.find_or_make(find, make, look_first=look_first)

    @contextmanager
    def explained(self) -> Iterator[None]:
        """Turn the client's errors into ``EngineError``."""
        import openai

        where = str(self.client.base_url).rstrip("/")
        try:
            yield
        except openai.AuthenticationError:
            raise EngineError(
                f"{where}: refused the key (401); set {self._key_variable} to a valid one"
            ) from None
        except openai.PermissionDeniedError as error:
            raise EngineError(
                f"{where}: the key lacks permission (403): {self._message(error)}"
            ) from None
        except openai.APIConnectionError as error:
            raise EngineError(
                f"{where}: can't be reached ({self._message(error)}); a started "
                f"{self._work} keeps running, and the same command resumes it"
            ) from None
        except openai.APIStatusError as error:
            raise EngineError(
                f"{where}: refused the request ({error.status_code}): {self._message(error)}"
            ) from None
        except (openai.APIError, ValueError, TypeError, AttributeError) as error:
            raise EngineError(f"{where}: a reply can't be read ({self._message(error)})") from None

    def _message(self, error: Exception) -> str:
        text = " ".join(str(error).split())
        key = self.client.api_key
        return (text.replace(key, "***") if key and key != "none" else text)[:_MESSAGE_LENGTH]


def transient_errors() -> tuple[type[Exception], ...]:
    """The client's errors after which the same request may succeed a moment later."""
    import openai

    return (
        openai.APIConnectionError,
        openai.ConflictError,
        openai.InternalServerError,
        openai.RateLimitError,
    )


@dataclass(frozen=True)
class _OpenAIRetry(Retry):
    server: ClassVar[str] = "OpenAI"

    def is_transient(self, error: BaseException) -> bool:
        return isinstance(error, transient_errors())
