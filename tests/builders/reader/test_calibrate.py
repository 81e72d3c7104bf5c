"""The weighing: right odds for what it is given, sure only where folds bear it out."""

from __future__ import annotations

import json
import random

import pytest

from warmbench.judging.judge import Case
from warmbench.judging.reader.reader import Reading
from warmbench.judging.reference.weighing import features, packaged_weighing
from warmbench.records.verdict import Judgement, Question, Verdict
from warmbench_builders.reader.calibrate import fit_weighing
from warmbench_builders.reader.examples import Example

ASKED = Question("Is it so?", ("It is so",), ("It is not so",))


class _Scripted:
    """A reader whose log odds stand in the answer."""

    def read(self, cases: list[Case]) -> list[Reading]:
        return [Reading(float(case.response.split()[0]), -5.0, 0, 1) for case in cases]


def _examples(noise: float) -> list[Example]:
    draw = random.Random(1)
    made = []
    for n in range(1_500):
        question = Question(f"Is claim {n} true or is it false?", ("It is so",), ("It is not so",))
        odds = draw.uniform(-4, 4)
        label = (odds > 0) != (draw.random() < noise)
        text = f"{odds:.3f} and many other words besides those that were said here"
        made.append(Example(question, text, Verdict.CORRECT if label else Verdict.INCORRECT, "x"))
    return made


@pytest.mark.parametrize("noise", [0.0, 0.3])
def test_a_probability_follows_the_labels(noise: float) -> None:
    fitted = fit_weighing(_examples(noise), _Scripted(), {}, margin=0.02)  # type: ignore[arg-type]
    by_rules = Judgement(Verdict.INCORRECT, False, "rules", "says nothing on the matter")
    high = fitted.probability(by_rules, Reading(3.5, -5.0, 0, 1), ASKED)
    low = fitted.probability(by_rules, Reading(-3.5, -5.0, 0, 1), ASKED)
    assert high == pytest.approx(1 - noise, abs=0.15)
    assert low == pytest.approx(noise, abs=0.15)
    assert fitted.sure_at < 1.0 if not noise else fitted.sure_at == 1.0


def test_it_is_the_same_each_time_and_fits_into_json() -> None:
    examples = _examples(0.1)[:300]
    one, other = (
        fit_weighing(examples, _Scripted(), {}, margin=0.0)  # type: ignore[arg-type]
        for _ in range(2)
    )
    assert json.dumps(dict(one.weights)) == json.dumps(dict(other.weights))


def test_the_packaged_weighing_knows_its_features_and_trusts_the_reader() -> None:
    weighing = packaged_weighing()
    by_rules = Judgement(Verdict.INCORRECT, False, "rules", "says nothing on the matter")
    for question in (ASKED, Question("Who?", ("Ada",), ("Bob",))):
        reading = Reading(1.0, -5, 0, 1)
        assert features(by_rules, reading, question).keys() <= weighing.weights.keys()
        odds = [
            weighing.probability(by_rules, Reading(x, -5, 0, 1), question) for x in (-6.0, 0.0, 6.0)
        ]
        assert odds == sorted(odds)
    assert 0.5 < weighing.sure_at <= 1.0
    assert 0 < weighing.margin < 0.2
