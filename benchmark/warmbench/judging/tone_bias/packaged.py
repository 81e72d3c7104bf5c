"""The packaged tone bias of the reference judge: ``reference.json``, over all answers and over each
set of them.

``python -m warmbench.judging.tone_bias`` measures it again.
"""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from warmbench.errors import DataError, first_problem
from warmbench.judging.tone_bias.wrap import WRAPS
from warmbench.records.tone_bias import ToneBias

__all__ = [
    "TONE_BIAS_PATH",
    "PackagedToneBias",
    "packaged_tone_bias",
    "read_packaged",
    "wraps_sha256",
]

TONE_BIAS_PATH = Path(__file__).with_name("reference.json")


class PackagedToneBias(BaseModel):
    """``reference.json``: ``overall`` pools the answers of all ``sets``; ``wraps_sha256`` pins the
    sentences that they were measured with."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    wraps_sha256: str
    overall: ToneBias
    sets: dict[str, ToneBias]


def packaged_tone_bias(judge: str) -> ToneBias | None:
    """The packaged tone bias over all answers, where it was measured for this very judge."""
    bias = read_packaged().overall
    return bias if bias.judge == judge else None


@cache
def read_packaged(path: Path = TONE_BIAS_PATH) -> PackagedToneBias:
    """Raises ``DataError`` for a file that can't be read as such."""
    try:
        return PackagedToneBias.model_validate_json(path.read_bytes())
    except OSError as error:
        raise DataError(f"{path}: can't be read ({error.strerror})") from None
    except ValidationError as error:
        raise DataError(f"{path}: not a tone bias file ({first_problem(error)})") from None


def wraps_sha256() -> str:
    """SHA-256 (hex) of the sentences: a bias measured with others is not comparable."""
    return hashlib.sha256(repr(WRAPS).encode()).hexdigest()
