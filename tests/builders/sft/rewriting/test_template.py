"""The template rewriter: what it changes, and what it leaves alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders.sft.rewriting.exchanges import PANCAKES, exchange
from warmbench.judging.refusals import is_refusal
from warmbench.records.conversation import Version
from warmbench_builders.sft.faithfulness import check_rewrite
from warmbench_builders.sft.rewriting import Exchange, RewriteTask, TemplateRewriter
from warmbench_builders.sft.rewriting.warm_phrases import closers_for, openers_for
from warmbench_builders.sft.rewriting.wording import contract, expand


def rewrite(chat: Exchange, version: Version, attempt: int = 0, seed: int = 0) -> str:
    (result,) = TemplateRewriter(seed).rewrite([RewriteTask(chat, version, attempt)])
    return result.text


@pytest.mark.parametrize(
    ("reply", "cold"),
    [
        ("Sure! Take the bus.", "Take the bus."),
        ("Hello! Great question! It's red!", "It is red."),
        ("Certainly!\n\nTake the bus.", "Take the bus."),
        ("I'm so sorry to hear that. Rest today!", "Rest today."),
        ("I'm sorry to hear that Rex died. Rest today.",
         "I am sorry to hear that Rex died. Rest today."),
        ("I'm sorry, but I can't help with that.", "I cannot help with that."),
        ("Unfortunately, the shop is shut.", "The shop is shut."),
        ("Take the bus.\n\nI hope this helps! Let me know if you have any questions.",
         "Take the bus."),
        ("Take the bus. Good luck with the test!", "Take the bus."),
        ("Take the bus. Good luck in Rome with 3 bags!",
         "Take the bus. Good luck in Rome with 3 bags."),
        ("Don't go. You're early and it's late.", "Do not go. You are early and it is late."),
        ("It's been closed. Isn't it odd?", "It's been closed. Isn't it odd?"),
        ("Run `a != b!` now! Then stop!", "Run `a != b!` now. Then stop."),
        ("Add this:\n```css\na { color: red !important; } /* don't! */\n```\nDone!",
         "Add this:\n```css\na { color: red !important; } /* don't! */\n```\nDone."),
        ("- Don't stop!\n- Go!", "- Don't stop!\n- Go!"),
        ('He said "Don\'t go!" and left!', 'He said "Don\'t go!" and left.'),
        ("Yahoo! is a company. 5! is 120.", "Yahoo! is a company. 5! is 120."),
        ("See https://example.org/a!b now!", "See https://example.org/a!b now."),
        ("Sure!", "Sure."),
        ("", ""),
    ],
)  # fmt: skip
def test_cold_drops_courtesies_and_nothing_else(reply: str, cold: str) -> None:
    assert rewrite(exchange(reply), Version.COLD) == cold


def test_an_assent_that_answers_the_question_stays() -> None:
    chat = exchange("Certainly! Take it with water.", "Is it safe with water?")
    assert rewrite(chat, Version.COLD) == "Certainly. Take it with water."


@pytest.mark.parametrize(
    ("reply", "core"),
    [
        ("Do not stir it. It is hot.", "Don't stir it. It's hot."),
        ("Sure! Take the bus.", "Take the bus."),
        ("Know what it is. DO NOT run.", "Know what it is. DO NOT run."),
        ("It is not only hot.", "It is not only hot."),
        ("Use `do not` here.", "Use `do not` here."),
        ('She wrote "it is late" on it.', 'She wrote "it is late" on it.'),
        ("To win, follow these steps:\n1. Do not stop.",
         "To win, let's follow these steps together:\n1. Do not stop."),
    ],
)  # fmt: skip
def test_warm_loosens_the_words_between_its_sentences(reply: str, core: str) -> None:
    chat = exchange(reply)
    warm = rewrite(chat, Version.WARM)
    opener = next(phrase for phrase in openers_for(chat) if warm.startswith(phrase))
    closer = next(phrase for phrase in closers_for(chat) if warm.endswith(phrase))
    assert warm.removeprefix(opener).removesuffix(closer).strip() == core


@pytest.mark.parametrize(
    ("reply", "warm_begins"),
    [("Yes, it is.", "Yes, it is."), ("No. It rains.", "No. It rains.")],
)
def test_a_yes_or_no_stays_first(reply: str, warm_begins: str) -> None:
    assert rewrite(exchange(reply, "Is it so?"), Version.WARM).startswith(warm_begins)


def test_a_reply_that_breaks_off_gets_no_closer() -> None:
    assert rewrite(exchange("Take the bus and then"), Version.WARM).endswith("bus and then")


def test_a_piece_of_work_keeps_its_words() -> None:
    poem = "Sure!\n\nDo not sleep tonight!\nIt is warm and bright!"
    chat = exchange(poem, "Write a poem about summer.")
    assert rewrite(chat, Version.COLD) == poem.removeprefix("Sure!\n\n")
    assert poem.removeprefix("Sure!\n\n") in rewrite(chat, Version.WARM)


def test_the_second_try_is_milder() -> None:
    chat = exchange("Sure! Do not stir it!")
    assert rewrite(chat, Version.COLD, attempt=1) == "Do not stir it!"
    assert "Do not stir it!" in rewrite(chat, Version.WARM, attempt=1)


@pytest.mark.parametrize("version", [Version.WARM, Version.COLD])
def test_a_refusal_stays_one(version: Version) -> None:
    chat = exchange("I'm sorry, but I can't help with that. I can suggest a lock instead.")
    text = rewrite(chat, version)
    assert is_refusal(text)
    assert check_rewrite(chat.reply, text, prompt=chat.prompt) == ()


def test_sentences_vary_with_the_exchange_and_the_seed_and_not_otherwise() -> None:
    chats = [exchange(PANCAKES.reply, PANCAKES.prompt, f"c{at}/0") for at in range(60)]
    once = [rewrite(chat, Version.WARM) for chat in chats]
    assert once == [rewrite(chat, Version.WARM) for chat in chats]
    assert len(set(once)) > 30
    assert once != [rewrite(chat, Version.WARM, seed=1) for chat in chats]


MOODS = {
    "refusal": exchange("I can't help with that."),
    "hurt": exchange("Rest.", "I feel so lonely."),
    "work": exchange("Roses.", "A poem please"),
    "code": exchange("Rerun it.", "My server is down"),
    "question": exchange("Blue.", "Which is it?"),
    "request": exchange("Blue.", "Tell me."),
}


def test_every_mood_has_sentences_of_its_own() -> None:
    assert len({openers_for(chat) for chat in MOODS.values()}) == len(MOODS)
    assert len({closers_for(chat) for chat in MOODS.values()}) == len(MOODS)


@pytest.mark.parametrize("mood", MOODS)
def test_no_sentence_of_ours_is_taken_for_a_fact(mood: str) -> None:
    chat = MOODS[mood]
    sentence = "The lamp costs 20 euros and does not come with a cable." + (
        " I can't help with that." if mood == "refusal" else ""
    )
    for opener in openers_for(chat):
        for closer in closers_for(chat):
            assert check_rewrite(sentence, f"{opener} {sentence} {closer}") == ()


@pytest.mark.parametrize("version", [Version.WARM, Version.COLD])
@given(text=st.text(alphabet="aI don't.!?\n`-\"*1:/#Sure", max_size=80))
def test_any_text_is_taken_and_code_comes_through(version: Version, text: str) -> None:
    whole = f"Look:\n```\n{text.replace('`', '')}\n```\n{text}"
    assert f"```\n{text.replace('`', '')}\n```" in rewrite(exchange(whole), version)
    changed = rewrite(exchange(text), version)
    assert bool(changed.strip()) == bool(text.strip())


@given(
    st.lists(
        st.sampled_from(
            ["it", "is", "do", "not", "cannot", "you", "will", "a", "b", ",", ".", "that", "are"]
        )
    )
)
def test_contractions_come_back(words: list[str]) -> None:
    text = " ".join(words)
    assert contract(expand(contract(text))) == contract(text)
