"""A verification on its way: what a page shows of it, step by step."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from warmbench.verification.bundle_verification import STEPS, BundleVerification, Step
from warmbench_leaderboard.desks import SubmissionDesk
from warmbench_leaderboard.site.page import render

__all__ = [
    "Progress",
    "opened_html",
    "outcome_sentence",
    "sentence_html",
    "steps_html",
    "verification_steps",
]

_WAITING = "Other bundles are being verified at the moment. Yours begins as soon as one is done."


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a verification is; ``result`` is there at its end. ``waits``: for others that are
    to be done first."""

    steps: tuple[Step, ...]
    result: BundleVerification | None = None
    waits: bool = False


def verification_steps(desk: SubmissionDesk, path: Path) -> Iterator[Progress]:
    """The verification as it goes on: a ``Progress`` at the start, where it has to wait, after each
    step, at the end."""
    told: queue.Queue[Step | BundleVerification | BaseException | None] = queue.Queue()

    def work() -> None:
        try:
            told.put(desk.verify(path, told.put, lambda: told.put(None)))
        except BaseException as error:
            told.put(error)

    thread = threading.Thread(target=work, name="verification", daemon=True)
    thread.start()
    steps: tuple[Step, ...] = ()
    yield Progress(steps)
    while True:
        found = told.get()
        if isinstance(found, BaseException):
            raise found
        if isinstance(found, BundleVerification):
            yield Progress(found.steps, found)
            return
        if found is not None:
            steps = (*steps, found)
        yield Progress(steps, waits=found is None)


def outcome_sentence(result: BundleVerification) -> str:
    """What came of it, in one sentence."""
    if not result.is_sound:
        return "Refused. Nothing was published. What is wrong stands above, with its code."
    if not result.ranked:
        return "Sound, but it will not be ranked: the reason stands above. It can be handed in."
    return f"Sound, and to be ranked ({', '.join(result.ranked)}). It can be handed in."


def steps_html(progress: Progress) -> str:
    """The list of steps: done, going on, to come."""
    result = progress.result
    outcome = outcome_sentence(result) if result else ""
    return render(
        "steps",
        steps=progress.steps,
        waiting=list(STEPS.values())[len(progress.steps) :] if result is None else [],
        running=result is None and not progress.waits,
        outcome=_WAITING if progress.waits else outcome,
    )


def sentence_html(text: str) -> str:
    """One sentence as an answer of a form."""
    return render("sentence", text=text, address="")


def opened_html(address: str) -> str:
    """Where the pull request is; a link where it is on the web."""
    is_link = address.startswith(("https://", "http://"))
    text = "The pull request is open:" if is_link else f"Handed in: {address}"
    return render("sentence", text=text, address=address if is_link else "")
