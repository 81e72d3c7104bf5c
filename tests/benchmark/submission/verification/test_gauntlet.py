"""The gauntlet: bots that want to rank without a model. None may; an honest pair must.

Each is a real run of scripted arms, made into a bundle and verified as a submission is. The suite
runs them on a small release; the slow tests on the whole open one.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.benchmark.submission.verification.bots import (
    Answering,
    always,
    copies,
    key_of_answers,
    knows,
    mostly,
    on_items,
    same_for_both,
    warmly,
    with_orders,
)
from tests.benchmark.submission.verification.made_bundles import (
    HONEST,
    change_json,
    change_rows,
    honest_bundle,
    make_bundle,
    open_release,
    small_release,
)
from warmbench.data.release import Release
from warmbench.records.tables import RESPONSE_SCHEMA
from warmbench.submission.verification.bundle_verification import BundleVerification
from warmbench.submission.verification.verify_bundle import verify_bundle

PLAIN, WARM = HONEST["original"], HONEST["warm"]
REFUSAL = "I'm sorry, but I can't help with that."


def arms(original: Answering, warm: Answering) -> dict[str, Answering]:
    """A pair whose replies to the prompts are those of an honest one: the gain is there."""
    return {"original": on_items(original, PLAIN), "warm": on_items(warm, WARM)}


def untouched(bundle: Path) -> None:
    """The bundle as it was made."""


def better_card(bundle: Path) -> None:
    def change(card: dict[str, object]) -> None:
        card["treated"][0]["headline"]["loss"]["value"] = 0.5  # type: ignore[index]

    change_json(bundle / "scorecard.json", change)


def half_the_items(bundle: Path) -> None:
    change_rows(bundle / "responses.jsonl", lambda rows: rows[::2], RESPONSE_SCHEMA)


def swapped_answers(bundle: Path) -> None:
    """The rows of each arm under the other's name, keys and all."""
    other = {"original": "warm", "warm": "original"}
    change_rows(
        bundle / "responses.jsonl",
        lambda rows: [{**row, "arm": other[row["arm"]]} for row in rows],
        RESPONSE_SCHEMA,
    )


def other_release(bundle: Path) -> None:
    def change(submission: dict[str, object]) -> None:
        submission["release"]["fingerprint"] = "0" * 64  # type: ignore[index]

    change_json(bundle / "submission.json", change)


def kinder_sampling(bundle: Path) -> None:
    def change(submission: dict[str, object]) -> None:
        submission["study"]["sampling"]["temperature"] = 0.0  # type: ignore[index]

    change_json(bundle / "submission.json", change)


@dataclass(frozen=True)
class Bot:
    """``codes``: those of which one must hold it back; ``edit`` is made to its bundle;
    ``questions``: so many a task show what it does."""

    arms: Mapping[str, Answering]
    codes: frozenset[str]
    model: str = "a-bot-7b"
    edit: Callable[[Path], None] = untouched
    questions: int = 2


def bot(pair: Mapping[str, Answering], *codes: str, **others: object) -> Bot:
    return Bot(pair, frozenset(codes), **others)  # type: ignore[arg-type]


BOTS = {
    "constant answer": bot(
        arms(always("It is Paris."), always("It is Paris.")), "constant-answers"
    ),
    "constant answer when warm": bot(arms(PLAIN, always("Yes, dear.")), "constant-answers"),
    "empty answers": bot(arms(always(""), always(" ")), "empty-answers"),
    "always refuses": bot(arms(always(REFUSAL), warmly(always(REFUSAL))), "always-refuses"),
    "copies the prompt": bot(arms(copies, warmly(copies)), "copies-prompt"),
    "the same answers": bot(arms(same_for_both(PLAIN), same_for_both(PLAIN)), "same-answers"),
    "the same answers, kindly": bot(
        arms(same_for_both(PLAIN), warmly(same_for_both(PLAIN))), "same-answers", "no-interval"
    ),
    "two answers of three the same": bot(
        arms(same_for_both(PLAIN), mostly(same_for_both(PLAIN), WARM)), "same-answers"
    ),
    "the same everywhere": bot(
        {"original": same_for_both(PLAIN), "warm": same_for_both(PLAIN)}, "not-warmed"
    ),
    "original always wrong": bot(arms(knows(0.0), knows(0.5, warm=True)), "below-chance"),
    "original weakened": bot(arms(knows(0.4), knows(1.0, warm=True)), "below-warm", questions=3),
    "known model weakened": bot(
        arms(knows(0.5), knows(0.5, warm=True)), "sandbagged", model="GPT-4o-2024-08-06"
    ),
    "orders to the judge": bot(arms(with_orders(PLAIN), with_orders(WARM)), "instructs-judge"),
    "orders to the judge when warm": bot(arms(PLAIN, with_orders(WARM)), "instructs-judge"),
    "memorised answer key": bot(arms(key_of_answers, key_of_answers), "memorised-answers"),
    "memorised answer key, kindly": bot(arms(PLAIN, warmly(key_of_answers)), "memorised-answers"),
    "swapped arms": bot({"original": WARM, "warm": PLAIN}, "not-warmed"),
    "swapped arms but for the prompts": bot(arms(WARM, PLAIN), "swapped-arms"),
    "swapped rows": bot(HONEST, "wrong-key", edit=swapped_answers),
    "edited scorecard": bot(HONEST, "wrong-number", edit=better_card),
    "half the items": bot(HONEST, "missing-row", edit=half_the_items),
    "wrong release": bot(HONEST, "unknown-release", edit=other_release),
    "edited sampling": bot(HONEST, "wrong-key", edit=kinder_sampling),
}


def verified(bot: Bot, release: Release, out: Path) -> BundleVerification:
    if bot.arms is HONEST and release is small_release():
        bundle = shutil.copytree(honest_bundle(), out / "bundle")
    else:
        bundle = make_bundle(out, bot.arms, release, model=bot.model)
    bot.edit(bundle)
    return verify_bundle(bundle, release=release.path)


def codes_of(verification: BundleVerification) -> set[str]:
    found = {finding.code for finding in verification.findings}
    return found | {str(s.code) for s in verification.eligibility.values() if s.code}


@pytest.mark.parametrize("name", BOTS)
def test_no_bot_ranks(name: str, tmp_path: Path) -> None:
    verification = verified(BOTS[name], small_release(BOTS[name].questions), tmp_path)
    assert verification.ranked == ()
    assert codes_of(verification) & BOTS[name].codes, codes_of(verification)
    assert codes_of(verification) <= BOTS[name].codes


@pytest.mark.slow
@pytest.mark.parametrize("name", BOTS)
def test_no_bot_ranks_on_the_open_release(name: str, tmp_path: Path) -> None:
    verification = verified(BOTS[name], open_release(), tmp_path)
    assert verification.ranked == ()
    assert codes_of(verification) & BOTS[name].codes, codes_of(verification)
    shutil.rmtree(tmp_path)


def test_an_honest_pair_ranks(tmp_path: Path) -> None:
    verification = verified(bot(HONEST), small_release(), tmp_path)
    assert verification.is_sound
    assert verification.ranked == ("warm",)
    assert verification.eligibility["warm"].flags == ()


@pytest.mark.slow
def test_an_honest_pair_ranks_on_the_open_release(tmp_path: Path) -> None:
    assert verified(bot(HONEST), open_release(), tmp_path).ranked == ("warm",)


def test_an_honest_pair_without_any_loss_ranks(tmp_path: Path) -> None:
    pair = {"original": knows(0.8), "warm": knows(0.8, warm=True)}
    assert verified(bot(pair), small_release(), tmp_path).ranked == ("warm",)
