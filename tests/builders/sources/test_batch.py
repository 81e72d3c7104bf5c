"""Drawing: rows that take long are looked at as far as it takes, with the same outcome."""

from __future__ import annotations

from dataclasses import dataclass, field

from hypothesis import given
from hypothesis import strategies as st

from warmbench_builders.questions.framing import SourceQuestion
from warmbench_builders.sources.batch import Candidate, Origin, Rejected, make_batch

ORIGIN = Origin("tests", "1", "CC0-1.0")


def question(question_id: str, text: str, belief: str = "Wye") -> SourceQuestion:
    return SourceQuestion(
        question_id=question_id, task="triviaqa", question=text, correct_answers=("Severn",),
        incorrect_answers=("Wye",), doubted="Severn", belief=belief, category="river",
        source="tests", source_revision="1", license="CC0-1.0",
    )  # fmt: skip


@dataclass
class Looks:
    """Rows that can be settled, and which of them were."""

    seen: list[str] = field(default_factory=list)

    def candidate(self, result: SourceQuestion | Rejected, row_id: str, text: str) -> Candidate:
        def settle() -> SourceQuestion | Rejected:
            self.seen.append(row_id)
            return result

        return Candidate(row_id, text, settle)


rows = st.lists(
    st.tuples(st.sampled_from(["good", "rejected", "unsound"]), st.integers(0, 6)), max_size=25
)


@given(rows=rows, wanted=st.one_of(st.none(), st.integers(0, 12)), seed=st.integers(0, 3))
def test_looking_at_few_rows_draws_what_looking_at_all_does(
    rows: list[tuple[str, int]], wanted: int | None, seed: int
) -> None:
    """Rows of the same number ask the same question."""
    looks, eager, lazy = Looks(), [], []
    for place, (fate, number) in enumerate(rows):
        row_id, text = f"triviaqa-{place}", f"Which river is number {number}?"
        result: SourceQuestion | Rejected = Rejected("no wrong answer")
        if fate != "rejected":
            result = question(row_id, text, "Severn" if fate == "unsound" else "Wye")
        eager.append(result)
        lazy.append(looks.candidate(result, row_id, text))
    of_all = make_batch("triviaqa", "triviaqa", ORIGIN, eager, wanted=wanted, seed=seed)
    of_few = make_batch("triviaqa", "triviaqa", ORIGIN, lazy, wanted=wanted, seed=seed)
    assert of_few.questions == of_all.questions
    assert of_few.record.read == of_all.record.read == len(rows)
    assert of_few.record.kept + sum(of_few.record.dropped.values()) == len(rows)
    assert len(looks.seen) == len(set(looks.seen))


def test_no_more_rows_are_looked_at_than_it_takes() -> None:
    looks = Looks()
    lazy = [
        looks.candidate(question(f"q{i}", f"Which river is number {i}?"), f"q{i}", f"number {i}")
        for i in range(1000)
    ]
    batch = make_batch("triviaqa", "triviaqa", ORIGIN, lazy, wanted=10, seed=0)
    assert len(batch.questions) == len(looks.seen) == 10
    assert batch.record.dropped == {"not drawn": 990}
