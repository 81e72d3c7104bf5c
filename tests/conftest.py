"""What all tests share: loud skips, and no network but loopback."""

from __future__ import annotations

import importlib
import os
from types import ModuleType

import pytest
from hypothesis import HealthCheck, settings

# Read when huggingface_hub is imported: uploads go by LFS, for which the tests have a server.
os.environ["HF_HUB_DISABLE_XET"] = "1"

# Example counts, not wall time, bound the property tests: machines differ.
settings.register_profile(
    "warmbench", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("warmbench")


def need(module: str, install: str) -> ModuleType:
    """Import what a laptop may lack: skip with how to get it, or fail where CI=true."""
    try:
        return importlib.import_module(module)
    except ImportError:
        message = f"{module} is not installed; get it with: {install}"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message, allow_module_level=True)


@pytest.fixture(autouse=True)
def _no_hub(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test reaches a hub or counts as a download."""
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("HF_UPDATE_DOWNLOAD_COUNTS", "0")
