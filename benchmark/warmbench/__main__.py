"""``python -m warmbench``: the same as the ``warmbench`` command."""

from __future__ import annotations

from warmbench.cli.main import main

main(prog_name="warmbench")
