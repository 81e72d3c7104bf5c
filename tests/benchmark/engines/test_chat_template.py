"""Chat templates as models have them, rendered as transformers renders them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import need
from warmbench.engines.chat_template import (
    ChatTemplate,
    date_of_template,
    dated_template,
    strftime_now,
    template_variables,
)
from warmbench.errors import EngineError, UsageError
from warmbench.records.item import Message
from warmbench.records.request_extras import RequestExtras

ASK = (Message("user", "Who?"),)
SYSTEM = (Message("system", "Be kind."), *ASK)


def write(folder: Path, source: object, **config: Any) -> ChatTemplate:
    """A template in tokenizer_config.json, beside further settings."""
    text = json.dumps({"chat_template": source, "bos_token": "<s>", **config})
    (folder / "tokenizer_config.json").write_text(text)
    return ChatTemplate(folder)


def said(folder: Path, source: object, **config: Any) -> str:
    return write(folder, source, **config).render(ASK)


TEMPLATES = [
    ("date", "{{ strftime_now('%d %B %Y') }}", "01 January 2025"),
    ("date where it is defined", "{{ strftime_now('%H') if strftime_now is defined }}", "00"),
    ("generation", "{% generation %}{{ messages[0].content }}{% endgeneration %}.", "Who?."),
    ("no tools", "{% if tools is not none %}tools{% endif %}{{ documents is none }}", "True"),
    ("no such variable", "{{ nothing }}{{ nothing is defined }}", "False"),
    ("json", "{{ {'é': '<&\\''} | tojson }}", '{"é": "<&\'"}'),
    ("json with indent", "{{ [1] | tojson(indent=1) }}", "[\n 1\n]"),
    ("loop controls", "{% for m in [1, 2] %}{% if m == 2 %}{% continue %}{% endif %}{{ m }}"
     "{% endfor %}", "1"),
    ("trimmed blocks", "  {% if true %}\nx\n  {% endif %}\n", "x\n"),
    ("prompt for the next turn", "{{ bos_token }}{{ add_generation_prompt }}", "<s>True"),
    ("the one named default", [{"name": "tool_use", "template": "t"},
                               {"name": "default", "template": "d"}], "d"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "source", "expected"), TEMPLATES, ids=[case[0] for case in TEMPLATES]
)
def test_a_template_gives_what_its_authors_meant(
    tmp_path: Path, name: str, source: object, expected: str
) -> None:
    assert said(tmp_path, source) == expected


@pytest.mark.parametrize(
    ("name", "source", "expected"), TEMPLATES, ids=[case[0] for case in TEMPLATES]
)
def test_transformers_gives_the_same(
    tmp_path: Path, name: str, source: object, expected: str
) -> None:
    """With the date set in the template, as the engines that use transformers set it."""
    need("transformers", "pip install 'warmbench[hf]'")
    from transformers.utils.chat_template_utils import render_jinja_template

    text = write(tmp_path, source).source
    rendered, _ = render_jinja_template(
        [[{"role": m.role, "content": m.content} for m in ASK]],
        chat_template=dated_template(text),
        add_generation_prompt=True,
        bos_token="<s>",
    )
    assert rendered == [expected]


FORMATS = ["%Y-%m-%d", "%-d %b %y, %A", "%B %d, %Y (%a) %H:%M:%S %p", "%%d is %d", "%j %U", "%F %T"]


@pytest.mark.parametrize("format", FORMATS)
def test_the_date_in_the_template_is_the_same_day(format: str) -> None:
    from jinja2 import Environment

    source = f"{{{{ strftime_now({format!r}) }}}}"
    assert Environment(trim_blocks=True).from_string(dated_template(source)).render() == (
        strftime_now(format)
    )


DATED = [
    ("{{ strftime_now('%Y') }}", "2025-01-01"),
    ([{"name": "default", "template": "{{ strftime_now('%Y') }}"}], "2025-01-01"),
    ({"default": "{{ strftime_now('%Y') }}"}, "2025-01-01"),
    ("{{ messages }}", None),
    (None, None),
]


@pytest.mark.parametrize(("source", "date"), DATED)
def test_the_date_is_known_where_a_template_asks_for_it(source: object, date: str | None) -> None:
    assert date_of_template(source) == date


WRONG = [
    ("raises", "{{ raise_exception('no system') }}", "refuses these messages: no system"),
    ("syntax", "{% if %}", "the chat template fails: "),
    ("unknown tag", "{% frob %}", "the chat template fails: Encountered unknown tag 'frob'"),
    ("Python's error", "{{ messages[0].content + 1 }}", "the chat template fails: "),
    ("nothing of nothing", "{{ nothing.more }}", "the chat template fails: 'nothing' is undefined"),
    ("outside the sandbox", "{{ ''.__class__.__mro__ }}", "the chat template fails: access to"),
]


@pytest.mark.parametrize(("name", "source", "expected"), WRONG, ids=[case[0] for case in WRONG])
def test_a_template_that_fails_says_so(
    tmp_path: Path, name: str, source: str, expected: str
) -> None:
    with pytest.raises(EngineError, match=expected) as caught:
        said(tmp_path, source)
    assert str(caught.value).startswith(str(tmp_path))


NO_TEMPLATE = [
    ("nothing", None, "no chat template"),
    ("none named default", [{"name": "tool_use", "template": "t"}], "no chat template"),
]


@pytest.mark.parametrize(
    ("name", "source", "expected"), NO_TEMPLATE, ids=[case[0] for case in NO_TEMPLATE]
)
def test_a_folder_without_a_template_is_refused(
    tmp_path: Path, name: str, source: object, expected: str
) -> None:
    with pytest.raises(UsageError, match=expected):
        write(tmp_path, source)


@pytest.mark.parametrize("text", ["{", "[]"])
def test_a_broken_tokenizer_config_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "tokenizer_config.json").write_text(text)
    with pytest.raises(UsageError, match=r"tokenizer_config\.json: not"):
        ChatTemplate(tmp_path)


def test_variables_reach_the_template(tmp_path: Path) -> None:
    extras = RequestExtras(chat_template_kwargs={"think": False, "n": 2}, reasoning_effort="low")
    template = write(tmp_path, "{{ think }} {{ n }} {{ reasoning_effort }}")
    assert template.render(ASK, template_variables(extras)) == "False 2 low"


@pytest.mark.parametrize("name", ["messages", "add_generation_prompt"])
def test_variables_that_are_ours_are_refused(name: str) -> None:
    with pytest.raises(UsageError, match=f"--chat-template-kwargs: {name}"):
        template_variables(RequestExtras(chat_template_kwargs={name: []}))


def test_the_revision_tells_templates_and_their_tokens_apart(tmp_path: Path) -> None:
    one = write(tmp_path, "{{ bos_token }}").revision
    assert write(tmp_path, "{{ bos_token }}", model_max_length=3).revision == one
    assert write(tmp_path, "{{ bos_token }} ").revision != one
    assert write(tmp_path, "{{ bos_token }}", bos_token="<b>").revision != one
