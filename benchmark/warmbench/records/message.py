"""The chat message: the smallest part of what is sent to a model."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa

__all__ = ["MESSAGE_TYPE", "Message"]

MESSAGE_TYPE = pa.struct([pa.field("role", pa.string()), pa.field("content", pa.string())])
"""How a chat message is stored."""


@dataclass(frozen=True, slots=True)
class Message:
    """One chat message: ``role`` is ``system``, ``user`` or ``assistant``."""

    role: str
    content: str
