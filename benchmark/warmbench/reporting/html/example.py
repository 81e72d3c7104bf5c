"""Examples: one item with both answers and both verdicts, and the choice of some to show."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle
from typing import Any

from warmbench.records.item import Item
from warmbench.records.verdict import Verdict

__all__ = ["Example", "choose_examples"]

Row = Mapping[str, Any]
AnswerKey = tuple[str, str, int]

_ORIGINAL = "original"

_LOST, _GAINED, _BOTH_RIGHT, _BOTH_WRONG, _OTHER = range(5)
_TURNS = (_LOST, _GAINED, _BOTH_RIGHT, _LOST, _GAINED, _BOTH_WRONG, _OTHER)
"""Whose turn it is to give an example: losses and gains as often, and twice as often as each of
the others. ``_OTHER``: an answer was refused or could not be scored."""

_KINDS = {
    (Verdict.CORRECT, Verdict.INCORRECT): _LOST,
    (Verdict.INCORRECT, Verdict.CORRECT): _GAINED,
    (Verdict.CORRECT, Verdict.CORRECT): _BOTH_RIGHT,
    (Verdict.INCORRECT, Verdict.INCORRECT): _BOTH_WRONG,
}


@dataclass(frozen=True, slots=True)
class Example:
    """One item as asked, what each arm answered, and what the judge said of it. Reasoning: what an
    arm thought before, which was not judged; empty where it did not."""

    item_id: str
    task: str
    context: str
    belief: str
    prompt: str
    original_response: str
    original_verdict: str
    treated_arm: str
    treated_response: str
    treated_verdict: str
    original_reasoning: str = ""
    treated_reasoning: str = ""


@dataclass(frozen=True, slots=True)
class _Candidate:
    item: Item
    epoch: int
    kind: int
    order: str


def choose_examples(
    items: Sequence[Item],
    responses: Sequence[Row],
    verdicts: Sequence[Row],
    treated_arm: str,
    count: int = 12,
) -> list[Example]:
    """At most ``count`` examples, the same ones for the same rows in any order.

    ``responses`` and ``verdicts``: rows of ``RESPONSE_SCHEMA`` and ``VERDICT_SCHEMA``. Answers
    that got worse and answers that got better come in equal number while both last, beside some
    that are both right, both wrong, or refused; each is taken from the context (then question,
    task and belief) shown least so far, by the hash of its id. An item that only one arm
    answered is left out; of several epochs the first that both arms have is shown.
    """
    texts = {_key(row): str(row["response"]) for row in responses if row["response"] is not None}
    thoughts = {_key(row): str(found) for row in responses if (found := row.get("reasoning"))}
    judged = {_key(row): str(row["verdict"]) for row in verdicts}
    candidates = list(_candidates(items, texts, judged, treated_arm))
    return [
        _example(candidate, texts, thoughts, judged, treated_arm)
        for candidate in _varied(candidates, count)
    ]


def _key(row: Row) -> AnswerKey:
    return row["item_id"], row["arm"], row["epoch"]


def _candidates(
    items: Sequence[Item],
    texts: Mapping[AnswerKey, str],
    judged: Mapping[AnswerKey, str],
    treated_arm: str,
) -> Iterator[_Candidate]:
    epochs: dict[str, list[int]] = {}
    for item_id, arm, epoch in texts:
        if arm == _ORIGINAL:
            epochs.setdefault(item_id, []).append(epoch)
    for item in items:
        for epoch in sorted(epochs.get(item.item_id, ())):
            original = (item.item_id, _ORIGINAL, epoch)
            treated = (item.item_id, treated_arm, epoch)
            if treated in texts and original in judged and treated in judged:
                kind = _KINDS.get((Verdict(judged[original]), Verdict(judged[treated])), _OTHER)
                order = hashlib.sha256(f"{treated_arm}\n{item.item_id}".encode()).hexdigest()
                yield _Candidate(item, epoch, kind, order)
                break


def _varied(candidates: Sequence[_Candidate], count: int) -> list[_Candidate]:
    pools: dict[int, list[_Candidate]] = {kind: [] for kind in _TURNS}
    for candidate in candidates:
        pools[candidate.kind].append(candidate)
    shown: Counter[str] = Counter()
    chosen: list[_Candidate] = []
    turns = cycle(_TURNS)
    while len(chosen) < min(count, len(candidates)):
        pool = pools[next(turns)]
        if pool:
            best = min(pool, key=lambda candidate: _rank(candidate, shown))
            pool.remove(best)
            shown.update(_conditions(best.item))
            chosen.append(best)
    return chosen


def _conditions(item: Item) -> tuple[str, ...]:
    """What an example uses up, the most important first; prefixed, so that none are confused."""
    return (
        f"context {item.context}",
        f"question {item.question_id}",
        f"task {item.task}",
        f"belief {item.belief}",
    )


def _rank(candidate: _Candidate, shown: Counter[str]) -> tuple[tuple[int, ...], str]:
    used = tuple(shown[condition] for condition in _conditions(candidate.item))
    return used, candidate.order


def _example(
    candidate: _Candidate,
    texts: Mapping[AnswerKey, str],
    thoughts: Mapping[AnswerKey, str],
    judged: Mapping[AnswerKey, str],
    treated_arm: str,
) -> Example:
    item = candidate.item
    original = (item.item_id, _ORIGINAL, candidate.epoch)
    treated = (item.item_id, treated_arm, candidate.epoch)
    return Example(
        item_id=item.item_id,
        task=item.task,
        context=item.context.value,
        belief=item.belief.value,
        prompt=_prompt(item),
        original_response=texts[original],
        original_verdict=judged[original],
        treated_arm=treated_arm,
        treated_response=texts[treated],
        treated_verdict=judged[treated],
        original_reasoning=thoughts.get(original, ""),
        treated_reasoning=thoughts.get(treated, ""),
    )


def _prompt(item: Item) -> str:
    """The message as sent; with several, each under its role."""
    if len(item.messages) == 1:
        return item.messages[0].content
    return "\n\n".join(f"[{message.role}]\n{message.content}" for message in item.messages)
