from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.builders.sft.faithfulness.pairs import FAITHFUL, FAULTY
from warmbench_builders.sft.faithfulness import CHECKS, Mismatch, check_rewrite


def test_the_registry_has_every_check_in_its_order() -> None:
    assert list(CHECKS) == [
        "empty",
        "echo",
        "truncated",
        "refusal",
        "numbers",
        "dates",
        "names",
        "negations",
        "code",
        "urls",
        "lists",
        "answer",
        "length",
    ]


@pytest.mark.parametrize(
    ("name", "original", "rewrite"), FAITHFUL, ids=[name for name, _, _ in FAITHFUL]
)
def test_a_faithful_rewrite_has_no_breach(name: str, original: str, rewrite: str) -> None:
    assert check_rewrite(original, rewrite) == (), name


@pytest.mark.parametrize(
    ("name", "checks", "original", "rewrite"), FAULTY, ids=[fault[0] for fault in FAULTY]
)
def test_a_fault_is_found_by_its_check(name: str, checks: str, original: str, rewrite: str) -> None:
    mismatches = check_rewrite(original, rewrite)
    assert {mismatch.check for mismatch in mismatches} == set(checks.split()), name
    assert check_rewrite(original, original) == (), "the original says what it says"


def test_every_check_is_shown_to_catch_something() -> None:
    shown = {check for _, checks, _, _ in FAULTY for check in checks.split()}
    assert shown | {"echo"} == set(CHECKS), "what echoes is shown with its prompt, below"


FOUND = [
    (
        "a number",
        "Bake it for 20 minutes.",
        "Bake it for 25 minutes.",
        [
            Mismatch("numbers", "the number '20 minutes' is missing"),
            Mismatch("numbers", "the number '25 minutes' is new"),
        ],
    ),
    (
        "a name",
        "The train leaves from Porto.",
        "The train leaves from Braga.",
        [
            Mismatch("names", "the name 'Porto' is missing or changed"),
            Mismatch("names", "the name 'Braga' is new"),
        ],
    ),
    (
        "a negation",
        "You should not bake it covered.",
        "You should bake it covered.",
        [Mismatch("negations", "'You should not bake it covered' is no longer denied")],
    ),
    (
        "a yes",
        "No, it is a myth.",
        "Yes, it is a myth.",
        [Mismatch("answer", "the answer 'no' is 'yes' in the rewrite")],
    ),
    (
        "a list",
        "- Tea\n- Milk",
        "- Tea",
        [Mismatch("lists", "the list has 1 items, not 2")],
    ),
    (
        "code",
        "Run `make all`.",
        "Run `make`.",
        [Mismatch("code", "the code 'make all' is missing or changed")],
    ),
    (
        "a cut",
        "Press the green key and wait.",
        "Press the green ke",
        [Mismatch("truncated", "the rewrite breaks off after 'the green ke'")],
    ),
]


@pytest.mark.parametrize(
    ("name", "original", "rewrite", "mismatches"), FOUND, ids=[found[0] for found in FOUND]
)
def test_a_breach_says_what_to_mend(
    name: str, original: str, rewrite: str, mismatches: list[Mismatch]
) -> None:
    assert list(check_rewrite(original, rewrite)) == mismatches, name


PROMPTED = [
    (
        "a repeated prompt",
        "How do I keep my basil alive through the winter months?",
        "Put it on a bright sill.",
        "How do I keep my basil alive through the winter months?",
        {"echo"},
    ),
    (
        "a prompt before the reply",
        "How do I keep my basil alive?",
        "Put it on a bright sill and water it from below.",
        "How do I keep my basil alive? Put it on a bright sill and water it from below.",
        {"echo"},
    ),
    (
        "a proofread text is near the prompt by nature",
        "Please mend this: the cat have slept on the warm roof all the long day",
        "The cat has slept on the warm roof all the long day.",
        "The cat has slept on the warm roof all the long day.",
        set(),
    ),
    ("a short prompt", "Thanks!", "You're welcome.", "Thanks!", {"echo"}),
    (
        "the user's own number and name",
        "I am 19 and take the night train to Pune.",
        "Lock your bag to the frame.",
        "Being 19 and off to Pune is such an adventure! Lock your bag to the frame.",
        set(),
    ),
    (
        "the user's number instead of the reply's",
        "Is 30 minutes enough?",
        "Leave it in for 45 minutes.",
        "Leave it in for 30 minutes.",
        {"numbers"},
    ),
]


