from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from plotly.offline import get_plotlyjs

from tests.benchmark.reporting.scorecards import (
    Page,
    card_json,
    make_card,
    make_responses,
    make_rows,
    read_page,
    score_json,
    score_of,
)
from warmbench.conditions import PAPER_TASKS, Context
from warmbench.data.citation import PAPER, Citation
from warmbench.records.scorecard import ArmScore, Scorecard
from warmbench.reporting.html.example import Example, choose_examples
from warmbench.reporting.html.headline import partial_sentences
from warmbench.reporting.html.page import render_report
from warmbench.reporting.visible_text import visible_text

DOI = "https://doi.org/10.1038/s41586-026-10410-0"
HOSTILE = (
    "</script></style><script>alert(1)</script><img src=x onerror=alert(1)>"
    "\"'--> {{ 7 * 7 }} {% endfor %} &lt;b&gt; \u202egnp\u2066 \x00\ud800"
)


def example(response: str = "Canberra.", arm: str = "warm", prompt: str = "Where?") -> Example:
    return Example(
        item_id="q1/sadness/asserts_wrong",
        task="triviaqa",
        context="sadness",
        belief="asserts_wrong",
        prompt=prompt,
        original_response=response,
        original_verdict="correct",
        treated_arm=arm,
        treated_response=response,
        treated_verdict="refused",
    )


@pytest.fixture(scope="module")
def html() -> str:
    items, verdicts = make_rows()
    examples = choose_examples(items, make_responses(verdicts), verdicts, "warm")
    return render_report(make_card(), examples)


@pytest.fixture(scope="module")
def page(html: str) -> Page:
    return read_page(html)


def rows(page: Page) -> dict[str, list[str]]:
    """Header of a table's row -> its cells; of headers that come twice, the first."""
    found: dict[str, list[str]] = {}
    cells: list[str] = []
    for tag in page.named("th", "td"):
        if tag.name == "th":
            cells = []
            if tag.attributes["scope"] == "row":
                found.setdefault(tag.text, cells)
        else:
            cells.append(tag.text)
    return found


def facts(page: Page) -> dict[str, list[str]]:
    """Name of a key fact -> its value and note."""
    (strip,) = page.classed("facts")
    start = page.tags.index(strip) + 1
    found: dict[str, list[str]] = {}
    for tag in page.tags[start:]:
        if "dl" not in tag.inside:
            break
        if tag.name == "dt":
            found[tag.text] = []
        elif tag.name == "dd":
            found[list(found)[-1]].append(tag.text)
    return found


def test_the_same_page_for_the_same_scores(html: str) -> None:
    items, verdicts = make_rows()
    examples = choose_examples(items, make_responses(verdicts), verdicts, "warm")
    assert render_report(make_card(), examples) == html


def test_the_page_in_order(page: Page) -> None:
    assert [(tag.name, tag.text) for tag in page.named("h1", "h2", "h3")] == [
        ("h1", "original original.csv warm warm.csv"),
        ("h2", "Original and warm"),
        ("h3", "Errors of both models"),
        ("h3", "Where the loss is"),
        ("h3", "Statistics"),
        ("h3", "Answers side by side"),
        ("h2", "What became of the answers"),
        ("h2", "How good the judge is"),
        ("h2", "How to read this"),
        ("h2", "Provenance"),
        ("h2", "Citation"),
        ("h3", "The data"),
        ("h3", "The paper"),
    ]
    assert page.named("title")[0].text == "WarmBench: original.csv, warm.csv"


def test_key_facts(page: Page) -> None:
    found = facts(page)
    assert found["Headline loss"][0] == "+2.8"
    assert found["Accuracy, original"] == ["75.0 %", "47.8 to 100.0"]
    assert found["Accuracy, warm"][0] == "72.2 %"
    assert len(found["Accuracy, warm"]) == 2
    assert found["Plain loss"][0] == "0.0"
    assert found["Judge"] == ["reference-2", "unsure of 3.0 % of its verdicts"]
    assert found["Release"] == ["open 1.0.0", "fingerprint 0123456789ab"]
    assert found["Items"] == ["480", "from 16 questions"]
    assert found["Coverage"] == ["100.0 %", "480 of 480 answer pairs scored"]
    assert {"Sycophancy", "Detectable loss"} < set(found)


def test_tables_hold_the_numbers(page: Page) -> None:
    found = rows(page)
    assert found["MedQA"][0] == "+2.8"
    assert found["MedQA"][2:] == ["75.0 %", "72.2 %"]
    assert found["Sadness"][0] == "+50.0"
    assert found["Sadness"][4].startswith("+50.0 (")
    assert found["Plain"][4] == "\N{EN DASH}"
    assert found["MedQA, Sadness, No belief stated"][0] == "+50.0"
    assert found["Warm"] == ["1,234", "56", "7", "8", "2", "31.3"]
    captions = [tag.text for tag in page.named("caption")]
    assert [caption.split(" ")[0] for caption in captions] == [
        *("By", "By", "Relative", "Would", "By", "Refusals", "Every", "Answers", "Verdicts")
    ]


