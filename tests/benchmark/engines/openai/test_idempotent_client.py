"""What costs money is asked for once; what is only asked, as often and as late as is right."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from openai import OpenAI

from tests.openai_provider.provider import KEY, Fault, Provider
from tests.openai_provider.serve import serve
from warmbench.engines.openai.idempotent_client import IdempotentClient
from warmbench.errors import EngineError

FILES = ("POST", "/v1/files")
RETRIES = 7


@pytest.fixture
def provider() -> Provider:
    return Provider()


@pytest.fixture
def url(provider: Provider) -> Iterator[str]:
    with serve(provider) as address:
        yield address


def idempotent(
    url: str, waits: list[float], retries: int = RETRIES, key: str = KEY
) -> IdempotentClient:
    client = OpenAI(api_key=key, base_url=url, max_retries=retries)
    return IdempotentClient(client, "THE_KEY", "batch", waits.append)


def upload(client: IdempotentClient, *, look_first: bool = False, content: bytes = b"x") -> str:
    with client.explained():
        return client.upload(content, "a.jsonl", "batch", look_first=look_first)


PAUSES = [
    ("nothing said", {}, [1, 2, 4, 8, 16, 30, 30]),
    ("seconds", {"Retry-After": "7"}, [7] * RETRIES),
    ("milliseconds", {"Retry-After-Ms": "20"}, [0.02] * RETRIES),
    ("no number", {"Retry-After": "soon"}, [1, 2, 4, 8, 16, 30, 30]),
]


@pytest.mark.parametrize(("case", "headers", "waited"), PAUSES, ids=[row[0] for row in PAUSES])
def test_a_pause_is_as_long_as_the_provider_says(
    provider: Provider, url: str, case: str, headers: dict[str, str], waited: list[float]
) -> None:
    provider.headers, provider.faults = headers, {FILES: [Fault(503)] * RETRIES}
    waits: list[float] = []
    assert upload(idempotent(url, waits)) == "file-1"
    assert waits == waited
    assert provider.count(*FILES) == RETRIES + 1


LOST = [
    ("nothing", [], 1, 0),
    ("refused once", [Fault(500)], 2, 1),
    ("done, and no reply", [Fault(None, done=True)], 1, 1),
    ("done, and 500", [Fault(500, done=True)], 1, 1),
    ("too often, then no reply", [Fault(429), Fault(None, done=True)], 2, 2),
    ("the last reply", [Fault(500), Fault(500), Fault(500, done=True)], 3, 3),
]


@pytest.mark.parametrize(("case", "faults", "made", "looked"), LOST, ids=[row[0] for row in LOST])
def test_it_is_there_once_whatever_is_lost(
    provider: Provider, url: str, case: str, faults: list[Fault], made: int, looked: int
) -> None:
    """A look before each try but the first, and after the last."""
    provider.faults = {FILES: list(faults)}
    assert upload(idempotent(url, [], retries=2)) == "file-1"
    assert len(provider.files) == 1
    assert provider.count(*FILES) == made
    assert provider.count("GET", "/v1/files") == looked


@pytest.mark.parametrize(
    ("look_first", "content", "there"), [(True, b"x", 1), (False, b"x", 2), (True, b"other", 2)]
)
def test_what_another_process_made_is_found_by_who_looks_first(
    provider: Provider, url: str, look_first: bool, content: bytes, there: int
) -> None:
    upload(idempotent(url, []))
    upload(idempotent(url, []), look_first=look_first, content=content)
    assert len(provider.files) == there


REFUSED = [
    ("401", Fault(401), r"refused the key \(401\); set THE_KEY to a valid one"),
    ("403", Fault(403), r"the key lacks permission \(403\)"),
    ("400", Fault(400, message=f"{KEY} is bad"), r"refused the request \(400\): .*\*\*\* is bad"),
    ("500", Fault(500), r"refused the request \(500\)"),
    ("no word", Fault(None), "can't be reached .* a started batch keeps running"),
    ("a key at the cut", Fault(400, message="." * 450 + KEY), r"refused the request \(400\)"),
]  # fmt: skip


@pytest.mark.parametrize(("case", "fault", "words"), REFUSED, ids=[row[0] for row in REFUSED])
def test_a_refusal_is_a_sentence_without_the_key(
    provider: Provider, url: str, case: str, fault: Fault, words: str
) -> None:
    provider.faults = {FILES: [fault]}
    with pytest.raises(EngineError, match=words) as failed:
        upload(idempotent(url, [], retries=0))
    assert KEY[:8] not in str(failed.value)
    assert "\n" not in str(failed.value)
    assert provider.count(*FILES) == 1


def test_a_reply_that_is_no_reply_is_reported(provider: Provider, url: str) -> None:
    client = idempotent(url, [])
    with pytest.raises(EngineError, match="a reply can't be read"), client.explained():
        client.ask(lambda: client.client.batches.retrieve(""))
