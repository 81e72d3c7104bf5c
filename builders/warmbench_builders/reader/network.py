"""The network that is trained: an encoder, and a head that compares an answer with references."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn.functional import normalize
from transformers import BertModel

__all__ = ["CLASSES", "ReaderNetwork", "Texts"]

CLASSES = ("correct", "incorrect", "refused")

_NARROW, _HIDDEN = 128, 64


@dataclass(frozen=True, slots=True)
class Texts:
    """Some inputs, padded: ``ids`` and ``mask`` (1: a piece) are (texts, length), and ``means``
    (texts, units, length) has the weights of the pieces in each unit. Units are the pieces of the
    text and the means of its sentences for an answer, and the one mean for a reference."""

    ids: Tensor
    mask: Tensor
    means: Tensor


class ReaderNetwork(nn.Module):  # type: ignore[misc]
    """Compares every unit of an answer (a piece in its context, or a sentence) with every
    reference. For each pair it finds how much the pair matters (``weigh``) and whether the unit
    says or denies the reference (``agree``); evidence for a right reference and against a wrong
    one is evidence for the answer. A second, smaller term reads the answer alone."""

    def __init__(self, base: Path) -> None:
        super().__init__()
        self.encoder = BertModel.from_pretrained(
            base,
            add_pooling_layer=False,
            hidden_dropout_prob=0.0,
            attention_probs_dropout_prob=0.0,
            attn_implementation="eager",  # faster than the fused kernel on short inputs
        )
        width = self.encoder.config.hidden_size
        self.narrow = nn.Linear(width, _NARROW, bias=False)
        self.of_unit = nn.Linear(width, _HIDDEN)
        self.of_reference = nn.Linear(width, _HIDDEN)
        self.of_product = nn.Linear(_NARROW, _HIDDEN, bias=False)
        self.weigh = nn.Linear(_HIDDEN, 1)
        self.agree = nn.Linear(_HIDDEN, 1)
        self.alone = nn.Linear(width, 3)
        self.scale = nn.Parameter(torch.tensor([10.0, 6.0]))
        nn.init.normal_(self.narrow.weight, std=_NARROW**-0.5)
        for layer in (self.weigh, self.agree, self.alone):
            nn.init.normal_(layer.weight, std=0.02)
            nn.init.zeros_(layer.bias)

    def units(self, texts: Texts) -> Tensor:
        """Vectors of length 1, (texts, units, width); those of no unit are zero."""
        states = self.encoder(
            input_ids=texts.ids, attention_mask=texts.mask
        ).last_hidden_state.float()
        with torch.autocast("cpu", enabled=False):
            return normalize(texts.means @ states, dim=-1)

    def forward(self, answers: Tensor, references: Tensor, sides: Tensor) -> Tensor:
        """``answers`` are units (batch, units, width), ``references`` (batch, references, width)
        and ``sides`` (batch, references): 1 right, -1 wrong, 0 padding. Returns scores (batch, 3)
        of ``CLASSES``. It computes in float32: cosines are compared."""
        with torch.autocast("cpu", enabled=False):
            return self._compare(answers, references, sides)

    def _compare(self, answers: Tensor, references: Tensor, sides: Tensor) -> Tensor:
        given = answers.abs().sum(-1) > 0
        near = answers @ references.transpose(1, 2)
        product = (answers @ self.narrow.weight.T)[:, :, None] * (
            references @ self.narrow.weight.T
        )[:, None]
        hidden = torch.relu(
            self.of_unit(answers)[:, :, None]
            + self.of_reference(references)[:, None]
            + self.of_product(product)
        )
        pairs = given[:, :, None] & (sides != 0)[:, None]
        weights = self.scale[0] * near + self.weigh(hidden).squeeze(-1)
        weights = weights.masked_fill(~pairs, -1e9).flatten(1).softmax(-1).view_as(near)
        says = self.scale[1] * near + self.agree(hidden).squeeze(-1)
        compared = (weights * says * sides[:, None]).sum((1, 2))
        alone = self.alone(answers)
        matters = alone[..., 0].masked_fill(~given, -1e9).softmax(-1)
        sounds, declines = ((matters * alone[..., at]).sum(-1) for at in (1, 2))
        odds = compared + sounds
        return torch.stack([odds / 2, -odds / 2, declines], -1)
