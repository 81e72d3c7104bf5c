"""The study of the options of ``warmbench run``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from warmbench.records.study import Study

__all__ = ["study_from_options"]

_NAMES_A_FILE = re.compile(r"\S*[/\\]\S*|\S+\.[A-Za-z0-9]{1,4}")
"""One word with a slash or a suffix: a prompt would have more."""


def study_from_options(options: Mapping[str, Any]) -> Study:
    """The study of ``warmbench run``: its file, or what its options say; raises ``UsageError``."""
    from pydantic import ValidationError

    from warmbench.errors import UsageError, first_problem
    from warmbench.records.study import Study, read_study

    given = [n for n in ("original", "warm", "cold", "warm_system", "treatment") if options[n]]
    if options["study_file"] is not None:
        if given:
            raise UsageError(f"--study and --{given[0].replace('_', '-')} exclude each other")
        study = read_study(options["study_file"])
        sampling = study.sampling.model_dump()
        seed = study.seed
    else:
        study, sampling, seed = None, {}, 0
    for name in ("temperature", "max_tokens"):
        if options[name] is not None:
            sampling[name] = options[name]
    seed = seed if options["seed"] is None else options["seed"]
    try:
        if study is not None:
            return Study.model_validate({**study.model_dump(), "sampling": sampling, "seed": seed})
        return Study.model_validate(
            {
                "arms": _arms(options),
                "treatment": _treatment(options),
                "sampling": sampling,
                "seed": seed,
            }
        )
    except ValidationError as error:
        raise UsageError(first_problem(error)) from None


def _arms(options: Mapping[str, Any]) -> list[dict[str, Any]]:
    from warmbench.errors import UsageError

    original, warm, system = options["original"], options["warm"], options["warm_system"]
    if not original:
        raise UsageError("give --original MODEL (and --warm MODEL), or --study FILE")
    if system and warm:
        raise UsageError("--warm-system makes the original warm; leave --warm out")
    if not system and not warm and not options["cold"]:
        raise UsageError("give --warm MODEL, or --warm-system TEXT, or --cold MODEL")
    arms = [{"name": "original", "model": original}]
    if system:
        arms.append({"name": "warm", "model": original, "system": _text_or_file(system)})
    elif warm:
        arms.append({"name": "warm", "model": warm})
    if options["cold"]:
        arms.append({"name": "cold", "model": options["cold"]})
    return arms


def _treatment(options: Mapping[str, Any]) -> str:
    default = "system-prompt" if options["warm_system"] else "other"
    return str(options["treatment"] or default)


def _text_or_file(value: str) -> str:
    from warmbench.errors import UsageError

    path = Path(value)
    try:
        is_file = path.is_file()
    except OSError:  # a long text is no file name
        is_file = False
    if not is_file:
        if _NAMES_A_FILE.fullmatch(value):
            raise UsageError(
                f"--warm-system {value}: no such file; give a file, or the prompt itself in words"
            )
        return value
    try:
        return path.read_text(encoding="utf-8").strip()
    except UnicodeDecodeError:
        raise UsageError(f"--warm-system {path}: not UTF-8 text") from None
