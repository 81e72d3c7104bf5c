"""Why a cold arm is shown and has no rank."""

from __future__ import annotations

__all__ = ["COLDER"]

COLDER = "It was made colder, not warmer: the board ranks what was warmed."
"""The sentence, for published and for submitted arms."""
