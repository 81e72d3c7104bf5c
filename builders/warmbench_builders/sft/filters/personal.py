"""The personal-data filter: chats that hold an address, a number or a key of somebody's.

Phone numbers are phonenumbers' (https://github.com/daviddrysdale/python-phonenumbers), cards and
bank accounts python-stdnum's, street addresses pyap2's, keys and tokens those of Yelp's
detect-secrets. Each is asked only about texts that hold the characters it needs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib import import_module
from typing import Any

import regex

from warmbench.optional_library import from_extra
from warmbench_builders.sft.readers.chat import Chat, Dropped

__all__ = ["PersonalDataFilter"]

_EMAIL = regex.compile(r"\b[\w.+-]{1,64}@(?:[\w-]{1,63}\.)+\p{L}{2,24}\b")
_EXAMPLE_HOST = regex.compile(r"@(?:\S*\.)?(?:example|test|localhost|domain|email)\.|@example\b")
"""Addresses of documentation (RFC 2606) and of placeholders belong to nobody."""

_PHONE_LIKE = regex.compile(r"(?<![\w.])\+?\(?\d[\d ().-]{6,20}\d(?![\w.])")
_CARD_LIKE = regex.compile(r"(?<![\w.-])(?:\d[ -]?){12,18}\d(?![\w.-])")
_IBAN_LIKE = regex.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{2,4}){3,9}\b")
_STREET_LIKE = regex.compile(
    r"\b\d{1,5} (?:\p{L}[\p{L}.']* ){1,4}"
    r"(?:street|st|avenue|ave|road|rd|lane|ln|drive|dr|boulevard|blvd|court|ct|way|place|pl"
    r"|square|sq|terrace|close|crescent)\b[^\n]{0,80}",
    regex.IGNORECASE,
)
_TEST_CARDS = frozenset(
    ["4111111111111111", "4242424242424242", "5555555555554444", "378282246310005"]
)
"""Numbers that payment companies publish for testing."""

_PHONE_REGIONS = ("US", "GB")
"""Where a number without a country code is tried."""

_ADDRESS_COUNTRIES = ("US", "GB", "CA")

# The detectors of detect-secrets that know a token by its form; those that guess by entropy or by
# a word nearby take ordinary text for keys.
_KEY_PLUGINS = (
    "aws:AWSKeyDetector", "azure_storage_key:AzureStorageKeyDetector",
    "discord:DiscordBotTokenDetector",
    "github_token:GitHubTokenDetector", "gitlab_token:GitLabTokenDetector", "jwt:JwtTokenDetector",
    "mailchimp:MailchimpDetector", "npm:NpmDetector", "openai:OpenAIDetector",
    "private_key:PrivateKeyDetector", "pypi_token:PypiTokenDetector", "sendgrid:SendGridDetector",
    "slack:SlackDetector", "square_oauth:SquareOAuthDetector", "stripe:StripeDetector",
    "telegram_token:TelegramBotTokenDetector", "twilio:TwilioKeyDetector",
)  # fmt: skip
_KEY_LIKE = regex.compile(r"[\w./+-]{20}|BEGIN ")


class PersonalDataFilter:
    """Drops a chat with an e-mail address, phone number, card, bank account, street address or
    secret key, and says which kind."""

    def __init__(self) -> None:
        self._phonenumbers = _library("phonenumbers", "phonenumbers")
        self._luhn = _library("stdnum.luhn", "python-stdnum")
        self._iban = _library("stdnum.iban", "python-stdnum")
        self._pyap = _library("pyap", "pyap2")
        self._key_detectors = [_detector(name) for name in _KEY_PLUGINS]

    def __call__(self, chat: Chat) -> Chat | Dropped:
        for message in chat.messages:
            kind = next(self._kinds(message.content), None)
            if kind is not None:
                return Dropped(kind)
        return chat

    def _kinds(self, text: str) -> Iterator[str]:
        has_digit = any(map(text.__contains__, "0123456789"))
        if "@" in text and any(
            not _EXAMPLE_HOST.search(found[0]) for found in _EMAIL.finditer(text)
        ):
            yield "an e-mail address"
        if has_digit and any(map(self._is_phone, _PHONE_LIKE.findall(text))):
            yield "a phone number"
        if has_digit and any(map(self._is_card, _CARD_LIKE.findall(text))):
            yield "a card number"
        if has_digit and any(map(self._iban.is_valid, _IBAN_LIKE.findall(text))):
            yield "a bank account"
        if has_digit and any(map(self._is_address, _STREET_LIKE.findall(text))):
            yield "a street address"
        if _KEY_LIKE.search(text) and any(map(self._holds_key, text.splitlines())):
            yield "a secret key"

    def _is_phone(self, text: str) -> bool:
        """Valid where it says its country, or grouped as its country groups it."""
        matcher = self._phonenumbers.PhoneNumberMatcher
        strict = self._phonenumbers.Leniency.STRICT_GROUPING
        regions: Sequence[str | None] = (None,) if text.startswith("+") else _PHONE_REGIONS
        # 555-01xx is kept free for fiction in North America.
        return any(
            "55501" not in str(match.number.national_number)
            for region in regions
            for match in matcher(text, region, leniency=strict)
            if text.startswith("+") or not text.isdigit()
        )

    def _is_card(self, text: str) -> bool:
        digits = "".join(filter(str.isdigit, text))
        return (
            13 <= len(digits) <= 19
            and digits[0] in "3456"
            and len(set(digits)) > 2
            and digits not in _TEST_CARDS
            and bool(self._luhn.is_valid(digits))
        )

    def _is_address(self, text: str) -> bool:
        """A street with its town: a street alone (10 Downing Street) is common knowledge."""
        return any(
            address.postal_code or (address.city and address.region1)
            for country in _ADDRESS_COUNTRIES
            for address in self._pyap.parse(text, country=country)
        )

    def _holds_key(self, line: str) -> bool:
        if not _KEY_LIKE.search(line):
            return False
        return any(
            True for detector in self._key_detectors for _ in detector.analyze_string(line[:2_000])
        )


def _library(module: str, package: str) -> Any:
    with from_extra("build", "build sft", package):
        return import_module(module)


def _detector(name: str) -> Any:
    module, _, detector = name.partition(":")
    return getattr(_library(f"detect_secrets.plugins.{module}", "detect-secrets"), detector)()
