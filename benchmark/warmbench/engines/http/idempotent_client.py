"""The ``openai`` client for what costs money and takes hours: done once, and asked with patience.

The client would ask again by itself when the reply to an upload or to a start is lost; here it is
first looked whether the request has arrived.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from warmbench.engines.http.rate_headers import retry_after
from warmbench.errors import EngineError

if TYPE_CHECKING:
    from openai import OpenAI
    from openai.types import FilePurpose

__all__ = ["CarefulClient", "Wait", "passing_errors"]

Wait = Callable[[float], object]
"""Lets so many seconds pass."""

_LONGEST_PAUSE_S = 30.0
_MESSAGE_LENGTH = 500

_Result = TypeVar("_Result")


class CarefulClient:
    """``client`` asks once; what is to be asked again goes through the methods here, as often as
    the given client would have. ``wait`` is asked to let time pass.

    ``variable`` is where the key comes from, and ``work`` what is begun there (``batch``), both
    for the words of an error.
    """

    def __init__(self, client: OpenAI, variable: str, work: str, wait: Wait) -> None:
        self.client = client.with_options(max_retries=0)
        self._attempts = client.max_retries + 1
        self._variable = variable
        self._work = work
        self._wait = wait

    def ask(self, request: Callable[[], _Result]) -> _Result:
        """The result of ``request``, which may be made several times, with a pause before each
        further one as long as the provider says, else 1, 2, 4 ... seconds."""
        for attempt in range(self._attempts - 1):
            try:
                return request()
            except passing_errors() as error:
                headers = getattr(getattr(error, "response", None), "headers", {})
                said = retry_after(headers)
                self._wait(min(2.0**attempt, _LONGEST_PAUSE_S) if said is None else said)
        return request()

    def find_or_make(
        self, find: Callable[[], str | None], make: Callable[[], str], *, look_first: bool
    ) -> str:
        """The id of what ``make`` makes; a lost reply is answered by looking, not by asking anew.

        ``look_first``: it may have been made before, by another process.
        """
        may_be_there = look_first

        def once() -> str:
            nonlocal may_be_there
            found = find() if may_be_there else None
            may_be_there = True
            return found or make()

        try:
            return self.ask(once)
        except passing_errors():
            if found := self.ask(find):
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
    def in_words(self) -> Iterator[None]:
        """The client's errors as ``EngineError`` with the provider's words. The key is never among
        them."""
        import openai

        where = str(self.client.base_url).rstrip("/")
        try:
            yield
        except openai.AuthenticationError:
            raise EngineError(
                f"{where}: refused the key (401); set {self._variable} to a valid one"
            ) from None
        except openai.PermissionDeniedError as error:
            raise EngineError(
                f"{where}: the key may not do this (403): {self._said(error)}"
            ) from None
        except openai.APIConnectionError as error:
            raise EngineError(
                f"{where}: can't be reached ({self._said(error)}); a {self._work} that has begun "
                "goes on, and the same command follows it"
            ) from None
        except openai.APIStatusError as error:
            raise EngineError(
                f"{where}: refuses the request ({error.status_code}): {self._said(error)}"
            ) from None
        except (openai.APIError, ValueError, TypeError, AttributeError) as error:
            raise EngineError(f"{where}: a reply can't be read ({self._said(error)})") from None

    def _said(self, error: Exception) -> str:
        text = " ".join(str(error).split())
        key = self.client.api_key
        return (text.replace(key, "***") if key and key != "none" else text)[:_MESSAGE_LENGTH]


def passing_errors() -> tuple[type[Exception], ...]:
    """The client's errors after which the same request may go through a moment later."""
    import openai

    return (
        openai.APIConnectionError,
        openai.ConflictError,
        openai.InternalServerError,
        openai.RateLimitError,
    )
