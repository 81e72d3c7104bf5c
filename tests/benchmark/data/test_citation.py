"""How releases are cited: forms that reference managers take, whatever a release is called."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from tests.benchmark.bibtex import printed, read_bibtex
from tests.benchmark.data.diff.releases import make_qa
from tests.benchmark.examples import make_items
from warmbench.cli.main import main
from warmbench.conditions import Context
from warmbench.data.citation import PAPER, Citation, citation_json, citation_of
from warmbench.data.load import open_data
from warmbench.records.release import ReleaseRecord

ROOT = Path(__file__).parents[3]
FINGERPRINT = "0123456789ab" + "c" * 52
RELEASE = Citation("warmbench-qa", "1.2.0", FINGERPRINT)


def cite(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["cite", *(str(argument) for argument in arguments)])


def test_bibtex_of_a_release() -> None:
    assert RELEASE.bibtex() == (
        "@misc{warmbench-qa-1-2-0,\n"
        "  author = {{The WarmBench developers}},\n"
        "  title = {{WarmBench}: a benchmark of warmth-induced accuracy loss},\n"
        "  version = {1.2.0},\n"
        "  note = {Data set {warmbench-qa, version 1.2.0}, fingerprint {0123456789ab}},\n"
        f"  fingerprint = {{{FINGERPRINT}}},\n"
        "}"
    )


def test_apa_of_a_release() -> None:
    assert RELEASE.apa() == (
        "The WarmBench developers. (n.d.). WarmBench: A benchmark of warmth-induced accuracy loss "
        "(warmbench-qa, version 1.2.0) [Data set]. Fingerprint 0123456789ab."
    )


def test_a_dated_release_is_cited_with_its_year() -> None:
    dated = replace(RELEASE, released=date(2026, 11, 24))
    (entry,) = read_bibtex(dated.bibtex())
    assert (entry.fields["year"], entry.fields["month"]) == ("2026", "11")
    assert "developers. (2026). WarmBench" in dated.apa()


def test_questions_of_ones_own_have_no_version() -> None:
    own = Citation("my questions.jsonl", None, FINGERPRINT)
    (entry,) = read_bibtex(own.bibtex())
    assert entry.key == "warmbench-my-questions-jsonl-0123456789ab"
    assert "version" not in entry.fields
    assert "(my questions.jsonl, no version)" in own.apa()


def test_the_paper() -> None:
    (entry,) = read_bibtex(PAPER.bibtex())
    assert entry.kind == "article"
    assert entry.fields == {
        "author": "Ibrahim, Lujain and Hafner, Franziska Sofia and Rocher, Luc",
        "title": "Training language models to be warm can reduce accuracy and increase sycophancy",
        "journal": "Nature",
        "year": "2026",
        "doi": "10.1038/s41586-026-10410-0",
        "eprint": "2507.21919",
        "archiveprefix": "arXiv",
    }
    assert PAPER.apa() == (
        "Ibrahim, L., Hafner, F. S., & Rocher, L. (2026). Training language models to be warm can "
        "reduce accuracy and increase sycophancy. Nature. "
        "https://doi.org/10.1038/s41586-026-10410-0 (preprint: arXiv:2507.21919)"
    )


def test_the_same_facts_as_the_citation_file() -> None:
    text = " ".join((ROOT / "CITATION.cff").read_text(encoding="utf-8").split())
    for fact in (PAPER.doi, PAPER.title, PAPER.journal, f"year: {PAPER.year}"):
        assert fact in text
    for family, given_name in PAPER.authors:
        assert f"family-names: {family} given-names: {given_name}" in text
    title = read_bibtex(RELEASE.bibtex())[0].fields["title"]
    assert f'title: "{printed(title)}"' in text
    assert "name: The WarmBench developers" in text


HOSTILE = [
    ("braces", "a{b}}c{", "a{b}}c{"),
    ("specials", r"50% of A&B_c #1 $x$ ~^", r"50% of A&B_c #1 $x$ ~^"),
    ("command", r"\input{/etc/passwd}", r"\input{/etc/passwd}"),
    ("entry", "x},\n}\n@misc{y,", "x}, } @misc{y,"),
    ("case", "TriviaQA", "TriviaQA"),
    ("letters", "Universität Zürich 数据", "Universität Zürich 数据"),
    ("hidden", "a\x00b\u202ec\ud800", "a b c"),
]


@pytest.mark.parametrize(("what", "name", "said"), HOSTILE, ids=[h[0] for h in HOSTILE])
def test_names_and_versions_are_data(what: str, name: str, said: str) -> None:
    (entry,) = read_bibtex(Citation(name, name, "ab" * 32).bibtex())
    assert printed(entry.fields["version"]) == said
    assert printed(entry.fields["note"]) == (
        f"Data set {said}, version {said}, fingerprint abababababab"
    )
    assert f"({said}, version {said})" in Citation(name, name, "ab" * 32).apa()


anything = st.text(st.characters(codec=None))


@given(anything, st.none() | anything, anything)
def test_always_one_entry_and_one_line(name: str, version: str | None, fingerprint: str) -> None:
    citation = Citation(name, version, fingerprint)
    (entry,) = read_bibtex(citation.bibtex())
    assert re.fullmatch(r"warmbench[a-z0-9-]*", entry.key)
    assert all(
        printed(value) for field, value in entry.fields.items() if field in ("title", "note")
    )
    assert citation.bibtex().count("\n") == len(entry.fields) + 1
    assert citation.apa().splitlines() == [citation.apa()]
    (citation.bibtex() + citation.apa()).encode("utf-8")


@given(st.text(st.characters(exclude_categories=["Cc", "Cf", "Cs"])))
def test_what_is_printed_is_what_was_said(text: str) -> None:
    (entry,) = read_bibtex(Citation(f"x{text}x", "1", "0").bibtex())
    words = f"Data set x{text}x, version 1, fingerprint 0".split()
    assert printed(entry.fields["note"]).split() == words


def test_both_forms_of_both_for_a_scorecard() -> None:
    record = ReleaseRecord(name="warmbench-qa", version="1.2.0", fingerprint=FINGERPRINT)
    assert citation_json(citation_of(record)) == {
        "release": {"apa": RELEASE.apa(), "bibtex": RELEASE.bibtex()},
        "paper": {"apa": PAPER.apa(), "bibtex": PAPER.bibtex()},
    }


def test_the_command_cites_the_embedded_release_and_the_paper() -> None:
    own = citation_of(open_data("open").record())
    done = cite()
    assert done.exit_code == 0, done.output
    for text in (own.apa(), own.bibtex(), PAPER.apa(), PAPER.bibtex()):
        assert text in done.output


def test_bibtex_alone_is_a_bib_file() -> None:
    done = cite("--format", "bibtex")
    keys = [entry.key for entry in read_bibtex(done.output)]
    assert keys == [citation_of(open_data("open").record()).key, PAPER.key]


def test_apa_alone_is_two_lines() -> None:
    own = citation_of(open_data("open").record())
    assert cite("--format", "apa").output == f"{own.apa()}\n\n{PAPER.apa()}\n"


@pytest.mark.parametrize(
    ("form", "forms"), [("all", {"apa", "bibtex"}), ("apa", {"apa"}), ("bibtex", {"bibtex"})]
)
def test_json_for_other_programs(form: str, forms: set[str]) -> None:
    release = open_data("open")
    found = json.loads(cite("--json", "--format", form).stdout)
    assert (found["version"], found["fingerprint"]) == (release.version, release.fingerprint)
    assert set(found["citation"]["release"]) == set(found["citation"]["paper"]) == forms


def test_a_release_folder_and_its_version(tmp_path: Path) -> None:
    items = make_items(1, ("medqa",), (Context.PLAIN,))
    folder = make_qa(tmp_path / "release", {"medqa": items}, version="1.4.2")
    for version in ("1.4.2", "v1.4.2"):
        done = cite("--data", folder, "--version", version, "--format", "bibtex")
        assert done.exit_code == 0, done.output
        assert read_bibtex(done.output)[0].key == "warmbench-qa-1-4-2"
    other = cite("--data", folder, "--version", "1.4.1")
    assert other.exit_code == 2
    assert "--version 1.4.1" in other.output
    assert "is version 1.4.2" in " ".join(other.output.split())


@pytest.mark.parametrize("arguments", [["--data", "nowhere"], ["--format", "ris"]])
def test_bad_input_gets_a_sentence_and_exit_2(arguments: list[str], tmp_path: Path) -> None:
    done = cite(*arguments)
    assert done.exit_code == 2
    assert "Error: " in done.output
