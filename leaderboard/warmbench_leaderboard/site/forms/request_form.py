"""The form that asks for a run, and the queue."""

from __future__ import annotations

import re

import gradio as gr

from warmbench.errors import UsageError, WarmbenchError
from warmbench_leaderboard.services.protocols import AskedRun, RequestDesk
from warmbench_leaderboard.services.rate_limit import RateLimit, user_of
from warmbench_leaderboard.site.page import render

__all__ = ["PAIR", "TUNED", "asked_run", "request_form"]

PAIR, TUNED = "original and warm", "base model, to be made warm by the recipe"

_MODEL_ID = re.compile(r"[\w.-]{1,96}/[\w.-]{1,96}", re.ASCII)


def asked_run(kind: str, original: str, warm: str, requester: str, contact: str) -> AskedRun:
    """What the fields say; ``UsageError`` that names the field that can't be used."""
    models = {"Original model": original, **({"Warm model": warm} if kind == PAIR else {})}
    for field, text in models.items():
        if not _MODEL_ID.fullmatch(text.strip()):
            raise UsageError(f"{field}: {text.strip()!r} is no model id; one reads ORG/MODEL")
    for field, text in {"Your name": requester, "E-mail or page": contact}.items():
        if not text.strip():
            raise UsageError(f"{field}: nothing is given; it is published with the request")
    return AskedRun(
        original=original.strip(),
        warm=warm.strip() if kind == PAIR else None,
        requester=requester.strip(),
        contact=contact.strip(),
    )


_ASKED_AN_HOUR, _HOUR = 6, 3600.0


def request_form(desk: RequestDesk | None) -> None:
    """Add the form and the queue to the page that is being made."""
    if desk is None:
        text = "Here no run can be asked for; this board reads its submissions from a folder."
        gr.HTML(render("sentence", text=text, address=""), js_on_load=None, apply_default_css=False)
        return
    limit = RateLimit(_ASKED_AN_HOUR, _HOUR)
    kind = gr.Radio([PAIR, TUNED], value=PAIR, label="What is to be run")
    with gr.Row():
        original = gr.Textbox(label="Original model", placeholder="ORG/MODEL", max_length=200)
        warm = gr.Textbox(label="Warm model", placeholder="ORG/MODEL-warm", max_length=200)
    with gr.Row():
        requester = gr.Textbox(label="Your name (published)", max_length=100)
        contact = gr.Textbox(label="E-mail or page (published)", max_length=200)
    ask = gr.Button("Check and queue", variant="primary")
    answer = gr.HTML(js_on_load=None, apply_default_css=False, elem_id="answer")
    listed = gr.HTML(
        lambda: _queue_html(desk), js_on_load=None, apply_default_css=False, elem_id="queue"
    )

    def asked(
        kind: str, original: str, warm: str, requester: str, contact: str, request: gr.Request
    ) -> tuple[str, str]:
        try:
            limit.check(user_of(request))
            text = _queued(desk, asked_run(kind, original, warm, requester, contact))
        except WarmbenchError as error:
            text = str(error)
        return render("sentence", text=text, address=""), _queue_html(desk)

    ask.click(
        asked,
        [kind, original, warm, requester, contact],
        [answer, listed],
        concurrency_limit=2,
        api_visibility="private",
    )
    kind.change(
        lambda found: gr.Textbox(visible=found == PAIR), kind, warm, api_visibility="private"
    )


def _queued(desk: RequestDesk, asked: AskedRun) -> str:
    against = desk.check(asked)
    if against:
        return f"Not queued: {' '.join(against)}"
    queued = desk.queue(asked)
    return f"Queued as {queued.request_id}; it is {queued.state}."


def _queue_html(desk: RequestDesk) -> str:
    try:
        return render("queue", queue=desk.listed(), sentence="")
    except WarmbenchError as error:
        return render("queue", queue=(), sentence=str(error))
