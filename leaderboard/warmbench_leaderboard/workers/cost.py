"""What a request cost the process that answered it."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from pydantic import BaseModel, ConfigDict

__all__ = ["Cost"]

_STATUS = Path("/proc/self/status")
_PEAK = "VmHWM:"


class Cost(BaseModel):
    """``cpu_s``: seconds of CPU of this request; ``peak_bytes``: the most memory that the process
    ever had resident, None where the system does not say."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    cpu_s: float
    peak_bytes: int | None

    @classmethod
    def since(cls, cpu_before_s: float) -> Cost:
        """What this process took since its ``time.process_time`` was ``cpu_before_s``."""
        return cls(cpu_s=time.process_time() - cpu_before_s, peak_bytes=_peak_bytes())


def _peak_bytes() -> int | None:
    """Linux gives a new process its parent's ``ru_maxrss``; its own peak is in ``/proc``."""
    try:
        for line in _STATUS.read_text(encoding="ascii").splitlines():
            if line.startswith(_PEAK):
                return int(line.split()[1]) * 1024
        import resource
    except (ImportError, OSError):
        return None
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
