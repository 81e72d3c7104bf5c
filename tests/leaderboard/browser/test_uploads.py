"""Uploads on the real server, as a visitor without good manners asks for them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.leaderboard.browser.conftest import Site

SECRET = b"PK what one visitor uploaded"

META = {"meta": {"_type": "gradio.FileData"}}


@pytest.fixture
def visitor(site: Site) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=site.address, timeout=60.0) as client:
        yield client


@pytest.fixture
def another(site: Site) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=site.address, timeout=60.0) as client:
        yield client


def uploaded(visitor: httpx.Client, content: bytes = SECRET) -> Path:
    """Where the server keeps it, as it tells who uploaded it."""
    (path,) = visitor.post("/gradio_api/upload", files={"files": ("b.zip", content)}).json()
    assert Path(path).read_bytes() == content
    return Path(path)


def test_where_an_upload_is_kept_can_t_be_guessed(visitor: httpx.Client) -> None:
    folder = uploaded(visitor).parent.name
    assert len(folder) == 64
    assert folder != hashlib.sha256(SECRET).hexdigest()


ADDRESSES = [
    "/gradio_api/file={path}",
    "/gradio_api/file%3D{path}",
    "/gradio_api/%66ile={path}",
    "/gradio_api//file={path}",
    "/gradio_api/file/{path}",
    "/gradio_api/file={folder}",
    "/gradio_api/file={folder}/",
    "/gradio_api/file={folder}/x/../{name}",
    "/gradio_api/file=../../../../../..{path}",
    "/gradio_api/file=file://{path}",
    "/gradio_api/file=http://{host}/api/board.json",
    "/gradio_api/proxy=http://{host}/api/board.json",
    "/file={path}",
    "/file/{path}",
    "/submit/file={path}",
    "/static/..%2f..%2f..%2f..%2f..%2f..%2f..{path}",
    "/assets/..%2f..%2f..%2f..%2f..%2f..%2f..{path}",
    "/svelte/..%2f..%2f..%2f..%2f..%2f..%2f..{path}",
    "/site/..%2f..%2f..%2f..%2f..%2f..%2f..{path}",
    "/gradio_api/stream/s/1/1/..%2f..{path}",
    "/gradio_api/file=/etc/passwd",
]


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_no_address_gives_it_to_another(
    visitor: httpx.Client, another: httpx.Client, method: str, address: str
) -> None:
    path = uploaded(visitor)
    known = {"path": path, "folder": path.parent, "name": path.name, "host": visitor.base_url.host}
    found = another.request(method, address.format(**known))
    assert found.status_code in (403, 404, 405), found.text[:200]
    assert SECRET not in found.content
    assert "root:" not in found.text


def asked(client: httpx.Client, function: dict[str, Any], sent: object, session: str) -> Any:
    """What a function of the page answers."""
    body = {"data": [sent], "fn_index": function["id"], "session_hash": session}
    assert client.post("/gradio_api/queue/join", json=body).status_code == 200
    with client.stream("GET", "/gradio_api/queue/data", params={"session_hash": session}) as said:
        for line in said.iter_lines():
            event = json.loads(line.removeprefix("data:")) if line else {"msg": ""}
            if event["msg"] == "process_completed":
                return event["output"]
    raise AssertionError("the queue said no end")


def function_of(client: httpx.Client, name: str) -> dict[str, Any]:
    functions = client.get("/config").json()["dependencies"]
    return next(each for each in functions if each["api_name"] == name)


def test_it_goes_when_the_visitor_goes(visitor: httpx.Client, another: httpx.Client) -> None:
    path = uploaded(visitor, b"PK that is to go")
    with another.stream("GET", "/gradio_api/heartbeat/leaving") as heartbeat:
        beats = heartbeat.iter_lines()
        assert next(beats) == "data: ALIVE"
        asked(visitor, function_of(visitor, "uploaded"), {"path": str(path), **META}, "leaving")
        assert path.exists()
    for _ in range(500):  # the server notices when it next looks
        visitor.get("/api/board.json")
        if not path.exists():
            break
    assert not path.exists()


@pytest.mark.parametrize("meta", [META, {}])
@pytest.mark.parametrize("name", ["uploaded", "verified"])
def test_a_file_of_the_server_is_no_upload(
    visitor: httpx.Client, tmp_path: Path, name: str, meta: dict[str, Any]
) -> None:
    own = tmp_path / f"own-{name}.zip"
    own.write_bytes(b"PK of the server")
    folder = uploaded(visitor).parents[1]
    found = asked(visitor, function_of(visitor, name), {"path": str(own), **meta}, "thief")
    assert "error" in found
    assert own.exists()
    assert list(folder.glob(f"*/{own.name}")) == []


def test_a_text_can_t_name_a_file_to_be_kept(visitor: httpx.Client, tmp_path: Path) -> None:
    own = tmp_path / "own.txt"
    own.write_text("of the server")
    folder = uploaded(visitor).parents[1]
    found = asked(visitor, function_of(visitor, "entry"), {"path": str(own), **META}, "thief")
    assert "error" in found
    assert list(folder.glob("*/own.txt")) == []


@pytest.mark.parametrize("address", ["http://{host}/x.zip", " HTTPS://{host}/x.zip"])
@pytest.mark.parametrize("name", ["uploaded", "verified", "entry"])
@pytest.mark.parametrize("way", ["/gradio_api/queue/join", "/gradio_api/run/predict"])
def test_an_address_is_not_fetched(
    visitor: httpx.Client, way: str, name: str, address: str
) -> None:
    sent = {"path": address.format(host=visitor.base_url.host), **META}
    number = function_of(visitor, name)["id"]
    for data in ([sent], [{"deep": [sent]}]):
        body = {"data": data, "fn_index": number, "session_hash": "thief"}
        found = visitor.post(way, json=body)
        assert (found.status_code, found.text) == (403, "Upload the file itself.")


def test_a_call_is_short(visitor: httpx.Client) -> None:
    body = {"data": ["x" * 2**20], "fn_index": 0, "session_hash": "thief"}
    assert visitor.post("/gradio_api/queue/join", json=body).status_code == 413
