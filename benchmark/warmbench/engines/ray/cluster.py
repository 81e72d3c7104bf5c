"""The Ray cluster that a run uses: the one that ``RAY_ADDRESS`` names, or one of its own here."""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping
from typing import Any

from warmbench.errors import EngineError, first_line
from warmbench.optional_library import from_extra

__all__ = ["CLUSTER", "RayCluster"]

_QUIET = {
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",
    "RAY_BACKEND_LOG_LEVEL": "fatal",
    "RAY_DATA_DISABLE_PROGRESS_BARS": "1",
}
"""Defaults of the environment: no usage statistics, no progress bars beside the run's."""


_LOOPBACK = "127.0.0.1"
_ON_THE_NETWORK = "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER"
"""Whether Ray takes this machine's address on its network, as it does on Linux, in the place of
the loopback address that it is given. Its servers then listen on every network."""


class RayCluster:
    """Counts the engines that use Ray in this process: the first connects, the last
    disconnects. A connection that was there before is used and stays."""

    def __init__(self) -> None:
        self._users = 0
        self._ours = False

    def join(self) -> Any:
        """The connected ``ray`` module. Raises ``UsageError`` when Ray is not installed,
        ``EngineError`` when the cluster can't be reached."""
        ray = _import_ray()
        if not ray.is_initialized():
            _connect(ray)
            self._ours = True
        self._users += 1
        return ray

    def leave(self) -> None:
        self._users -= 1
        if self._users == 0 and self._ours:
            self._ours = False
            _import_ray().shutdown()


def _import_ray() -> Any:
    for name, value in _QUIET.items():
        os.environ.setdefault(name, value)
    with from_extra("ray", "the ray engine"):
        import ray
        import ray.data
    return ray


def _connect(ray: Any) -> None:
    address = os.environ.get("RAY_ADDRESS")
    quiet = {"logging_level": logging.ERROR, "log_to_driver": False}
    try:
        if address:
            ray.init(address=address, **quiet)
        else:
            _start_here(ray, quiet)
    except EngineError:
        raise
    except Exception as error:  # Ray raises what its parts raise, of any kind
        raise EngineError(_why_not(address, error)) from None
    logging.getLogger("ray.data").setLevel(logging.ERROR)
    context = ray.data.DataContext.get_current()
    context.enable_progress_bars = False
    context.print_on_execution_start = False


def _start_here(ray: Any, quiet: Mapping[str, Any]) -> None:
    """A cluster of our own, which listens on this machine alone."""
    from ray._private import ray_constants

    os.environ[_ON_THE_NETWORK] = "0"  # for Ray's processes; this one has read it already
    ray_constants.ENABLE_RAY_CLUSTER = False
    ray.init(address="local", include_dashboard=False, _node_ip_address=_LOOPBACK, **quiet)
    if ray.util.get_node_ip_address() != _LOOPBACK:
        ray.shutdown()
        raise EngineError(
            f"this Ray ({ray.__version__}) would listen on every network; start a cluster of your "
            "own and set RAY_ADDRESS"
        )


def _why_not(address: str | None, error: Exception) -> str:
    """To a program without its token a cluster looks as if it were not there."""
    reason = first_line(error)
    if type(error).__name__ == "AuthenticationError":
        reason = reason.split(". ")[0].rstrip(".")
    if not address:
        return f"Ray could not start here ({reason})"
    return (
        f"RAY_ADDRESS={address}: no Ray cluster ({reason}); if it has token authentication, set "
        "RAY_AUTH_MODE=token and RAY_AUTH_TOKEN, here and on its machines"
    )


CLUSTER = RayCluster()
"""That of this process."""