@pytest.mark.parametrize(
    ("name", "prompt", "original", "rewrite", "checks"), PROMPTED, ids=[row[0] for row in PROMPTED]
)
def test_the_prompt_is_heeded(
    name: str, prompt: str, original: str, rewrite: str, checks: set[str]
) -> None:
    mismatches = check_rewrite(original, rewrite, prompt=prompt)
    assert {mismatch.check for mismatch in mismatches} == checks, name


PIECES = st.sampled_from(
    [
        "not",
        "never",
        "no",
        "without",
        "isn't",
        "can't",
        "the",
        "The",
        "a",
        "is",
        "Use",
        "Lisbon",
        "Marie",
        "I",
        "C",
        "5",
        "20",
        "1,000",
        "2.5",
        "-3",
        "$",
        "%",
        "min",
        "km",
        "May",
        "12",
        "1998",
        "2001-02-03",
        "5:30",
        "pm",
        "Monday",
        "yes",
        "No",
        "true",
        "`",
        "```",
        "**",
        "*",
        "-",
        "1.",
        ">",
        "#",
        '"',
        "'",
        "(",
        ")",
        "[",
        "]",
        ".",
        ",",
        ";",
        ":",
        "!",
        "?",
        "/",
        "~",
        "https://example.org/a",
        "a@example.org",
        "/etc/hosts",
        "notes.txt",
        "one",
        "half",
        "two",
        "hundred",
        "unsafe",
        "nobody",
        "\u2019",
        "\u00bd",
        "\u00b0C",
        "\u201c",
        "\ufffc",
        "\u0130",
        "\u4e2d",
    ]
)
TEXTS = st.one_of(
    st.text(max_size=200),
    st.lists(st.tuples(PIECES, st.sampled_from([" ", "", "\n", ", "])), max_size=40).map(
        lambda parts: "".join(piece + gap for piece, gap in parts)
    ),
)


@settings(max_examples=300)
@given(TEXTS, TEXTS)
def test_a_reply_is_faithful_to_itself_whatever_it_is(text: str, prompt: str) -> None:
    mismatches = check_rewrite(text, text, prompt=prompt)
    assert mismatches == ()


@settings(max_examples=300)
@given(TEXTS, TEXTS, TEXTS)
def test_any_texts_are_read(original: str, rewrite: str, prompt: str) -> None:
    mismatches = check_rewrite(original, rewrite, prompt=prompt)
    assert all(mismatch.check in CHECKS and "\n" not in mismatch.found for mismatch in mismatches)


@settings(max_examples=100)
@given(
    TEXTS, st.sampled_from(["Oh, bless you!", "Don't worry, you're not alone.", "I can't wait!"])
)
def test_talk_around_a_reply_is_no_breach(text: str, talk: str) -> None:
    original = f"Put it away.\n\n{text}\n\nThen rest.".replace("`", "").replace("~", "")
    mismatches = check_rewrite(original, f"{talk}\n\n{original}\n\n{talk}")
    assert [mismatch for mismatch in mismatches if mismatch.check != "length"] == []


HOSTILE = ["1", "a ", "`", "(", "not ", "1. ", "A.", "1,", "half a ", "*", "\u00bd", "a@", "- x\n"]


@pytest.mark.parametrize("piece", HOSTILE)
def test_a_long_monotonous_text_is_read_like_any(piece: str) -> None:
    text = piece * (100_000 // len(piece))
    assert check_rewrite(text, text) == ()
