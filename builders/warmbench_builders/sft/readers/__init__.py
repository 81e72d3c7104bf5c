"""Readers of chat logs: files in the common chat formats, and known data sets on the Hub.

Everything is streamed: no reader holds more than one chat (or one tree of them) at a time. A new
source is one file and one line here.
"""

from __future__ import annotations

from pathlib import Path

from warmbench_builders.sft.readers.chat import ChatLog
from warmbench_builders.sft.readers.file import open_file
from warmbench_builders.sft.readers.hub import open_hub

__all__ = ["open_log"]

_HUB = "hub:"


def open_log(source: str) -> ChatLog:
    """The chat log that ``--source`` names: ``hub:NAME``, or a file.

    Raises ``UsageError`` where there is none, ``RunError`` where the Hub can't give it.
    """
    if source.startswith(_HUB):
        return open_hub(source.removeprefix(_HUB))
    return open_file(Path(source))
