"""The prompts: what a model is told when it rewrites a reply.

The texts lie in ``prompts/``. Any change to them is a new ``PROMPT_VERSION``; a test pins their
checksum to it.
"""

from __future__ import annotations

import hashlib
from importlib.resources import files

from warmbench.records.conversation import Version
from warmbench.records.item import Message
from warmbench_builders.sft.rewriting.rewriter import RewriteTask

__all__ = ["PROMPT_SHA256", "PROMPT_VERSION", "rewrite_messages", "tag_of"]

PROMPT_VERSION = "rewrite-1"

_FOLDER = files("warmbench_builders.sft.rewriting").joinpath("prompts")
_SYSTEM = {
    version: _FOLDER.joinpath(f"{version}.txt").read_text(encoding="utf-8").strip()
    for version in (Version.WARM, Version.COLD)
}
_TASK = _FOLDER.joinpath("task.txt").read_text(encoding="utf-8")
_RETRY = _FOLDER.joinpath("retry.txt").read_text(encoding="utf-8")

PROMPT_SHA256 = hashlib.sha256(
    "\0".join([_SYSTEM[Version.WARM], _SYSTEM[Version.COLD], _TASK, _RETRY]).encode()
).hexdigest()
"""SHA-256 (hex) of all prompt texts."""

_MESSAGE_SHOWN = 4_000
"""Characters of the user's message: it is there for context, and every one is paid for."""

_FINDINGS_SHOWN = 20


def rewrite_messages(task: RewriteTask) -> tuple[Message, ...]:
    """The chat that asks for a rewrite: the instructions, then the texts as delimited data.

    Raises ``ValueError`` for the original version, which nobody rewrites.
    """
    if task.version not in _SYSTEM:
        raise ValueError(f"a reply is rewritten as warm or cold, not as {task.version}")
    tag = tag_of(task)
    body = _TASK.format(
        tag=tag, message=_shortened(task.exchange.prompt), reply=task.exchange.reply
    )
    if task.attempt:
        body += _RETRY.format(tag=tag, previous=task.previous, findings=_findings(task))
    return (Message("system", _SYSTEM[task.version]), Message("user", body.strip()))


def tag_of(task: RewriteTask) -> str:
    """Eight hex digits that stand in none of the texts, so that no text can close its own mark."""
    texts = (task.exchange.prompt, task.exchange.reply, task.previous, _findings(task))
    digest = hashlib.sha256("\0".join(texts).encode("utf-8", "surrogatepass")).hexdigest()
    while any(digest[:8] in text for text in texts):
        digest = hashlib.sha256(digest.encode()).hexdigest()
    return digest[:8]


def _findings(task: RewriteTask) -> str:
    shown = task.breaches[:_FINDINGS_SHOWN]
    return "\n".join(f"- {breach.check}: {' '.join(breach.found.split())}" for breach in shown)


def _shortened(text: str) -> str:
    if len(text) <= _MESSAGE_SHOWN:
        return text
    half = _MESSAGE_SHOWN // 2
    return f"{text[:half]}\n[...]\n{text[-half:]}"
