"""CITATION.cff of a release, in the Citation File Format 1.2.0."""

from __future__ import annotations

import yaml

from warmbench.data.any_release import AnyRelease
from warmbench.data.citation import PAPER
from warmbench.data.release import Manifest

__all__ = ["citation_file"]


def citation_file(release: AnyRelease, repo: str) -> str:
    """The YAML. Its date is the release's own, so that the bytes are the same on any day."""
    manifest = release.manifest
    kind = "QA" if isinstance(manifest, Manifest) else "SFT"
    record = {
        "cff-version": "1.2.0",
        "message": "If you use these data, please cite this version, and the paper they build on.",
        "type": "dataset",
        "title": f"WarmBench {kind}",
        "version": manifest.version,
        **({"date-released": manifest.released.isoformat()} if manifest.released else {}),
        "authors": [{"name": "The WarmBench developers"}],
        "url": f"https://huggingface.co/datasets/{repo}/tree/v{manifest.version}",
        "identifiers": [
            {
                "type": "other",
                "value": f"sha256:{manifest.fingerprint}",
                "description": "The fingerprint of the rows.",
            }
        ],
        "keywords": ["language models", "warmth", "sycophancy", "evaluation"],
        "references": [
            {
                "type": "article",
                "title": PAPER.title,
                "authors": [
                    {"family-names": family, "given-names": given}
                    for family, given in PAPER.authors
                ],
                "journal": PAPER.journal,
                "year": PAPER.year,
                "doi": PAPER.doi,
            }
        ],
    }
    return yaml.safe_dump(record, sort_keys=False, allow_unicode=True, width=100)
