"""The message about a redirect. It is never followed: the key is meant for one address."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urljoin, urlsplit

from warmbench.engines.http.endpoint import Endpoint, base_address

__all__ = ["redirect_message"]


def redirect_message(endpoint: Endpoint, path: str, status: int, headers: Mapping[str, str]) -> str:
    """Where a reply with a status below 400 leads, and the address to write in its place."""
    location = endpoint.redact(headers.get("location", ""))
    if not location:
        return f"not a reply of the API (status {status})"
    asked = endpoint.url(path)
    target = urljoin(asked, location)
    leads = f"redirects to {target} (status {status}), which is not followed"
    if urlsplit(target).hostname == urlsplit(asked).hostname:
        if _is_resource(target, path):
            return f"{leads}; write the address as @{base_address(target)}"
        return f"{leads}; {path} is not found below the address"
    if _is_resource(target, path):
        return (
            f"{leads}: it is another host, which would get the key; if it is the right one, write "
            f"the address as @{base_address(target)}"
        )
    return f"{leads}: it is another host, and no chat endpoint"


def _is_resource(address: str, path: str) -> bool:
    return urlsplit(address).path.rstrip("/").endswith(path)
