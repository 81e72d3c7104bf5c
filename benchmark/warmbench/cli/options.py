"""What several commands share: option types, JSON, and the run folder that they read."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Sequence
from enum import EnumType, StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from warmbench.cli.encoding import can_print

if TYPE_CHECKING:
    from warmbench.running.folder import RunFolder

__all__ = [
    "FOLDER",
    "ByArm",
    "JSONObject",
    "NameList",
    "engine_options",
    "extras_options",
    "json_option",
    "judge_extras_options",
    "open_judged_run",
    "print_json",
]

FOLDER = click.Path(path_type=Path)

_Decorated = TypeVar("_Decorated", bound=Callable[..., Any])


class NameList(click.ParamType[tuple[str, ...]]):
    """A comma-separated list of names: members of an enumeration, or what a function gives when
    the option is used."""

    name = "names"

    def __init__(self, names: type[StrEnum] | Callable[[], Iterable[str]]) -> None:
        self._names = names

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str:
        return ",".join(self._accepted())  # as it is typed; click would write it in capitals

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, ...]:
        if isinstance(value, tuple):
            return value
        accepted = self._accepted()
        names = [name.strip() for name in str(value).split(",") if name.strip()]
        unknown = [name for name in names if name not in accepted]
        if unknown or not names:
            found = repr(unknown[0]) if unknown else "nothing"
            self.fail(f"found {found}; accepted are {', '.join(accepted)}", param, ctx)
        return tuple(dict.fromkeys(accepted[name] for name in names))

    def _accepted(self) -> dict[str, str]:
        names: Iterable[str]
        names = self._names if isinstance(self._names, EnumType) else self._names()
        return {str(name): name for name in names}


def engine_options(command: _Decorated) -> _Decorated:
    """How an engine is asked, whatever for: ``--concurrency``, ``--max-retries``, ``--timeout``
    and ``--device``."""
    options = (
        click.option(
            "--concurrency",
            type=click.IntRange(1),
            default=16,
            show_default=True,
            help="Maximum number of concurrent requests; lowered when the endpoint is overloaded.",
        ),
        click.option(
            "--max-retries",
            type=click.IntRange(0),
            default=6,
            show_default=True,
            help="Retries per request.",
        ),
        click.option(
            "--timeout",
            type=click.FloatRange(1),
            help="Seconds per request.  [default: 60, and 1 more for each token of --max-tokens]",
        ),
        click.option(
            "--device",
            default="auto",
            show_default=True,
            help="Device of local engines, e.g. cpu or cuda.",
        ),
    )
    return _with(options, command)


class ByArm(click.ParamType[tuple[str, Any]]):
    """``VALUE`` for all arms, or ``ARM=VALUE`` for one; gives ``(arm, value)``, the arm empty for
    all. ``is_json``: the value is a JSON object."""

    name = "value"

    def __init__(self, *, is_json: bool) -> None:
        self._is_json = is_json

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, Any]:
        if isinstance(value, tuple):
            return value
        text = str(value).strip()
        match = _ARM.match(text)
        arm = match[1] if match else ""
        rest = text[match.end() :] if match else text
        if not self._is_json:
            if not rest:
                self.fail(f"found {text!r}; write VALUE, or ARM=VALUE for one arm", param, ctx)
            return arm, rest
        found = _json_object(rest)
        if found is None:
            self.fail(
                f"found {text[:80]!r}; write a JSON object, e.g. "
                "'{\"enable_thinking\": false}', or ARM= before it for one arm",
                param,
                ctx,
            )
        return arm, found


_ARM = re.compile(r"([a-z]+)=")


class JSONObject(click.ParamType[dict[str, Any]]):
    """A JSON object."""

    name = "json"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> dict[str, Any]:
        found = _json_object(value) if isinstance(value, str) else value
        if not isinstance(found, dict):
            self.fail(
                f"found {str(value)[:80]!r}; write a JSON object, e.g. "
                "'{\"enable_thinking\": false}'",
                param,
                ctx,
            )
        return found


def _json_object(text: str) -> dict[str, Any] | None:
    """None where the text is not one."""
    try:
        found = json.loads(text)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def extras_options(command: _Decorated) -> _Decorated:
    """``RequestExtras`` as ``--extra-body``, ``--chat-template-kwargs`` and ``--reasoning-effort``,
    each for all arms or for one."""
    options = _extras(ByArm(is_json=True), ByArm(is_json=False), "[ARM=]", multiple=True)
    return _with(options, command)


def judge_extras_options(command: _Decorated) -> _Decorated:
    """``extras_options`` for one model: each takes a plain value."""
    return _with(_extras(JSONObject(), click.STRING, "", multiple=False), command)


def _extras(
    json_type: click.ParamType[Any], text_type: click.ParamType[Any], prefix: str, *, multiple: bool
) -> tuple[Callable[[_Decorated], _Decorated], ...]:
    return (
        click.option(
            "--extra-body",
            type=json_type,
            metavar=f"{prefix}JSON",
            multiple=multiple,
            help="Further fields of each request's body.",
        ),
        click.option(
            "--chat-template-kwargs",
            type=json_type,
            metavar=f"{prefix}JSON",
            multiple=multiple,
            help="Variables of the model's chat template, e.g. '{\"enable_thinking\": false}'.",
        ),
        click.option(
            "--reasoning-effort",
            type=text_type,
            metavar=f"{prefix}EFFORT",
            multiple=multiple,
            help="How long a reasoning model may think, e.g. low.",
        ),
    )


def _with(options: Sequence[Callable[[_Decorated], _Decorated]], command: _Decorated) -> _Decorated:
    """The command with these options, in their order."""
    for option in reversed(options):
        command = option(command)
    return command


def json_option(command: _Decorated) -> _Decorated:
    """``--json``: print the result as JSON."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON.")(command)


def print_json(value: Any) -> None:
    """JSON with real characters, or all escaped where stdout lacks some; a final newline."""
    text = json.dumps(value, ensure_ascii=False, indent=2)
    print(text if can_print(text) else json.dumps(value, indent=2))


def open_judged_run(path: Path) -> RunFolder:
    """A run folder, judged by the reference judge where nobody has judged it yet.

    Raises ``DataError`` when ``path`` is not a run folder, or has no responses.
    """
    from warmbench.judging.reference.judge import ReferenceJudge
    from warmbench.judging.verdicts import write_verdicts
    from warmbench.reporting.console.progress import JudgingProgress
    from warmbench.running.folder import RunFolder

    folder = RunFolder.open(path)
    if not folder.verdicts_path.is_file():
        with JudgingProgress() as progress:
            write_verdicts(folder, ReferenceJudge(), observer=progress)
    return folder
