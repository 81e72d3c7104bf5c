"""The form that takes a bundle: verified step by step, then opened as a pull request."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr

from warmbench.errors import UsageError, WarmbenchError
from warmbench.submission.verification.bundle_verification import STEPS, BundleVerification, Step
from warmbench_leaderboard.services.protocols import SubmissionDesk
from warmbench_leaderboard.services.rate_limit import RateLimit, user_of
from warmbench_leaderboard.site.forms.uploads import HeldUploads, uploaded_bundle
from warmbench_leaderboard.site.page import render

__all__ = [
    "Progress",
    "opened_html",
    "outcome_sentence",
    "sentence_html",
    "steps_html",
    "submit_form",
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


_TOLD_AT_ONCE = 8
"""So many verifications are shown at one time, waiting ones too; more wait in Gradio's queue."""

_VERIFIED_AN_HOUR, _OPENED_AN_HOUR, _HOUR = 12, 6, 3600.0


def submit_form(app: gr.Blocks, desk: SubmissionDesk | None) -> None:
    """Add the form to the page of ``app`` that is being made."""
    if desk is None:
        text = "Here nothing can be handed in; use warmbench submit."
        gr.HTML(sentence_html(text), js_on_load=None, apply_default_css=False)
        return
    verify_limit = RateLimit(_VERIFIED_AN_HOUR, _HOUR)
    open_limit = RateLimit(_OPENED_AN_HOUR, _HOUR)
    uploads = HeldUploads()
    file = gr.File(label="Bundle (.zip)", file_types=[".zip"], type="filepath", height=140)
    folder = Path(file.GRADIO_CACHE)
    verify = gr.Button("Verify", variant="primary")
    steps = gr.HTML(js_on_load=None, apply_default_css=False, elem_id="verification")
    opener = gr.Button("Open pull request", interactive=False, elem_id="open")
    address = gr.HTML(js_on_load=None, apply_default_css=False, elem_id="pull-request")
    sound: gr.State = gr.State(None, time_to_live=3600)

    def uploaded(path: str | None, request: gr.Request) -> None:
        with suppress(UsageError):
            uploads.hold(_session_of(request), uploaded_bundle(path, folder))

    def left(request: gr.Request) -> None:
        uploads.let_go(_session_of(request))

    def verified(path: str | None, request: gr.Request) -> Iterator[tuple[Any, ...]]:
        """Steps, button, sound file, address: as they come."""
        off = gr.Button(interactive=False)
        try:
            checked = uploaded_bundle(path, folder)
            verify_limit.check(user_of(request))
        except UsageError as error:
            yield sentence_html(str(error)), off, None, ""
            return
        for progress in verification_steps(desk, checked):
            result = progress.result
            is_sound = result is not None and result.is_sound
            button = gr.Button(interactive=is_sound)
            yield steps_html(progress), button, str(checked) if is_sound else None, ""

    def opened(path: str | None, request: gr.Request) -> tuple[str, Any]:
        try:
            if path is None:
                raise UsageError("Verify a bundle first; a sound one can be handed in.")
            open_limit.check(user_of(request))
            found = desk.open_pull_request(Path(path))
        except WarmbenchError as error:
            return sentence_html(str(error)), gr.Button(interactive=path is not None)
        return opened_html(found), gr.Button(interactive=False)

    verify.click(
        verified,
        file,
        [steps, opener, sound, address],
        concurrency_limit=_TOLD_AT_ONCE,
        api_visibility="private",
    )
    opener.click(opened, sound, [address, opener], concurrency_limit=2, api_visibility="private")
    file.upload(uploaded, file, None, show_progress="hidden", api_visibility="private")
    app.unload(left)
    file.clear(
        lambda: ("", gr.Button(interactive=False), None, ""),
        None,
        [steps, opener, sound, address],
        api_visibility="private",
    )


def _session_of(request: gr.Request) -> str:
    return request.session_hash or ""
