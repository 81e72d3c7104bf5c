"""What a hosted model charges, where it is publicly known: for the cost in the progress line."""

from __future__ import annotations

from dataclasses import dataclass

from warmbench.errors import UsageError
from warmbench.model_spec import ModelSpec

__all__ = ["BATCH_SHARE", "PRICES", "Price", "parse_price", "price_of"]


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
