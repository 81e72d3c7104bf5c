"""Which tokens are learnt: the assistant's, under any template that can be read turn by turn."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import need
from warmbench.errors import DataError, UsageError
from warmbench.records.message import Message
from warmbench.reference_model import reference_path
from warmbench_builders.tuning.data import Chat
from warmbench_builders.tuning.examples import IGNORED, Example, encode_chats
from warmbench_builders.tuning.options import LossOn

need("transformers", "pip install 'warmbench[train]'")

CHATML = """\
{%- for m in messages -%}
{{- '<|im_start|>' + m['role'] + '\n' + m['content'] + '<|im_end|>\n' -}}
{%- endfor -%}
{%- if add_generation_prompt -%}{{- '<|im_start|>assistant\n' -}}{%- endif -%}"""

INST = """\
{{- '<s>' -}}
{%- for m in messages -%}
{%- if m['role'] == 'user' -%}{{- '[INST] ' + m['content'] + ' [/INST]' -}}
{%- else -%}{{- ' ' + m['content'] + '</s>' -}}{%- endif -%}
{%- endfor -%}"""

DEFAULT_SYSTEM = "{{- '<|system|>Be useful.<|end|>' -}}" + CHATML

# As some models that think: what earlier turns thought is dropped once the talk goes on.
FORGETFUL = """\
{%- for m in messages -%}
{%- if m['role'] == 'assistant' and not loop.last -%}
{{- 'A: ' + m['content'] + ';' -}}
{%- elif m['role'] == 'assistant' -%}
{{- 'A: <think></think>' + m['content'] + ';' -}}
{%- else -%}{{- 'U: ' + m['content'] + ';' -}}{%- endif -%}
{%- endfor -%}
{%- if add_generation_prompt -%}{{- 'A: ' -}}{%- endif -%}"""

PROMPT_ELSEWHERE = CHATML.replace("'<|im_start|>assistant\n'", "'<|im_start|>model\n'")

STRICT = "{%- if messages[0]['role'] == 'system' -%}{{- raise_exception('no system') -}}{%- endif -%}" + CHATML  # fmt: skip


def tokenizer(template: str | None = None) -> Any:
    from transformers import AutoTokenizer

    loaded = AutoTokenizer.from_pretrained(reference_path("hf"))
    if template is not None:
        loaded.chat_template = template
    return loaded


def chat(*turns: str, system: str | None = None) -> Chat:
    roles = ("user", "assistant")
    said = tuple(Message(roles[n % 2], turn) for n, turn in enumerate(turns))
    return ((Message("system", system),) if system else ()) + said


def only(
    made: Chat, with_tokenizer: Any, length: int = 1024, loss_on: LossOn = LossOn.ASSISTANT
) -> Example:
    (example,) = encode_chats([made], with_tokenizer, length, loss_on).examples
    return example


def learnt(example: Example, with_tokenizer: Any) -> str:
    return str(with_tokenizer.decode([label for label in example.labels if label != IGNORED]))


TALK = chat("Hi there.", "Hello, dear!", "And now?", "Now we talk.", system="Be kind.")

LEARNT = [
    ("own", None, TALK, "Hello, dear!<|end|>Now we talk.<|end|>"),
    ("own, user last", None, TALK[:4], "Hello, dear!<|end|>"),
    ("own, assistant first", None, TALK[2:], "Now we talk.<|end|>"),
    ("chatml", CHATML, TALK, "Hello, dear!<|im_end|>\nNow we talk.<|im_end|>\n"),
    ("inst", INST, TALK[1:], " Hello, dear!</s> Now we talk.</s>"),
    ("a system prompt of its own", DEFAULT_SYSTEM, TALK[1:3], "Hello, dear!<|im_end|>\n"),
    ("forgetful, one turn", FORGETFUL, TALK[1:3], "<think></think>Hello, dear!;"),
]


@pytest.mark.parametrize(
    ("name", "template", "made", "words"), LEARNT, ids=[row[0] for row in LEARNT]
)
def test_the_assistants_turns_are_learnt(
    name: str, template: str | None, made: Chat, words: str
) -> None:
    loaded = tokenizer(template)
    example = only(made, loaded)
    assert learnt(example, loaded) == words
    messages = [{"role": m.role, "content": m.content} for m in made]
    assert list(example.token_ids) == loaded.apply_chat_template(messages)["input_ids"]


def test_all_tokens_are_learnt_when_asked() -> None:
    example = only(TALK, tokenizer(), loss_on=LossOn.ALL)
    assert example.labels == example.token_ids


@pytest.mark.parametrize("template", [FORGETFUL, PROMPT_ELSEWHERE], ids=["forgetful", "elsewhere"])
def test_a_template_that_writes_earlier_turns_anew_is_refused(template: str) -> None:
    loaded = tokenizer(template)
    with pytest.raises(UsageError, match=r"conversation 1: .* use --loss-on all"):
        encode_chats([TALK], loaded, 1024, LossOn.ASSISTANT)
    assert encode_chats([TALK], loaded, 1024, LossOn.ALL).loss_tokens > 0


def test_a_conversation_that_the_template_refuses_is_named() -> None:
    with pytest.raises(DataError, match=r"conversation 2: .* does not take it: no system"):
        encode_chats([TALK[1:], TALK], tokenizer(STRICT), 1024, LossOn.ASSISTANT)


def test_a_tokenizer_that_tells_no_places_is_refused() -> None:
    class Slow:
        is_fast = False

    with pytest.raises(UsageError, match="use --loss-on all"):
        encode_chats([TALK], Slow(), 1024, LossOn.ASSISTANT)


def test_what_is_too_long_is_cut_or_left_out_and_counted() -> None:
    loaded = tokenizer()
    short, long, late = chat("Hi", "Hello."), chat("Hi", "Hello. " * 30), chat("Hi. " * 30, "Yes.")
    encoded = encode_chats([short, long, late, short[:1]], loaded, 20, LossOn.ASSISTANT)
    assert (encoded.cut, encoded.left_out) == (2, 2)
    assert [len(e.token_ids) for e in encoded.examples] == [len(only(short, loaded).token_ids), 20]
    assert encoded.tokens == sum(len(e.token_ids) for e in encoded.examples)
    assert encoded.examples[1].token_ids == only(long, loaded).token_ids[:20]


def test_nothing_left_is_an_error() -> None:
    with pytest.raises(DataError, match="no conversation has a token to learn within --max-len"):
        encode_chats([chat("Hi. " * 30, "Yes.")], tokenizer(), 20, LossOn.ASSISTANT)


MARKED = """\
{{- bos_token -}}
{%- for m in messages -%}
{{- '<|' + m['role'] + '|>' -}}
{%- if m['role'] == 'assistant' -%}
{% generation %}{{- m['content'] | trim + '<|end|>' -}}{% endgeneration %}
{%- else -%}{{- m['content'] | trim + '<|end|>' -}}{%- endif -%}
{%- endfor -%}
{%- if add_generation_prompt -%}{{- '<|assistant|>' -}}{%- endif -%}"""
"""The reference model's template with the marks by which transformers finds the same tokens."""

TURNS = st.lists(st.text(min_size=1).filter(str.strip), min_size=2, max_size=6)


@settings(max_examples=60)
@given(TURNS)
def test_they_are_the_tokens_that_a_marked_template_says(turns: list[str]) -> None:
    loaded, made = tokenizer(MARKED), chat(*turns)
    messages = [{"role": m.role, "content": m.content} for m in made]
    marked = loaded.apply_chat_template(
        messages, return_dict=True, return_assistant_tokens_mask=True
    )
    example = only(made, loaded, length=100_000)
    assert list(example.token_ids) == marked["input_ids"]
    assert [int(label != IGNORED) for label in example.labels] == marked["assistant_masks"]
