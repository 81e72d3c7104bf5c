"""Whether the base that an adapter was trained on is the one it is put on."""

from __future__ import annotations

import json
import re
from pathlib import Path

from warmbench.engines.local_models import weights_revision
from warmbench.reference_model import REFERENCE_NAME, reference_path

__all__ = ["same_base"]

_FORMATS = re.compile(r"[-_.](unsloth|bnb|[48]bit|int[48]|fp8|fp16|bf16|awq|gptq|hf|mlx)$")
"""What those who convert or quantise a model add to its name."""


def same_base(trained_on: str, name: str, folder: Path | None) -> bool:
    """Whether ``trained_on`` (a name on the Hub, or a path where it was trained) is the base
    ``name``, in ``folder`` where it is local.

    A path on this machine is compared by its weights, the packaged reference model too; any other
    path is ignored. Names are compared without their owners and without what a conversion adds.
    """
    there = Path(trained_on).expanduser()
    if there.is_dir() and folder is not None:
        return there.samefile(folder) or weights_revision(there) == weights_revision(folder)
    if _is_path(trained_on) and not there.is_dir():
        return True
    bare = _bare(trained_on)
    if bare in {_bare(known) for known in _names(name, folder)}:
        return True
    return bare == REFERENCE_NAME and folder is not None and _is_reference(folder)


def _is_reference(folder: Path) -> bool:
    """Whether it is the packaged reference model, or a copy, whatever the folder is called."""
    return weights_revision(folder) == weights_revision(reference_path("hf"))


def _is_path(name: str) -> bool:
    return name.startswith((".", "/", "~")) or "\\" in name or name.count("/") > 1


def _names(name: str, folder: Path | None) -> list[str]:
    """What a base is called: by the user, by its folder, by its config, by the Hub's cache."""
    names = [name]
    if folder is not None:
        cached = [part.split("--")[-1] for part in folder.parts if part.startswith("models--")]
        names += [folder.resolve().name, *cached, *_config_names(folder)]
    return names


def _config_names(folder: Path) -> list[str]:
    try:
        name = json.loads((folder / "config.json").read_text(encoding="utf-8"))["_name_or_path"]
    except (OSError, ValueError, KeyError, TypeError):
        return []
    return [name] if isinstance(name, str) and name else []


def _bare(name: str) -> str:
    """The name without owner and format: ``unsloth/Qwen2.5-7B-bnb-4bit`` is ``qwen2.5-7b``."""
    bare = re.split(r"[/\\]", name.rstrip("/\\"))[-1].lower()
    while (shorter := _FORMATS.sub("", bare)) != bare:
        bare = shorter
    return bare
