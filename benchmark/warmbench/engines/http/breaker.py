"""When a run stops: a fault belongs to its request, until a long run of them is the endpoint's.

Counted are requests that were given up, in a row, all of one row of this table; any answer begins
anew. How many are too many, before the endpoint's first answer and after it:

====================================  ======  ========================================
failures                              before  after
====================================  ======  ========================================
can't connect                         1       2 x concurrency
no chat reply                         2       10
a reply of another model              1       10
rate limit                            1       5
timeout                               2       5
server error                          3       20
no text, or reasoning alone (billed)  5       20, of 3 questions
bad request, forbidden, not found     8       40, of 10 questions
filtered                              8       100, of 25 questions
====================================  ======  ========================================

Up to thirty rows of one question follow each other, so that one question that an endpoint refuses
must not stop a run. Where refusals go on, the next requests are taken from all over the plan; and
before they stop a run, what was answered is asked once more: if it is answered again, only what is
left is refused. Requests that were refused at an earlier start do not count.
"""

from __future__ import annotations

from dataclasses import dataclass

from warmbench.engines.engine import NEVER_ASKED, ArmHistory
from warmbench.errors import EngineError
from warmbench.records.request import Request
from warmbench.records.response import Answer, Failure, FailureKind, Response

__all__ = ["Breaker", "question_of"]

_MOST_PROBES = 8
_SUSPICIOUS = 10


@dataclass(frozen=True, slots=True)
class _Row:
    """``of_request``: a failure of this kind says that the endpoint works. ``refused``: it refused
    the request, at no cost."""

    kinds: tuple[FailureKind, ...]
    before: int
    after: int | None
    questions: int = 1
    of_request: bool = False
    refused: bool = False


_ROWS = (
    _Row((FailureKind.CONNECTION,), 1, None),
    _Row((FailureKind.MALFORMED,), 2, 10, of_request=True),
    _Row((FailureKind.WRONG_MODEL,), 1, 10),
    _Row((FailureKind.RATE_LIMIT,), 1, 5),
    _Row((FailureKind.TIMEOUT,), 2, 5),
    _Row((FailureKind.SERVER_ERROR,), 3, 20),
    _Row((FailureKind.EMPTY, FailureKind.REASONING_ONLY), 5, 20, 3, True),
    _Row(
        (FailureKind.BAD_REQUEST, FailureKind.FORBIDDEN, FailureKind.NOT_FOUND),
        8,
        40,
        10,
        True,
        True,
    ),
    _Row((FailureKind.CONTENT_FILTER,), 8, 100, 25, True, True),
)
_ROW_OF_KIND = {kind: row for row in _ROWS for kind in row.kinds}

_SENTENCES = {
    FailureKind.BAD_REQUEST: ("refused the request", "check the model and its settings"),
    FailureKind.CONNECTION: (
        "can't be reached", "is the server running, and is the address right?"
    ),
    FailureKind.CONTENT_FILTER: ("a filter refuses the prompts", "check the endpoint's settings"),
    FailureKind.EMPTY: ("replies hold no answer", "raise --max-tokens where they end by length"),
    FailureKind.FORBIDDEN: ("refused the request", "check whether {key} may use this model"),
    FailureKind.MALFORMED: ("not a chat endpoint", "does the address end in /v1?"),
    FailureKind.NOT_FOUND: (
        "no such model or address", "check the model's name, and whether the address ends in /v1"
    ),
    FailureKind.RATE_LIMIT: ("the rate limit is reached", "wait until it is over"),
    FailureKind.REASONING_ONLY: ("replies hold no answer", ""),
    FailureKind.SERVER_ERROR: ("the server fails", "see its log"),
    FailureKind.TIMEOUT: (
        "no reply in time", "raise --timeout, or ask fewer at once with --concurrency"
    ),
    FailureKind.WRONG_MODEL: (
        "another model answered",
        "use the name in its replies, or accept that name too with `--model-alias NAME`",
    ),
}  # fmt: skip
"""What is wrong, and what a person can do; ``{key}`` is the variable that holds the key."""


def question_of(request: Request) -> str:
    """What the rows of one question share: an item's id without its context and belief."""
    return request.item_id.rsplit("/", 2)[0]


class Breaker:
    """Watches the responses of one endpoint. ``history`` is what is known of it from before.

    ``where`` and ``key_variable`` are for the message, ``concurrency`` is how many may fail to
    connect at the same moment.
    """

    def __init__(
        self, where: str, key_variable: str, concurrency: int, history: ArmHistory = NEVER_ASKED
    ) -> None:
        self._where = where
        self._key_variable = key_variable
        self._history = history
        self._concurrency = concurrency
        self._works = False
        self.trusts_refusals = False
        self._given_up = 0
        self._row: _Row | None = None
        self._in_a_row = 0
        self._questions: set[str] = set()

    @property
    def works(self) -> bool:
        """Whether the endpoint answers now, or refuses one request having answered others."""
        return self._works

    @property
    def doubts_requests(self) -> bool:
        """Whether the next request should be of another kind than the last ones."""
        return self._row is not None and self._row.of_request and self._in_a_row >= _SUSPICIOUS

    @property
    def is_refused(self) -> bool:
        """Whether the last requests were refused."""
        return self._row is not None and self._row.refused

    def trust_refusals(self) -> None:
        """The endpoint answers what it answered before: what it refuses is the requests' fault."""
        self.trusts_refusals = True

    def note(self, request: Request, response: Response) -> None:
        """Count a response; raises ``EngineError`` where the run is to stop."""
        if isinstance(response, Answer):
            self._works, self._row, self._in_a_row = True, None, 0
            return
        row = _ROW_OF_KIND.get(response.kind, _ROW_OF_KIND[FailureKind.SERVER_ERROR])
        if row is not self._row:
            self._row, self._in_a_row, self._questions = row, 0, set()
        self._in_a_row += 1
        self._given_up += 1
        self._questions.add(question_of(request))
        self._works = self._works or (self._history.answers > 0 and row.of_request)
        if self._is_too_many(row):
            raise EngineError(self._message(response))

    def _is_too_many(self, row: _Row) -> bool:
        if not self._works:
            return self._in_a_row >= row.before or self._given_up >= _MOST_PROBES
        after = 2 * self._concurrency + 1 if row.after is None else row.after
        if row.refused and self.trusts_refusals:
            return False
        after += self._history.refused if row.refused else 0
        return self._in_a_row >= after and len(self._questions) >= row.questions

    def _message(self, failure: Failure) -> str:
        wrong, advice = _SENTENCES.get(failure.kind, _SENTENCES[FailureKind.SERVER_ERROR])
        if self._in_a_row > 1:
            wrong = f"{wrong} ({failure.kind}, {self._in_a_row} requests in a row)"
        advice = advice.format(key=self._key_variable)
        words = f"{failure.message}; {advice}" if advice else failure.message
        end = "" if words.endswith(("?", ".")) else "."
        return f"{self._where}: {wrong}: {words}{end} The same command resumes the run"
