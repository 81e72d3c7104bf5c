"""What a hosted model charges, where it is publicly known: for the cost in the progress line."""

from __future__ import annotations

from dataclasses import dataclass

from warmbench.errors import UsageError

__all__ = ["PRICES", "Price", "parse_price", "price_of"]


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


def price_of(model: str) -> Price | None:
    """The list price of a model of OpenAI's own endpoint, or None."""
    return PRICES.get(model)


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
