"""How requests are put for a chat template: with a system role, or without one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from itertools import chain
from typing import Any, Protocol

from warmbench.engines.chat_template import template_variables
from warmbench.engines.engine import NEVER_ASKED, ArmHistory
from warmbench.errors import EngineError
from warmbench.records.message import Message
from warmbench.records.request import Request
from warmbench.records.request_form import USUAL_FORM, RequestForm

__all__ = ["Render", "find_form", "form_of_template"]

_PROBE = (Message("system", "warmbenchsystem"), Message("user", "warmbenchuser"))


class Render(Protocol):
    """Gives the prompt of messages, with variables of the template; raises ``EngineError``."""

    def __call__(self, messages: Sequence[Message], variables: Mapping[str, Any]) -> str: ...


def find_form(
    render: Render, requests: Iterable[Request], history: ArmHistory
) -> RequestForm | None:
    """``form_of_template`` of the requests, with the variables that the first one sets; without
    requests the form of ``history``.

    Renders the first request: raises ``EngineError`` where the template can't be rendered.
    """
    requests = iter(requests)
    first = next(requests, None)
    if first is None:
        return history.form
    render_alike = partial(render, variables=template_variables(first.extras))
    form = form_of_template(render_alike, chain([first], requests), history)
    render_alike(form.messages(first.messages))
    return form


def form_of_template(
    render: Callable[[Sequence[Message]], str],
    requests: Iterable[Request],
    history: ArmHistory = NEVER_ASKED,
) -> RequestForm:
    """How requests are put for a template: ``system_in_user`` where one has a system prompt and
    the template has no place for it, because it raises or because it leaves the text out.

    ``render`` gives the prompt of some messages and raises ``EngineError`` where it can't. What
    an earlier start of the run found is taken up.
    """
    if history.form is not None:
        return history.form
    if _has_system_role(render) or not any(
        message.role == "system" for request in requests for message in request.messages
    ):
        return USUAL_FORM
    return RequestForm(system_in_user=True)


def _has_system_role(render: Callable[[Sequence[Message]], str]) -> bool:
    """A template that raises without a system prompt too is not one that lacks the role."""
    system, user = _PROBE
    try:
        return system.content in render(_PROBE)
    except EngineError:
        try:
            render((user,))
        except EngineError:
            return True
        return False
