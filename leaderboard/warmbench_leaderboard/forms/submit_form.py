"""The form that takes a bundle: verified step by step, then opened as a pull request."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import gradio as gr

from warmbench.errors import UsageError, WarmbenchError
from warmbench_leaderboard.desks import SubmissionDesk
from warmbench_leaderboard.forms.uploads import HeldUploads, uploaded_bundle
from warmbench_leaderboard.forms.verification_steps import (
    opened_html,
    sentence_html,
    steps_html,
    verification_steps,
)
from warmbench_leaderboard.rate_limit import RateLimit, user_of

__all__ = ["submit_form"]

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
