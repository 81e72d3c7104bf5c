"""How fast it all is: prints the tables of each benchmark. ``make performance``.

Nothing here is asserted: machines differ.
"""

from __future__ import annotations

from collections.abc import Callable

from tests.performance import board_index, board_pages, grid_speed, openai_speed, part_speed

BENCHMARKS: tuple[Callable[[], None], ...] = (
    part_speed.main,
    openai_speed.main,
    grid_speed.main,
    board_index.main,
    board_pages.main,
)


def main() -> None:
    for benchmark in BENCHMARKS:
        benchmark()


if __name__ == "__main__":
    main()
