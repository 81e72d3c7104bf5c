"""What the Hub tells of a model's weights: it reads the headers of the safetensors files."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterable
from typing import Any

__all__ = ["header_only", "safetensors_info"]


def safetensors_info(files: Iterable[bytes]) -> dict[str, Any] | None:
    """``{"parameters": {"BF16": 8030261248}, "total": 8030261248}``; None where there are none.

    A file whose header can't be read tells nothing, as on the real Hub.
    """
    parameters: Counter[str] = Counter()
    for content in files:
        try:
            header = json.loads(content[8 : 8 + int.from_bytes(content[:8], "little")])
            for name, tensor in header.items():
                if name != "__metadata__":
                    parameters[tensor["dtype"]] += math.prod(tensor["shape"])
        except (ValueError, AttributeError, LookupError, TypeError):
            continue
    if not parameters:
        return None
    return {"parameters": dict(parameters), "total": sum(parameters.values())}


def header_only(parameters: int, dtype: str = "BF16") -> bytes:
    """A safetensors file that claims so many parameters and holds none of them."""
    tensor = {"dtype": dtype, "shape": [parameters], "data_offsets": [0, 2 * parameters]}
    header = json.dumps({"weight": tensor}).encode()
    return len(header).to_bytes(8, "little") + header
