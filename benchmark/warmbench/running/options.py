"""What a person may say of a run, and the study that follows from it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from warmbench.conditions import Belief, Context
from warmbench.errors import UsageError, first_problem
from warmbench.records.closing import CLOSING_TOKENS
from warmbench.records.model_spec import parse_model_spec
from warmbench.records.study import Study, read_study
from warmbench.text_file import read_text, whole_text

__all__ = ["RunOptions", "study_of"]

_NAMES_A_FILE = re.compile(r"\S*[/\\]\S*|\S+\.[A-Za-z0-9]{1,4}")
"""One word with a slash or a suffix: a prompt would have more."""

_OF_A_STUDY = ("original", "warm", "cold", "warm_system", "treatment")


@dataclass(frozen=True, slots=True)
class RunOptions:
    """The options of ``warmbench run`` and ``warmbench.run``, under the same names.

    Models are written ``engine:name[+adapter][@base_url]``. Empty ``tasks``, ``contexts`` and
    ``beliefs`` mean all. None: the default of the study file, else the paper's (temperature 0.8,
    at most 300 tokens, seed 0); for ``warmth_prompts`` 200, and 0 for questions of your own; for
    ``timeout`` a minute and a second for each token.

    ``closing_question``: each arm is asked to state its answers in a few words too, in at most
    ``closing_tokens`` (48) tokens.

    ``extra_body``, ``chat_template_kwargs`` and ``reasoning_effort`` are by arm; what stands under
    ``""`` is for all arms.
    """

    original: str | None = None
    warm: str | None = None
    cold: str | None = None
    warm_system: str | None = None
    treatment: str | None = None
    study: Study | Path | None = None
    data: str | None = None
    tasks: tuple[str, ...] = ()
    contexts: tuple[Context, ...] = ()
    beliefs: tuple[Belief, ...] = ()
    limit: int | None = None
    epochs: int = 1
    warmth_prompts: int | None = None
    seed: int | None = None
    temperature: float | None = None
    max_tokens: int | None = None
    concurrency: int = 16
    max_retries: int = 6
    timeout: float | None = None
    device: str = "auto"
    engine_args: Mapping[str, str] = field(default_factory=dict)
    price: str | None = None
    max_requests: int | None = None
    max_cost: float | None = None
    reasoning_tokens: int | None = None
    extra_body: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    chat_template_kwargs: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    reasoning_effort: Mapping[str, str] = field(default_factory=dict)
    model_alias: tuple[str, ...] = ()
    columns: str | None = None
    closing_question: bool = False
    closing_tokens: int | None = None


def study_of(options: RunOptions) -> Study:
    """The study: that of the file, or what the models say; raises ``UsageError``."""
    study = _given_study(options)
    sampling = study.sampling.model_dump() if study else {}
    for name in ("temperature", "max_tokens", "reasoning_tokens"):
        if (value := getattr(options, name)) is not None:
            sampling[name] = value
    seed = options.seed if options.seed is not None else study.seed if study else 0
    base = study.model_dump() if study else {"treatment": _made_by(options)}
    arms = _with_extras(options, study.model_dump()["arms"] if study else _arms(options))
    try:
        found = Study.model_validate(
            {
                **base,
                "arms": arms,
                "sampling": sampling,
                "seed": seed,
                "closing_tokens": _closing_tokens(options, study),
            }
        )
    except ValidationError as error:
        raise UsageError(first_problem(error)) from None
    _check_closing(found)
    return found


def _closing_tokens(options: RunOptions, study: Study | None) -> int:
    given, of_study = options.closing_tokens, study.closing_tokens if study else 0
    if options.closing_question or of_study:
        return given if given is not None else of_study or CLOSING_TOKENS
    if given is not None:
        raise UsageError("--closing-tokens needs --closing-question: without it nothing is asked")
    return 0


def _check_closing(study: Study) -> None:
    """Recorded answers are all that there is of their model."""
    for arm in study.arms:
        if study.closing_tokens and parse_model_spec(arm.model).engine == "replay":
            raise UsageError(
                f"--closing-question: {arm.name} ({arm.model}) has recorded answers, which can't "
                "be asked a further question; leave the option out, or name a model"
            )


_EXTRAS = ("extra_body", "chat_template_kwargs", "reasoning_effort")


def _with_extras(options: RunOptions, arms: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The arms with what the options give them, which goes before what the study file says."""
    names = [arm["name"] for arm in arms]
    arms = [dict(arm) for arm in arms]
    for option in _EXTRAS:
        for name in getattr(options, option):
            if name and name not in names:
                raise UsageError(
                    f"--{option.replace('_', '-')}: no arm {name!r}; arms are {', '.join(names)}"
                )
        for arm in arms:
            given = getattr(options, option)
            if (value := given.get(arm["name"], given.get(""))) is not None:
                arm[option] = value
    return arms


def _given_study(options: RunOptions) -> Study | None:
    if options.study is None:
        return None
    if given := [name for name in _OF_A_STUDY if getattr(options, name)]:
        raise UsageError(f"--study and --{given[0].replace('_', '-')} exclude each other")
    return options.study if isinstance(options.study, Study) else read_study(Path(options.study))


def _arms(options: RunOptions) -> list[dict[str, Any]]:
    original, warm, system = options.original, options.warm, options.warm_system
    if not original:
        raise UsageError("give --original MODEL (and --warm MODEL), or --study FILE")
    if system and warm:
        raise UsageError("--warm-system makes the original warm; leave --warm out")
    if not system and not warm and not options.cold:
        raise UsageError("give --warm MODEL, or --warm-system TEXT, or --cold MODEL")
    arms: list[dict[str, Any]] = [{"name": "original", "model": original}]
    if system:
        arms.append({"name": "warm", "model": original, "system": _text_or_file(system)})
    elif warm:
        arms.append({"name": "warm", "model": warm})
    if options.cold:
        arms.append({"name": "cold", "model": options.cold})
    return arms


def _made_by(options: RunOptions) -> str:
    return options.treatment or ("system-prompt" if options.warm_system else "other")


def _text_or_file(value: str) -> str:
    path = Path(value)
    try:
        is_file = path.is_file()
    except (OSError, ValueError):  # a long text, or one with NUL, can't be a file name
        is_file = False
    if not is_file:
        if _NAMES_A_FILE.fullmatch(value):
            raise UsageError(
                f"--warm-system {value}: no such file; give a file, or the prompt itself in words"
            )
        if whole_text(value) != value:
            raise UsageError(
                "--warm-system: not text in the encoding of this terminal; give a file"
            )
        return value
    prompt = read_text(path).replace("\r\n", "\n").replace("\r", "\n").strip()
    if not prompt:
        raise UsageError(f"--warm-system {path}: the file is empty; give a prompt")
    return prompt
