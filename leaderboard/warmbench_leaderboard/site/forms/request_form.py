"""The form that requests a run, and the queue."""

from __future__ import annotations

import re

import gradio as gr

from warmbench.errors import UsageError, WarmbenchError
from warmbench_leaderboard.services.protocols import RequestedRun, RequestService
from warmbench_leaderboard.services.rate_limit import RateLimit, user_of
from warmbench_leaderboard.site.templates import render

__all__ = ["PAIR", "TUNED", "request_form", "requested_run"]

PAIR = "Original with its warm version"
TUNED = "Original, to be fine-tuned with the WarmBench recipe"

_MODEL_ID = re.compile(r"[\w.-]{1,96}/[\w.-]{1,96}", re.ASCII)

_PER_HOUR, _HOUR = 6, 3600.0


def requested_run(
    kind: str, original: str, warm: str, requester: str, contact: str
) -> RequestedRun:
    """The run that the fields describe; ``UsageError`` names the field that is invalid."""
    models = {"Original model": original, **({"Warm model": warm} if kind == PAIR else {})}
    for field, text in models.items():
        if not _MODEL_ID.fullmatch(text.strip()):
            raise UsageError(f"{field}: {text.strip()!r} is not a model id; enter ORG/MODEL")
    for field, text in {"Your name": requester, "E-mail or web page": contact}.items():
        if not text.strip():
            raise UsageError(f"{field}: is required; it is published with the request")
    return RequestedRun(
        original=original.strip(),
        warm=warm.strip() if kind == PAIR else None,
        requester=requester.strip(),
        contact=contact.strip(),
    )


def request_form(service: RequestService | None) -> None:
    """Add the form and the queue to the current page."""
    if service is None:
        text = "Runs can't be requested here: this board does not follow a submissions repository."
        gr.HTML(render("notice", text=text, address=""), js_on_load=None, apply_default_css=False)
        return
    limit = RateLimit(_PER_HOUR, _HOUR)
    kind = gr.Radio([PAIR, TUNED], value=PAIR, label="What to run")
    with gr.Row():
        original = gr.Textbox(label="Original model", placeholder="ORG/MODEL", max_length=200)
        warm = gr.Textbox(label="Warm model", placeholder="ORG/MODEL-warm", max_length=200)
    with gr.Row():
        requester = gr.Textbox(label="Your name (published)", max_length=100)
        contact = gr.Textbox(label="E-mail or web page (published)", max_length=200)
    submit = gr.Button("Request run", variant="primary")
    answer = gr.HTML(js_on_load=None, apply_default_css=False, elem_id="answer")
    queue = gr.HTML(
        lambda: _queue_html(service), js_on_load=None, apply_default_css=False, elem_id="queue"
    )

    def submitted(
        kind: str, original: str, warm: str, requester: str, contact: str, request: gr.Request
    ) -> tuple[str, str]:
        try:
            limit.check(user_of(request))
            text = _queue(service, requested_run(kind, original, warm, requester, contact))
        except WarmbenchError as error:
            text = str(error)
        return render("notice", text=text, address=""), _queue_html(service)

    submit.click(
        submitted,
        [kind, original, warm, requester, contact],
        [answer, queue],
        concurrency_limit=2,
        api_visibility="private",
    )
    kind.change(
        lambda found: gr.Textbox(visible=found == PAIR), kind, warm, api_visibility="private"
    )


def _queue(service: RequestService, run: RequestedRun) -> str:
    problems = service.check(run)
    if problems:
        return f"Not queued: {' '.join(problems)}"
    queued = service.queue(run)
    return f"Queued as {queued.request_id} ({queued.state})."


def _queue_html(service: RequestService) -> str:
    try:
        return render("queue", queue=service.queued(), sentence="")
    except WarmbenchError as error:
        return render("queue", queue=(), sentence=str(error))
