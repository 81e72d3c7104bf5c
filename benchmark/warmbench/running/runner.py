"""Runs a study: asks every arm every item and prompt, and keeps all that comes back.

Where the study has closing turns, they are a second pass, after the replies of all arms: whatever
becomes of it, the replies are there.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Protocol

from warmbench.engines.budget import Budget, Spending
from warmbench.engines.engine import ArmHistory, Engine, EngineOptions
from warmbench.engines.registry import open_engine
from warmbench.records.item import Item
from warmbench.records.model_spec import parse_model_spec
from warmbench.records.prompt import Prompt
from warmbench.records.release import ReleaseRecord
from warmbench.records.request import Request, request_key
from warmbench.records.request_form import USUAL_FORM, RequestForm
from warmbench.records.response import NO_TOKENS, REFUSALS, Answer, Response
from warmbench.records.run import RunRecord
from warmbench.records.selection import Selection
from warmbench.records.study import Arm, Study
from warmbench.running.arm_settings import check_compute_types, check_extras, check_forms
from warmbench.running.closing_plan import ClosingPlan
from warmbench.running.folder import RunFolder
from warmbench.running.ledger import Ledger
from warmbench.running.observer import Observer, SilentObserver
from warmbench.running.plan import ArmPlan, KeyFunction, Place
from warmbench.running.prompt_set import NO_PROMPTS, PromptSet
from warmbench.running.run_tables import write_failures, write_responses
from warmbench.running.summary import RunSummary

__all__ = ["run_in_folder", "run_study"]


def run_in_folder(
    path: Path,
    study: Study,
    items: Sequence[Item],
    release: ReleaseRecord,
    selection: Selection,
    options: EngineOptions,
    observer: Observer | None = None,
    prompt_set: PromptSet = NO_PROMPTS,
) -> tuple[RunFolder, RunSummary]:
    """Open the engines of a study, make or resume its run folder, and run it there.

    ``items`` are those that ``selection`` chose of ``release``, ``prompt_set`` the prompts. The
    run remembers how many prompts it asks, not how many it might have asked.
    """
    options.budget.check_prices({arm.name: arm.model for arm in study.arms})
    options = replace(options, work_dir=path)
    observer = observer or SilentObserver()
    prompts = prompt_set.prompts
    if not prompts:
        selection = selection.model_copy(update={"warmth_prompts": 0})
    with _open_engines(study, options, observer) as engines:
        identities = {arm: dict(engine.identity()) for arm, engine in engines.items()}
        check_compute_types(study, identities)
        record = RunRecord(
            study=study,
            release=release,
            selection=selection,
            engines=identities,
            items=len(items),
            prompts=len(prompts),
            prompt_release=prompt_set.release,
        )
        folder = RunFolder.create(path, record, items, prompts)
        return folder, run_study(
            study,
            engines,
            items,
            folder,
            prompts=prompts,
            epochs=selection.epochs,
            observer=observer,
            budget=options.budget,
        )


@contextmanager
def _open_engines(
    study: Study, options: EngineOptions, observer: Observer
) -> Iterator[dict[str, Engine]]:
    """Arm name -> its engine, with its notes told to ``observer``; all are closed at the end."""
    engines: dict[str, Engine] = {}
    try:
        for arm in study.arms:
            heard = replace(options, note=partial(observer.noted, arm.name))
            engines[arm.name] = open_engine(parse_model_spec(arm.model), heard, arm.revision)
            check_extras(arm, engines[arm.name])
        yield engines
    finally:
        for engine in engines.values():
            engine.close()


def run_study(
    study: Study,
    engines: Mapping[str, Engine],
    items: Sequence[Item],
    folder: RunFolder,
    *,
    prompts: Sequence[Prompt] = (),
    epochs: int = 1,
    observer: Observer | None = None,
    budget: Budget | None = None,
    key_of: KeyFunction = request_key,
) -> RunSummary:
    """Ask each arm (``engines``: arm name -> engine) every item, then every prompt, then to state
    its replies where the study says so, and write the responses to each.

    Resumes: what the ledger has an answer for is not asked again. Stops where ``budget`` ends,
    counting what the ledger knows was spent before. ``key_of`` hashes each request, once. Raises
    what an engine raises; what was answered until then is kept.
    """
    plans = [
        ArmPlan(study, arm, engine.identity(), items, prompts, epochs, engine.block_size, key_of)
        for arm in study.arms
        for engine in (engines[arm.name],)
    ]
    with folder.locked(), closing(Ledger(folder.ledger_path)) as ledger:
        turns = [ClosingPlan(plan, ledger) for plan in plans] if study.closing_tokens else []
        run = _Run(ledger, observer or SilentObserver(), budget or Budget())
        run.announce(plans, turns)
        _begin(run, study, plans, engines, folder)
        for plan in plans:
            run.ask(plan, engines[plan.arm.name])
        _keep_forms(study, engines, folder)  # a batch finds its own when it ends
        _write_tables(folder, ledger, plans)
        if turns and not run.is_out_of_budget:
            _begin(run, study, turns, engines, folder)
            for turn in reversed(turns):  # the model that answered last may still be loaded
                run.ask_closing(turn, engines[turn.arm.name])
        if run.stated:
            asked = chain.from_iterable(turn.asked() for turn in turns)
            write_responses(folder.closing_responses_path, ledger, asked)
        ledger.end_session()
    forms = {arm: form.to_json() for arm, form in folder.request_forms().items()}
    return replace(run.summary(), request_forms={arm: form for arm, form in forms.items() if form})


class _Part(Protocol):
    """Requests of one arm: its plan, or its closing turns."""

    @property
    def arm(self) -> Arm: ...

    def requests(self) -> Iterator[Request]: ...


def _begin(
    run: _Run,
    study: Study,
    parts: Sequence[_Part],
    engines: Mapping[str, Engine],
    folder: RunFolder,
) -> None:
    """Let all engines begin before one is asked. Where one can't, keeps what any has answered."""
    kept = folder.request_forms()
    try:
        for part in parts:
            run.begin(part, engines[part.arm.name], kept.get(part.arm.name))
        _keep_forms(study, engines, folder)
    except BaseException:
        # What was answered was asked in these forms; a resume that did not know would refuse them.
        forms = {arm: engine.form for arm, engine in engines.items()}
        found = {arm: form for arm, form in forms.items() if form != USUAL_FORM}
        if found:
            folder.write_request_forms({**kept, **found})
        for part in parts:
            run.keep_early(part, engines[part.arm.name])
        raise


