"""Verifies thousands of mutated bundles and prints what came of them, their times, and the memory.

``python -m tests.performance.mutated_bundles [COUNT] [SEED]`` (default 10,000). The verifying is
done in a process of its own: one that dies is seen, and the bundle that killed it is kept, as are
the slowest and the one that took most memory.
"""

from __future__ import annotations

import multiprocessing
import resource
import sys
import time
import warnings
from collections import Counter
from pathlib import Path
from tempfile import mkdtemp

from hypothesis import HealthCheck, Phase, given, seed, settings

from tests.benchmark.verification.made_bundles import small_release
from tests.benchmark.verification.mutations import mutated_bundles
from tests.benchmark.verification.test_mutated_bundles import tiny_files
from warmbench.verification.bundle import verify_bundle

__all__ = ["main"]

_MIB = 2**20


def _verify_all(count: int, start: int, kept: Path) -> None:
    warnings.simplefilter("ignore")
    release, files = small_release(1).path, tiny_files()
    kept.write_bytes(b"")
    codes: Counter[str] = Counter()
    times, growths = [0.0], [0.0]
    before = _peak()

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
        kept.write_bytes(content)
        peak, started = _peak(), time.process_time()
        found = verify_bundle(kept, release=release)
        times.append(time.process_time() - started)
        growths.append(_peak() - peak)
        for name, values in (("slowest", times), ("largest", growths)):
            if values[-1] == max(values):
                kept.with_name(f"{name}.zip").write_bytes(content)
        codes[found.findings[0].code if found.findings else "sound"] += 1

    verify()
    print(f"{len(times) - 1:,} bundles; those of note are in {kept.parent}")
    for code, number in codes.most_common():
        print(f"  {number:>7,}  {code}")
    times.sort()
    print(f"seconds of CPU: median {times[len(times) // 2]:.3f}, most {times[-1]:.2f}")
    print(
        f"peak memory: {_peak():,.0f} MiB, {before:,.0f} of it before the first bundle; most that "
        f"one bundle added: {max(growths):,.0f} MiB"
    )


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / _MIB


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    start = int(sys.argv[2]) if len(sys.argv) > 2 else 0
    kept = Path(mkdtemp(prefix="warmbench-mutated-")) / "bundle.zip"
    worker = multiprocessing.get_context("spawn").Process(
        target=_verify_all, args=(count, start, kept)
    )
    worker.start()
    worker.join()
    if worker.exitcode:
        print(f"the verifier died ({worker.exitcode}) on {kept}")
        sys.exit(1)


if __name__ == "__main__":
    main()
