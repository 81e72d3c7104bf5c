"""A verification on its way: what a page shows of it, step by step."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from warmbench.bundle.limits import LIMITS
from warmbench.errors import UsageError
from warmbench.verification.bundle_verification import STEPS, BundleVerification, Step
from warmbench_leaderboard.desks import SubmissionDesk
from warmbench_leaderboard.site.page import render

__all__ = [
    "Progress",
    "opened_html",
    "outcome_sentence",
    "sentence_html",
    "steps_html",
    "uploaded_bundle",
    "verification_steps",
]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a verification is; ``result`` is there at its end."""

    steps: tuple[Step, ...]
    result: BundleVerification | None = None


def verification_steps(desk: SubmissionDesk, path: Path) -> Iterator[Progress]:
    """The verification as it goes on: a ``Progress`` at the start, after each step, at the end."""
    told: queue.Queue[Step | BundleVerification | BaseException] = queue.Queue()

    def work() -> None:
        try:
            told.put(desk.verify(path, told.put))
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
        steps = (*steps, found)
        yield Progress(steps)


def outcome_sentence(result: BundleVerification) -> str:
    """What came of it, in one sentence."""
    if not result.is_sound:
        return "Refused. Nothing was published. What is wrong stands above, with its code."
    if not result.ranked:
        return "Sound, but it will not be ranked: the reason stands above. It can be handed in."
    return f"Sound, and to be ranked ({', '.join(result.ranked)}). It can be handed in."


def uploaded_bundle(path: str | None) -> Path:
    """The file that was uploaded, within the size that is read at all."""
    if path is None:
        raise UsageError("Choose a bundle first: one .zip file.")
    file = Path(path)
    size = file.stat().st_size
    if size > LIMITS.zip_bytes:
        raise UsageError(
            f"The file has {size / 2**20:,.0f} MB; at most {LIMITS.zip_bytes // 2**20} "
            "are accepted."
        )
    return file


def steps_html(progress: Progress) -> str:
    """The list of steps: done, going on, to come."""
    result = progress.result
    return render(
        "steps",
        steps=progress.steps,
        waiting=list(STEPS.values())[len(progress.steps) :] if result is None else [],
        running=result is None,
        outcome=outcome_sentence(result) if result else "",
    )


def sentence_html(text: str) -> str:
    """One sentence as an answer of a form."""
    return render("sentence", text=text, address="")


def opened_html(address: str) -> str:
    """Where the pull request is; a link where it is on the web."""
    is_link = address.startswith(("https://", "http://"))
    text = "The pull request is open:" if is_link else f"Handed in: {address}"
    return render("sentence", text=text, address=address if is_link else "")
