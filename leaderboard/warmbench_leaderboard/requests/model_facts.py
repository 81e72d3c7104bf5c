"""What the Hub knows about a model, as far as it matters to a run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from warmbench.data.hub.client import HubRetry
from warmbench.data.hub.errors import hub_error, status_of
from warmbench_leaderboard.requests.run_request import HubModel

if TYPE_CHECKING:
    from huggingface_hub import HfApi, ModelInfo

__all__ = ["HubModelLookup", "ModelFacts", "ModelLookup"]

_UNKNOWN_LICENSES = ("unknown", "other")
_BYTES_PER_PARAMETER = 2  # where only the size of the files is known: most weights have 16 bits


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """``license``: None where the card names none, or only "other". ``parameters``: None where
    the repository has no weights in safetensors."""

    model_id: str
    revision: str
    gated: bool
    disabled: bool
    license: str | None
    parameters: int | None
    is_adapter: bool

    def record(self) -> HubModel:
        """The model as a request stores it. Only for a model without problems."""
        assert self.license is not None
        assert self.parameters is not None
        return HubModel(
            model_id=self.model_id,
            revision=self.revision,
            license=self.license,
            parameters=self.parameters,
            is_adapter=self.is_adapter,
        )


class ModelLookup(Protocol):
    """Looks models up."""

    def facts(self, model_id: str) -> ModelFacts | None:
        """The facts about a model; None where the public sees no such model."""
        ...


@dataclass(frozen=True)
class HubModelLookup:
    """Looks models up on the Hub as the public sees them: without a token, so that a private model
    of the board's owners is never revealed."""

    api: HfApi
    retry: HubRetry = field(default_factory=HubRetry)

    def facts(self, model_id: str) -> ModelFacts | None:
        """Raises ``RunError`` where the Hub can't be reached."""
        from httpx2 import HTTPError
        from huggingface_hub.errors import RepositoryNotFoundError

        try:
            info = self.retry.call(
                lambda: self.api.model_info(model_id, files_metadata=True, token=False)
            )
        except RepositoryNotFoundError:
            return None
        except (HTTPError, OSError, ValueError, RuntimeError) as error:
            if status_of(error) in (401, 403, 404):
                return None
            raise hub_error(error, model_id, "nothing was requested") from None
        return _facts(info)


def _facts(info: ModelInfo) -> ModelFacts:
    files = info.siblings or []
    return ModelFacts(
        model_id=info.id,
        revision=str(info.sha),
        gated=bool(info.gated),
        disabled=bool(info.disabled),
        license=_license(info),
        parameters=_parameters(info, files),
        is_adapter=any(file.rfilename == "adapter_config.json" for file in files),
    )


def _license(info: ModelInfo) -> str | None:
    """The license of the card; for "other", its name there."""
    card: Any = info.card_data or {}
    found = card.get("license")
    names = found if isinstance(found, list) else [found]
    name = next((name for name in names if isinstance(name, str) and name.strip()), None)
    if name is not None and name.lower() in _UNKNOWN_LICENSES:
        name = card.get("license_name")
    return name[:100] if isinstance(name, str) and name.strip() else None


def _parameters(info: ModelInfo, files: Sequence[Any]) -> int | None:
    if info.safetensors is not None:
        return int(info.safetensors.total)
    sizes = [file.size or 0 for file in files if file.rfilename.endswith(".safetensors")]
    return sum(sizes) // _BYTES_PER_PARAMETER if sizes else None
