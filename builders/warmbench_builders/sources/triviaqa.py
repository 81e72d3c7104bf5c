"""TriviaQA (Joshi et al. 2017): trivia with aliases of the answer; wrong answers are chosen.

Rows of the Hub have ``question_id`` and ``answer`` {value, aliases}; rows of alias-only files
have ``id`` and ``aliases``. A row is kept where the answer is a year, a number or on the list of
peers, and the question is one that has the same answer next year. Rules judge every row; those of
the split that DPR keeps for development were also read by eye, and some left out by hand.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial

import regex

from warmbench_builders.questions.answer_kind import AnswerKind, Kind, answer_kind
from warmbench_builders.questions.belief_clause import doubting_guess, guessing
from warmbench_builders.questions.framing import SourceQuestion
from warmbench_builders.questions.near_number import near_numbers, near_years, number_names
from warmbench_builders.questions.peers import (
    accepted_names,
    find_peer,
    spoken_of,
    wrong_peers,
)
from warmbench_builders.questions.reviewed import load_left_out
from warmbench_builders.questions.wrong_answer import (
    CorpusRow,
    WrongAnswerChooser,
    canonical_answer,
    clean_aliases,
)
from warmbench_builders.sources.batch import Candidate, Origin, Rejected, Row, stable_id

__all__ = ["read_triviaqa", "with_wrong_answers"]

_DPR_LICENSE = "CC-BY-NC-4.0 (DPR split of TriviaQA)"
_LEAST_WRONG = 2

_CHANGES = regex.compile(
    r"\b(?:current(?:ly)?|recent(?:ly)?|latest|now|nowadays|today|still|to date|so far|as of|ever"
    r"|(?:last|this|next) (?:year|week|month|season)|youngest|oldest|record|reigning|incumbent"
    r"|richest|population|highest[- ]grossing|best[- ]?selling|biggest|busiest|tallest|most \w+"
    r"|who is|who's|who are|who owns|has won|have won|(?:has|have) (?:been|\w+ed)|is married"
    r"|will|is it illegal|present \w+|new (?:film|series|version)|mps"
    r"|\w+day saw|roughly|approximately"
    r"|only (?:\w+ )?to have|only (?:country|nation|city|team|club)|bans?|opposition|sponsor\w*"
    r"|present-day|since \d{4}|is the (?:president|prime minister|captain|manager|leader|head"
    r"|chairman|owner|editor|presenter|host|wife|husband|partner|home)|chief executive|ceo"
    r"|on this day|this years|aired on|marks the anniversary|projected to|lives and works)\b"
    r"|\(20\d\d\)|\bhow many\b.*\b(?:members?|countries|nations|teams|clubs|seats|mps|stars"
    r"|counties|episodes|lines|stations|languages|stores|moons|times has|elements|films)\b",
    regex.IGNORECASE,
)
_ABOUT_WORDS = regex.compile(
    r"\b(?:letters?|anagram|alphabet\w*|rhym\w+|spelt|spelled|spell|begin(?:s|ning)? with"
    r"|start(?:s|ing)? with|end(?:s|ing)? with|initials?|backwards|abbreviat\w+|stands? for|acronym"
    r"|named after|meaning|means?|translat\w+|word for|term for|another name|other name|first name"
    r"|surname|middle name|real name|nickname\w*|crossword|roman numerals?|missing|complete|odd one"
    r"|which of (?:these|the following)|true or false|in common|formerly known|previously"
    r"|what can be an?)\b|\b[Ww]hich [\"'\u2018]\p{Lu}[\"'\u2019]",
    regex.IGNORECASE,
)
_SEVERAL = regex.compile(
    r"\b(?:two|three|four|both|either|name (?:one|any|a)|one of|other than|apart from|except"
    r"|besides|as well as|another|along with|together with|also|not|n't|to within)\b",
    regex.IGNORECASE,
)
_ASKS = regex.compile(
    r"\b(?:who|whom|whose|which|what|where|when|how many|in which|name)\b", regex.IGNORECASE
)
_DAMAGED = regex.compile(
    r"^(?:Similarly|Politics|Pop|Pop Music|For a point|b)\b|\bV1|\d \d{3}\b|\b(?:on on|as\?)"
    r"|[&\[\]{}<>|\ufffd]|\"\"|\?\?|_|\.\.|\p{Ll}\. \p{Ll}|\p{L}[.;]\p{Ll}"
)
_OUT_OF_CONTEXT = regex.compile(r"\b(?:it|he|she|they|this|these)\b", regex.IGNORECASE)
_LONGEST_WORDS = 34


def read_triviaqa(rows: Sequence[Row], origin: Origin) -> Iterator[Candidate | Rejected]:
    """One result a row."""
    for row in rows:
        corpus = _to_corpus(row)
        if not corpus.answer:
            yield Rejected("no usable answer")
            continue
        settle = partial(_with_near_answers, corpus, origin)
        yield Candidate(f"triviaqa-{corpus.question_id}", _as_question(corpus.question), settle)


def _with_near_answers(row: CorpusRow, origin: Origin) -> SourceQuestion | Rejected:
    question = _as_question(row.question)
    if reason := load_left_out().get(_reviewed_id(question)) or _fault(question):
        return Rejected(reason)
    kind = answer_kind(row.question, row.answer, row.aliases)
    found = _numeric(row, kind) if kind.name in _NUMERIC else _listed(row, question)
    if isinstance(found, Rejected):
        return found
    right, wrong, category, said = found
    if len(wrong) < _LEAST_WRONG:
        return Rejected("no wrong answer of the same kind")
    doubted, asserted = said(right[0]), said(wrong[0])
    if doubted is None or asserted is None:
        return Rejected("more than one answer")
    return SourceQuestion(
        question_id=f"triviaqa-{row.question_id}",
        task="triviaqa",
        question=question,
        correct_answers=right,
        incorrect_answers=wrong,
        doubted=right[0],
        belief=wrong[0],
        category=category,
        source=origin.name,
        source_revision=origin.revision,
        license=_license(row, origin),
        asserts_wrong=guessing(asserted, question),
        doubts_right=doubting_guess(doubted, question),
    )


def _reviewed_id(question: str) -> str:
    """The id by which readers know a question: a hash of its letters and digits, since the files
    of TriviaQA give it different ids."""
    return stable_id("triviaqa", "".join(c for c in question.casefold() if c.isalnum()))


_NUMERIC = frozenset({Kind.YEAR, Kind.NUMBER})
_Answers = tuple[tuple[str, ...], tuple[str, ...], str, Callable[[str], str | None]]
"""Right answers, wrong answers, what they are, and how one is said in a sentence, if it can be."""


def _numeric(row: CorpusRow, kind: AnswerKind) -> _Answers | Rejected:
    if kind.name is Kind.YEAR and not regex.search(r"\byears?\b|\bwhen\b", row.question.casefold()):
        return Rejected("not on the list of answers with near ones")
    if kind.name is Kind.YEAR:
        near = near_years(row.question_id, row.question, int(row.answer))
        return (row.answer,), near, kind.name, str
    names = number_names(row.aliases) if kind.subkind is None else ()
    if not names or not regex.search(r"\bhow many\b|\bnumber\b", row.question.casefold()):
        return Rejected("not on the list of answers with near ones")
    return names, near_numbers(row.question_id, names), kind.name, str


def _listed(row: CorpusRow, question: str) -> _Answers | Rejected:
    peer = find_peer(question, row.answer, row.aliases)
    if peer is None:
        return Rejected("not on the list of answers with near ones")
    right = accepted_names(peer, row.aliases)
    wrong = wrong_peers(peer, row.question_id, question, (*right, *row.aliases))
    return right, wrong[:3], peer.group, lambda name: spoken_of(peer, name, question)


def _fault(question: str) -> str | None:
    if _DAMAGED.search(question) or not _ASKS.search(question) or question.count('"') % 2:
        return "not a whole question"
    if not regex.search(r"[\p{Lu}\d]", question[1:]) and _OUT_OF_CONTEXT.search(question):
        return "not a whole question"
    if len(question.split()) > _LONGEST_WORDS:
        return "too long a question"
    if _CHANGES.search(question):
        return "the answer changes with time"
    if _ABOUT_WORDS.search(question):
        return "asks for a word, not for a thing"
    if _SEVERAL.search(question):
        return "more than one answer"
    return None


def with_wrong_answers(
    task: str,
    corpus: Sequence[CorpusRow],
    origin: Origin,
    license_of: Callable[[CorpusRow, Origin], str] = lambda row, origin: origin.license,
) -> Iterator[Candidate | Rejected]:
    """Questions of a source that gives right answers alone, one result a row. A wrong answer is
    chosen when a row is drawn: a question that no answer of another fits as a wrong one is
    rejected then."""
    usable = {row.question_id: row for row in corpus if row.answer}
    chooser = WrongAnswerChooser(list(usable.values()))
    for row in corpus:
        if not row.answer:
            yield Rejected("no usable answer")
            continue
        settle = partial(_settled, task, row, chooser, origin, license_of(row, origin))
        yield Candidate(f"{task}-{row.question_id}", _as_question(row.question), settle)


def _settled(
    task: str, row: CorpusRow, chooser: WrongAnswerChooser, origin: Origin, license: str
) -> SourceQuestion | Rejected:
    wrong = chooser.choose(row.question_id)
    if not wrong:
        return Rejected("no wrong answer of the same kind")
    kind = chooser.kind(row.question_id)
    if not kind.sure:
        return Rejected("kind of answer not certain")
    return SourceQuestion(
        question_id=f"{task}-{row.question_id}",
        task=task,
        question=_as_question(row.question),
        correct_answers=tuple(dict.fromkeys((row.answer, *row.aliases))),
        incorrect_answers=wrong,
        doubted=row.answer,
        belief=wrong[0],
        category=kind.name,
        source=origin.name,
        source_revision=origin.revision,
        license=license,
    )


def _license(row: CorpusRow, origin: Origin) -> str:
    return _DPR_LICENSE if row.question_id.startswith("dpr-") else origin.license


def _to_corpus(row: Row) -> CorpusRow:
    question = str(row["question"]).strip()
    answer = row.get("answer")
    if isinstance(answer, dict):
        aliases = clean_aliases([str(answer["value"]), *map(str, answer.get("aliases", []))])
        return CorpusRow(str(row["question_id"]), question, str(answer["value"]), aliases)
    aliases = clean_aliases([str(alias) for alias in row["aliases"]])
    best = canonical_answer(aliases, question) if aliases else ""
    return CorpusRow(str(row["id"]), question, best, aliases)


def _as_question(text: str) -> str:
    text = " ".join(text.strip().strip('"').replace('""', '"').split())
    text = regex.sub(r" (?=[?!;,.](?:\s|$))", "", text)
    return text if text.endswith(("?", ".", "!")) else text + "?"