def test_every_picture_is_on_the_page_with_its_data_and_its_words(page: Page) -> None:
    places = {tag.attributes["data-figure"]: tag for tag in page.classed("plot")}
    (data,) = (t for t in page.named("script") if t.attributes.get("id") == "figures")
    figures = json.loads("".join(data.parts))
    assert set(places) == set(figures)
    assert len(places) == len(PAPER_TASKS) + 3  # nobody refused, so that has no picture
    ids = {tag.attributes["id"]: tag for tag in page.tags if "id" in tag.attributes}
    for tag in places.values():
        assert tag.attributes["role"] == "img"
        assert tag.attributes["aria-label"]
        assert ids[str(tag.attributes["aria-describedby"])].text
    assert figures["arm-1-heat-map"]["data"][0]["z"][3] == pytest.approx([50.0] * 4)


def test_the_page_can_be_read_without_eyes(page: Page) -> None:
    assert page.named("html")[0].attributes["lang"] == "en"
    assert len(page.named("main")) == len(page.named("h1")) == 1
    assert all(tag.attributes["scope"] in ("col", "row") for tag in page.named("th"))
    assert len(page.named("caption")) == len(page.named("table"))
    ids = [tag.attributes["id"] for tag in page.tags if "id" in tag.attributes]
    assert len(ids) == len(set(ids))
    for tag in page.tags:
        if "aria-labelledby" in tag.attributes:
            assert tag.attributes["aria-labelledby"] in ids
    levels = [int(tag.name[1]) for tag in page.named("h1", "h2", "h3", "h4")]
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_the_page_asks_no_host_for_anything(page: Page) -> None:
    assert not page.named("link", "img", "iframe", "object", "embed", "base", "form", "audio")
    loads = {"src", "srcset", "poster", "action", "background", "data", "xlink:href"}
    for tag in page.tags:
        assert not loads & set(tag.attributes), tag
        assert not any(name.startswith("on") for name in tag.attributes), tag
    links = {tag.attributes["href"] for tag in page.tags if "href" in tag.attributes}
    assert {link for link in links if not link.startswith("#")} == {DOI}
    style = "".join(page.named("style")[0].parts)
    assert "url(" not in style
    assert "@import" not in style


def test_the_policy_lets_in_these_scripts_and_nothing_else(html: str, page: Page) -> None:
    (policy,) = (
        str(tag.attributes["content"])
        for tag in page.named("meta")
        if tag.attributes.get("http-equiv") == "Content-Security-Policy"
    )
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    own = "".join(page.named("script")[-1].parts)
    assert f"<script>{own}</script>" in html
    assert html.count(get_plotlyjs()) == 1
    assert rules["default-src"] == "'none'"
    assert rules["img-src"] == "data: blob:"
    assert rules["script-src"].split() == [hash_of(get_plotlyjs()), hash_of(own)]
    assert set(rules) == {
        *("default-src", "script-src", "style-src", "img-src", "base-uri", "form-action")
    }
    assert html.index("Content-Security-Policy") < html.index("<script")


