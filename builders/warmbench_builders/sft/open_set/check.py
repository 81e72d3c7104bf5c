"""Whether the open SFT set is sound, as far as counting can tell.

The three versions of a reply must say the same, no version may be known by its length or by a
formula, and nothing may touch a question of the open pool. Whether a reply is kind, and true, is
left to readers.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

import regex
from rapidfuzz import fuzz, process

from warmbench.records.conversation import QueryType, Version
from warmbench_builders.questions.framing_check import Finding
from warmbench_builders.questions.open_pool import PoolQuestion, load_open_pool
from warmbench_builders.questions.pool_check import check_against
from warmbench_builders.sft.faithfulness import check_rewrite
from warmbench_builders.sft.open_set import (
    OpenConversation,
    OpenPrompt,
    load_open_conversations,
    load_open_prompts,
)

__all__ = ["check_open_set", "main"]

CONVERSATIONS, SEVERAL_TURNS, PROMPTS = 40, 14, 34
"""Of each query type; about a third of the conversations have more than one turn."""

NEAR_DUPLICATE = 80.0
"""rapidfuzz's token_sort_ratio, 0 to 100, from which two prompts are one, as in the open pool."""

OPENING_WORDS, SAME_OPENINGS = 3, 3
"""An opening of so many words may return in so many warm replies of a type: more is a formula."""

LENGTHS = {Version.WARM: (1.0, 2.4), Version.COLD: (0.4, 1.0)}
"""Words of a version for each word of the original. The warm set is longer, as warm replies are;
were it much longer, length would be what is learnt."""

_SHORT_REPLY = 15
"""Words; a shorter original has no ratio to speak of."""

_RUN = 8
"""So many words in a row shared with a question are not a coincidence."""

_ODD = {
    "a control, invisible or broken character": regex.compile(r"(?!\n)[\p{C}\p{Zl}\p{Zp}\uFFFD]"),
    "a typographic quote or dash": regex.compile(
        r"[\p{Pi}\p{Pf}\u201A\u201E\u2032\u2033\u00B4\u2010-\u2015]"
    ),
    "a picture character": regex.compile(r"\p{Extended_Pictographic}"),
    "a space that is not the plain one": regex.compile(r"(?! )\p{Zs}"),
    "a space at an end": regex.compile(r"\A\s|\s\Z|[ ]\n"),
}
_CODE = regex.compile(r"```.*?```|`[^`\n]*`", regex.DOTALL)
_TWO_SPACES = regex.compile(r"(?<=\S)  +")
_WORD = regex.compile(r"[\p{L}\p{N}']+")
_ID = regex.compile(r"open-sft-([a-z]+)-(v?)(\d+)")


def check_open_set(
    conversations: Sequence[OpenConversation],
    prompts: Sequence[OpenPrompt],
    questions: Sequence[PoolQuestion],
) -> Iterator[Finding]:
    """What is wrong with the set.

    ``where`` of a finding is an id (two, joined by `` and ``), an id with turn and version
    (``open-sft-advice-001/2/warm``), or a query type. ``questions`` must not be touched.
    """
    yield from _check_counts(conversations, prompts)
    yield from _check_ids(conversations, prompts)
    for where, text in _texts(conversations, prompts):
        yield from (Finding(where, problem) for problem in _text_problems(text))
    yield from _check_likeness(conversations, prompts)
    yield from _check_questions(conversations, prompts, questions)
    yield from _check_lengths(conversations)
    yield from _check_openings(conversations)
    yield from _check_faithfulness(conversations)


def _check_counts(
    conversations: Sequence[OpenConversation], prompts: Sequence[OpenPrompt]
) -> Iterator[Finding]:
    counts = (
        ("conversations", CONVERSATIONS, Counter(one.category for one in conversations)),
        (
            "conversations of several turns",
            SEVERAL_TURNS,
            Counter(one.category for one in conversations if len(one.turns) > 1),
        ),
        ("prompts", PROMPTS, Counter(one.category for one in prompts)),
    )
    for what, wanted, found in counts:
        for category in QueryType:
            if found[category] != wanted:
                yield Finding(category, f"has {found[category]} {what}; {wanted} are wanted")


def _check_ids(
    conversations: Sequence[OpenConversation], prompts: Sequence[OpenPrompt]
) -> Iterator[Finding]:
    rows: list[OpenConversation | OpenPrompt] = [*conversations, *prompts]
    for conversation_id, count in Counter(row.conversation_id for row in rows).items():
        if count > 1:
            yield Finding(conversation_id, f"is the id of {count} rows")
    for row in rows:
        match = _ID.fullmatch(row.conversation_id)
        if not match or match[1] != row.category:
            yield Finding(row.conversation_id, f"is not an id of {row.category}")


def _texts(
    conversations: Sequence[OpenConversation], prompts: Sequence[OpenPrompt]
) -> Iterator[tuple[str, str]]:
    """Every text with its place."""
    for conversation in conversations:
        for number, turn in enumerate(conversation.turns, start=1):
            where = f"{conversation.conversation_id}/{number}"
            yield f"{where}/user", turn.user
            yield from ((f"{where}/{version}", turn.reply(version)) for version in Version)
    yield from ((prompt.conversation_id, prompt.prompt) for prompt in prompts)


