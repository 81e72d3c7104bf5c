"""Addresses as people write them, and where a redirect leads."""

from __future__ import annotations

import pytest

from warmbench.engines.anthropic import ANTHROPIC, MessagesAPI
from warmbench.engines.http.endpoint import Endpoint
from warmbench.engines.http.redirect import redirect_message
from warmbench.engines.openai.chat_completions import OPENAI, ChatCompletions
from warmbench.errors import UsageError
from warmbench.records.model_spec import parse_model_spec

CHAT = "/chat/completions"
AZURE = "https://x.openai.azure.com/openai/deployments/d"
ADDRESSES = [
    ("https://x.example/v1", "https://x.example/v1/chat/completions"),
    ("https://x.example/v1/", "https://x.example/v1/chat/completions"),
    ("https://x.example/v1//", "https://x.example/v1/chat/completions"),
    ("https://x.example/v1/chat/completions", "https://x.example/v1/chat/completions"),
    ("https://x.example/v1/chat/completions/", "https://x.example/v1/chat/completions"),
    ("HTTPS://x.example/V1", "https://x.example/V1/chat/completions"),
    ("http://[::1]:8000/v1", "http://[::1]:8000/v1/chat/completions"),
    ("https://x.example/v1#part", "https://x.example/v1/chat/completions"),
    ("https://x.example/v1?", "https://x.example/v1/chat/completions"),
    (f"{AZURE}?api-version=2024-06-01", f"{AZURE}/chat/completions?api-version=2024-06-01"),
    (f"{AZURE}/?api-version=2024-06-01", f"{AZURE}/chat/completions?api-version=2024-06-01"),
    (f"{AZURE}{CHAT}?api-version=1&a=b", f"{AZURE}/chat/completions?api-version=1&a=b"),
]


@pytest.fixture(autouse=True)
def _key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WARMBENCH_API_KEY", "k-123")


@pytest.mark.parametrize(("written", "asked"), ADDRESSES)
def test_what_is_asked_for_an_address(written: str, asked: str) -> None:
    spec = parse_model_spec(f"openai:m@{written}")
    assert Endpoint.of(OPENAI, spec.base_url, spec).url(ChatCompletions.path) == asked


def test_the_address_of_messages_may_be_copied_whole_too() -> None:
    endpoint = Endpoint.of(ANTHROPIC, "https://x.example/v1/messages", "x")
    assert endpoint.url(MessagesAPI.path) == "https://x.example/v1/messages"
    assert endpoint.base_url == "https://x.example/v1"


def test_an_address_without_its_scheme_is_refused() -> None:
    with pytest.raises(UsageError, match="starts with http"):
        parse_model_spec("openai:m@localhost:8000/v1")


@pytest.mark.parametrize(
    ("address", "key", "header"),
    [
        (AZURE, "k-123", {"api-key": "k-123"}),
        ("https://x.cognitiveservices.azure.com/openai", "k-123", {"api-key": "k-123"}),
        (AZURE, "eyJhbGciOi", {"Authorization": "Bearer eyJhbGciOi"}),
        ("https://openai.azure.com.evil.example/v1", "k-123", {"Authorization": "Bearer k-123"}),
        ("https://x.example/v1", "k-123", {"Authorization": "Bearer k-123"}),
    ],
)
def test_azure_takes_its_keys_by_another_header(
    monkeypatch: pytest.MonkeyPatch, address: str, key: str, header: dict[str, str]
) -> None:
    monkeypatch.setenv("WARMBENCH_API_KEY", key)
    assert ChatCompletions("m").headers(Endpoint.of(OPENAI, address, "x")) == header


HERE = "http://x.example/v1"
REDIRECTS = [
    (301, f"https://x.example/v1{CHAT}", "write the address as @https://x.example/v1"),
    (308, f"{HERE}{CHAT}/", "write the address as @http://x.example/v1"),
    (302, f"/api/v1{CHAT}", f"redirects to http://x.example/api/v1{CHAT} (status 302)"),
    (302, f"/api/v1{CHAT}", "write the address as @http://x.example/api/v1"),
    (302, "/login", "redirects to http://x.example/login"),
    (302, "/login", f"{CHAT} is not found below the address"),
    (307, f"https://other.example/v1{CHAT}", "another host, which would get the key"),
    (307, f"https://other.example/v1{CHAT}", "write the address as @https://other.example/v1"),
    (307, "https://other.example/", "another host, and no chat endpoint"),
    (302, f"http://x.example/v1{CHAT}?key=k-123", "?key=***"),
    (304, "", "not a reply of the API (status 304)"),
]


@pytest.mark.parametrize(("status", "location", "said"), REDIRECTS)
def test_a_redirect_is_explained(status: int, location: str, said: str) -> None:
    headers = {"location": location} if location else {}
    message = redirect_message(Endpoint.of(OPENAI, HERE, "x"), CHAT, status, headers)
    assert said in message
    assert "k-123" not in message


HOLDING_A_KEY = [
    "https://x.example/v1?key=s3cret",
    "https://x.example/v1?a=1&API_Key=s3cret",
    "https://me:s3cret@x.example/v1",
]


@pytest.mark.parametrize("address", HOLDING_A_KEY)
def test_an_address_with_a_key_in_it_is_refused_and_not_shown(address: str) -> None:
    with pytest.raises(UsageError, match=r"set WARMBENCH_API_KEY") as refused:
        Endpoint.of(OPENAI, address, address)
    assert "s3cret" not in str(refused.value)


def test_a_reply_that_says_a_stand_in_for_a_key_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WARMBENCH_API_KEY", "EMPTY")
    endpoint = Endpoint.of(OPENAI, "https://x.example/v1", "x")
    assert endpoint.redact_body(b"EMPTY") == b"EMPTY"