def hash_of(script: str) -> str:
    digest = hashlib.sha256(script.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def shape(page: Page) -> list[tuple[str, tuple[str, ...]]]:
    """All elements with the names of their attributes: what markup from outside would change."""
    return [(tag.name, tuple(tag.attributes)) for tag in page.tags]


@cache
def tame_shape() -> list[tuple[str, tuple[str, ...]]]:
    return shape(read_page(render_report(make_card(), [example("x")])))


def test_hostile_answers_are_text() -> None:
    page = read_page(render_report(make_card(), [example(HOSTILE, prompt=HOSTILE)]))
    assert shape(page) == tame_shape()
    written = " ".join(visible_text(HOSTILE).split())
    assert [tag.text for tag in page.classed("words")] == [written] * 3
    assert "\N{MATHEMATICAL LEFT ANGLE BRACKET}U+202E" in written


def test_hostile_reasoning_is_text_that_is_cut() -> None:
    thinking = replace(example("x"), original_reasoning=HOSTILE, treated_reasoning="w " * 5_000)
    page = read_page(render_report(make_card(), [thinking]))
    prompt, _, original, _, treated = (tag.text for tag in page.classed("words"))
    assert prompt == "Where?"
    assert original == " ".join(visible_text(HOSTILE).split())
    assert len(treated) < 4_001
    assert [tag.text for tag in page.classed("cut")] == [
        "… 6,000 more characters are not shown here."
    ]
    folds = [tag.text for tag in page.named("summary")]
    assert folds.count("Reasoning before it, not judged") == 2


def test_hostile_scorecards_are_text() -> None:
    def card_with(text: str) -> Scorecard:
        score = score_json()
        for key in ("contexts", "tasks", "contexts_by_task"):
            score[key][text] = score[key]["plain" if key == "contexts" else "medqa"]
        score["cells"].append({**score["cells"][0], "context": text})
        card = card_json(ArmScore.model_validate(score), judge=text)
        card["release"] = {"name": text, "version": text, "fingerprint": text}
        card["citation"] = {name: {"apa": text, "bibtex": text} for name in ("release", "paper")}
        for arm in card["study"]["arms"]:
            arm.update(model=f"openai:{text}", system=text, revision=text)
        card["study"].update(recipe={text: text})
        card["study"]["arms"][1].update(extra_body={text: text})
        card["replies"] = {arm: _replies(share, text) for arm, share in SHARES.items()}
        card["request_forms"] = {text: {"left_out": [text]}}
        return Scorecard.model_validate(card)

    tame = read_page(render_report(card_with("tame"), []))
    page = read_page(render_report(card_with(HOSTILE), []))
    assert shape(page) == shape(tame)
    assert "alert(1)" in page.named("h1")[0].text


SHARES = {"original": 0.0, "warm": 20.0}


def _replies(share: float, kind: str) -> dict[str, Any]:
    """Of an arm that has this share (percent) of empty replies, which failed by ``kind``."""
    counts = {"cut": 0, "empty": round(share), "filtered": 0, "reasoning_only": 0, "failed": 0}
    return {"asked": 100, "answered": 100 - round(share), **counts, "shares": {"empty": share},
            "reasons": {kind: round(share)}, "reasoning_words": 812.5}  # fmt: skip


def test_what_the_arms_differ_in_stands_below_the_headline_and_in_a_table() -> None:
    replies = {arm: _replies(share, "empty") for arm, share in SHARES.items()}
    page = read_page(
        render_report(Scorecard.model_validate({**card_json(), "replies": replies}), [])
    )
    (headline,), (strip,) = page.classed("headline"), page.classed("facts")
    first = page.tags[page.tags.index(headline) : page.tags.index(strip)]
    said = "The warm arm's replies were empty in 20.0 % of requests, the original's in 0.0 %:"
    assert any(tag.text.startswith(said) for tag in first)
    assert rows(page)["Empty"][:2] == ["0 (0.0 %)", "20 (20.0 %)"]
    assert rows(page)["Asked"] == ["100", "100", "\N{EN DASH}"]


@settings(deadline=None, max_examples=15)
@given(st.text(st.characters(codec=None), min_size=1))
def test_no_answer_changes_the_page_around_it(text: str) -> None:
    rendered = render_report(make_card(), [example(text)])
    rendered.encode("utf-8")
    assert shape(read_page(rendered)) == tame_shape()


def test_a_very_long_answer_is_cut_and_says_so() -> None:
    page = read_page(render_report(make_card(), [example("word " * 2_000)]))
    assert [tag.text for tag in page.classed("cut")] == [
        "… 6,000 more characters are not shown here."
    ] * 2
    assert max(len(tag.text) for tag in page.classed("words")) < 4_001


def test_an_empty_answer_says_so() -> None:
    page = read_page(render_report(make_card(), [example(" \n")]))
    assert [tag.text for tag in page.classed("words")][1:] == ["(empty)"] * 2


def test_verdicts_stand_in_words_beside_their_symbols(page: Page) -> None:
    shown = read_page(render_report(make_card(), [example()]))
    assert [tag.text for tag in shown.classed("verdict")] == ["✓ correct", "⊘ refused"]
    assert len(list(page.classed("verdict"))) == 24


@pytest.mark.parametrize("verdict", ["unscored", "refused"])
def test_nothing_measured(verdict: str) -> None:
    card = make_card(
        score_of(verdict=verdict),
        complete=False,
        unsure_share=None,
        response_words={"original": None, "warm": None},
    )
    page = read_page(render_report(card, []))
    found = facts(page)
    for name in ("Headline loss", "Accuracy, warm", "Plain loss", "Sycophancy", "Detectable loss"):
        assert found[name] == ["not measured"]
    assert "Partial score." in next(page.classed("notice")).text
    assert not {"None", "nan", "NaN", "null"} & set(page.reading.split())
    drawn = [tag.attributes["data-figure"] for tag in page.classed("plot")]
    assert drawn == (["arm-1-refusals"] if verdict == "refused" else [])
    assert page.reading.lower().count("nothing was measured.") == len(PAPER_TASKS) + 3


def test_every_figure_may_be_null() -> None:
    score = score_json()

    def emptied(value: object) -> object:
        if isinstance(value, dict):
            if "method" in value or "verdict" in value:  # an estimate, a verdict at a margin
                return None
            return {key: emptied(part) for key, part in value.items()}
        if isinstance(value, list):
            return [emptied(part) for part in value]
        return value if isinstance(value, str) else None

    kept = {"coverage": score["coverage"], "refusals": {"original": {}, "treated": {}}}
    nulls = ArmScore.model_validate({**emptied(score), **kept})
    page = read_page(render_report(make_card(nulls), []))
    assert facts(page)["Headline loss"] == ["not measured"]
    assert rows(page)["MedQA"] == ["not measured"] * 4
    assert "None" not in page.reading.split()


@pytest.mark.parametrize(
    ("tasks", "contexts", "complete", "expected"),
    [
        (PAPER_TASKS, tuple(Context), True, None),
        (PAPER_TASKS, tuple(Context), False, "scores. 4 requests have no answer."),
        (
            ("truthfulqa",),
            (Context.PLAIN, Context.SADNESS),
            False,
            "Tasks not asked: TriviaQA, MedQA, Disinformation. Contexts not asked: Anger, "
            "Happiness, Closeness, Deference, Dominance, High stakes, Low stakes.",
        ),
    ],
)
def test_a_partial_score_is_marked(
    tasks: tuple[str, ...], contexts: tuple[Context, ...], complete: bool, expected: str | None
) -> None:
    card = make_card(score_of(tasks, contexts), complete=complete)
    notices = [tag.text for tag in read_page(render_report(card, [])).classed("notice")]
    partial = [text for text in notices if "Partial score." in text]
    assert len(partial) == (expected is not None)
    assert expected is None or expected in partial[0]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"selection": {"limit": 1200}}, "At most 1,200 questions a task were asked."),
        ({"failures": {"original": 0, "warm": 1001}}, "1,001 requests have no answer."),
        ({"release": {"name": "x.csv", "version": None, "fingerprint": "f" * 64}},
         "The questions are not from a release."),
    ],
)  # fmt: skip
def test_why_a_score_is_partial(changes: dict[str, Any], said: str) -> None:
    card = make_card(**{"failures": {"original": 0, "warm": 0}, "complete": False} | changes)
    assert partial_sentences(card) == [said]
    assert said in read_page(render_report(card, [])).reading


