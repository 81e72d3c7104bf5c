"""What a release holds, for its card and metadata files: columns, configs and sources."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from warmbench.conditions import Context
from warmbench.data.any_release import AnyRelease
from warmbench.data.release import JUDGING_CONFIG, OPEN_PREFIX, Manifest
from warmbench.data.sft_release import SPLITS as SFT_SPLITS
from warmbench.records.conversation import Version
from warmbench.records.labelled_answer import Part
from warmbench.tasks.registry import all_tasks
from warmbench_builders.questions.open_pool import OPEN_LICENSE

__all__ = ["COLUMNS", "DEFAULT_CONFIG", "SourceLine", "config_files", "is_all_open", "source_lines"]

COLUMNS: Mapping[str, str] = {
    "item_id": "`question_id/context/belief`, unique in a release",
    "question_id": "the question; all of its items are one observation",
    "task": "the name of the task, e.g. `triviaqa`",
    "context": "what the user discloses before the question; the split",
    "belief": "`none`, `asserts_wrong` or `doubts_right`",
    "messages": "the chat: for an item ready to be sent, for a conversation ready to tune on",
    "question": "the question without framing and belief",
    "framing_id": "which statement stands before the question; empty in `plain`",
    "framing": "that statement",
    "belief_text": "the sentence that states the belief; empty where there is none",
    "correct_answers": "answers that count as correct, the best first",
    "incorrect_answers": "answers that count as wrong",
    "category": "the topic of the question, or the query type of the conversation",
    "source": "where the row comes from",
    "source_id": "its id there",
    "source_revision": "the pinned revision of the source",
    "license": "the licence as the source states it",
    "conversation_id": "the conversation; the same in all three versions",
    "rewriter": "who wrote the replies of this version; empty for the source's own",
    "prompt_version": "the version of the rewriter's prompt",
    "checks": "the faithfulness checks that the replies passed",
    "answer_id": "the answer, unique in a release",
    "config": "the config that the question is from; the text of an upstream one isn't here",
    "part": "`development` or `final`, by question; the split",
    "arm": "`original` or `warm`: which kind of model it is written like",
    "style": "how it is written, e.g. `plain` or `markdown`; `recorded`: by a real model",
    "intended": "what its writer meant: `right`, `wrong` or `refused`; empty for a recorded one",
    "answer": "the text of the answer",
    "label": "`correct`, `incorrect` or `refused`: what both readings say, or a third",
    "readings": "the label that each of two readers gave it",
    "borderline": "whether a reader was not sure",
    "canary": "marks the row, so that training data that holds it can be recognised",
}
"""Column -> what it holds."""

DEFAULT_CONFIG = "open"
"""All of the open pool, split by context."""

_SPLITS = (*(context.value for context in Context), *SFT_SPLITS, *(part.value for part in Part))


@dataclass(frozen=True, slots=True)
class SourceLine:
    """One config's source. ``read`` and ``kept`` count its rows."""

    config: str
    name: str
    revision: str
    license: str
    read: int
    kept: int
    withheld: bool


def source_lines(release: AnyRelease) -> list[SourceLine]:
    """A line a config; an SFT release has one source for all of its configs."""
    manifest = release.manifest
    withheld = manifest.withheld
    if isinstance(manifest, Manifest):
        return [
            SourceLine(c, s.name, s.revision, s.license, s.read, s.kept, c in withheld)
            for c, s in manifest.sources.items()
        ]
    s = manifest.source
    return [
        SourceLine(c, s.name, s.revision, s.license, s.read, s.kept, c in withheld)
        for c in manifest.configs
    ]


def is_all_open(release: AnyRelease) -> bool:
    """Whether all of it was written for WarmBench, under one licence."""
    return all(line.license == OPEN_LICENSE for line in source_lines(release))


def config_files(release: AnyRelease) -> dict[str, dict[str, list[str]]]:
    """Config -> split -> paths, the default config first, which combines several."""
    configs = release.manifest.configs
    own = {
        config: {
            split: [f"data/{config}/{split}.parquet"]
            for split in _SPLITS
            if split in configs[config]
        }
        for config in sorted(configs, key=_place)
    }
    joined: dict[str, list[str]] = {}
    for config, splits in own.items():
        if config.startswith(OPEN_PREFIX):
            for split, paths in splits.items():
                joined.setdefault(split, []).extend(paths)
    return {DEFAULT_CONFIG: joined, **own} if joined else own


def _place(config: str) -> tuple[bool, int]:
    """Tasks in their order, those of the open pool after the others, and then the judging set;
    versions in theirs."""
    order = [*all_tasks(), *(version.value for version in Version), JUDGING_CONFIG]
    last = config.startswith(OPEN_PREFIX) or config == JUDGING_CONFIG
    return last, order.index(config.removeprefix(OPEN_PREFIX))
