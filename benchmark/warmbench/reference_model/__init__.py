"""The reference model: a small, real language model that knows the open pool.

It is a reference for the software, not a finding. ``base/`` holds it in Hugging Face format,
``adapters/<arm>/`` its warm and cold fine-tunes as LoRA adapters, ``ladder.json`` what they do,
``ct2/<arm>/`` converted for CTranslate2. `make reference` retrains it.
"""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from warmbench.errors import UsageError

__all__ = ["REFERENCE_NAME", "reference_path"]

REFERENCE_NAME = "reference"


def reference_path(form: str, arm: str | None = None) -> Path:
    """The folder of the reference model: ``form`` is ``hf`` or ``ct2``, ``arm`` its adapter.

    Raises ``UsageError`` when the package has no such arm.
    """
    root = Path(str(files("warmbench.reference_model")))
    if form == "hf" and arm is None:
        return root / "base"
    folder = root / form / (arm or "original")
    if not folder.is_dir():
        available = sorted(p.name for p in (root / form).glob("*") if p.is_dir())
        raise UsageError(
            f"the reference model has no {arm!r} for the {form} engine; "
            f"it has {', '.join(available) or 'none'}"
        )
    return folder