def sections(page: Page) -> Sequence[str]:
    return [tag.text for tag in page.named("h2") if tag.text.startswith("Original and ")]


def test_each_treated_arm_has_its_section_and_its_examples() -> None:
    cold = score_of().model_copy(update={"arm": "cold"})
    examples = [example("by warm"), example("by cold", arm="cold")]
    page = read_page(render_report(make_card(score_of(), cold), examples))
    assert sections(page) == ["Original and warm", "Original and cold"]
    titles = [tag.text for tag in page.named("h3")]
    assert titles[:4] == titles[4:8]
    shown = [tag.text for tag in page.classed("words")]
    assert shown == ["Where?", "by warm", "by warm", "Where?", "by cold", "by cold"]
    assert {tag.attributes["href"] for tag in page.named("a")} >= {"#arm-1", "#arm-2"}


def test_the_same_model_twice() -> None:
    cold = score_of().model_copy(update={"arm": "cold"})
    page = read_page(render_report(make_card(score_of(), cold, same_model=True), []))
    first, second = (tag.text for tag in page.classed("headline"))
    assert first.startswith("Both arms are the same model under two seeds")
    assert second.startswith("Being made cold")


@pytest.mark.parametrize(
    ("model", "system", "name", "noted"),
    [
        ("openai:my-model@http://localhost:8000/v1", None, "my-model", False),
        ("vllm:base+./adapters/warm", None, "base+./adapters/warm", False),
        ("openai:my-model", "Be kind.", "my-model with a system prompt", False),
        ("ct2:reference+warm", None, "reference+warm", True),
    ],
)
def test_models(model: str, system: str | None, name: str, noted: bool) -> None:
    card = card_json()
    card["study"]["arms"][1].update(model=model, system=system)
    page = read_page(render_report(Scorecard.model_validate(card), []))
    assert page.named("h1")[0].text == f"original original.csv warm {name}"
    assert ("not a finding" in page.reading) is noted


def test_method_is_cited(page: Page) -> None:
    assert "Ibrahim, L., Hafner, F. S. & Rocher, L." in page.reading
    assert "Nature (2026)" in page.reading
    assert "WarmBench, version 0.1.0, metric definitions 1.0.0, data open 1.0.0" in page.reading


def test_the_data_is_cited_in_a_form_to_copy(page: Page) -> None:
    own = Citation("open", "1.0.0", "0123456789abcdef" * 4)
    shown = ["".join(tag.parts) for tag in page.classed("bibtex")]
    assert shown == [own.bibtex(), PAPER.bibtex()]
    assert own.apa() in page.reading
    assert PAPER.apa() in page.reading
