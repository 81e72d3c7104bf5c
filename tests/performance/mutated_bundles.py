"""Verifies thousands of mutated bundles and prints what came of them, their times, and the memory.

``python -m tests.performance.mutated_bundles [COUNT] [SEED]`` (default 10,000). They are made in
this process and verified in another, the one that the submit form uses, which lives on from bundle
to bundle. The bundles that it did not come to the end of are kept, as are the slowest and the one
that made its peak grow most.
"""

from __future__ import annotations

import sys
import warnings
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import mkdtemp

from hypothesis import HealthCheck, Phase, given, seed, settings

from tests.benchmark.submission.verification.made_bundles import small_release
from tests.benchmark.submission.verification.mutations import mutated_bundles
from tests.benchmark.submission.verification.test_mutated_bundles import tiny_files
from warmbench.submission.bundle.rejection import RejectionCode
from warmbench_leaderboard.workers.bundle_verifier import VERIFY_COMMAND, verify_in_worker
from warmbench_leaderboard.workers.serve import Cost
from warmbench_leaderboard.workers.worker import Worker, WorkLimits

__all__ = ["main"]

_MIB = 2**20
_LIMITS = WorkLimits(time_s=10.0, memory_bytes=500 * _MIB)
_BROKEN = {RejectionCode.TOO_SLOW, RejectionCode.TOO_MUCH_MEMORY, RejectionCode.NOT_CHECKABLE}


@dataclass
class _Seen:
    """What came of the bundles so far; those of note are kept in ``folder``. Peaks are bytes of
    the whole process."""

    folder: Path
    codes: Counter[str] = field(default_factory=Counter)
    times: list[float] = field(default_factory=list)
    first_peak: int = 0
    peak: int = 0
    growth: int = 0

    def add(self, content: bytes, code: str, cost: Cost | None) -> None:
        self.codes[code] += 1
        if code in _BROKEN or cost is None:
            self._keep(f"{code}-{self.codes[code]}", content)
        if cost is None:
            return
        if cost.cpu_s > max(self.times, default=0.0):
            self._keep("slowest", content)
        self.times.append(cost.cpu_s)
        peak = cost.peak_bytes or 0
        self.first_peak = self.first_peak or peak
        if self.peak and peak - self.peak > self.growth:
            self.growth = peak - self.peak
            self._keep("largest", content)
        self.peak = max(self.peak, peak)

    def _keep(self, name: str, content: bytes) -> None:
        (self.folder / f"{name}.zip").write_bytes(content)

    def lines(self) -> list[str]:
        times = sorted(self.times) or [0.0]
        first, peak, growth = (
            f"{n / _MIB:,.0f} MiB" for n in (self.first_peak, self.peak, self.growth)
        )
        return [
            f"{self.codes.total():,} bundles; those of note are in {self.folder}",
            *(f"  {number:>7,}  {code}" for code, number in self.codes.most_common()),
            f"seconds of CPU: median {times[len(times) // 2]:.3f}, most {times[-1]:.2f}",
            f"peak memory of the verifier: {peak}, {first} after the first bundle; most that one "
            f"bundle added: {growth}",
        ]


def _verify_all(count: int, start: int, seen: _Seen, worker: Worker) -> None:
    release, files = small_release(1).path, tiny_files()
    path = seen.folder / "bundle.zip"

    @settings(
        max_examples=count,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @seed(start)
    @given(content=mutated_bundles(files))
    def verify(content: bytes) -> None:
        path.write_bytes(content)
        found = verify_in_worker(worker, path, release=release)
        code = next((each.code for step in found.steps for each in step.findings), "sound")
        seen.add(content, code, worker.cost)

    verify()


def main() -> None:
    warnings.simplefilter("ignore")
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    start = int(sys.argv[2]) if len(sys.argv) > 2 else 0
    seen = _Seen(Path(mkdtemp(prefix="warmbench-mutated-")))
    with Worker(VERIFY_COMMAND, _LIMITS) as worker:
        _verify_all(count, start, seen, worker)
    print("\n".join(seen.lines()))
    if not _BROKEN.isdisjoint(seen.codes):
        sys.exit(1)


if __name__ == "__main__":
    main()
