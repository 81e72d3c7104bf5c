"""The files that pages load: our own, and plotly from its package. Nothing from other hosts."""

from __future__ import annotations

import gzip
import hashlib
from functools import lru_cache
from importlib.metadata import version
from importlib.resources import files

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

__all__ = ["PLOTLY", "asset", "static_file"]

PLOTLY = "plotly.min.js"

_TYPES = {
    "board.css": "text/css",
    "board.js": "text/javascript",
    "icon.svg": "image/svg+xml",
    PLOTLY: "text/javascript",
}
"""All that is served, by name."""


@lru_cache(maxsize=8)
def asset(name: str) -> str:
    """The address of a file. It changes with the content, so browsers may cache it forever."""
    if name == PLOTLY:
        return f"/site/{name}?v={version('plotly')}"
    return f"/site/{name}?v={hashlib.sha256(_content(name)).hexdigest()[:12]}"


def static_file(request: Request) -> Response:
    """A file, compressed once; 404 for unknown names."""
    name = request.path_params["name"]
    if name not in _TYPES:
        raise HTTPException(404, "no such file")
    headers = {"cache-control": "public, max-age=31536000, immutable", "vary": "accept-encoding"}
    if "gzip" in request.headers.get("accept-encoding", ""):
        headers["content-encoding"] = "gzip"
        return Response(_compressed(name), media_type=_TYPES[name], headers=headers)
    return Response(_content(name), media_type=_TYPES[name], headers=headers)


def _content(name: str) -> bytes:
    if name == PLOTLY:
        return files("plotly").joinpath("package_data", name).read_bytes()
    return files("warmbench_leaderboard").joinpath("static", name).read_bytes()


@lru_cache(maxsize=8)
def _compressed(name: str) -> bytes:
    return gzip.compress(_content(name), compresslevel=6, mtime=0)
