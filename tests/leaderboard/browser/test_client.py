"""The board through Gradio's own client."""

from __future__ import annotations

import pytest

from tests.conftest import need
from tests.leaderboard.browser.conftest import Site
from warmbench_leaderboard.index.board import Board


def test_the_client_gets_the_board_and_an_entry(site: Site) -> None:
    gradio_client = need("gradio_client", "pip install 'warmbench[leaderboard]'")
    client = gradio_client.Client(site.address, verbose=False)
    assert Board.model_validate(client.predict(api_name="/board"), strict=False) == site.board
    entry = site.board.entries[0]
    found = client.predict(entry.entry_id, api_name="/entry")
    assert found["entry"]["entry_id"] == found["details"]["entry_id"] == entry.entry_id
    with pytest.raises(gradio_client.exceptions.AppError, match="no such entry on the board"):
        client.predict("none/warm", api_name="/entry")
