"""Judging with its progress shown: a bar, with rate, failures and cost where models are asked."""

from __future__ import annotations

from collections.abc import Sequence

from warmbench.engines.budget import Price, price_of
from warmbench.engines.http.account import OPENAI_URL
from warmbench.judging.hybrid import HybridJudge
from warmbench.judging.judge import BatchJudge, Case, Judged, Watch
from warmbench.judging.llm.llm_judge import LLMJudge
from warmbench.judging.panel import Panel
from warmbench.records.model_spec import ModelSpec
from warmbench.run.progress import RunProgress, counted

__all__ = ["judge_watched"]


def judge_watched(judge: BatchJudge, cases: Sequence[Case]) -> Judged:
    """Judge ``cases``, and say on stderr how it goes."""
    asked = _llm_judges(judge)
    if asked:
        with RunProgress(_prices(asked)) as progress:
            return judge.judge_all(cases, Watch(observer=progress))
    with counted("judging", len(cases)) as tick:
        return judge.judge_all(cases, Watch(tick=tick))


def _llm_judges(judge: BatchJudge) -> list[LLMJudge]:
    if isinstance(judge, Panel):
        return [one for member in judge.members for one in _llm_judges(member)]
    if isinstance(judge, HybridJudge):
        return _llm_judges(judge.llm)
    return [judge] if isinstance(judge, LLMJudge) else []


def _prices(judges: Sequence[LLMJudge]) -> dict[str, Price]:
    prices = {}
    for judge in judges:
        price = price_of(ModelSpec(str(judge.identity["engine"]), str(judge.identity["model"])))
        if price is not None and judge.identity["endpoint"] == OPENAI_URL:
            prices.update(dict.fromkeys(judge.labels, price))
    return prices
