"""Length bands: answers by how many words they have."""

from __future__ import annotations

__all__ = ["LENGTH_BANDS", "length_band"]

_LEAST = {"under 40 words": 0, "40 to 99 words": 40, "100 words and more": 100}

LENGTH_BANDS: tuple[str, ...] = tuple(_LEAST)
"""From the shortest to the longest."""


def length_band(words: int) -> str:
    """The band of an answer.

    >>> length_band(39), length_band(40)
    ('under 40 words', '40 to 99 words')
    """
    return next(band for band in reversed(LENGTH_BANDS) if words >= _LEAST[band])
