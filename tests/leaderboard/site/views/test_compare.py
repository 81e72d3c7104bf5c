"""Compare: what was typed is found, and the verdict says what the interval allows."""

from __future__ import annotations

import pytest

from tests.leaderboard.synthetic import synthetic_board, synthetic_details
from warmbench.records.estimate import Estimate
from warmbench_leaderboard.index.board import Badge, Details, Entry, KnownMeasure
from warmbench_leaderboard.services.protocols import InMemoryBoard
from warmbench_leaderboard.site.views.compare import choose, comparison

BOARD = synthetic_board(40, seed=4)
SOURCE = InMemoryBoard(
    BOARD, {e.entry_id: synthetic_details(e, i) for i, e in enumerate(BOARD.entries)}
)
VERIFIED = [e for e in BOARD.entries if e.badge is Badge.VERIFIED and e.major == 1]
PUBLISHED = [e for e in BOARD.entries if e.badge is Badge.PUBLISHED]


def test_an_id_means_its_entry_and_words_mean_what_they_fit() -> None:
    entry = BOARD.entries[3]
    assert choose(BOARD, entry.entry_id).entry == entry
    assert choose(BOARD, entry.model).entry == entry
    several = choose(BOARD, "llama")
    assert several.entry is None
    assert len(several.others) > 1
    assert choose(BOARD, "no such model").others == ()
    assert choose(BOARD, "  ").others == ()


def shifted(details: Details, by: float) -> Details:
    losses = details.question_losses or {}
    moved = {task: {q: loss + by for q, loss in rows.items()} for task, rows in losses.items()}
    return details.model_copy(update={"question_losses": moved})


def compared(first: Entry, second: Entry, by: float) -> str:
    details = synthetic_details(first, 1)
    spread = {
        task: {q: loss + (-1.0) ** i for i, (q, loss) in enumerate(rows.items())}
        for task, rows in (details.question_losses or {}).items()
    }
    other = shifted(details.model_copy(update={"question_losses": spread}), by)
    source = InMemoryBoard(BOARD, {first.entry_id: details, second.entry_id: other})
    view = comparison(source, first, second)
    assert view.difference.paired
    assert view.difference.headline.value == pytest.approx(by, abs=1e-9)
    return view.verdict


@pytest.mark.parametrize(
    ("by", "said"),
    [
        (5.0, "{1} loses 5.0 points more accuracy than {0}: more than chance explains."),
        (-5.0, "{0} loses 5.0 points more accuracy than {1}: more than chance explains."),
        (0.05, "{1} loses 0.1 points more accuracy than {0}, but the difference is within chance: "
               "inconclusive."),
    ],
)  # fmt: skip
def test_the_verdict_names_who_loses_more(by: float, said: str) -> None:
    first, second = VERIFIED[:2]
    assert compared(first, second, by) == said.format(first.model, second.model)


@pytest.mark.parametrize(
    ("losses", "said"),
    [
        ((1.0, 4.0), "{1} loses 3.0 points more"),
        ((-1.0, 4.0), "{1} loses 5.0 points more"),
        ((-4.0, -1.0), "{1} gains 3.0 points less"),
    ],
)
def test_who_gains_is_not_said_to_lose(losses: tuple[float, float], said: str) -> None:
    first, second = (
        entry.model_copy(
            update={
                "headline": KnownMeasure(
                    loss=Estimate(loss, loss - 0.1, loss + 0.1, se=0.05),
                    original_accuracy=Estimate(60.0),
                    treated_accuracy=Estimate(60.0 - loss),
                ),
            }
        )
        for entry, loss in zip(PUBLISHED, losses, strict=False)
    )
    verdict = comparison(SOURCE, first, second).verdict
    assert verdict.startswith(said.format(first.model, second.model))


def test_a_published_entry_is_compared_as_an_independent_figure() -> None:
    view = comparison(SOURCE, VERIFIED[0], PUBLISHED[0])
    assert not view.difference.paired
    assert PUBLISHED[0].model in view.difference.reason
    assert "question by question" in view.difference.reason
    assert len(view.tasks.rows) == 4
