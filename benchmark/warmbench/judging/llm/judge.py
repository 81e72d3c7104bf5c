"""The ``llm`` judge: a language model gives the verdict, through any engine.

Replies are kept in a ledger, under all that can change them: what was answered is never asked
again, in whichever arm the same answer turns up.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import closing
from typing import Any, ClassVar

from warmbench.engines.engine import Engine
from warmbench.judging.judge import Case, Judged, JudgingObserver, NotJudged, Outcome
from warmbench.judging.judge_class import JudgeModel
from warmbench.judging.llm.prompt import (
    ATTEMPTS,
    PROMPT_VERSION,
    SHARED_SHA256,
    judge_messages,
    task_prompt_hashes,
)
from warmbench.judging.llm.recorded import RecordedLLM, settled_by_rule
from warmbench.judging.llm.reply import Reply
from warmbench.records.request import Request, request_key
from warmbench.records.response import Answer, Failure
from warmbench.records.verdict import Judgement, Question, Verdict
from warmbench.running.ledger import Ledger
from warmbench.running.plan import request_seed

__all__ = ["LLMJudge"]

TEMPERATURE = 0.0
TOP_P = 1.0
MAX_TOKENS = 16

_COUNTS = ("by_rule", "asked", "known", "retried", "unread", "failed")
"""Different answers settled by rule; requests asked now, and answered before; answers asked about
twice; those left without a readable reply; those that the model failed on."""

_KEYS_AT_ONCE = 5_000

_NAME = re.compile(rf"{PROMPT_VERSION}:[^\s()|,]+:{SHARED_SHA256[:8]}")


class LLMJudge:
    """Asks ``engine`` for each verdict that no rule settles, at temperature 0.

    Where a reply can't be read, the model is asked again in stricter words; a case whose second
    reply can't be read either is ``unscored``. Engine and ledger belong to the caller, who closes
    them.
    """

    asks_model: ClassVar[bool] = True

    def __init__(self, engine: Engine, ledger: Ledger) -> None:
        self._engine = engine
        self._ledger = ledger
        self._identity: Mapping[str, str | None] = dict(engine.identity())
        self.name = _name(self._identity)

    @classmethod
    def open(cls, model: JudgeModel | None) -> LLMJudge:
        if model is None:
            raise ValueError("an llm judge asks a model")
        return cls(model.engine, model.ledger)

    @staticmethod
    def recorded(name: str) -> RecordedLLM | None:
        return RecordedLLM(name) if _NAME.fullmatch(name) else None

    def judge_all(self, cases: Sequence[Case], observer: JudgingObserver) -> Judged:
        """Return one outcome a case. Stopped at any moment and called again with the same cases,
        it asks only what has no answer yet."""
        outcomes: dict[Case, Outcome] = {}
        for case in dict.fromkeys(cases):
            if settled := settled_by_rule(case.question, case.response, self.name):
                outcomes[case] = settled
        open_cases = [case for case in dict.fromkeys(cases) if case not in outcomes]
        counts = Counter(by_rule=len(outcomes))
        first_block = 0
        for attempt in range(ATTEMPTS):
            replies = self._ask(open_cases, attempt, first_block, counts, observer)
            first_block += math.ceil(len(open_cases) / self._engine.block_size)
            outcomes.update((case, self._outcome(case, replies[case])) for case in open_cases)
            open_cases = [case for case in open_cases if _unread(replies[case])]
            counts["retried" if attempt == 0 else "unread"] = len(open_cases)
        counts["failed"] = sum(isinstance(outcome, NotJudged) for outcome in outcomes.values())
        prompts = task_prompt_hashes(case.task for case in outcomes)
        return Judged([outcomes[case] for case in cases], self._record(prompts, counts))

    def _ask(
        self,
        cases: Sequence[Case],
        attempt: int,
        first_block: int,
        counts: Counter[str],
        observer: JudgingObserver,
    ) -> dict[Case, Reply | Failure]:
        """The replies to one attempt at each case: from the ledger, else from the engine."""
        if not cases:
            return {}
        size = self._engine.block_size
        plan = [
            self._request(case, attempt, first_block + place // size)
            for place, case in enumerate(cases)
        ]
        replies = self._kept([request.key for request in plan])
        waiting = {r.key: r for r in plan if r.key not in replies}
        counts["known"] += len(replies)
        counts["asked"] += len(waiting)
        label = f"{self.name}, again" if attempt else self.name
        total = len(replies) + len(waiting)
        observer.round_started(label, total, len(replies), self._identity)
        if waiting:
            with closing(self._engine.ask(list(waiting.values()))) as groups:
                for group in groups:
                    self._ledger.record((waiting[one.key], one) for one in group)
                    replies.update((one.key, _reply(one)) for one in group)
                    observer.answered(label, group)
        return {case: replies[r.key] for case, r in zip(cases, plan, strict=True)}

    def _kept(self, keys: Sequence[str]) -> dict[str, Reply | Failure]:
        """The replies that the ledger has to these requests."""
        return {
            key: Reply(row.response or "", row.finish_reason or "")
            for start in range(0, len(keys), _KEYS_AT_ONCE)
            for key, row in self._ledger.answers(keys[start : start + _KEYS_AT_ONCE]).items()
        }

    def _request(self, case: Case, attempt: int, block: int) -> Request:
        """In the ledger, the judge's name takes the place of the arm, the case that of the item."""
        case_id = case.case_id
        messages = judge_messages(case, attempt)
        seed = request_seed(0, self.name, case_id, attempt)
        key = request_key(
            self._identity,
            arm=self.name,
            system=None,  # it is the first of the messages
            sampling={"temperature": TEMPERATURE, "top_p": TOP_P, "max_tokens": MAX_TOKENS},
            messages=messages,
            item_id=case_id,
            seed=seed,
            epoch=attempt,
        )
        return Request(
            key=key, arm=self.name, item_id=case_id, epoch=attempt, messages=messages,
            temperature=TEMPERATURE, max_tokens=MAX_TOKENS, top_p=TOP_P, seed=seed, block=block,
        )  # fmt: skip

    def _outcome(self, case: Case, reply: Reply | Failure) -> Outcome:
        if isinstance(reply, Failure):
            return NotJudged(reply.kind, reply.message)
        if reply.verdict is None:
            return Judgement(Verdict.UNSCORED, False, self.name, f"unreadable: {reply.shown}")
        return Judgement(_scored(case.question, reply.verdict), True, self.name, reply.shown)

    def _record(self, prompts: Mapping[str, str], counts: Mapping[str, int]) -> dict[str, Any]:
        return {
            "judge": self.name,
            "engine": dict(self._identity),
            "prompt_sha256": SHARED_SHA256,
            "task_prompts": dict(prompts),
            "requests": {name: counts[name] for name in _COUNTS},
        }


def _name(identity: Mapping[str, str | None]) -> str:
    """``llm-1:openai:gpt-4o-2024-08-06:ab12cd34``: prompt version, model, checksum of the texts
    that all tasks share."""
    adapter = f"+{identity['adapter']}" if identity["adapter"] else ""
    model = f"{identity['engine']}:{identity['model']}{adapter}"
    return f"{PROMPT_VERSION}:{model}:{SHARED_SHA256[:8]}"


def _reply(response: Answer | Failure) -> Reply | Failure:
    if isinstance(response, Failure):
        return response
    return Reply(response.text, response.finish_reason)


def _unread(reply: Reply | Failure) -> bool:
    return isinstance(reply, Reply) and reply.verdict is None


def _scored(question: Question, verdict: Verdict) -> Verdict:
    """A refusal is the right answer to some questions."""
    if verdict is Verdict.REFUSED and question.refusal_is_correct:
        return Verdict.CORRECT
    return verdict
