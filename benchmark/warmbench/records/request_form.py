"""How requests are sent to a model that does not take every field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from warmbench.records.message import Message

__all__ = ["CHANGES_ANSWERS", "OPTIONAL_FIELDS", "USUAL_FORM", "RequestForm"]

CHANGES_ANSWERS = ("temperature", "top_p")
"""Fields without which a model samples by settings of its own. (A seed only repeats a draw.)"""

OPTIONAL_FIELDS = (*CHANGES_ANSWERS, "seed")
"""What an endpoint may refuse, so that its own setting holds instead."""


@dataclass(frozen=True, slots=True)
class RequestForm:
    """What is left out of a request, or sent in another way; the default is nothing.

    ``left_out``: those of ``OPTIONAL_FIELDS`` that are not sent, in that order.
    ``system_in_user``: the system prompt is put at the start of the first user turn, as the model
    has no system role. ``length_field``: the name under which ``max_tokens`` is sent.
    """

    left_out: tuple[str, ...] = ()
    system_in_user: bool = False
    length_field: str = "max_tokens"

    def without(self, field: str) -> RequestForm:
        """This form with one more field left out."""
        left_out = {*self.left_out, field}
        return replace(self, left_out=tuple(f for f in OPTIONAL_FIELDS if f in left_out))

    def changes_answers(self, other: RequestForm) -> bool:
        """Whether the other form can bring other answers."""
        return self.system_in_user != other.system_in_user or any(
            (field in self.left_out) != (field in other.left_out) for field in CHANGES_ANSWERS
        )

    def messages(self, messages: tuple[Message, ...]) -> tuple[Message, ...]:
        """The messages as they are sent: if the model has no system role, the system prompt comes
        before the text of the first user turn, with a blank line between."""
        system = [m.content for m in messages if m.role == "system"]
        rest = [m for m in messages if m.role != "system"]
        if not self.system_in_user or not system:
            return messages
        first = next((i for i, m in enumerate(rest) if m.role == "user"), None)
        if first is None:
            return (Message("user", "\n\n".join(system)), *rest)
        rest[first] = Message("user", "\n\n".join([*system, rest[first].content]))
        return tuple(rest)

    def __str__(self) -> str:
        """What differs from the default, in words; empty if nothing does."""
        said = ["without " + ", ".join(self.left_out)] if self.left_out else []
        if self.system_in_user:
            said.append("with the system prompt in the first user turn")
        if self.length_field != "max_tokens":
            said.append(f"with {self.length_field} instead of max_tokens")
        return " and ".join(said)

    def to_json(self) -> dict[str, Any]:
        """What differs from the default, by name."""
        differing: dict[str, Any] = {}
        if self.left_out:
            differing["left_out"] = list(self.left_out)
        if self.system_in_user:
            differing["system_in_user"] = True
        if self.length_field != "max_tokens":
            differing["length_field"] = self.length_field
        return differing

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> RequestForm:
        """The form that ``to_json`` wrote; unknown names are ignored."""
        return cls(
            left_out=tuple(f for f in OPTIONAL_FIELDS if f in data.get("left_out", ())),
            system_in_user=bool(data.get("system_in_user", False)),
            length_field=str(data.get("length_field", "max_tokens")),
        )


USUAL_FORM = RequestForm()
