"""Which licences allow to hand rows on."""

from __future__ import annotations

import re

__all__ = ["redistributable"]

_ALLOWING = (
    "apache-2.0",
    "bsd-3-clause",
    "cc0-1.0",
    "cc-by-3.0",
    "cc-by-4.0",
    "cc-by-nc-4.0",
    "cc-by-sa-3.0",
    "cc-by-sa-4.0",
    "mit",
    "odc-by",
    "odc-by-1.0",
)
_FORBIDDING = "not for redistribution"


def redistributable(stated: str) -> bool:
    """Whether rows under a licence, as their source states it, may be published.

    ``Apache-2.0 (TriviaQA; questions remain their authors')`` may; what names no known licence
    first, or says that it is not for redistribution, may not.
    """
    text = stated.strip().lower()
    if _FORBIDDING in text:
        return False
    first = re.split(r"[(;,]", text, maxsplit=1)[0]
    return re.sub(r"[\s_]+", "-", first.strip()) in _ALLOWING