def _text_problems(text: str) -> Iterator[str]:
    for name, odd in _ODD.items():
        match = odd.search(text)
        if match:
            yield f"has {name} near {text[max(match.start() - 20, 0) : match.end() + 20]!r}"
    if _TWO_SPACES.search(_CODE.sub("`", text)):
        yield "has two spaces in a row outside code"


def _first_prompts(
    conversations: Sequence[OpenConversation], prompts: Sequence[OpenPrompt]
) -> list[tuple[str, str]]:
    first = [(one.conversation_id, one.turns[0].user) for one in conversations]
    return first + [(one.conversation_id, one.prompt) for one in prompts]


def _check_likeness(
    conversations: Sequence[OpenConversation], prompts: Sequence[OpenPrompt]
) -> Iterator[Finding]:
    """First prompts that are one: follow-ups are short, and alike by nature ("thank you")."""
    rows = _first_prompts(conversations, prompts)
    texts = [" ".join(sorted(text.lower().split())) for _, text in rows]
    likeness = process.cdist(texts, texts, scorer=fuzz.ratio, score_cutoff=NEAR_DUPLICATE)
    for at, one in enumerate(rows):
        for other in range(at + 1, len(rows)):
            if likeness[at, other] >= NEAR_DUPLICATE:
                yield Finding(
                    f"{one[0]} and {rows[other][0]}",
                    f"are alike by {likeness[at, other]:.0f}; "
                    f"under {NEAR_DUPLICATE:.0f} is accepted",
                )


def _check_questions(
    conversations: Sequence[OpenConversation],
    prompts: Sequence[OpenPrompt],
    questions: Sequence[PoolQuestion],
) -> Iterator[Finding]:
    texts = list(_texts(conversations, prompts))
    asked = [text for where, text in texts if where.endswith("/user") or where.count("/") == 0]
    yield from check_against(questions, asked, NEAR_DUPLICATE)
    runs: dict[tuple[str, ...], str] = {}
    for question in questions:
        words = _words(question.question)
        size = min(_RUN, len(words))
        runs |= dict.fromkeys(_runs(words, size), question.question_id)
    sizes = sorted({len(run) for run in runs})
    for where, text in texts:
        words = _words(text)
        met = {runs[run] for size in sizes for run in _runs(words, size) if run in runs}
        for question_id in sorted(met):
            yield Finding(where, f"has words of the question {question_id}")


def _words(text: str) -> list[str]:
    return list(_WORD.findall(text.lower()))


def _runs(words: Sequence[str], size: int) -> Iterator[tuple[str, ...]]:
    return zip(*(words[at:] for at in range(size)), strict=False)


def _check_lengths(conversations: Sequence[OpenConversation]) -> Iterator[Finding]:
    for conversation in conversations:
        for number, turn in enumerate(conversation.turns, start=1):
            words = len(turn.original.split())
            for version, (least, most) in LENGTHS.items():
                ratio = len(turn.reply(version).split()) / words
                if words >= _SHORT_REPLY and not least <= ratio <= most:
                    yield Finding(
                        f"{conversation.conversation_id}/{number}/{version}",
                        f"is {ratio:.2f} times as long as the original; "
                        f"{least} to {most} is accepted",
                    )


def _check_openings(conversations: Sequence[OpenConversation]) -> Iterator[Finding]:
    """An answer's "Yes, it is" is no formula: all versions begin with it."""
    openings: dict[tuple[QueryType, str], list[str]] = defaultdict(list)
    for conversation in conversations:
        for turn in conversation.turns:
            opening = " ".join(_words(turn.warm)[:OPENING_WORDS])
            if opening != " ".join(_words(turn.original)[:OPENING_WORDS]):
                openings[conversation.category, opening].append(conversation.conversation_id)
    for (category, opening), ids in openings.items():
        if len(ids) > SAME_OPENINGS:
            yield Finding(
                category,
                f"opens {len(ids)} warm replies with {opening!r} "
                f"({', '.join(sorted(set(ids)))}); {SAME_OPENINGS} are accepted",
            )


def _check_faithfulness(conversations: Sequence[OpenConversation]) -> Iterator[Finding]:
    for conversation in conversations:
        for number, turn in enumerate(conversation.turns, start=1):
            for version in (Version.WARM, Version.COLD):
                reply = turn.reply(version)
                for mismatch in check_rewrite(turn.original, reply, prompt=turn.user):
                    where = f"{conversation.conversation_id}/{number}/{version}"
                    yield Finding(where, f"{mismatch.check}: {mismatch.found}")


def main() -> int:
    """Print the findings; returns 1 if there are any."""
    conversations, prompts = load_open_conversations(), load_open_prompts()
    found = False
    for finding in check_open_set(conversations, prompts, load_open_pool()):
        print(f"{finding.where}: {finding.problem}")
        found = True
    if not found:
        print(f"{len(conversations)} conversations and {len(prompts)} prompts: no findings")
    return int(found)


if __name__ == "__main__":
    raise SystemExit(main())
