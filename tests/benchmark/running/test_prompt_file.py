"""The prompt that makes a model warm, in words or in a file as an editor saved it."""

from __future__ import annotations

from pathlib import Path

import pytest

from warmbench.errors import UsageError
from warmbench.running.options import RunOptions, study_of

PROMPT = "Sei gütig.\nUnd frage nach."


def system_of(given: str) -> str | None:
    study = study_of(RunOptions(original="ct2:reference", warm_system=given))
    return study.treated[0].system


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_a_prompt_is_the_same_however_it_was_saved(
    tmp_path: Path, encoding: str, line_end: str
) -> None:
    path = tmp_path / "prompt.txt"
    path.write_bytes((PROMPT.replace("\n", line_end) + line_end).encode(encoding))
    assert system_of(str(path)) == PROMPT


def test_a_prompt_may_be_given_in_words() -> None:
    assert system_of(PROMPT) == PROMPT


REFUSED = [
    ("Latin-1", PROMPT.encode("latin-1"), "is not UTF-8"),
    ("UTF-16 without a mark", PROMPT.encode("utf-16-le"), "save the file as UTF-8"),
    ("empty", b"", "the file is empty"),
    ("a mark alone", "\ufeff".encode(), "the file is empty"),
    ("blank", b" \n", "the file is empty"),
]


@pytest.mark.parametrize(("name", "content", "said"), REFUSED, ids=[r[0] for r in REFUSED])
def test_what_is_no_prompt_is_refused(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    path = tmp_path / "prompt.txt"
    path.write_bytes(content)
    with pytest.raises(UsageError) as error:
        system_of(str(path))
    assert said in str(error.value)
    assert "prompt.txt" in str(error.value)


def test_bytes_that_the_terminal_could_not_read_are_refused() -> None:
    with pytest.raises(UsageError, match="not text in the encoding of this terminal"):
        system_of("Sei g\udcfctig zu mir.")
