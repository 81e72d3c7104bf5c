"""The judges, and how ``--judge`` names them.

A new judge is a file and a line in ``JUDGES``, or it comes with another distribution, by an entry
point in the group ``warmbench.judges``:

    [project.entry-points."warmbench.judges"]
    longest = "my_package.longest:LongestJudge"
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from pkgutil import resolve_name
from typing import cast

from warmbench.engines.engine import EngineOptions, default_timeout
from warmbench.engines.registry import check_engine, open_engine
from warmbench.errors import UsageError
from warmbench.folders import folder_lock
from warmbench.judging.judge import Judge, RecordedJudge
from warmbench.judging.judge_class import JudgeClass, JudgeModel, LoadingJudgeClass
from warmbench.judging.judge_settings import DEFAULT_SETTINGS, JudgeSettings
from warmbench.records.model_spec import ModelSpec, parse_model_spec
from warmbench.registry import Registry
from warmbench.running.ledger import Ledger

__all__ = ["JUDGES", "JudgeSpec", "open_judge", "parse_judges", "recorded_judge"]

JUDGES: dict[str, str] = {
    "reference": "warmbench.judging.reference.judge:ReferenceJudge",
    "rules": "warmbench.judging.rules.judge:RulesJudge",
    "llm": "warmbench.judging.llm.judge:LLMJudge",
    "hybrid": "warmbench.judging.hybrid:HybridJudge",
    "nli": "warmbench.judging.nli.judge:NLIJudge",
}
"""Kind -> where its ``JudgeClass`` is."""

_PANEL = "warmbench.judging.panel:Panel"
"""Of several judges: it is written as they are, with commas between."""

_REGISTRY = Registry("judge", "warmbench.judges", JUDGES)
_EXAMPLE = "llm:openai:gpt-4o-2024-08-06"


@dataclass(frozen=True, slots=True)
class JudgeSpec:
    """One judge: its kind, and the model that it asks (``model``) or loads (``loaded``), where it
    does."""

    kind: str
    model: ModelSpec | None = None
    loaded: str = ""

    def __str__(self) -> str:
        model = self.loaded or (str(self.model) if self.model else "")
        return f"{self.kind}:{model}" if model else self.kind


def parse_judges(text: str) -> tuple[JudgeSpec, ...]:
    """Read the value of ``--judge``; several judges, with commas between, are a panel.

    >>> [(spec.kind, str(spec.model)) for spec in parse_judges("llm:ct2:reference,reference")]
    [('llm', 'ct2:reference'), ('reference', 'None')]

    Raises ``UsageError`` that names what is accepted.
    """
    specs = tuple(_parse_one(part.strip()) for part in text.split(","))
    for place, spec in enumerate(specs):
        if spec in specs[:place]:
            raise UsageError(
                f"--judge {text!r}: {spec} is named twice; a panel has each judge once"
            )
    return specs


def _parse_one(text: str) -> JudgeSpec:
    kind, colon, model = text.partition(":")
    judge = _judge_class(kind)
    if isinstance(judge, LoadingJudgeClass):
        return JudgeSpec(kind, loaded=_named(text, kind, model))
    if judge is None or (colon and not judge.asks_model):
        raise UsageError(f"--judge {text!r}: {_accepted()}; for example {_EXAMPLE}")
    if not judge.asks_model:
        return JudgeSpec(kind)
    if not model.strip():
        raise UsageError(
            f"--judge {text!r}: {kind} needs the model to ask; write {kind}:engine:name, "
            f"for example {_EXAMPLE}"
        )
    return JudgeSpec(kind, _parse_model(text, kind, model))


def _parse_model(text: str, kind: str, model: str) -> ModelSpec:
    engine = model.partition(":")[0].strip()
    if engine in _REGISTRY.names():
        raise UsageError(
            f"--judge {text!r}: {kind}: takes a model, not another judge ({engine!r}); "
            f"write {kind}:engine:name, for example {_EXAMPLE}"
        )
    spec = parse_model_spec(model)
    check_engine(spec.engine, f"--judge {text!r}")
    return spec


def _named(text: str, kind: str, model: str) -> str:
    if not model.strip():
        raise UsageError(
            f"--judge {text!r}: {kind} needs the model to load; write {kind}:OWNER/MODEL, with "
            f"@REVISION behind it, or {kind}:FOLDER"
        )
    return model.strip()


def _accepted() -> str:
    written = [
        f"{kind}:MODEL" if judge.asks_model or isinstance(judge, LoadingJudgeClass) else kind
        for kind in _REGISTRY.names()
        if (judge := _judge_class(kind)) is not None
    ]
    return f"judges are {', '.join(written)}, or several of these with commas between"


@contextmanager
def open_judge(
    text: str,
    ledger_path: Path,
    options: EngineOptions | None = None,
    settings: JudgeSettings = DEFAULT_SETTINGS,
) -> Iterator[Judge]:
    """The judge that ``--judge`` names, with its engines open while the block runs.

    ``ledger_path``: where the replies of models are kept; made only where a model is asked, and
    held by one process at a time, so that nothing is paid twice. ``settings`` are for every model.
    Raises ``UsageError`` for an unknown judge or model, and for settings where none is asked.
    """
    specs = parse_judges(text)
    if settings != DEFAULT_SETTINGS and all(spec.model is None for spec in specs):
        raise UsageError(
            f"--judge {text!r}: sampling settings are for judges that ask a model; for example "
            f"{_EXAMPLE}"
        )
    options = options or EngineOptions(
        timeout_s=default_timeout(settings.max_tokens + settings.reasoning_tokens)
    )
    with ExitStack() as stack:
        engines = {
            spec.model: stack.enter_context(
                closing(open_engine(spec.model, options or EngineOptions()))
            )
            for spec in specs
            if spec.model is not None
        }
        models: dict[ModelSpec | None, JudgeModel] = {}
        if engines:
            ledger = stack.enter_context(_open_ledger(ledger_path))
            models.update(
                (model, JudgeModel(engine, ledger, settings)) for model, engine in engines.items()
            )
        judges = [_open_one(spec, models.get(spec.model), options) for spec in specs]
        yield judges[0] if len(judges) == 1 else resolve_name(_PANEL)(judges)


def _open_one(spec: JudgeSpec, model: JudgeModel | None, options: EngineOptions) -> Judge:
    judge = _known_class(spec.kind)
    if isinstance(judge, LoadingJudgeClass):
        return judge.load(spec.loaded, options)
    return judge.open(model)


def recorded_judge(name: str) -> RecordedJudge | None:
    """The judge of a bundle's verdicts, to recheck them; None where no judge of this version has
    that name."""
    panel = resolve_name(_PANEL).recorded(name, _recorded_member)
    return cast("RecordedJudge | None", panel) or _recorded_member(name)


def _recorded_member(name: str) -> RecordedJudge | None:
    for kind in _REGISTRY.names():  # ours first: those of others are not loaded for our names
        if judge := _known_class(kind).recorded(name):
            return judge
    return None


@contextmanager
def _open_ledger(path: Path) -> Iterator[Ledger]:
    lock = path.with_name(f"{path.name}.lock")
    with folder_lock(lock, path, "ledger of judging"), Ledger(path) as ledger:
        yield ledger


def _known_class(kind: str) -> JudgeClass:
    return cast(JudgeClass, _REGISTRY.load(kind))


def _judge_class(kind: str) -> JudgeClass | None:
    return _known_class(kind) if kind in _REGISTRY else None
