"""The leaderboard as a Hugging Face Space: ``python app.py`` serves it on port 7860.

``WARMBENCH_SUBMISSIONS`` names the dataset repository that it follows (``ORG/NAME``); without it
the board is the one that ships. ``HF_TOKEN``, a secret of the Space, opens the pull requests.
"""

from __future__ import annotations

import os
from pathlib import Path

from warmbench_leaderboard.site.serve import serve

if __name__ == "__main__":
    kept = Path("/data/warmbench-board")  # there where the Space has storage that stays
    serve(
        os.environ.get("WARMBENCH_SUBMISSIONS") or None,
        host="0.0.0.0",
        port=7860,
        work=kept if kept.parent.is_dir() else None,
        behind_proxy=True,
    )