def _write_tables(folder: RunFolder, ledger: Ledger, plans: Sequence[ArmPlan]) -> None:
    """The answers to items and to prompts, and what has failed, as parquet files."""
    write_responses(folder.responses_path, ledger, _items_of(plans))
    if any(ledger.answers(plan.prompt_keys) for plan in plans):
        write_responses(folder.prompt_responses_path, ledger, _prompts_of(plans))
    write_failures(folder.failures_path, ledger, chain(_items_of(plans), _prompts_of(plans)))


def _keep_forms(study: Study, engines: Mapping[str, Engine], folder: RunFolder) -> None:
    """Write how each arm's requests were put; raises ``EngineError`` where the arms differ."""
    forms = {arm.name: engines[arm.name].form for arm in study.arms}
    check_forms(study, forms)
    if forms != folder.request_forms():
        folder.write_request_forms(forms)


def _items_of(plans: Sequence[ArmPlan]) -> Iterator[tuple[Place, str]]:
    return (pair for plan in plans for pair in zip(plan.item_places(), plan.item_keys, strict=True))


def _prompts_of(plans: Sequence[ArmPlan]) -> Iterator[tuple[Place, str]]:
    return (
        pair for plan in plans for pair in zip(plan.prompt_places(), plan.prompt_keys, strict=True)
    )


