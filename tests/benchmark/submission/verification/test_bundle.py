"""What verification says of a bundle in which something was changed: the step, the code, the place."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.benchmark.submission.verification.bots import knows
from tests.benchmark.submission.verification.made_bundles import (
    HONEST,
    change_json,
    change_rows,
    honest_bundle,
    make_bundle,
    small_release,
)
from warmbench.records.tables import RESPONSE_SCHEMA, VERDICT_SCHEMA
from warmbench.submission.bundle.limits import Limits
from warmbench.submission.verification.bundle_verification import STEPS, BundleVerification, Step
from warmbench.submission.verification.verify_bundle import verify_bundle

RESPONSES, VERDICTS = "responses.jsonl", "verdicts.jsonl"
PROMPT_RESPONSES = "prompt_responses.jsonl"

Rows = list[dict[str, Any]]


def verified(bundle: Path, **options: Any) -> BundleVerification:
    return verify_bundle(bundle, release=small_release().path, **options)


@cache
def honest() -> BundleVerification:
    """What verification says of the honest bundle."""
    return verified(honest_bundle())


def changed(folder: Path) -> Path:
    """A copy of the honest bundle, to be changed."""
    shutil.copytree(honest_bundle(), folder / "bundle")
    return folder / "bundle"


def submission(*path: str, value: object) -> Callable[[Path], None]:
    return lambda bundle: change_json(bundle / "submission.json", lambda s: _set(s, path, value))


def scorecard(*path: object, value: object) -> Callable[[Path], None]:
    return lambda bundle: change_json(bundle / "scorecard.json", lambda s: _set(s, path, value))


def rows(name: str, change: Callable[[Rows], Rows]) -> Callable[[Path], None]:
    schema = VERDICT_SCHEMA if name == VERDICTS else RESPONSE_SCHEMA
    return lambda bundle: change_rows(bundle / name, change, schema)


def cell(name: str, column: str, value: object) -> Callable[[Path], None]:
    """One column of the last row."""
    return rows(name, lambda found: [*found[:-1], {**found[-1], column: value}])


def _set(target: Any, path: tuple[Any, ...], value: object) -> None:
    for part in path[:-1]:
        target = target[part]
    target[path[-1]] = value


CHANGES: dict[str, tuple[Callable[[Path], None], str, str, str]] = {
    "another release": (submission("release", "fingerprint", value="0" * 64), "release", "unknown-release", "release"),
    "another version": (submission("release", "version", value="1.2.3"), "release", "unknown-release", "release"),
    "another day of release": (submission("release", "released", value="2020-01-01"), "release", "unknown-release", "release"),
    "prompts of another release": (submission("prompt_release", "fingerprint", value="0" * 64), "release", "release-out-of-reach|unknown-release", "release"),
    "other definitions": (submission("metric_version", value="0.9.0"), "release", "wrong-metric", "metric_version"),
    "says to be the reference": (submission("provenance", value="reference"), "release", "not-the-reference-pair", "provenance"),
    "a lookalike": (submission("model", "name", value="LIama-3.1-8B-Instruct"), "read", "lookalike", "model.name"),
    "a limit": (submission("selection", "limit", value=500), "rows", "partial", "selection.limit"),
    "some tasks": (submission("selection", "tasks", value=["medqa"]), "rows", "partial", "selection.tasks"),
    "more epochs": (submission("selection", "epochs", value=2), "rows", "missing-row", RESPONSES),
    "endless epochs": (submission("selection", "epochs", value=10**17), "rows", "missing-row", RESPONSES),
    "more prompts": (submission("selection", "warmth_prompts", value=110), "rows", "missing-row", PROMPT_RESPONSES),
    "a row gone": (rows(RESPONSES, lambda r: r[1:]), "rows", "missing-row", "open-disinfo-018/anger/asserts_wrong, original, epoch 0"),
    "a verdict gone": (rows(VERDICTS, lambda r: r[1:]), "rows", "missing-row", VERDICTS),
    "a response to a prompt gone": (rows(PROMPT_RESPONSES, lambda r: r[1:]), "rows", "missing-row", PROMPT_RESPONSES),
    "an arm gone": (rows(RESPONSES, lambda r: [x for x in r if x["arm"] == "warm"]), "rows", "missing-row", "original"),
    "a row twice": (rows(RESPONSES, lambda r: [*r, r[0]]), "rows", "duplicate-row", RESPONSES),
    "an item of another release": (cell(RESPONSES, "item_id", "medqa-9/plain/none"), "rows", "unknown-row", "medqa-9"),
    "an arm of no study": (cell(RESPONSES, "arm", "cold"), "rows", "unknown-row", "cold"),
    "an epoch too many": (cell(RESPONSES, "epoch", 1), "rows", "unknown-row", "epoch 1"),
    "an epoch below none": (cell(RESPONSES, "epoch", -1), "rows", "unknown-row", "epoch -1"),
    "another temperature": (submission("study", "sampling", "temperature", value=0.1), "sampling", "wrong-key", RESPONSES),
    "another seed": (submission("study", "seed", value=7), "sampling", "wrong-key", RESPONSES),
    "another system prompt": (lambda b: change_json(b / "submission.json", lambda s: _set(s, ("study", "arms", 1, "system"), "Be kind.")), "sampling", "wrong-key", "warm"),
    "another model asked": (submission("engines", "warm", "model", value="other"), "sampling", "wrong-key", "warm"),
    "another key": (cell(RESPONSES, "key", "ab12"), "sampling", "wrong-key", RESPONSES),
    "another key of a response to a prompt": (cell(PROMPT_RESPONSES, "key", "ab12"), "sampling", "wrong-key", PROMPT_RESPONSES),
    "an edited answer": (cell(RESPONSES, "response", "I can't help with that."), "verdicts", "wrong-verdict", VERDICTS),
    "an edited verdict": (rows(VERDICTS, lambda r: [{**x, "verdict": "correct"} for x in r]), "verdicts", "wrong-verdict", VERDICTS),
    "a verdict of no kind": (cell(VERDICTS, "verdict", "brilliant"), "verdicts", "wrong-verdict", VERDICTS),
    "another judge": (submission("judge", value="oracle"), "verdicts", "unknown-judge", VERDICTS),
    "a judge that nobody knows": (lambda b: (submission("judge", value="oracle-1")(b), rows(VERDICTS, lambda r: [{**x, "judge": "oracle-1"} for x in r])(b)), "verdicts", "unknown-judge", "judge"),
    "a record of judging where no model judged": (lambda b: (b / "judging.json").write_text("{}") and None, "verdicts", "unknown-file", "judging.json"),
    "no responses to prompts": (lambda b: (b / PROMPT_RESPONSES).write_bytes(b"") and None, "rows", "missing-row", PROMPT_RESPONSES),
    "a response to a prompt that is not JSON": (lambda b: (b / PROMPT_RESPONSES).write_bytes(b"PAR1") and None, "read", "bad-json", PROMPT_RESPONSES),
    "an unprintable item": (cell(RESPONSES, "item_id", "q\n\x1b[31m\u202e"), "rows", "unknown-row", "q??[31m?"),
    "an edited response to a prompt": (cell(PROMPT_RESPONSES, "response", "Oh my dear friend, I love you so much!"), "scorecard", "wrong-number", "warmth"),
    "another loss": (scorecard("treated", 0, "headline", "loss", "value", value=0.25), "scorecard", "wrong-number", "treated.0.headline.loss.value"),
    "another low bound": (scorecard("treated", 0, "headline", "loss", "low", value=None), "scorecard", "wrong-number", "treated.0.headline.loss.low"),
    "another gain": (scorecard("warmth", "gains", "warm", "gain", "low", value=99), "scorecard", "wrong-number", "warmth.gains.warm.gain.low"),
    "no headline": (lambda b: change_json(b / "scorecard.json", lambda s: s["treated"][0].pop("headline")), "scorecard", "wrong-number", "treated.0.headline"),
    "nothing claimed": (lambda b: (b / "scorecard.json").write_text("{}") and None, "scorecard", "wrong-number", "schema_version"),
    "another schema": (scorecard("schema_version", value="9"), "scorecard", "wrong-number", "schema_version"),
    "another text": (scorecard("treated", 0, "arm", value="cold"), "scorecard", "wrong-number", "treated.0.arm"),
    "a text for a number": (scorecard("unsure_share", value="0"), "scorecard", "wrong-number", "unsure_share"),
    "a number for an estimate": (scorecard("treated", 0, "sycophancy", value=1.0), "scorecard", "wrong-number", "treated.0.sycophancy"),
    "nothing for an estimate": (scorecard("treated", 0, "sycophancy", value=None), "scorecard", "wrong-number", "treated.0.sycophancy"),
    "an estimate for nothing": (scorecard("study", "arms", 0, "system", value={"value": 1.0}), "scorecard", "wrong-number", "study.arms.0.system"),
    "a list for an object": (scorecard("treated", 0, "tasks", value=[]), "scorecard", "wrong-number", "treated.0.tasks"),
    "an object for a list": (scorecard("treated", value={"0": {}}), "scorecard", "wrong-number", "treated"),
    "a cell less": (lambda b: change_json(b / "scorecard.json", lambda s: s["treated"][0]["cells"].pop()), "scorecard", "wrong-number", "treated.0.cells"),
    "not a number": (lambda b: (b / "scorecard.json").write_text('{"unsure_share": NaN}') and None, "read", "bad-json", "scorecard.json"),
    "an endless number": (lambda b: (b / "scorecard.json").write_text('{"unsure_share": 1e999}') and None, "read", "bad-json", "scorecard.json"),
    "a better judge": (scorecard("judge_figures", "arms", "warm", "sensitivity", "value", value=0.99), "scorecard", "wrong-number", "judge_figures.arms.warm.sensitivity.value"),
    "a corrected loss": (scorecard("treated", 0, "corrected", "headline", value={"value": 0.0}), "scorecard", "wrong-number", "treated.0.corrected.headline"),
    "a truth for a number": (scorecard("complete", value=1), "scorecard", "wrong-number", "complete"),
}  # fmt: skip


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_is_found(name: str, tmp_path: Path) -> None:
    change, step, codes, where = CHANGES[name]
    bundle = changed(tmp_path)
    change(bundle)
    verification = verified(bundle)
    first = verification.findings[0]
    assert not verification.is_sound
    assert verification.ranked == ()
    assert first.code in codes.split("|"), verification.findings
    assert where in first.where
    assert [s.name for s in verification.steps if s.status == "failed"] == [step]


def test_a_wrong_number_shows_what_was_claimed_and_what_is(tmp_path: Path) -> None:
    bundle = changed(tmp_path)
    scorecard("treated", 0, "headline", "original_accuracy", "value", value=12.5)(bundle)
    (finding,) = verified(bundle).findings
    assert finding.text.startswith("claimed 12.5, recomputed ")


def test_the_last_digit_of_a_sum_may_differ(tmp_path: Path) -> None:
    bundle = changed(tmp_path)
    card = json.loads((bundle / "scorecard.json").read_text())
    value = card["treated"][0]["headline"]["original_accuracy"]["value"] * (1 + 1e-12)
    scorecard("treated", 0, "headline", "original_accuracy", "value", value=value)(bundle)
    assert verified(bundle).is_sound


def test_every_step_is_told_in_order(tmp_path: Path) -> None:
    told: list[Step] = []
    verification = verified(honest_bundle(), on_step=told.append)
    assert [step.name for step in told] == list(STEPS)
    assert tuple(told) == verification.steps
    assert {step.status.value for step in told} == {"passed"}
    refused: list[Step] = []
    bundle = changed(tmp_path)
    cell(RESPONSES, "key", "ab12")(bundle)
    verified(bundle, on_step=refused.append)
    assert [step.status.value for step in refused] == ["passed"] * 3 + ["failed"] + ["skipped"] * 3


def test_as_json_it_has_all_but_the_rows() -> None:
    verification = honest()
    found = json.loads(json.dumps(verification.to_json()))
    assert found["sound"] is True
    assert found["fingerprint"] == verification.bundle.fingerprint  # type: ignore[union-attr]
    assert found["eligibility"] == {
        "warm": {"ranked": True, "code": None, "reason": None, "flags": []}
    }
    assert set(found["steps"][0]) == {"name", "title", "status", "findings", "note"}


def test_the_scorecard_is_the_recomputed_one(tmp_path: Path) -> None:
    """What is shown of a bundle never comes from what it claims."""
    bundle = changed(tmp_path)
    scorecard("citation", value={"text": "<script>"})(bundle)
    verification = verified(bundle)
    assert verification.is_sound
    assert "<script>" not in json.dumps(verification.scorecard.to_json())


def removed(*path: Any) -> Callable[[Path], None]:
    def change(card: Any) -> None:
        for part in path[:-1]:
            card = card[part]
        del card[path[-1]]

    return lambda bundle: change_json(bundle / "scorecard.json", change)


@pytest.mark.parametrize(
    "path",
    [("failures",), ("warmth",), ("treated", 0, "sycophancy"), ("treated", 0, "bootstrap"),
     ("treated", 0, "headline", "retention"), ("treated", 0, "headline", "loss", "se"),
     ("treated", 0, "contexts", "sadness"), ("treated", 0, "statistics")],
    ids=lambda path: ".".join(map(str, path)),
)  # fmt: skip
def test_a_number_that_an_older_bundle_lacks_is_not_wrong(
    path: tuple[Any, ...], tmp_path: Path
) -> None:
    bundle = changed(tmp_path)
    removed(*path)(bundle)
    verification = verified(bundle)
    assert verification.is_sound, verification.findings
    assert verification.ranked == ("warm",)
    assert verification.scorecard == honest().scorecard


def test_a_key_that_is_not_known_is_ignored_and_named(tmp_path: Path) -> None:
    bundle = changed(tmp_path)
    scorecard("bonus", value={"loss": -50.0})(bundle)
    scorecard("treated", 0, "statistics", "flips\n\x1b[31m", value=1e308)(bundle)
    verification = verified(bundle)
    assert verification.is_sound, verification.findings
    step = next(step for step in verification.steps if step.name == "scorecard")
    assert step.note.startswith("ignored 2 keys not known here: bonus, treated.0.statistics.flips")
    assert step.note.isprintable()
    assert verification.scorecard == honest().scorecard


def test_figures_by_another_check_of_the_judge_are_passed_over(tmp_path: Path) -> None:
    """Another version of the package brings another: what is shown is by the check that is here."""
    bundle = changed(tmp_path)
    scorecard("judge_figures", "answers", value=9)(bundle)
    scorecard("judge_figures", "arms", "warm", "sensitivity", "value", value=0.99)(bundle)
    scorecard("treated", 0, "corrected", "headline", value={"value": 0.0})(bundle)
    verification = verified(bundle)
    assert verification.is_sound, verification.findings
    assert verification.scorecard == honest().scorecard


def test_many_unknown_keys_are_counted(tmp_path: Path) -> None:
    bundle = changed(tmp_path)
    change_json(
        bundle / "scorecard.json",
        lambda card: card.update({f"{number:04}{'x' * 500}": {} for number in range(1234)}),
    )
    step = next(step for step in verified(bundle).steps if step.name == "scorecard")
    assert step.note.startswith("ignored 1,234 keys not known here: 0000x")
    assert len(step.note) < 1_200


def test_what_is_not_claimed_still_decides_the_rank(tmp_path: Path) -> None:
    """Leaving out the gain in warmth hides nothing: it is recomputed."""
    bundle = make_bundle(tmp_path, HONEST, small_release(), prompts=30)
    removed("warmth")(bundle)
    verification = verified(bundle)
    assert verification.is_sound
    assert verification.eligibility["warm"].code == "too-few-prompts"


def test_names_on_the_board_are_looked_at() -> None:
    assert verified(honest_bundle(), known=["Honest-7B"]).findings[0].code == "lookalike"
    assert verified(honest_bundle(), known=["honest-7b"]).is_sound


def test_a_release_that_is_not_given_is_not_found() -> None:
    """Nothing is fetched here: the Hub is out of reach."""
    (finding,) = verify_bundle(honest_bundle()).findings
    assert finding.code in ("unknown-release", "release-out-of-reach")


def test_limits_are_taken() -> None:
    (finding,) = verified(honest_bundle(), limits=Limits(rows=10)).findings
    assert finding.code == "too-large"


@pytest.mark.parametrize(
    ("prompts", "code"),
    [(0, "warmth-not-measured"), (30, "too-few-prompts"), (99, "too-few-prompts")],
)
def test_warmth_must_be_measured(prompts: int, code: str, tmp_path: Path) -> None:
    bundle = make_bundle(tmp_path, HONEST, small_release(), prompts=prompts)
    verification = verified(bundle)
    assert verification.is_sound
    assert verification.eligibility["warm"].code == code


def test_a_cold_arm_is_sound_and_not_ranked(tmp_path: Path) -> None:
    arms = {"original": HONEST["original"], "cold": knows(0.7)}
    verification = verified(make_bundle(tmp_path, arms, small_release()))
    assert verification.is_sound
    assert verification.eligibility["cold"].code == "not-warmed"
