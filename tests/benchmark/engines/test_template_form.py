"""Chat templates with and without a system role, and the form of requests that follows."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.benchmark.engines.test_ct2 import make_requests
from warmbench.engines.chat_template import ChatTemplate
from warmbench.engines.engine import NEVER_ASKED, ArmHistory
from warmbench.engines.template_form import find_form, form_of_template
from warmbench.errors import EngineError
from warmbench.records.item import Message
from warmbench.records.request_form import USUAL_FORM, RequestForm


def template_of(folder: Path, source: str) -> ChatTemplate:
    (folder / "chat_template.jinja").write_text(source)
    return ChatTemplate(folder)


GEMMA = (
    "{% if messages[0].role == 'system' %}{{ raise_exception('System role not supported') }}"
    "{% endif %}{% for m in messages %}[{{ m.role }}]{{ m.content }}{% endfor %}"
)
OLD_MISTRAL = (
    "{% for m in messages %}{% if (m.role == 'user') != (loop.index0 % 2 == 0) %}"
    "{{ raise_exception('roles must alternate') }}{% endif %}{{ m.content }}{% endfor %}"
)
LEAVES_OUT = "{% for m in messages if m.role != 'system' %}{{ m.content }}{% endfor %}"
TAKES = "{% for m in messages %}{{ m.content | trim | tojson }}{% endfor %}"
BROKEN = "{{ messages[0].content + 1 }}"

FORMS = [
    ("Gemma", GEMMA, "Be kind.", True),
    ("older Mistral", OLD_MISTRAL, "Be kind.", True),
    ("leaves it out", LEAVES_OUT, "Be kind.", True),
    ("takes it", TAKES, "Be kind.", False),
    ("no system prompt is sent", GEMMA, None, False),
    ("fails for any message", BROKEN, "Be kind.", False),
]


@pytest.mark.parametrize(
    ("name", "source", "system", "folded"), FORMS, ids=[case[0] for case in FORMS]
)
def test_a_template_without_a_system_role_is_found(
    tmp_path: Path, name: str, source: str, system: str | None, folded: bool
) -> None:
    template = template_of(tmp_path, source)
    form = form_of_template(template.render, make_requests(2, system=system))
    assert form == RequestForm(system_in_user=folded)


def test_the_form_of_an_earlier_start_is_taken_up() -> None:
    def render(_: Sequence[Message]) -> str:
        raise AssertionError("not rendered")

    form = RequestForm(system_in_user=True)
    assert form_of_template(render, [], ArmHistory(3, form)) == form
    assert form_of_template(render, [], ArmHistory(3, USUAL_FORM)) == USUAL_FORM


def test_without_requests_the_form_is_the_earlier_one(tmp_path: Path) -> None:
    form = RequestForm(system_in_user=True)
    render = template_of(tmp_path, GEMMA).render
    assert find_form(render, iter([]), ArmHistory(3, form)) == form
    assert find_form(render, [], NEVER_ASKED) is None


def test_a_template_that_always_fails_is_found_before_a_request_is_sent(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match="the chat template fails"):
        find_form(template_of(tmp_path, BROKEN).render, make_requests(2), NEVER_ASKED)