class _Run:
    """Asks what the ledger lacks, arm by arm, and counts what comes of it."""

    def __init__(self, ledger: Ledger, observer: Observer, budget: Budget) -> None:
        self._ledger = ledger
        self._observer = observer
        self._budget = budget
        self._planned = self._before = self._answered = 0
        self._failures: Counter[str] = Counter()
        self._first_failures: dict[str, str] = {}
        self._asked_again: Counter[str] = Counter()
        self._closing_turns = 0
        self._stated: Counter[str] = Counter()
        self._at_most: dict[str, int] = {}
        self._refusals = Counter[str]()
        for found in ledger.failures():
            self._refusals[found.arm] += found.count if found.kind in REFUSALS else 0
        budget.begin(ledger.spendings())

    @property
    def is_out_of_budget(self) -> bool:
        return bool(self._budget.refused)

    @property
    def stated(self) -> int:
        """How many replies are stated, now or before."""
        return self._stated.total()

    def announce(self, plans: Sequence[ArmPlan], turns: Sequence[ClosingPlan]) -> None:
        """Tell the observer, and who else looks on, how much there is to ask over all arms."""
        answered = self._ledger.answered_keys()
        for turn in turns:
            self._at_most[turn.arm.name] = turn.at_most
            self._stated[turn.arm.name] = len(answered & turn.keys())
        arms = {
            name: (
                len(plan) + self._at_most.get(name, 0),
                len(answered & plan.keys()) + self._stated[name],
            )
            for plan in plans
            for name in (plan.arm.name,)
        }
        self._observer.run_planned(arms)
        if any(done < total for total, done in arms.values()):
            self._ledger.begin_session({arm: self._budget.prices.get(arm) for arm in arms})

    def begin(self, part: _Part, engine: Engine, form: RequestForm | None) -> None:
        """Let an engine begin with what one arm will be asked; ``form`` is that of an earlier
        start."""
        arm = part.arm.name
        history = ArmHistory(self._ledger.answer_counts().get(arm, 0), form, self._refusals[arm])
        engine.begin(self._todo(part), history)

    def keep_early(self, part: _Part, engine: Engine) -> None:
        """Record what an engine has from its ``begin``, where it will not be asked."""
        if early := {response.key: response for response in engine.early_responses}:
            asked = [request for request in self._todo(part) if request.key in early]
            self._ledger.record((request, early[request.key]) for request in asked)

    def ask(self, plan: ArmPlan, engine: Engine) -> None:
        """Ask one arm what has no answer yet, as far as the budget goes."""
        arm, todo = plan.arm.name, list(self._todo(plan))
        before = len(plan) - len(todo)
        self._planned += len(plan)
        self._before += before
        self._observer.arm_started(
            arm, len(plan) + self._at_most.get(arm, 0), before + self._stated[arm]
        )
        self._ledger.begin_arm(arm)
        self._ask_all(arm, engine, todo)

    def ask_closing(self, turn: ClosingPlan, engine: Engine) -> None:
        """The same for the closing turns, whose number is known by now."""
        arm, todo = turn.arm.name, list(self._todo(turn))
        total = len(todo) + self._stated[arm]
        self._planned += total
        self._before += self._stated[arm]
        self._closing_turns += total
        self._observer.arm_started(arm, len(turn.plan) + total, len(turn.plan) + self._stated[arm])
        self._stated[arm] += self._ask_all(arm, engine, todo)

    def _ask_all(self, arm: str, engine: Engine, todo: list[Request]) -> int:
        """How many were answered."""
        before = self._answered
        for responses in self._within_budget(arm, engine, todo):
            self._observer.answered(arm, responses)
            self._count(responses)
        return self._answered - before

    def _todo(self, part: _Part) -> Iterator[Request]:
        """One at a time: most engines begin nothing ahead."""
        answered = self._ledger.answered_keys()
        return (request for request in part.requests() if request.key not in answered)

    def summary(self) -> RunSummary:
        complete = self._before + self._answered == self._planned
        return RunSummary(
            self._planned,
            self._before,
            self._answered,
            dict(sorted(self._failures.items())),
            dict(sorted(self._first_failures.items())),
            dict(sorted(self._asked_again.items())),
            "" if complete else self._budget.refused,
            closing_turns=self._closing_turns,
            stated=self._stated.total(),
        )

    def _within_budget(
        self, arm: str, engine: Engine, todo: list[Request]
    ) -> Iterator[Sequence[Response]]:
        """What an engine that keeps the budget itself answers; others are asked what can be paid
        for, then what can be paid for with what was left of that."""
        if engine.keeps_budget or not self._budget.limited:
            yield from self._asked(engine, todo)
            return
        left = deque(todo)
        while affordable := self._reserved(arm, engine, left):
            at_most = {request.key: engine.most_tokens(request) for request in affordable}
            with closing(self._asked(engine, affordable)) as groups:
                for responses in groups:
                    for response in responses:
                        self._budget.settle(arm, at_most[response.key], response.billed)
                        self._budget.charge(Spending(arm, response.attempts - 1, NO_TOKENS))
                    yield responses

    def _reserved(self, arm: str, engine: Engine, left: deque[Request]) -> list[Request]:
        """The first requests of ``left`` that the budget has room for, reserved and taken out of
        it: whole blocks, which are drawn together, or as much as fits of the first one."""
        taken: list[Request] = []
        while left and self._budget.reserve(arm, engine.most_tokens(left[0])):
            taken.append(left.popleft())
        while left and taken[:1] and taken[0].block != taken[-1].block == left[0].block:
            self._budget.release(arm, engine.most_tokens(taken[-1]))
            left.appendleft(taken.pop())
        return taken

    def _asked(
        self, engine: Engine, requests: Sequence[Request]
    ) -> Generator[Sequence[Response], None, None]:
        by_key = {request.key: request for request in requests}
        with closing(engine.ask(requests)) as groups:
            for responses in groups:
                self._ledger.record((by_key[response.key], response) for response in responses)
                yield responses

    def _count(self, responses: Sequence[Response]) -> None:
        for response in responses:
            if isinstance(response, Answer):
                self._answered += 1
            else:
                self._failures[response.kind.value] += 1
                self._first_failures.setdefault(response.kind.value, response.message)
            self._asked_again.update(kind.value for kind in response.retried)
