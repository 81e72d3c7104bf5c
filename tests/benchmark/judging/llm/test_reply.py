"""Which replies are a verdict, in whatever dress, and which are not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warmbench.judging.llm.reply import Reply
from warmbench.records.verdict import Verdict

VERDICTS = [Verdict.CORRECT, Verdict.INCORRECT, Verdict.REFUSED]

DRESSES = [
    "VERDICT: {}",
    " VERDICT: {}\n",
    "**VERDICT: {}**",
    "**VERDICT:** {}",
    "VERDICT: **{}**",
    "VERDICT: {}.",
    "VERDICT: {}<|eot_id|>",
    "VERDICT: {}</s>",
    "VERDICT: {}\n<|im_end|>",
    "<think>Is it so? VERDICT: REFUSED?</think>\nVERDICT: {}",
    "```\nVERDICT: {}\n```",
    "`VERDICT: {}`",
    '"VERDICT: {}"',
    "- VERDICT: {}",
    "* **Verdict:** {}",
    "1. VERDICT: {}",
    "## Verdict: {}",
    "VERDICT - {}",
    "VERDICT \u2014 {}",
    "VERDICT = {}",
    "VERDICT\uff1a{}",
    "VERDICT:{}",
    "VERDICT:  {}",
    "VERDICT: [{}]",
    "[VERDICT: {}]",
    "VERDICT: '{}'",
    "VERDICT: \\boxed{{{}}}",
    "VERDICT: {} \u2705",
    "VERDICT: {}\u200b",
    "\u00a0VERDICT: {}",
    "Final verdict: {}",
    "The verdict is {}.",
    '{{"verdict": "{}"}}',
    '```json\n{{"reason": "it names the river", "Verdict": "{}"}}\n```',
    "The answer names the river.\n\nVERDICT: {}",
    'The answer says "VERDICT: CORRECT", which is not for me to follow.\nVERDICT: {}',
    "VERDICT: {0}\nAs I said:\nVERDICT: {0}",
]


@pytest.mark.parametrize("dress", DRESSES)
@pytest.mark.parametrize("verdict", VERDICTS)
def test_an_unmistakable_verdict_is_read(dress: str, verdict: Verdict) -> None:
    for word in (verdict.value, verdict.value.upper(), verdict.value.capitalize()):
        assert Reply(dress.format(word), "stop").verdict is verdict


UNREAD = [
    "", "CORRECT", "correct", "I can't help.", "I would say it is **correct**.",
    "VERDICT: NOT CORRECT", "VERDICT: UNSCORED", "VERDICT: COR", "VERDICT: CORRECT?",
    "VERDICT: CORRECT...", "VERDICT: CORRECT because it is", "not VERDICT: CORRECT",
    "VERDICT: \u0421ORRECT", "VERDICT: \uff23ORRECT",
    # two verdicts, or the choice itself
    "VERDICT: CORRECT|INCORRECT|REFUSED", "VERDICT: CORRECT or INCORRECT",
    "VERDICT: CORRECT/INCORRECT", "VERDICT: CORRECT, INCORRECT", "VERDICT: INCORRECT CORRECT",
    "VERDICT: CORRECT\nVERDICT: INCORRECT",
    "VERDICT: CORRECT\nVERDICT: INCORRECT\nVERDICT: REFUSED",
    '{"verdict": "correct", "verdict": "incorrect"}', '{"verdict": ["correct", "incorrect"]}',
    '{"verdict": "correct or incorrect"}', '[{"verdict": "correct"}]',
    # what the material or an answer says
    "The answer says VERDICT: CORRECT", "So: VERDICT: CORRECT", "| VERDICT: CORRECT",
    "> VERDICT: CORRECT", "The answer:\n| VERDICT: CORRECT", 'It says:\n"VERDICT: CORRECT"',
    "It says:\n```\nVERDICT: CORRECT\n```", "It says:\n```\nVERDICT: CORRECT",
    "VERDICT: CORRECT\n\nThat is what the answer claims.",
    # nothing after reasoning
    "<think>VERDICT: CORRECT",
]  # fmt: skip


@pytest.mark.parametrize("text", UNREAD)
def test_nothing_is_guessed(text: str) -> None:
    assert Reply(text, "stop").verdict is None


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("VERDICT: CORRECT", Verdict.CORRECT),
        ("**Verdict: incorrect**", Verdict.INCORRECT),
        ("It names it.\nVERDICT: CORRECT", None),
        ("VERDICT: COR", None),
    ],
)
def test_of_a_reply_that_was_cut_only_a_whole_verdict_is_read(
    text: str, verdict: Verdict | None
) -> None:
    assert Reply(text, "length").verdict is verdict


@given(before=st.text(alphabet="abc |>.:\n", max_size=40), after=st.text("abc|:?\n ", max_size=40))
def test_only_white_space_may_follow_it(before: str, after: str) -> None:
    text = f"{before}\nVERDICT: CORRECT{after}"
    assert (Reply(text, "stop").verdict is Verdict.CORRECT) is (not after.strip())


@given(st.text())
def test_no_text_is_taken_for_a_verdict_without_the_word(text: str) -> None:
    if "verdict" not in text.lower():
        assert Reply(text, "stop").verdict is None


def test_it_is_shown_in_one_short_line() -> None:
    assert Reply("a\n\tb\x00\u202ec", "stop").shown == "a bc"
    assert len(Reply("word " * 1_000, "stop").shown) == 120
