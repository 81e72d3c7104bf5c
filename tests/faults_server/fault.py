"""The ways in which a reply goes wrong."""

from __future__ import annotations

from enum import StrEnum

__all__ = ["LOST", "SPOILT", "UNBILLED", "Fault"]


class Fault(StrEnum):
    """What the server does in the place of a good reply."""

    CONTENT_FILTER = "content_filter"
    EMPTY_CHOICES = "empty_choices"
    MALFORMED_JSON = "malformed_json"
    NULL_CONTENT = "null_content"
    RATE_LIMIT = "rate_limit"
    RESET = "reset"
    SERVER_ERROR = "server_error"
    SLOW_DRIP = "slow_drip"
    STALL = "stall"
    TRUNCATED = "truncated"
    UNAVAILABLE = "unavailable"
    WRONG_MODEL = "wrong_model"


UNBILLED = frozenset({Fault.RATE_LIMIT, Fault.SERVER_ERROR, Fault.UNAVAILABLE})
"""No completion was made."""

LOST = frozenset({Fault.RESET, Fault.SLOW_DRIP, Fault.STALL, Fault.TRUNCATED})
"""The completion was made and billed, and is lost on the wire."""

SPOILT = frozenset(Fault) - UNBILLED - LOST
"""The reply arrives, is billed, and holds no answer."""
