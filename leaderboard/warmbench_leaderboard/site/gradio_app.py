"""The Gradio application: the forms, and the board through Gradio's client."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from warmbench.errors import WarmbenchError
from warmbench.submission.bundle.limits import LIMITS
from warmbench_leaderboard.services.protocols import (
    BoardSource,
    RequestService,
    SubmissionService,
)

if TYPE_CHECKING:
    import gradio as gr
    from starlette.applications import Starlette

__all__ = ["make_app", "mount_app"]

_FONT = ["system-ui", "-apple-system", "Segoe UI", "Roboto", "Noto Sans", "sans-serif"]

_UPLOAD_CLEANUP = (600, 3600)
"""s: how often old uploads are deleted, and the age at which one is old."""

_COLOURS = {
    "button_primary_background_fill": "#1f5f9e",
    "button_primary_background_fill_hover": "#174a7c",
    "button_primary_background_fill_dark": "#8fc4f2",
    "button_primary_background_fill_hover_dark": "#b9d5ee",
    "button_primary_text_color": "#ffffff",
    "button_primary_text_color_dark": "#12161b",
    "block_label_text_color": "#525e6c",
    "block_label_text_color_dark": "#a9b2be",
    "input_placeholder_color": "#525e6c",
    "input_placeholder_color_dark": "#a9b2be",
    "body_text_color": "#1d2530",
    "body_text_color_dark": "#e6e9ee",
}
"""Those of the site, as far as Gradio's own have too little contrast."""

_CSS = """
gradio-app { width: 100%; max-width: 84rem; margin: 0 auto; flex-grow: 0 !important; }
.gradio-container { min-height: 0 !important;
  padding: 0 1rem !important; background: transparent !important; }
.gradio-container, .gradio-container > .main, .gradio-container main { width: 100% !important;
  max-width: none !important; }
.gradio-container > .main, .gradio-container main { padding: 0 !important; }
.gradio-container main > .column { max-width: 46rem; }
.gradio-container .nav-holder { display: none !important; }
gradio-app { background: transparent !important; }
"""


def make_app(
    source: BoardSource,
    *,
    submissions: SubmissionService | None = None,
    requests: RequestService | None = None,
) -> gr.Blocks:
    """The Gradio application: a page per form; ``/board`` and ``/entry`` for ``gradio_client``."""
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"  # read when gradio is imported
    import gradio as gr
    from gradio.events import api

    from warmbench_leaderboard.site.forms.request_form import request_form
    from warmbench_leaderboard.site.forms.submit_form import submit_form

    app: gr.Blocks = gr.Blocks(
        title="WarmBench", analytics_enabled=False, fill_width=True, delete_cache=_UPLOAD_CLEANUP
    )
    with app:
        gr.Markdown("[Submit a bundle](/submit) · [Request a run](/requests)")
        for name, function in _api_functions(source).items():
            api(function, api_name=name)
    with app.route("Submit", "/submit", show_in_navbar=False):
        submit_form(app, submissions)
    with app.route("Request a run", "/requests", show_in_navbar=False):
        request_form(requests)
    app.queue(max_size=32, default_concurrency_limit=4)
    return app


def mount_app(app: gr.Blocks) -> Starlette:
    """The application as it is served: nothing from other hosts, uploads within the limits of a
    bundle, no downloads."""
    import fastapi
    import gradio as gr

    from warmbench_leaderboard.site.forms.uploads import BlockDownloads, BlockRemoteFiles

    theme = gr.themes.Base(font=_FONT, font_mono=["ui-monospace", "monospace"]).set(**_COLOURS)
    # Gradio warns about every application with several pages, although the mode is off.
    warnings.filterwarnings("ignore", message="SSR mode is not supported")
    inner = fastapi.FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    inner.add_middleware(BlockDownloads)
    inner.add_middleware(BlockRemoteFiles)
    # Gradio checks that a file named by a visitor was uploaded, before copying it to its uploads,
    # only in an application that it launched itself.
    app.has_launched = True
    site: Starlette = gr.mount_gradio_app(
        inner,
        app,
        path="/",
        theme=theme,
        css=_CSS,
        footer_links=[],
        run_history=False,
        ssr_mode=False,
        enable_monitoring=False,
        show_error=False,
        max_file_size=LIMITS.zip_bytes,
    )
    return site


def _api_functions(source: BoardSource) -> dict[str, Callable[..., dict[str, Any]]]:
    """The functions for ``gradio_client``, by name. Gradio reads their return types."""
    import gradio as gr

    def board() -> dict[str, Any]:
        """The whole board."""
        return source.board().model_dump(mode="json")

    def entry(entry_id: str) -> dict[str, Any]:
        """One entry with its details, by its id."""
        try:
            found = source.board().entry(entry_id)
            details = source.details(entry_id)
        except WarmbenchError as error:
            raise gr.Error(str(error), print_exception=False) from None
        return {"entry": found.model_dump(mode="json"), "details": details.model_dump(mode="json")}

    return {"board": board, "entry": entry}
