"""The ``llm`` judge: a language model gives the verdict, through any engine.

Replies are kept in a ledger, under all that can change them: what was answered is never asked
again, in whichever arm the same answer turns up. A reply that can't be read is kept too, but is not
a verdict: the next command asks again.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from typing import Any, ClassVar

from warmbench.engines.engine import ArmHistory, Engine
from warmbench.judging.judge import Case, Judged, JudgingObserver, NotJudged, Outcome
from warmbench.judging.judge_class import JudgeModel
from warmbench.judging.judge_settings import (
    DEFAULT_SETTINGS,
    TOP_P,
    JudgeSettings,
    settings_mark,
)
from warmbench.judging.llm.kept_forms import keep_form, kept_form
from warmbench.judging.llm.prompt import (
    ATTEMPTS,
    PROMPT_VERSION,
    SHARED_SHA256,
    judge_messages,
    task_prompt_hashes,
    tempts,
)
from warmbench.judging.llm.recorded import RecordedLLM, settled_by_rule
from warmbench.judging.llm.reply import Reply
from warmbench.records.request import Request, request_key
from warmbench.records.response import Answer, Failure
from warmbench.records.verdict import Judgement, Question, Verdict
from warmbench.running.arm_settings import check_extras_taken
from warmbench.running.ledger import Ledger
from warmbench.running.plan import request_seed

__all__ = ["LLMJudge"]

_COUNTS = ("by_rule", "asked", "known", "retried", "read", "unread", "failed")
"""Different answers settled by rule; requests asked now, and answered before; answers asked about
again; those with a readable reply, and without one; those that the model failed on."""

_KEYS_AT_ONCE = 5_000

_NAME = re.compile(rf"{PROMPT_VERSION}:[^\s()|,]+:{SHARED_SHA256[:8]}(?:\+([0-9a-f]{{8}}))?")


class LLMJudge:
    """Asks ``engine`` for each verdict that no rule settles, as ``settings`` say.

    Where a reply can't be read, the model is asked again in stricter words; a case whose second
    reply can't be read either is ``unscored``, and the next command asks about it anew. Engine and
    ledger belong to the caller, who closes them. Raises ``UsageError`` for a setting that the
    engine does not pass on.
    """

    asks_model: ClassVar[bool] = True

    def __init__(
        self, engine: Engine, ledger: Ledger, settings: JudgeSettings = DEFAULT_SETTINGS
    ) -> None:
        self._engine = engine
        self._ledger = ledger
        self._settings = settings
        self._sampling = settings.to_json()
        self._identity: Mapping[str, str | None] = dict(engine.identity())
        self.name = _name(self._identity, settings_mark(self._sampling))
        check_extras_taken(settings.extras, engine, f"judge {self.name}")

    @classmethod
    def open(cls, model: JudgeModel | None) -> LLMJudge:
        if model is None:
            raise ValueError("an llm judge asks a model")
        return cls(model.engine, model.ledger, model.settings)

    @staticmethod
    def recorded(name: str) -> RecordedLLM | None:
        match = _NAME.fullmatch(name)
        return RecordedLLM(name, match[1] or "") if match else None

    def judge_all(self, cases: Sequence[Case], observer: JudgingObserver) -> Judged:
        """Return one outcome a case. Stopped at any moment and called again with the same cases,
        it asks only what has no readable reply yet."""
        outcomes: dict[Case, Outcome] = {}
        for case in dict.fromkeys(cases):
            if settled := settled_by_rule(case.question, case.response, self.name):
                outcomes[case] = settled
        counts = Counter(by_rule=len(outcomes))
        replies = self._replies(
            [case for case in dict.fromkeys(cases) if case not in outcomes], counts, observer
        )
        outcomes.update((case, self._outcome(case, reply)) for case, reply in replies.items())
        unread = [r.shown for r in replies.values() if isinstance(r, Reply) and r.verdict is None]
        counts["unread"] = len(unread)
        counts["failed"] = sum(isinstance(reply, Failure) for reply in replies.values())
        counts["read"] = len(replies) - counts["unread"] - counts["failed"]
        record = self._record(task_prompt_hashes(case.task for case in outcomes), counts)
        if unread:
            record["unreadable"] = unread[0]
        return Judged([outcomes[case] for case in cases], record)

    def _replies(
        self, cases: Sequence[Case], counts: Counter[str], observer: JudgingObserver
    ) -> dict[Case, Reply | Failure]:
        """The reply to count for each case: from the ledger where one can be read, else from the
        engine, at the attempts that follow those of earlier commands."""
        replies, attempts = self._known(cases, counts)
        last = {case: _last_of_round(attempt) for case, attempt in attempts.items()}
        label, total, asked, block = self.name, len(cases), cases, 0
        while asked:
            observer.round_started(label, total, total - len(attempts), self._identity)
            blocks = self._blocks(asked, block)
            requests = [self._request(c, attempts[c], blocks[c]) for c in asked if c in attempts]
            by_key = self._ask(requests, label, observer)
            replies.update(
                (case, self._beside(case, by_key[request.key]))
                for case, request in zip(attempts, requests, strict=True)
            )
            counts["asked"] += len(requests)
            attempts = {
                case: attempt + 1
                for case, attempt in attempts.items()
                if _is_unread(replies[case]) and attempt < last[case]
            }
            counts["retried"] += sum(attempt == 1 for attempt in attempts.values())
            block += math.ceil(len(asked) / self._engine.block_size)
            label, total, asked = f"{self.name}, again", len(attempts), list(attempts)
        return replies

    def _known(
        self, cases: Sequence[Case], counts: Counter[str]
    ) -> tuple[dict[Case, Reply | Failure], dict[Case, int]]:
        """The replies that the ledger has, and the attempt to make at each case that it has no
        readable one for."""
        replies: dict[Case, Reply | Failure] = {}
        waiting, attempts, attempt = list(cases), dict[Case, int](), 0
        while waiting:
            keys = {case: self._request(case, attempt, 0).key for case in waiting}
            kept = self._kept(list(keys.values()))
            found = {
                case: self._beside(case, kept[key]) for case, key in keys.items() if key in kept
            }
            attempts.update((case, attempt) for case in waiting if case not in found)
            replies.update(found)
            waiting = [case for case, reply in found.items() if _is_unread(reply)]
            counts["known"] += len(found)
            counts["retried"] += len(waiting) if attempt == 0 else 0
            attempt += 1
        return replies, {case: attempts[case] for case in cases if case in attempts}

    def _ask(
        self, requests: Sequence[Request], label: str, observer: JudgingObserver
    ) -> dict[str, Reply | Failure]:
        """What the engine replies, by key; kept as it comes."""
        if not requests:
            return {}
        by_key = {request.key: request for request in requests}
        replies: dict[str, Reply | Failure] = {}
        self._begin(requests)
        with closing(self._engine.ask(requests)) as groups:
            for group in groups:
                self._ledger.record((by_key[one.key], one) for one in group)
                replies.update((one.key, _reply(one)) for one in group)
                observer.answered(label, group)
        return replies

    def _begin(self, requests: Sequence[Request]) -> None:
        """Let the engine find the form in which its model takes requests, or go on with it."""
        kept = kept_form(self._ledger.path, self.name)
        answers = self._ledger.answer_counts().get(self.name, 0)
        self._engine.begin(requests, ArmHistory(answers, kept))
        keep_form(self._ledger.path, self.name, self._engine.form)

    def _blocks(self, cases: Sequence[Case], first: int) -> dict[Case, int]:
        size = self._engine.block_size
        return {case: first + place // size for place, case in enumerate(cases)}

    def _kept(self, keys: Sequence[str]) -> dict[str, Reply]:
        """The replies that the ledger has to these requests."""
        return {
            key: Reply(row.response or "", row.finish_reason or "")
            for start in range(0, len(keys), _KEYS_AT_ONCE)
            for key, row in self._ledger.answers(keys[start : start + _KEYS_AT_ONCE]).items()
        }

    def _request(self, case: Case, attempt: int, block: int) -> Request:
        """In the ledger, the judge's name takes the place of the arm, the case that of the item."""
        case_id = case.case_id
        messages = judge_messages(case, attempt, self._settings.preset)
        seed = request_seed(0, self.name, case_id, attempt)
        settings = self._settings
        key = request_key(
            self._identity,
            arm=self.name,
            system=None,  # it is the first of the messages
            sampling=self._sampling,
            messages=messages,
            item_id=case_id,
            seed=seed,
            epoch=attempt,
        )
        return Request(
            key=key,
            arm=self.name,
            item_id=case_id,
            epoch=attempt,
            messages=messages,
            temperature=settings.temperature,
            max_tokens=settings.max_tokens + settings.reasoning_tokens,
            top_p=TOP_P,
            seed=seed,
            block=block,
            reasoning_tokens=settings.reasoning_tokens,
            extras=settings.extras,
        )

    def _beside(self, case: Case, reply: Reply | Failure) -> Reply | Failure:
        """``reply``, to be read in the form in which the model was asked, and more strictly where
        the case holds a verdict that it may quote."""
        if isinstance(reply, Failure):
            return reply
        return replace(reply, tempted=tempts(case), preset=self._settings.preset)

    def _outcome(self, case: Case, reply: Reply | Failure) -> Outcome:
        if isinstance(reply, Failure):
            return NotJudged(reply.kind, reply.message)
        if reply.verdict is None:
            return Judgement(Verdict.UNSCORED, False, self.name, f"unreadable: {reply.shown}")
        return Judgement(_scored(case.question, reply.verdict), True, self.name, reply.shown)

    def _record(self, prompts: Mapping[str, str], counts: Mapping[str, int]) -> dict[str, Any]:
        kept = kept_form(self._ledger.path, self.name) or self._engine.form
        return {
            "judge": self.name,
            "engine": dict(self._identity),
            "sampling": self._sampling,
            "request_form": kept.to_json(),
            "prompt_sha256": SHARED_SHA256,
            "task_prompts": dict(prompts),
            "requests": {name: counts[name] for name in _COUNTS},
        }


def _name(identity: Mapping[str, str | None], mark: str) -> str:
    """``llm-2:openai:gpt-4o-2024-08-06:ab12cd34``: prompt version, model, checksum of the texts
    that all tasks share; ``+0123abcd`` at the end stands for a sampling that is not the default."""
    adapter = f"+{identity['adapter']}" if identity["adapter"] else ""
    model = f"{identity['engine']}:{identity['model']}{adapter}"
    return f"{PROMPT_VERSION}:{model}:{SHARED_SHA256[:8]}{mark and '+'}{mark}"


def _last_of_round(attempt: int) -> int:
    """A command that was stopped between two attempts is followed by one that makes the second."""
    return attempt - attempt % ATTEMPTS + ATTEMPTS - 1


def _reply(response: Answer | Failure) -> Reply | Failure:
    if isinstance(response, Failure):
        return response
    return Reply(response.text, response.finish_reason)


def _is_unread(reply: Reply | Failure) -> bool:
    return isinstance(reply, Reply) and reply.verdict is None


def _scored(question: Question, verdict: Verdict) -> Verdict:
    """A refusal is the right answer to some questions."""
    if verdict is Verdict.REFUSED and question.refusal_is_correct:
        return Verdict.CORRECT
    return verdict
