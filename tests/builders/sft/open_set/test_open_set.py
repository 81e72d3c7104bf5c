"""The open SFT set: counts, characters, and that it touches no question of the benchmark."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from rapidfuzz import fuzz, process

from warmbench.records.conversation import QueryType, Version
from warmbench_builders.questions.open_pool import load_open_pool
from warmbench_builders.sft.filters.contamination import ContaminationFilter
from warmbench_builders.sft.open_set import load_open_conversations, load_open_prompts
from warmbench_builders.sft.readers.chat import Chat

CONVERSATIONS, PROMPTS = load_open_conversations(), load_open_prompts()
TEXTS = [
    (talk.conversation_id, text)
    for talk in CONVERSATIONS
    for turn in talk.turns
    for text in (turn.user, turn.original, turn.warm, turn.cold)
] + [(prompt.conversation_id, prompt.prompt) for prompt in PROMPTS]

ODD = re.compile("[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2010-\u2027\u00a0\u200b-\u200f\ufffd]")


def words(text: str) -> int:
    return len(text.split())


@pytest.mark.parametrize("query_type", list(QueryType))
def test_every_type_has_its_share(query_type: QueryType) -> None:
    talks = [talk for talk in CONVERSATIONS if talk.category is query_type]
    ids = [f"open-sft-{query_type}-{number:03}" for number in range(1, 41)]
    assert [talk.conversation_id for talk in talks] == ids
    assert sum(len(talk.turns) > 1 for talk in talks) == 14
    prompts = [prompt.conversation_id for prompt in PROMPTS if prompt.category is query_type]
    assert prompts == [f"open-sft-{query_type}-v{number:02}" for number in range(1, 35)]


def test_the_characters_are_plain() -> None:
    assert [(name, text) for name, text in TEXTS if ODD.search(text) or text != text.strip()] == []


def test_no_prompt_is_nearly_another() -> None:
    first = [talk.turns[0].user for talk in CONVERSATIONS] + [p.prompt for p in PROMPTS]
    near = process.cdist(first, first, scorer=fuzz.token_sort_ratio, score_cutoff=80)
    assert int((near > 0).sum()) == len(first)


def test_nothing_touches_a_question_of_the_benchmark() -> None:
    touches = ContaminationFilter(question.question for question in load_open_pool())
    for talk in CONVERSATIONS:
        for version in Version:
            chat = Chat(talk.conversation_id, talk.messages(version))
            assert touches(chat) is chat
    asked = [question.question for question in load_open_pool()]
    users = [turn.user for talk in CONVERSATIONS for turn in talk.turns]
    users += [prompt.prompt for prompt in PROMPTS]
    assert not process.cdist(users, asked, scorer=fuzz.token_sort_ratio, score_cutoff=80).any()


def test_versions_are_of_like_length() -> None:
    replies = [turn for talk in CONVERSATIONS for turn in talk.turns if words(turn.original) > 12]
    assert all(0.4 <= words(turn.cold) / words(turn.original) <= 1.1 for turn in replies)
    assert all(0.9 <= words(turn.warm) / words(turn.original) <= 2.5 for turn in replies)


@pytest.mark.parametrize("query_type", list(QueryType))
def test_warm_replies_do_not_all_begin_alike(query_type: QueryType) -> None:
    openings = Counter(
        " ".join(talk.turns[0].warm.lower().split()[:3])
        for talk in CONVERSATIONS
        if talk.category is query_type
    )
    assert max(openings.values()) <= 3
