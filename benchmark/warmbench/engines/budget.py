"""Budget of a run: how much it may still send and pay. It holds across restarts: the ledger knows
what was spent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from warmbench.errors import UsageError
from warmbench.records.request import Request
from warmbench.records.response import NO_TOKENS, Tokens

__all__ = ["Budget", "Price", "Spending", "most_tokens", "parse_price"]

_SHORTEST_TOKEN = 3  # ASCII characters; English has four to a token
_TEMPLATE_TOKENS = 8  # that a chat template adds to one message


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars per million tokens, in and out."""

    prompt: float
    completion: float

    def cost(self, prompt_tokens: int, completion_tokens: int) -> float:
        """US dollars for so many tokens."""
        return (prompt_tokens * self.prompt + completion_tokens * self.completion) / 1e6

    def __mul__(self, share: float) -> Price:
        """This share of the price."""
        return Price(self.prompt * share, self.completion * share)


def parse_price(text: str) -> Price:
    """Read ``IN,OUT`` in dollars per million tokens; raises ``UsageError``."""
    try:
        prompt, completion = (float(part) for part in text.split(","))
    except ValueError:
        raise UsageError(
            f"--price {text!r}: write IN,OUT in dollars per million tokens, e.g. 2.5,10"
        ) from None
    if not (0 <= prompt < 1e6 and 0 <= completion < 1e6):
        raise UsageError(f"--price {text!r}: both prices must be 0 or more")
    return Price(prompt, completion)


@dataclass(frozen=True, slots=True)
class Spending:
    """What one arm has cost: requests sent, retries among them, and tokens known to be billed."""

    arm: str
    requests: int
    tokens: Tokens


def most_tokens(request: Request) -> Tokens:
    """The most tokens that a request may be billed for: its text in short tokens, a full reply."""
    text = "".join(message.content for message in request.messages)
    prompt = _most_tokens_of(text) + _TEMPLATE_TOKENS * len(request.messages)
    return Tokens(prompt, request.max_tokens)


def _most_tokens_of(text: str) -> int:
    """Digits may be a token each, and so may the bytes of what is not ASCII."""
    digits = sum(text.count(digit) for digit in "0123456789")
    ascii_length = len(text.encode("ascii", "ignore"))
    other_bytes = len(text.encode("utf-8", "surrogatepass")) - ascii_length
    return (ascii_length - digits) // _SHORTEST_TOKEN + digits + other_bytes


class Budget:
    """At most ``max_requests`` requests and ``max_cost`` dollars for all arms; None: no limit.

    A request is reserved before it is sent, with the most it may cost, and settled when its reply
    has arrived: requests in flight can't exceed the limit. What was billed for a reply that never
    arrived is not known: it counts as a request, and as no money.

    ``max_cost`` needs the price of every arm; ``prices`` has them by the arm's name.
    """

    def __init__(
        self,
        max_requests: int | None = None,
        max_cost: float | None = None,
        prices: Mapping[str, Price] | None = None,
    ) -> None:
        self._max_requests = max_requests
        self._max_cost = max_cost
        self._prices = dict(prices or {})
        self._requests = 0
        self._cost = 0.0
        self._reserved = 0.0
        self._refused = ""

    @property
    def prices(self) -> Mapping[str, Price]:
        """Arm -> the price of its model, where it is known."""
        return self._prices

    @property
    def limited(self) -> bool:
        return self._max_requests is not None or self._max_cost is not None

    @property
    def refused(self) -> str:
        """Why the last reservation was refused, for a message; empty: it was not."""
        return self._refused

    @property
    def requests_left(self) -> int | None:
        """How many more requests may be sent; None: no limit."""
        return None if self._max_requests is None else max(self._max_requests - self._requests, 0)

    def check_prices(self, models: Mapping[str, str]) -> None:
        """Raise ``UsageError`` where cost is limited and a model (arm -> model) has no price."""
        if self._max_cost is None:
            return
        for arm, model in models.items():
            if arm not in self._prices:
                raise UsageError(
                    f"--max-cost: no price is known for {model}; set it with --price IN,OUT in "
                    "dollars per million tokens, e.g. --price 2.5,10 (0,0 if it is free)"
                )

    def begin(self, spendings: Iterable[Spending]) -> None:
        """Start from what was spent before: at each start of a run, from its ledger."""
        self._requests, self._cost, self._reserved, self._refused = 0, 0.0, 0.0, ""
        for spending in spendings:
            self._requests += spending.requests
            self._cost += self._dollars(spending.arm, spending.tokens)

    def reserve(self, arm: str, at_most: Tokens) -> bool:
        """Whether one more request fits, with these tokens at most; if so, it is counted."""
        dollars = self._dollars(arm, at_most)
        if self._max_requests is not None and self._requests >= self._max_requests:
            self._refused = self._requests_sent()
            return False
        if self._max_cost is not None and self._cost + self._reserved + dollars > self._max_cost:
            self._refused = (
                f"${self._cost:,.4f} of at most ${self._max_cost:,.4f} spent, and the next request "
                f"may cost ${dollars:,.4f}"
            )
            return False
        self._requests += 1
        self._reserved += dollars
        self._refused = ""
        return True

    def settle(self, arm: str, at_most: Tokens, billed: Tokens = NO_TOKENS) -> None:
        """Put what was billed in the place of what was reserved."""
        self._reserved = max(0.0, self._reserved - self._dollars(arm, at_most))
        self._cost += self._dollars(arm, billed)

    def release(self, arm: str, at_most: Tokens) -> None:
        """Take back a reservation of what was not sent."""
        self._requests -= 1
        self._reserved = max(0.0, self._reserved - self._dollars(arm, at_most))

    def charge(self, spending: Spending) -> bool:
        """Count what was sent without being reserved; whether anything may follow."""
        self._requests += spending.requests
        self._cost += self._dollars(spending.arm, spending.tokens)
        if self._max_requests is not None and self._requests >= self._max_requests:
            self._refused = self._requests_sent()
            return False
        if self._max_cost is not None and self._cost >= self._max_cost:
            self._refused = f"${self._cost:,.4f} of at most ${self._max_cost:,.4f} spent"
            return False
        return True

    def _requests_sent(self) -> str:
        return f"{self._requests:,} of at most {self._max_requests:,} requests sent"

    def _dollars(self, arm: str, tokens: Tokens) -> float:
        price = self._prices.get(arm)
        return price.cost(tokens.prompt, tokens.completion) if price else 0.0
