"""How the requests of judges' models were sent, in a file next to the ledger of their replies."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from warmbench.errors import DataError
from warmbench.folders import write_json
from warmbench.records.request_form import RequestForm

__all__ = ["keep_form", "kept_form"]


def kept_form(ledger: Path, judge: str) -> RequestForm | None:
    """The form of an earlier command; None if it was the usual one."""
    found = _forms(ledger).get(judge)
    return None if found is None else RequestForm.from_json(found)


def keep_form(ledger: Path, judge: str, form: RequestForm) -> None:
    """Keep the form for the next command."""
    forms = _forms(ledger)
    if forms.get(judge, {}) != form.to_json():
        write_json(_path(ledger), {**forms, judge: form.to_json()})


def _forms(ledger: Path) -> dict[str, dict[str, Any]]:
    path = _path(ledger)
    if not path.is_file():
        return {}
    try:
        found = json.loads(path.read_bytes())
    except ValueError:
        found = None
    if not isinstance(found, dict) or not all(isinstance(one, dict) for one in found.values()):
        raise DataError(f"{path}: not the forms of judges' requests; delete it to start afresh")
    return found


def _path(ledger: Path) -> Path:
    return ledger.with_name(f"{ledger.name}.forms.json")
