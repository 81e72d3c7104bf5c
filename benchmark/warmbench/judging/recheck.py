"""Comparisons that judges make of recorded verdicts when they recheck a bundle."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from warmbench.judging.judge import Case, RecordedVerdict, WrongRecord, WrongVerdict
from warmbench.records.verdict import Judgement, Verdict

__all__ = ["different_verdicts", "inconsistent_verdicts", "misnamed_record", "wrong_verdict"]


def different_verdicts(
    verdicts: Sequence[RecordedVerdict], judge: Callable[[Case], Judgement | None]
) -> Iterator[WrongVerdict]:
    """The first verdict that ``judge`` does not repeat word for word, and how many others there
    are; ``judge`` returns None for a case that it does not settle."""
    wrong: list[tuple[int, Judgement]] = []
    for place, recorded in enumerate(verdicts):
        found = judge(recorded.case)
        if found and (found.verdict, found.sure, found.reason) != (
            recorded.verdict, recorded.sure, recorded.reason,
        ):  # fmt: skip
            wrong.append((place, found))
    if wrong:
        place, found = wrong[0]
        yield wrong_verdict(place, verdicts[place], found, len(wrong))


def wrong_verdict(
    place: int, recorded: RecordedVerdict, found: Judgement, count: int
) -> WrongVerdict:
    """``recorded`` is the first of ``count`` that differ; ``found`` is what the judge gives."""
    more = f", and {count - 1:,} others differ" if count > 1 else ""
    text = (
        f"recorded as {recorded.verdict[:40]!r} ({recorded.reason[:80]}), the judge gives "
        f"{found.verdict.value!r} ({found.reason[:80]}){more}"
    )
    return WrongVerdict(place, text)


def inconsistent_verdicts(verdicts: Sequence[RecordedVerdict]) -> Iterator[WrongVerdict]:
    """The first verdict that no judge gives, or that an equal answer did not get."""
    allowed = {verdict.value for verdict in Verdict}
    given: dict[Case, str] = {}
    for place, recorded in enumerate(verdicts):
        verdict = recorded.verdict
        if verdict not in allowed:
            text = f"{verdict[:40]!r} is not a verdict; these are {', '.join(sorted(allowed))}"
            yield WrongVerdict(place, text)
            return
        if given.setdefault(recorded.case, verdict) != verdict:
            text = f"{verdict!r}, but {given[recorded.case]!r} for the same answer elsewhere"
            yield WrongVerdict(place, text)
            return


def misnamed_record() -> WrongRecord:
    """For a record that is missing, or is another judge's."""
    return WrongRecord("", "does not say how this judge was asked")
