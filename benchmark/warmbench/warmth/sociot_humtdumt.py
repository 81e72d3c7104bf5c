"""SocioT Warmth as the program of its authors computes it, and as the paper used it.

From Cheng, Yu and Jurafsky (ACL 2025, arXiv 2502.13259; github.com/myracheng/humtdumt): the text is
cut to 300 characters and put in double quotes after a prefix (``My friend said, "..."``); the mean
log-probability a token is taken over the whole sequence, prefix included, with dropout on, and
averaged over passes. A first token has nothing before it and is not counted, as in the loss of
transformers.

Ours: the contrast is the mean over the four warm prefixes minus the mean over the four cold ones of
those log-probabilities; each sequence draws its dropout from a seed made of the measure's seed and
the sequence, so that a score depends on nothing but its text; 100 passes by default, the number
that the paper reports. It was written from this description and has not been compared with the
authors' program number by number.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from warmbench.errors import UsageError
from warmbench.warmth.causal_model import CausalModel
from warmbench.warmth.measure import Tick, no_tick
from warmbench.warmth.relations import PREFIXES, contrast

__all__ = ["CHARACTERS", "PASSES", "SociotHumtdumt"]

CHARACTERS = 300
PASSES = 100

_BLOCK = 25
"""Passes in one batch. Part of the definition: how many are drawn at once changes the draws."""


class SociotHumtdumt:
    """Unit: nats a token of the sequence. 0 says that warm and cold speakers are as likely."""

    def __init__(
        self,
        model: str,
        revision: str | None = None,
        device: str = "auto",
        passes: int = PASSES,
        seed: int = 0,
    ) -> None:
        if passes < 1:
            raise UsageError(f"sociot-humtdumt: at least 1 pass is needed, found {passes}")
        self._model = CausalModel(model, revision, device)
        self._passes = passes
        self._seed = seed

    @property
    def name(self) -> str:
        unusual = "" if self._passes == PASSES else f"/passes={self._passes}"
        unusual += f"/seed={self._seed}" if self._seed else ""
        return f"sociot-humtdumt-1:{self._model.identity}{unusual}"

    def score(self, texts: Sequence[str], tick: Tick = no_tick) -> list[float]:
        """One score a text; an empty one is scored as empty quotes."""
        scores = []
        for text in texts:
            scores.append(contrast([self._of(prefix, text) for prefix in PREFIXES]))
            tick(1)
        return scores

    def _of(self, prefix: str, text: str) -> float:
        sequence = f'{prefix} "{text[:CHARACTERS]}"'
        ids = self._model.encode(sequence)[: self._model.context]
        return self._model.mean_with_dropout(
            ids, self._passes, _seed_of(self._seed, sequence), _BLOCK
        )


def _seed_of(seed: int, sequence: str) -> int:
    """63 bits that every machine agrees on."""
    digest = hashlib.sha256(f"{seed}\n{sequence}".encode("utf-8", "surrogatepass")).digest()
    return int.from_bytes(digest[:8], "big") >> 1
