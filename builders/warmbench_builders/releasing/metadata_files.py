"""The files by which programs know a release: croissant.json, CITATION.cff and eval.yaml.

croissant.json describes the data as MLCommons' Croissant 1.0 does. By eval.yaml at its root the Hub
lists a dataset as a benchmark (https://huggingface.co/docs/hub/eval-results): name, description,
the framework that computes the scores, and the tasks for which model repositories may report one.
"""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

import pyarrow as pa
import yaml

from warmbench.conditions import HEADLINE_CONTEXTS, Context
from warmbench.data.any_release import AnyRelease
from warmbench.data.citation import PAPER, citation_of
from warmbench.data.release import Manifest
from warmbench_builders.releasing.contents import COLUMNS, config_files, is_all_open, source_lines

__all__ = ["citation_file", "croissant", "eval_file"]

_HUB = "https://huggingface.co/datasets"
_CC_BY = "https://creativecommons.org/licenses/by/4.0/"
_NO_SHA256 = "https://github.com/mlcommons/croissant/issues/80"
"""Croissant's placeholder for the hash of a whole repository."""


def croissant(release: AnyRelease, repo: str) -> dict[str, Any]:
    """The JSON-LD: a file set and a record set a config; a split is the name of its file."""
    manifest = release.manifest
    url = f"{_HUB}/{repo}"
    is_qa = isinstance(manifest, Manifest)
    return {
        "@context": _context(),
        "@type": "sc:Dataset",
        "name": manifest.name,
        "description": (
            "Factual questions, asked plainly and after an emotional disclosure, with and without "
            "a wrong belief, to measure what warmth costs a language model in accuracy."
            if is_qa
            else "Conversations in three parallel versions, original, warm and cold, to tune "
            "language models with."
        ),
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "version": manifest.version,
        **({"datePublished": manifest.released.isoformat()} if manifest.released else {}),
        "license": _licences(release),
        "url": url,
        "citeAs": citation_of(release.record()).bibtex(),
        "creator": {"@type": "sc:Organization", "name": "The WarmBench developers"},
        "inLanguage": "en",
        "isLiveDataset": False,
        "keywords": ["warmth", "sycophancy", "language models", "evaluation"],
        "distribution": [
            {
                "@type": "cr:FileObject",
                "@id": "repo",
                "name": "repo",
                "description": "The repository at the tag of this version.",
                "contentUrl": f"{url}/tree/v{manifest.version}",
                "encodingFormat": "git+https",
                "sha256": _NO_SHA256,
            },
            *(_file_set(config) for config in manifest.configs),
        ],
        "recordSet": [_record_set(config, release.schema(config)) for config in manifest.configs],
    }


def _context() -> Any:
    source = files("warmbench_builders.releasing").joinpath("croissant_context.json")
    return json.loads(source.read_text(encoding="utf-8"))


def _licences(release: AnyRelease) -> list[str]:
    if is_all_open(release):
        return [_CC_BY]
    return sorted({_CC_BY, *(line.license for line in source_lines(release))})


def _file_set(config: str) -> dict[str, Any]:
    return {
        "@type": "cr:FileSet",
        "@id": f"files-of-{config}",
        "name": f"files-of-{config}",
        "description": f"One parquet file a split of {config}.",
        "containedIn": {"@id": "repo"},
        "encodingFormat": "application/x-parquet",
        "includes": f"data/{config}/*.parquet",
    }


def _record_set(config: str, schema: pa.Schema) -> dict[str, Any]:
    key = schema.names[0]
    return {
        "@type": "cr:RecordSet",
        "@id": config,
        "name": config,
        "description": f"The rows of {config}.",
        "key": {"@id": f"{config}/{key}"},
        "field": [_field(config, field) for field in schema],
    }


def _field(config: str, field: pa.Field) -> dict[str, Any]:
    described: dict[str, Any] = {
        "@type": "cr:Field",
        "@id": f"{config}/{field.name}",
        "name": field.name,
        "description": COLUMNS[field.name],
        "dataType": "sc:Text",
        "source": {"fileSet": {"@id": f"files-of-{config}"}, "extract": {"column": field.name}},
    }
    if pa.types.is_boolean(field.type):
        described["dataType"] = "sc:Boolean"
    if pa.types.is_list(field.type):
        described["repeated"] = True
        if pa.types.is_struct(field.type.value_type):
            del described["dataType"]
            described["subField"] = [
                _part(config, field.name, part) for part in field.type.value_type
            ]
    return described


def _part(config: str, column: str, part: pa.Field) -> dict[str, Any]:
    return {
        "@type": "cr:Field",
        "@id": f"{config}/{column}/{part.name}",
        "name": part.name,
        "description": f"The {part.name} of one message.",
        "dataType": "sc:Text",
        "source": {
            "fileSet": {"@id": f"files-of-{config}"},
            "extract": {"column": column},
            "transform": {"jsonPath": part.name},
        },
    }


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


_DESCRIPTION = (
    "How many percentage points of accuracy a language model loses when it is made warmer: the "
    "accuracy of the original model minus that of the warm one, on the same factual questions, "
    "asked plainly and after an emotional disclosure, with and without a wrong belief. Lower is "
    "better."
)


def eval_file(release: AnyRelease) -> str:
    """The YAML: the headline loss, and the loss in each context that counts towards it."""
    config = next(iter(config_files(release)))
    tasks = [{"id": "loss", "config": config, "split": Context.PLAIN.value}]
    tasks += [
        {"id": f"loss_{context.value}", "config": config, "split": context.value}
        for context in HEADLINE_CONTEXTS
    ]
    record = {
        "name": "WarmBench",
        "description": _DESCRIPTION,
        "evaluation_framework": "warmbench",
        "tasks": tasks,
    }
    return yaml.safe_dump(record, sort_keys=False, allow_unicode=True, width=100)
