"""What stands beside a scorecard in a run folder: an analysis and an audit."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

import numpy as np

from tests.benchmark.examples import make_items, make_verdicts
from warmbench.statistics.mcnemar import FAMILY, mcnemar_tests
from warmbench.statistics.models.fitted_model import fit_models
from warmbench.statistics.models.model import MODELS
from warmbench.statistics.models.observations import observations_of

__all__ = ["make_analysis", "make_audit"]

Json = dict[str, Any]


_ORIGIN = {
    "warmbench_version": "0.1.0",
    "release": {"name": "open", "version": "1.0.0", "fingerprint": "0123456789abcdef" * 4},
    "study": {"arms": [{"name": n, "model": f"replay:{n}.csv"} for n in ("original", "warm")]},
}


def make_analysis(judge: str = "reference-2") -> Json:
    """The analysis of a study in which the warm arm errs three times as often, as read from JSON.
    Two of its models are fitted."""
    items = make_items(20, tasks=("triviaqa", "medqa"))
    rng = np.random.default_rng(1)
    wrong = {"original": 0.1, "warm": 0.3}
    verdicts = make_verdicts(
        items, lambda i, arm, e: "incorrect" if rng.random() < wrong[arm] else "correct"
    )
    responses = [{**row, "response": "some words"} for row in verdicts]
    seen = observations_of(items, verdicts, "warm", responses)
    models = fit_models(seen, with_length=False, models=[MODELS[0], MODELS[3]])
    found = {
        **_ORIGIN,
        "analysis_version": "1.0.0",
        "citation": {},
        "selection": {},
        "judge": judge,
        "mcnemar": {
            "family": FAMILY,
            "epochs": "one answer a question and arm",
            "tests": [asdict(test) for test in mcnemar_tests(items, verdicts, ["warm"])],
        },
        "models": {"warm": [asdict(model) for model in models]},
    }
    found["models"]["warm"].append(
        {
            "name": "3",
            "title": "by context",
            "with_length": True,
            "reason": "too few answers in",
            "columns": ["words"],
        }
    )
    read: Json = json.loads(json.dumps(found))
    return read


def make_audit(judge: str = "reference-2", reason: str | None = None) -> Json:
    """An audit as ``audit.json`` has it; ``reason``: why there is no prediction-powered loss."""

    def figure(value: float, reach: float) -> Json:
        return {"value": value, "low": value - reach, "high": value + reach}

    def agreement(sensitivity: float, specificity: float) -> Json:
        return {
            "labelled": 40,
            "refused": 1,
            "unscored": 0,
            "answers": dict.fromkeys(("accuracy", "kappa", "sensitivity", "specificity"), 40),
            "accuracy": figure(0.9, 0.05),
            "kappa": figure(0.8, 0.1),
            "sensitivity": figure(sensitivity, 0.02),
            "specificity": {**figure(specificity, 0.0), "low": None, "high": None},
        }

    powered = None if reason else figure(6.5, 2.0)
    return {
        "raters": [{"name": "labels", "file": "labels.csv", "agreement": agreement(0.95, 0.85)}],
        "audit_version": "2.0.0",
        **_ORIGIN,
        "intervals": {},
        "judge": judge,
        "agreement": {
            "overall": agreement(0.95, 0.85),
            "arms": {"original": agreement(0.96, 0.9), "warm": agreement(0.94, 0.7)},
        },
        "treated": [
            {
                "arm": "warm",
                "raw": figure(2.8, 1.0),
                "by_labels": {"loss": None, "reason": "80 of 96 answers are labelled"},
                "prediction_powered": {"loss": powered, "reason": reason},
                "rogan_gladen": {"loss": figure(7.0, 3.0), "reason": None},
            }
        ],
    }
