"""The lines of the files: what an input file must hold, what an output file says."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

__all__ = ["MOST_BYTES", "MOST_LINES", "execute", "input_errors"]

MOST_LINES = 50_000
MOST_BYTES = 200 * 1000 * 1000

_UNDONE = {
    "expired": ("batch_expired", "This request could not be executed before the completion window expired."),
    "cancelled": ("batch_cancelled", "This request was cancelled with its batch."),
}  # fmt: skip


def input_errors(lines: Sequence[bytes], endpoint: str) -> list[dict[str, Any]]:
    """Everything that the provider would refuse a file for, each with its line from 1."""
    if len(lines) > MOST_LINES or sum(len(line) + 1 for line in lines) > MOST_BYTES:
        return [_error("invalid_file", "The file exceeds the limit of requests or bytes.", None)]
    if not lines:
        return [_error("empty_file", "The input file is empty.", None)]
    errors: list[dict[str, Any]] = []
    seen: set[str] = set()
    models: set[str] = set()
    for number, text in enumerate(lines, start=1):
        try:
            line = json.loads(text)
        except ValueError:
            errors.append(_error("invalid_json_line", "This line is not parseable as valid JSON.", number))  # fmt: skip
            continue
        missing = [name for name in ("custom_id", "method", "url", "body") if name not in line]
        if missing:
            errors.append(_error("missing_required_parameter", f"Missing {missing[0]}.", number))
            continue
        if line["method"] != "POST" or line["url"] != endpoint:
            errors.append(_error("mismatched_url", f"{line['url']} is not {endpoint}.", number))
        if len(line["custom_id"]) > 64:
            errors.append(_error("invalid_custom_id", "custom_id is too long.", number))
        if line["custom_id"] in seen:
            errors.append(_error("duplicate_custom_id", f"{line['custom_id']} comes twice.", number))  # fmt: skip
        seen.add(line["custom_id"])
        models.add(line["body"]["model"])
    if len(models) > 1:
        errors.append(_error("mismatched_model", "All requests must be for one model.", None))
    return errors


def execute(
    done: Sequence[dict[str, Any]],
    undone: Sequence[dict[str, Any]],
    answer: Callable[[dict[str, Any]], tuple[int, Any]],
    end: str,
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The rows of the output file, and those of the error file."""
    output: list[dict[str, Any]] = []
    errors: list[dict[str, Any]] = []
    for line in done:
        status, body = answer(line["body"])
        response = {"status_code": status, "request_id": "req-1", "body": body}
        row = {"id": "batch_req_1", "custom_id": line["custom_id"], "response": response, "error": None}  # fmt: skip
        (output if status == 200 else errors).append(row)
    for line in undone:
        code, message = _UNDONE[end]
        errors.append(
            {
                "id": "batch_req_2",
                "custom_id": line["custom_id"],
                "response": None,
                "error": {"code": code, "message": message},
            }
        )
    return output, errors


def _error(code: str, message: str, line: int | None) -> dict[str, Any]:
    return {"code": code, "message": message, "line": line, "param": None}
