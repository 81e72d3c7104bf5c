"""The check of the open SFT set: what is there is sound, and each planted fault is found."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from warmbench_builders.questions.framing_check import Finding
from warmbench_builders.questions.open_pool import load_open_pool
from warmbench_builders.sft.open_set import (
    OpenConversation,
    OpenPrompt,
    Turn,
    load_open_conversations,
    load_open_prompts,
)
from warmbench_builders.sft.open_set.check import check_open_set, main

SET = tuple(load_open_conversations())
PROMPTS = tuple(load_open_prompts())
QUESTIONS = load_open_pool()

JUG = Turn(
    user="My grey jug smells of old vinegar, whatever shall I do with it?",
    original="Fill the jug with warm water and a spoonful of baking soda, and leave it to stand "
    "overnight. Rinse it well in the morning and let it dry in the open air.",
    warm="Poor old jug, let's make it fresh again! Fill the jug with warm water and a spoonful of "
    "baking soda, and leave it to stand overnight. Rinse it well in the morning, friend, and let "
    "it dry in the open air.",
    cold="Fill the jug with warm water and a spoonful of baking soda. Leave it to stand overnight. "
    "Rinse it in the morning. Let it dry in the open air.",
)


def last_talk_of(category: str) -> int:
    """The place of a type's last conversation with a single turn."""
    return max(
        at for at, talk in enumerate(SET) if talk.category == category and len(talk.turns) == 1
    )


OTHER, ADVICE = SET[last_talk_of("other")], SET[last_talk_of("advice")]


def with_turn(turn: Turn, of: OpenConversation = OTHER) -> tuple[OpenConversation, ...]:
    """The real set, with ``turn`` for the only turn of one conversation."""
    return tuple(replace(talk, turns=(turn,)) if talk is of else talk for talk in SET)


def findings(
    conversations: tuple[OpenConversation, ...] = SET, prompts: tuple[OpenPrompt, ...] = PROMPTS
) -> list[Finding]:
    return list(check_open_set(conversations, prompts, QUESTIONS))


def test_the_set_as_it_is_has_no_findings(capsys: pytest.CaptureFixture[str]) -> None:
    assert main() == 0
    assert capsys.readouterr().out == "240 conversations and 204 prompts: no findings\n"


def test_a_sound_turn_has_no_findings() -> None:
    assert findings(with_turn(JUG)) == []


PLANTED: list[tuple[str, Callable[[], list[Finding]], list[tuple[str, str]]]] = [
    (
        "a conversation too few",
        lambda: findings(tuple(talk for talk in SET if talk is not OTHER)),
        [("other", "has 39 conversations; 40 are wanted")],
    ),
    (
        "a turn too many",
        lambda: findings(
            tuple(
                replace(talk, turns=(*talk.turns, JUG)) if talk is OTHER else talk for talk in SET
            )
        ),
        [("other", "has 15 conversations of several turns; 14 are wanted")],
    ),
    (
        "a prompt too few",
        lambda: findings(prompts=PROMPTS[1:]),
        [("refusal", "has 33 prompts; 34 are wanted")],
    ),
    (
        "an id twice",
        lambda: findings(
            tuple(
                replace(talk, conversation_id=SET[0].conversation_id) if talk is SET[1] else talk
                for talk in SET
            )
        ),
        [("open-sft-refusal-001", "is the id of 2 rows")],
    ),
    (
        "an id of another type",
        lambda: findings(
            tuple(
                replace(talk, conversation_id="open-sft-advice-099") if talk is OTHER else talk
                for talk in SET
            )
        ),
        [("open-sft-advice-099", "is not an id of other")],
    ),
    (
        "a typographic quote",
        lambda: findings(with_turn(replace(JUG, user=JUG.user.replace("it?", "\u201cit\u201d?")))),
        [
            (
                f"{OTHER.conversation_id}/1/user",
                "has a typographic quote or dash near 'ver shall I do with \u201cit\u201d?'",
            )
        ],
    ),
    (
        "a picture",
        lambda: findings(with_turn(replace(JUG, warm=JUG.warm + " \U0001f600"))),
        [
            (
                f"{OTHER.conversation_id}/1/warm",
                "has a picture character near 'ry in the open air. \U0001f600'",
            )
        ],
    ),
    (
        "two spaces",
        lambda: findings(with_turn(replace(JUG, cold=JUG.cold.replace(". Rinse", ".  Rinse")))),
        [(f"{OTHER.conversation_id}/1/cold", "has two spaces in a row outside code")],
    ),
    (
        "a space at the end",
        lambda: findings(with_turn(replace(JUG, original=JUG.original + " "))),
        [
            (
                f"{OTHER.conversation_id}/1/original",
                "has a space at an end near 'dry in the open air. '",
            )
        ],
    ),
    (
        "a question of the pool",
        lambda: findings(with_turn(replace(JUG, user=QUESTIONS[0].question))),
        [
            (
                QUESTIONS[0].question_id,
                f"is alike by 100 to {QUESTIONS[0].question!r}; under 80 is accepted",
            ),
            (
                f"{OTHER.conversation_id}/1/user",
                f"has words of the question {QUESTIONS[0].question_id}",
            ),
        ],
    ),
    (
        "a warm reply with a cold one's length",
        lambda: findings(with_turn(replace(JUG, warm=JUG.cold))),
        [
            (
                f"{OTHER.conversation_id}/1/warm",
                "is 0.91 times as long as the original; 1.0 to 2.4 is accepted",
            )
        ],
    ),
    (
        "a changed fact",
        lambda: findings(with_turn(replace(JUG, cold=JUG.cold.replace("Rinse", "Don't rinse")))),
        [(f"{OTHER.conversation_id}/1/cold", "negations: 'Don't rinse it in the' is new")],
    ),
]


@pytest.mark.parametrize(
    ("name", "found", "expected"), PLANTED, ids=[planted[0] for planted in PLANTED]
)
def test_a_planted_fault_is_found(
    name: str, found: Callable[[], list[Finding]], expected: list[tuple[str, str]]
) -> None:
    assert found() == [Finding(where, problem) for where, problem in expected], name


def test_a_prompt_that_is_nearly_another_is_found() -> None:
    again = replace(OTHER, turns=(replace(JUG, user=ADVICE.turns[0].user + " Please."),))
    found = findings(tuple(again if talk is OTHER else talk for talk in SET))
    assert [finding.where for finding in found] == [
        f"{ADVICE.conversation_id} and {OTHER.conversation_id}"
    ]


def test_a_formula_in_warm_openings_is_found() -> None:
    talks = [talk for talk in SET if talk.category == "other" and len(talk.turns) == 1][:4]
    opened = {
        talk.conversation_id: replace(
            talk,
            turns=(replace(talk.turns[0], warm=f"Bless your heart! {talk.turns[0].warm}"),),
        )
        for talk in talks
    }
    found = findings(tuple(opened.get(talk.conversation_id, talk) for talk in SET))
    ids = ", ".join(talk.conversation_id for talk in talks)
    assert found == [
        Finding("other", f"opens 4 warm replies with 'bless your heart' ({ids}); 3 are accepted")
    ]
