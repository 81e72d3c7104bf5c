"""The form that verifies a bundle step by step, then opens a pull request with it."""

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
from warmbench_leaderboard.services.protocols import SubmissionService
from warmbench_leaderboard.services.rate_limit import RateLimit, user_of
from warmbench_leaderboard.site.forms.uploads import Uploads, uploaded_bundle
from warmbench_leaderboard.site.templates import render

__all__ = [
    "VerificationProgress",
    "notice_html",
    "pull_request_html",
    "result_sentence",
    "steps_html",
    "submit_form",
    "verification_steps",
]

_WAITING = "Other bundles are being verified. Yours starts as soon as one of them is done."

_CONCURRENCY = 8
"""Verifications with an open connection, waiting ones included; more wait in Gradio's queue."""

_VERIFICATIONS_PER_HOUR, _PULL_REQUESTS_PER_HOUR, _HOUR = 12, 6, 3600.0


@dataclass(frozen=True, slots=True)
class VerificationProgress:
    """The state of a verification. ``result`` is set at its end; ``is_waiting``: other bundles come
    first."""

    steps: tuple[Step, ...]
    result: BundleVerification | None = None
    is_waiting: bool = False


def verification_steps(service: SubmissionService, path: Path) -> Iterator[VerificationProgress]:
    """The progress of a verification: at the start, where it has to wait, after each step, and at
    the end."""
    updates: queue.Queue[Step | BundleVerification | BaseException | None] = queue.Queue()

    def verify() -> None:
        try:
            updates.put(service.verify(path, updates.put, lambda: updates.put(None)))
        except BaseException as error:
            updates.put(error)

    thread = threading.Thread(target=verify, name="verification", daemon=True)
    thread.start()
    steps: tuple[Step, ...] = ()
    yield VerificationProgress(steps)
    while True:
        update = updates.get()
        if isinstance(update, BaseException):
            raise update
        if isinstance(update, BundleVerification):
            yield VerificationProgress(update.steps, update)
            return
        if update is not None:
            steps = (*steps, update)
        yield VerificationProgress(steps, is_waiting=update is None)


def result_sentence(result: BundleVerification) -> str:
    """The result in one sentence."""
    if not result.is_sound:
        return "Refused, for the reason above. Nothing was published."
    if not result.ranked:
        return "Sound, but not eligible for a rank, for the reason above. You can submit it."
    return f"Sound and eligible for a rank ({', '.join(result.ranked)}). You can submit it."


def steps_html(progress: VerificationProgress) -> str:
    """The list of steps: done, running, waiting."""
    result = progress.result
    sentence = result_sentence(result) if result else ""
    return render(
        "steps",
        steps=progress.steps,
        waiting=list(STEPS.values())[len(progress.steps) :] if result is None else [],
        running=result is None and not progress.is_waiting,
        sentence=_WAITING if progress.is_waiting else sentence,
    )


def notice_html(text: str) -> str:
    """One sentence as the response of a form."""
    return render("notice", text=text, address="")


def pull_request_html(address: str) -> str:
    """The address of the pull request, as a link where it is on the web."""
    is_link = address.startswith(("https://", "http://"))
    text = "Opened a pull request:" if is_link else f"Submitted to {address}"
    return render("notice", text=text, address=address if is_link else "")


def submit_form(app: gr.Blocks, service: SubmissionService | None) -> None:
    """Add the form to the current page of ``app``."""
    if service is None:
        text = "Bundles can't be submitted here; use warmbench submit."
        gr.HTML(notice_html(text), js_on_load=None, apply_default_css=False)
        return
    verify_limit = RateLimit(_VERIFICATIONS_PER_HOUR, _HOUR)
    open_limit = RateLimit(_PULL_REQUESTS_PER_HOUR, _HOUR)
    uploads = Uploads()
    file = gr.File(label="Bundle (.zip)", file_types=[".zip"], type="filepath", height=140)
    folder = Path(file.GRADIO_CACHE)
    verify = gr.Button("Verify", variant="primary")
    steps = gr.HTML(js_on_load=None, apply_default_css=False, elem_id="verification")
    opener = gr.Button("Open pull request", interactive=False, elem_id="open")
    address = gr.HTML(js_on_load=None, apply_default_css=False, elem_id="pull-request")
    sound: gr.State = gr.State(None, time_to_live=3600)

    def uploaded(path: str | None, request: gr.Request) -> None:
        with suppress(UsageError):
            uploads.add(_session_of(request), uploaded_bundle(path, folder))

    def left(request: gr.Request) -> None:
        uploads.remove(_session_of(request))

    def verified(path: str | None, request: gr.Request) -> Iterator[tuple[Any, ...]]:
        """Steps, button, sound file, address: as they come."""
        off = gr.Button(interactive=False)
        try:
            checked = uploaded_bundle(path, folder)
            verify_limit.check(user_of(request))
        except UsageError as error:
            yield notice_html(str(error)), off, None, ""
            return
        for progress in verification_steps(service, checked):
            result = progress.result
            is_sound = result is not None and result.is_sound
            button = gr.Button(interactive=is_sound)
            yield steps_html(progress), button, str(checked) if is_sound else None, ""

    def opened(path: str | None, request: gr.Request) -> tuple[str, Any]:
        try:
            if path is None:
                raise UsageError("Verify a bundle first; only a sound one can be submitted.")
            open_limit.check(user_of(request))
            found = service.open_pull_request(Path(path))
        except WarmbenchError as error:
            return notice_html(str(error)), gr.Button(interactive=path is not None)
        return pull_request_html(found), gr.Button(interactive=False)

    verify.click(
        verified,
        file,
        [steps, opener, sound, address],
        concurrency_limit=_CONCURRENCY,
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
