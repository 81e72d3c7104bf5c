"""What a run may still ask and pay. It holds across restarts: what was spent is in the ledger."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from warmbench.errors import UsageError
from warmbench.records.model_spec import ModelSpec
from warmbench.records.response import NO_TOKENS, Tokens

__all__ = ["BATCH_SHARE", "PRICES", "Budget", "Price", "Spending", "parse_price", "price_of"]


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars for a million tokens, in and out."""

    prompt: float
    completion: float

    def cost(self, prompt_tokens: int, completion_tokens: int) -> float:
        """US dollars for so many tokens."""
        return (prompt_tokens * self.prompt + completion_tokens * self.completion) / 1e6


PRICES: dict[str, Price] = {
    "gpt-4.1": Price(2.00, 8.00),
    "gpt-4.1-mini": Price(0.40, 1.60),
    "gpt-4.1-nano": Price(0.10, 0.40),
    "gpt-4o": Price(2.50, 10.00),
    "gpt-4o-2024-08-06": Price(2.50, 10.00),
    "gpt-4o-mini": Price(0.15, 0.60),
}
"""OpenAI's list prices as published in 2025. Prices change: ``--price`` overrides them."""

BATCH_SHARE = 0.5
"""What OpenAI's Batch API charges of the list price."""


def price_of(spec: ModelSpec) -> Price | None:
    """The list price of a model of OpenAI's own endpoint, asked at once or in a batch, or None."""
    listed = PRICES.get(spec.name)
    if spec.base_url or listed is None:
        return None
    shares = {"openai": 1.0, "openai-batch": BATCH_SHARE}
    share = shares.get(spec.engine)
    return None if share is None else Price(listed.prompt * share, listed.completion * share)


def parse_price(text: str) -> Price:
    """Read ``IN,OUT`` in dollars a million tokens; raises ``UsageError``."""
    try:
        prompt, completion = (float(part) for part in text.split(","))
    except ValueError:
        raise UsageError(
            f"--price {text!r}: write IN,OUT in dollars a million tokens, e.g. 2.5,10"
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


class Budget:
    """At most ``max_requests`` requests and ``max_cost`` dollars for all arms; None: no limit.

    A request is reserved before it is sent, with the most it may cost, and settled when its reply
    is there. So the limit is not passed by what is under way at the time. What was billed for a
    reply that never came nobody knows: it counts as a request, and as no money.

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
    def limited(self) -> bool:
        return self._max_requests is not None or self._max_cost is not None

    @property
    def refused(self) -> str:
        """Why nothing more was let through, as the words of a sentence; empty: the last was."""
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
                    f"--max-cost: no price is known for {model}; give it with --price IN,OUT in "
                    "dollars a million tokens, e.g. --price 2.5,10 (0,0 where it costs nothing)"
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
            self._refused = self._requests_said()
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

    def charge(self, spending: Spending) -> bool:
        """Count what was sent without being reserved; whether anything may follow."""
        self._requests += spending.requests
        self._cost += self._dollars(spending.arm, spending.tokens)
        if self._max_requests is not None and self._requests >= self._max_requests:
            self._refused = self._requests_said()
            return False
        if self._max_cost is not None and self._cost >= self._max_cost:
            self._refused = f"${self._cost:,.4f} of at most ${self._max_cost:,.4f} spent"
            return False
        return True

    def _requests_said(self) -> str:
        return f"{self._requests:,} of at most {self._max_requests:,} requests sent"

    def _dollars(self, arm: str, tokens: Tokens) -> float:
        price = self._prices.get(arm)
        return price.cost(tokens.prompt, tokens.completion) if price else 0.0
