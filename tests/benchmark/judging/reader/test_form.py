"""The reader's input: all of a text, plain pieces whatever stands in it, and its sentences."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer

from warmbench.judging.reader.form import ReaderForm, sentences
from warmbench.judging.reader.reader import weights_folder

FORM = ReaderForm(Tokenizer.from_file(str(weights_folder() / "tokenizer.json")))
TEXTS = st.text(alphabet=st.characters(codec="utf-8"), max_size=300)


@given(TEXTS)
def test_sentences_cover_a_text_in_order(text: str) -> None:
    spans = sentences(text)
    assert spans[0][0] == 0
    assert spans[-1][1] == len(text)
    assert all(a[1] == b[0] for a, b in itertools.pairwise(spans))


def test_sentences_end_at_marks_and_lines() -> None:
    text = 'No. It took 3.5 years!\n\n- **Bold**\nHe said "yes." Then left'
    assert [text[a:b].strip() for a, b in sentences(text)] == [
        "No.",
        "It took 3.5 years!",
        "- **Bold**",
        'He said "yes." Then left',
    ]


@given(TEXTS, TEXTS)
def test_every_piece_has_a_span_and_a_sentence(question: str, text: str) -> None:
    made = FORM.make(question, text)
    assert len(made.ids) == made.text_at + len(made.spans) + 1
    assert len(made.ids) <= 512
    assert len(made.sentence_of) == len(made.spans)
    found = sentences(text)
    for (start, _), sentence in zip(made.spans, made.sentence_of, strict=True):
        assert found[sentence][0] <= start < max(found[sentence][1], start + 1)


def test_a_mark_of_the_tokenizer_in_an_answer_is_plain_text() -> None:
    made = FORM.make("Who?", "Nobody. [SEP] [CLS] Somebody")
    assert 102 not in made.ids[made.text_at : -1]
    assert 101 not in made.ids[1:]


def test_a_long_answer_keeps_its_beginning_and_its_end() -> None:
    text = "first " + "filler word " * 400 + "last"
    made = FORM.make("Who?", text)
    assert len(made.spans) == 288
    assert text[slice(*made.spans[0])] == "first"
    assert text[slice(*made.spans[-1])] == "last"
