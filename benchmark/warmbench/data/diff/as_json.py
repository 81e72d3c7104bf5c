"""A difference as JSON, for other programs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from warmbench.data.diff.release_diff import NameDiff, ReleaseDiff, counts_by_config
from warmbench.data.diff.row_change import RowChange
from warmbench.data.diff.split_diff import Handing
from warmbench.data.diff.version_step import reasons_of, verdict_on
from warmbench.data.manifest import ReleaseManifest

__all__ = ["diff_json"]


def diff_json(diff: ReleaseDiff, examples: Sequence[RowChange]) -> dict[str, Any]:
    """Everything that differs. ``rows`` names every row; ``examples`` has the values, old and
    new, of these changed rows."""
    verdict = verdict_on(diff)
    return {
        "old": _release(diff.old),
        "new": _release(diff.new),
        "needed": verdict.needed.word,
        "expected_version": verdict.expected,
        "version_is_right": verdict.is_right,
        "version_is_larger_than_needed": verdict.is_larger,
        "verdict": verdict.sentence,
        "reasons": [{"bump": r.bump.word, "text": r.text} for r in reasons_of(diff)],
        "metric_version": _values(diff.metric_version),
        "configs": _names(diff.configs),
        "splits": _names(diff.splits),
        "counts": counts_by_config(diff),
        "rows": {
            "added": list(diff.added),
            "removed": list(diff.removed),
            "changed": [
                {"row": c.where, "parts": list(c.parts), "columns": list(c.values)}
                for c in diff.changed
            ],
        },
        "examples": [
            {"row": change.where, "columns": _columns(change.values)} for change in examples
        ],
        "withheld": {
            "changed_but_unknown": list(diff.untold),
            "now_shipped": list(diff.handed(Handing.NOW_SHIPPED)),
            "now_withheld": list(diff.handed(Handing.NOW_WITHHELD)),
            "written_otherwise": list(diff.handed(Handing.OTHERWISE)),
        },
        "manifest": _columns(diff.manifest),
        "files": {**_names(diff.files), "changed": list(diff.files.changed)},
    }


def _release(manifest: ReleaseManifest) -> dict[str, str]:
    return {
        "name": manifest.name,
        "version": manifest.version,
        "fingerprint": manifest.fingerprint,
    }


def _names(names: NameDiff) -> dict[str, list[str]]:
    return {"added": list(names.added), "removed": list(names.removed)}


def _values(pair: tuple[Any, Any] | None) -> dict[str, Any] | None:
    return None if pair is None else {"old": pair[0], "new": pair[1]}


def _columns(values: Mapping[str, tuple[Any, Any]]) -> dict[str, Any]:
    return {name: _values(pair) for name, pair in values.items()}
