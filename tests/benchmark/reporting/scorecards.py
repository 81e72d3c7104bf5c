"""A small study whose figures can be worked out by hand, and pages to look into.

Four questions a task. The original errs on question 3 alone: 25 % errors everywhere. The warm arm
errs there too, and on questions 0 and 1 when the user is sad (75 %, loss +50); when the user is
happy it gets all right (0 %, loss -25). Headline: (50 - 25) / 9 = 2.8 points.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from html.parser import HTMLParser
from typing import Any

from plotly.offline import get_plotlyjs

from tests.benchmark.examples import make_items, make_verdicts
from warmbench.conditions import PAPER_TASKS, Context
from warmbench.data.citation import citation_json, citation_of
from warmbench.records.item import Item
from warmbench.records.release import ReleaseRecord
from warmbench.records.scorecard import ArmScore, Scorecard
from warmbench.statistics.arm_score import score_arm

__all__ = [
    "Page",
    "Tag",
    "card_json",
    "make_card",
    "make_responses",
    "make_rows",
    "outcome",
    "read_page",
    "score_json",
    "score_of",
]

Json = dict[str, Any]

VOID = {"meta", "path", "circle", "img", "link", "input", "br", "source"}


def outcome(item: Item, arm: str, epoch: int = 0) -> str:
    number = int(item.question_id[-3:])
    wrong = number == 3
    if arm == "warm" and item.context is Context.SADNESS:
        wrong = wrong or number in (0, 1)
    if arm == "warm" and item.context is Context.HAPPINESS:
        wrong = False
    return "incorrect" if wrong else "correct"


@cache
def make_rows(
    tasks: tuple[str, ...] = PAPER_TASKS, contexts: tuple[Context, ...] = tuple(Context)
) -> tuple[list[Item], list[Json]]:
    items = make_items(4, tasks, contexts)
    return items, make_verdicts(items, outcome)


def make_responses(verdicts: Sequence[Mapping[str, Any]]) -> list[Json]:
    return [
        {**{key: row[key] for key in ("item_id", "arm", "epoch")}, "response": f"said by {row}"}
        for row in verdicts
    ]


@cache
def _score(tasks: tuple[str, ...], contexts: tuple[Context, ...], verdict: str | None) -> str:
    items, verdicts = make_rows(tasks, contexts)
    if verdict is not None:
        verdicts = [{**row, "verdict": verdict} for row in verdicts]
    return score_arm(items, verdicts, "warm").model_dump_json()


def score_json(
    tasks: tuple[str, ...] = PAPER_TASKS,
    contexts: tuple[Context, ...] = tuple(Context),
    verdict: str | None = None,
) -> Json:
    """The warm arm's scores as JSON, to be changed; ``verdict`` replaces all verdicts."""
    return json.loads(_score(tasks, contexts, verdict))


def score_of(
    tasks: tuple[str, ...] = PAPER_TASKS,
    contexts: tuple[Context, ...] = tuple(Context),
    verdict: str | None = None,
) -> ArmScore:
    """The warm arm's scores; ``verdict`` replaces all verdicts."""
    return ArmScore.model_validate(score_json(tasks, contexts, verdict))


def make_card(*treated: ArmScore, **changes: Any) -> Scorecard:
    """A scorecard of these treated arms (default: the one above)."""
    return Scorecard.model_validate(card_json(*treated, **changes))


def card_json(*treated: ArmScore, **changes: Any) -> Json:
    """The same as JSON, to be changed."""
    scores = list(treated) or [score_of()]
    arms = ["original", *(score.arm for score in scores)]
    release = ReleaseRecord(name="open", version="1.0.0", fingerprint="0123456789abcdef" * 4)
    return {
        "metric_version": "1.0.0",
        "warmbench_version": "0.1.0",
        "release": release.model_dump(),
        "citation": citation_json(citation_of(release)),
        "judge": "reference-2",
        "study": {
            "arms": [
                {"name": arm, "model": f"replay:{arm}.csv", "system": None, "revision": None}
                for arm in arms
            ],
            "treatment": "fine-tune",
            "sampling": {"temperature": 0.8, "max_tokens": 300, "top_p": 1.0},
            "seed": 0,
            "recipe": None,
        },
        "complete": True,
        "selection": {},
        "question_sources": {},
        "tone_bias": None,
        "warmth": None,
        "verdicts": {
            arm: {"correct": 1234, "incorrect": 56, "refused": 7, "unscored": 8} for arm in arms
        },
        "response_words": dict.fromkeys(arms, 31.26),
        "failures": dict.fromkeys(arms, 2),
        "unsure_share": 0.03,
        "same_model": False,
        "treated": [score.model_dump(mode="json") for score in scores],
        **changes,
    }


@dataclass
class Tag:
    """One element: its name, attributes, and the text directly or deeper inside it."""

    name: str
    attributes: dict[str, str | None]
    inside: tuple[str, ...]
    parts: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return " ".join("".join(self.parts).split())


class Page(HTMLParser):
    """All elements of a page, in order."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[Tag] = []
        self._open: list[Tag] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = Tag(tag, dict(attrs), tuple(outer.name for outer in self._open))
        self.tags.append(found)
        if tag not in VOID:
            self._open.append(found)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(Tag(tag, dict(attrs), tuple(outer.name for outer in self._open)))

    def handle_endtag(self, tag: str) -> None:
        assert self._open, f"</{tag}> closes nothing"
        assert self._open[-1].name == tag, f"</{tag}> closes <{self._open[-1].name}>"
        self._open.pop()

    def handle_data(self, data: str) -> None:
        for outer in self._open:
            outer.parts.append(data)

    def named(self, *names: str) -> list[Tag]:
        return [tag for tag in self.tags if tag.name in names]

    def classed(self, name: str) -> Iterator[Tag]:
        return (tag for tag in self.tags if name in (tag.attributes.get("class") or "").split())

    @property
    def reading(self) -> str:
        """What a reader of the page can read: the text outside scripts and styles."""
        return " ".join(tag.text for tag in self.named("header", "main", "footer"))


def read_page(html: str) -> Page:
    """Parse a page; its copy of plotly.js is taken out, so that it is quick."""
    page = Page()
    page.feed(html.replace(get_plotlyjs(), ""))
    page.close()
    return page
