"""Rewriting by a chat model, through any engine, with a ledger so that nothing is paid twice."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from importlib.resources import files
from pathlib import Path

from warmbench.engines.engine import Engine
from warmbench.records.conversation import Version
from warmbench.records.message import Message
from warmbench.records.request import Request, request_key
from warmbench.records.response import Answer, FailureKind
from warmbench.running.ledger import Ledger, LedgerRow
from warmbench.running.plan import request_seed
from warmbench_builders.sft.rewriting.rewriter import Rewrite, RewriteFailure, RewriteTask

__all__ = [
    "PROMPT_SHA256",
    "PROMPT_VERSION",
    "EngineRewriter",
    "rewrite_messages",
    "tag_of",
    "token_budget",
]

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
    shown = task.mismatches[:_FINDINGS_SHOWN]
    return "\n".join(
        f"- {mismatch.check}: {' '.join(mismatch.found.split())}" for mismatch in shown
    )


def _shortened(text: str) -> str:
    if len(text) <= _MESSAGE_SHOWN:
        return text
    half = _MESSAGE_SHOWN // 2
    return f"{text[:half]}\n[...]\n{text[-half:]}"


TEMPERATURE = 0.0
TOP_P = 1.0

_STEP = 256
_MOST = 16_384
"""Tokens: what gpt-4o-2024-08-06 can write; more is refused there."""


class EngineRewriter:
    """Asks an engine for each rewrite, at temperature 0; the answers are kept in a ledger.

    Stopped at any moment and given the same tasks again, it asks only what has no answer yet.
    Failures that last are not asked again either. Closing it closes the engine.
    """

    prompt_version = PROMPT_VERSION

    def __init__(self, engine: Engine, ledger_path: Path, *, seed: int = 0) -> None:
        self._engine = engine
        self._seed = seed
        ledger_path.parent.mkdir(parents=True, exist_ok=True)
        self._ledger = Ledger(ledger_path)

    @property
    def name(self) -> str:
        """Engine, model and adapter as the engine knows them; never where it was reached."""
        identity = self._engine.identity()
        adapter = f"+{identity['adapter']}" if identity["adapter"] else ""
        return f"{identity['engine']}:{identity['model']}{adapter}"

    @property
    def identity(self) -> Mapping[str, str | None]:
        """All about the model that can change a rewrite, for the release's manifest."""
        return self._engine.identity()

    def rewrite(self, tasks: Sequence[RewriteTask]) -> Iterator[Rewrite | RewriteFailure]:
        """Yield what the ledger has, then what the engine answers, as it finishes.

        Raises what the engine raises; what was answered until then is kept.
        """
        identity = self._engine.identity()
        plan = {
            request.key: (request, task)
            for place, task in enumerate(tasks)
            for request in [self._request(task, identity, place // self._engine.block_size)]
        }
        known = {row.key: row for row in self._ledger.rows() if row.key in plan}
        waiting = []
        for key, (request, task) in plan.items():
            result = _known_result(task, known[key]) if key in known else None
            if result is None:
                waiting.append(request)
            else:
                yield result
        with closing(self._engine.ask(waiting)) as groups:
            for group in groups:
                self._ledger.record((plan[response.key][0], response) for response in group)
                for response in group:
                    task = plan[response.key][1]
                    if isinstance(response, Answer):
                        yield _rewrite(task, response.text, response.finish_reason)
                    else:
                        yield RewriteFailure(task, response.kind, response.message)

    def close(self) -> None:
        self._ledger.close()
        self._engine.close()

    def _request(
        self, task: RewriteTask, identity: Mapping[str, str | None], block: int
    ) -> Request:
        messages = rewrite_messages(task)
        item_id, arm = task.exchange.exchange_id, task.version.value
        budget = token_budget(task)
        seed = request_seed(self._seed, arm, item_id, task.attempt)
        key = request_key(
            identity,
            arm=arm,
            system=None,  # it is the first of the messages
            sampling={"temperature": TEMPERATURE, "top_p": TOP_P, "max_tokens": budget},
            messages=messages,
            item_id=item_id,
            seed=seed,
            epoch=task.attempt,
        )
        return Request(
            key=key, arm=arm, item_id=item_id, epoch=task.attempt, messages=messages,
            temperature=TEMPERATURE, max_tokens=budget, top_p=TOP_P, seed=seed, block=block,
        )  # fmt: skip


def token_budget(task: RewriteTask) -> int:
    """How many tokens a rewrite may take: about twice those of the reply, and 256 more.

    A token is four bytes of English, three of most other scripts. In steps of 256, so that
    engines that answer in batches find requests alike; doubled for the second try, since the
    first may have been cut.
    """
    size = len(task.exchange.reply.encode("utf-8", "surrogatepass"))
    steps = (size // 2 + _STEP - 1) // _STEP + 1
    return min(steps * _STEP * (task.attempt + 1), _MOST)


def _known_result(task: RewriteTask, row: LedgerRow) -> Rewrite | RewriteFailure | None:
    """What a ledger row says of a task; None when it has to be asked again."""
    if row.answered:
        return _rewrite(task, row.response or "", row.finish_reason or "")
    failure = RewriteFailure(task, FailureKind(row.failure or ""), row.message or "")
    return failure if failure.lasting else None


def _rewrite(task: RewriteTask, text: str, finish_reason: str) -> Rewrite:
    return Rewrite(task, _unwrapped(text, tag_of(task)), cut=finish_reason == "length")


def _unwrapped(text: str, tag: str) -> str:
    """The reply alone: some models return it between the marks that it came in."""
    text = text.strip()
    return text.removeprefix(f"<reply-{tag}>").removesuffix(f"</reply-{tag}>").strip()
