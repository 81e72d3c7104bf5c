"""What differs between two releases, found row by row."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.benchmark.data.diff.releases import (
    SOURCE,
    make_qa,
    make_sft,
    withhold,
    write_hashes,
)
from tests.benchmark.examples import make_items
from tests.benchmark.prompts import make_conversations
from warmbench.conditions import Belief, Context
from warmbench.data.diff.compare import diff_releases
from warmbench.data.diff.release_diff import NameDiff, Part, ReleaseDiff, RowDiff
from warmbench.data.diff.version_step import Bump, reasons_of, verdict_on
from warmbench.data.manifest import MANIFEST_NAME, split_path
from warmbench.data.release import open_release_path
from warmbench.data.sft_release import VALIDATION, open_sft_release_path
from warmbench.data.table import read_rows, write_rows
from warmbench.errors import DataError, UsageError
from warmbench.records.item import Item
from warmbench.records.message import Message

ITEMS = make_items(2, ("medqa",), (Context.PLAIN, Context.SADNESS))
MORE = make_items(9, ("medqa",), (Context.PLAIN, Context.SADNESS))
CHANGED = "medqa-001/sadness/asserts_wrong"
WHERE = f"medqa/sadness/{CHANGED}"


def changed(**values: object) -> list[Item]:
    """``ITEMS``, one of which has other values."""
    return [replace(item, **values) if item.item_id == CHANGED else item for item in ITEMS]


def compare(tmp_path: Path, old: Sequence[Item], new: Sequence[Item]) -> ReleaseDiff:
    return diff_releases(
        make_qa(tmp_path / "old", {"medqa": old}),
        make_qa(tmp_path / "new", {"medqa": new}, version="2.0.0"),
    )


def needed(diff: ReleaseDiff) -> Bump:
    return verdict_on(diff).needed


@pytest.mark.parametrize("path", [open_release_path(), open_sft_release_path()])
def test_a_release_does_not_differ_from_itself(path: Path) -> None:
    diff = diff_releases(path, path)
    assert diff.rows == RowDiff()
    assert reasons_of(diff) == ()
    assert needed(diff) is Bump.NONE


CHANGES = [
    ("task", {"task": "disinfo"}, Part.CONDITION, Bump.MAJOR),
    ("question_id", {"question_id": "medqa-000"}, Part.CONDITION, Bump.MAJOR),
    ("belief", {"belief": Belief.NONE}, Part.CONDITION, Bump.MAJOR),
    ("question", {"question": "What?"}, Part.QUESTION, Bump.MAJOR),
    ("framing", {"framing": "I am sad."}, Part.FRAMING, Bump.MAJOR),
    ("belief_text", {"belief_text": "I think so."}, Part.BELIEF, Bump.MAJOR),
    ("messages", {"messages": (Message("user", "What?"),)}, Part.MESSAGES, Bump.MAJOR),
    ("correct_answers", {"correct_answers": ("Perth",)}, Part.REFERENCES, Bump.MAJOR),
    ("incorrect_answers", {"incorrect_answers": ()}, Part.REFERENCES, Bump.MAJOR),
    ("framing_id", {"framing_id": "sadness-09"}, Part.METADATA, Bump.PATCH),
    ("category", {"category": "history"}, Part.METADATA, Bump.PATCH),
    ("source", {"source": "elsewhere"}, Part.METADATA, Bump.PATCH),
    ("source_revision", {"source_revision": "2"}, Part.METADATA, Bump.PATCH),
    ("license", {"license": "MIT"}, Part.METADATA, Bump.PATCH),
    ("canary", {"canary": "x"}, Part.METADATA, Bump.PATCH),
]


@pytest.mark.parametrize(("column", "values", "part", "bump"), CHANGES, ids=[c[0] for c in CHANGES])
def test_the_part_that_changed(
    column: str, values: dict[str, object], part: Part, bump: Bump, tmp_path: Path
) -> None:
    diff = compare(tmp_path, ITEMS, changed(**values))
    (change,) = diff.rows.changed
    assert (change.where, list(change.values), change.parts) == (WHERE, [column], (part,))
    assert change.values[column][0] != change.values[column][1]
    assert (diff.rows.added, diff.rows.removed) == ((), ())
    assert needed(diff) is bump


def test_several_parts_of_one_row(tmp_path: Path) -> None:
    new = changed(question="What?", messages=(Message("user", "What?"),), license="MIT")
    diff = compare(tmp_path, ITEMS, new)
    assert diff.rows.changed[0].parts == (Part.QUESTION, Part.MESSAGES, Part.METADATA)
    assert [reason.text for reason in reasons_of(diff)] == [
        "1 row whose question changed", "1 row whose messages changed",
    ]  # fmt: skip


def test_the_order_of_rows_does_not_matter(tmp_path: Path) -> None:
    assert reasons_of(compare(tmp_path, ITEMS, ITEMS[::-1])) == ()


@settings(max_examples=15)
@given(st.sets(st.sampled_from(MORE), min_size=1), st.sets(st.sampled_from(MORE), min_size=1))
def test_added_one_way_is_removed_the_other(some: set[Item], others: set[Item]) -> None:
    old, new = ([item for item in MORE if item in chosen] for chosen in (some, others))
    with tempfile.TemporaryDirectory() as folder:
        there = compare(Path(folder) / "there", old, new)
        back = compare(Path(folder) / "back", new, old)
    assert there.rows.added == back.rows.removed
    assert there.rows.removed == back.rows.added
    assert there.rows.changed == back.rows.changed == ()
    assert {name.split("/", 2)[2] for name in there.rows.added} == {
        item.item_id for item in new if item not in old
    }


@settings(max_examples=15)
@given(st.sets(st.sampled_from(MORE[len(ITEMS) :]), min_size=1))
def test_adding_rows_is_minor_and_names_exactly_those(chosen: set[Item]) -> None:
    extra = [item for item in MORE if item in chosen and item not in ITEMS]
    extra = [replace(item, item_id=f"new-{item.item_id}") for item in extra or MORE[-1:]]
    with tempfile.TemporaryDirectory() as folder:
        diff = compare(Path(folder), ITEMS, [*ITEMS, *extra])
    assert sorted(diff.rows.added) == sorted(f"medqa/{i.context.value}/{i.item_id}" for i in extra)
    assert (diff.rows.removed, diff.rows.changed) == ((), ())
    assert needed(diff) is Bump.MINOR


@settings(max_examples=15)
@given(st.sampled_from(ITEMS), st.lists(st.text(st.characters(codec="utf-8")), max_size=3))
def test_changing_a_reference_is_major(item: Item, answers: list[str]) -> None:
    other = replace(item, correct_answers=("not", *answers))
    with tempfile.TemporaryDirectory() as folder:
        diff = compare(Path(folder), ITEMS, [other if i is item else i for i in ITEMS])
    assert [c.where.split("/", 2)[2] for c in diff.rows.changed] == [item.item_id]
    assert diff.rows.changed[0].parts == (Part.REFERENCES,)
    assert needed(diff) is Bump.MAJOR


@pytest.mark.parametrize(
    ("old", "new", "configs", "splits", "bump"),
    [
        (["medqa"], ["medqa", "disinfo"], NameDiff(added=("disinfo",)), NameDiff(), Bump.MINOR),
        (["medqa", "disinfo"], ["medqa"], NameDiff(removed=("disinfo",)), NameDiff(), Bump.MAJOR),
    ],
)
def test_configs_come_and_go(
    old: list[str], new: list[str], configs: NameDiff, splits: NameDiff, bump: Bump, tmp_path: Path
) -> None:
    diff = diff_releases(
        make_qa(tmp_path / "old", dict.fromkeys(old, ITEMS)),
        make_qa(tmp_path / "new", dict.fromkeys(new, ITEMS)),
    )
    assert (diff.configs, diff.splits, needed(diff)) == (configs, splits, bump)
    assert len(diff.rows.added) + len(diff.rows.removed) == len(ITEMS)


def test_splits_come_and_go(tmp_path: Path) -> None:
    plain = [item for item in ITEMS if item.context is Context.PLAIN]
    fewer, all_of_them = (
        make_qa(tmp_path / name, {"medqa": items}) for name, items in (("a", plain), ("b", ITEMS))
    )
    there, back = diff_releases(fewer, all_of_them), diff_releases(all_of_them, fewer)
    assert there.splits == NameDiff(added=("medqa/sadness",))
    assert back.splits == NameDiff(removed=("medqa/sadness",))
    assert len(there.rows.added) == len(back.rows.removed) == 6
    assert (needed(there), needed(back)) == (Bump.MINOR, Bump.MAJOR)
    assert not there.configs


def test_other_metric_definitions_are_major(tmp_path: Path) -> None:
    diff = diff_releases(
        make_qa(tmp_path / "old", {"medqa": ITEMS}),
        make_qa(tmp_path / "new", {"medqa": ITEMS}, metric_version="1.1.0"),
    )
    assert diff.metric_version == ("1.0.0", "1.1.0")
    assert needed(diff) is Bump.MAJOR


def test_manifest_and_card_are_a_patch(tmp_path: Path) -> None:
    old = make_qa(tmp_path / "old", {"medqa": ITEMS})
    source = SOURCE.model_copy(update={"revision": "2"})
    new = make_qa(tmp_path / "new", {"medqa": ITEMS}, source=source)
    assert diff_releases(old, new).manifest == {"sources.medqa.revision": ("1", "2")}
    for path, card in ((old, "old"), (new, "new")):
        (path / "README.md").write_text(card)
    (new / "LICENSE").write_text("CC BY 4.0")
    (old / ".cache").mkdir()
    (old / ".cache" / "lock").write_text("")
    diff = diff_releases(old, new)
    assert diff.files == NameDiff(added=("LICENSE",), changed=("README.md",))
    assert needed(diff) is Bump.PATCH


SFT_CHANGES = [
    ("messages", {"messages": (Message("user", "Soup?"),)}, Part.MESSAGES, Bump.MAJOR),
    ("rewriter", {"rewriter": "somebody"}, Part.METADATA, Bump.PATCH),
    ("checks", {"checks": "faithfulness-2"}, Part.METADATA, Bump.PATCH),
]


@pytest.mark.parametrize(
    ("column", "values", "part", "bump"), SFT_CHANGES, ids=[c[0] for c in SFT_CHANGES]
)
def test_conversations(
    column: str, values: dict[str, object], part: Part, bump: Bump, tmp_path: Path
) -> None:
    first, *rest = make_conversations(3)
    old = make_sft(tmp_path / "old")
    new = make_sft(tmp_path / "new", [replace(first, **values), *rest])
    diff = diff_releases(old, new)
    assert [c.where for c in diff.rows.changed] == ["cold/train/talk-000", "warm/train/talk-000"]
    assert {c.parts for c in diff.rows.changed} == {(part,)}
    assert needed(diff) is bump


def test_a_conversation_that_goes_to_another_split_is_removed_and_added(tmp_path: Path) -> None:
    diff = diff_releases(make_sft(tmp_path / "old"), make_sft(tmp_path / "new", split=VALIDATION))
    assert (len(diff.rows.added), len(diff.rows.removed)) == (6, 6)
    assert needed(diff) is Bump.MAJOR


def both(tmp_path: Path, old: Sequence[Item], new: Sequence[Item]) -> tuple[Path, Path]:
    """Two releases with ``rows.sha256`` whose one config is shipped whole."""
    paths = tmp_path / "old", tmp_path / "new"
    for path, items in zip(paths, (old, new), strict=True):
        write_hashes(make_qa(path, {"medqa": items}), {"medqa": items})
    return paths


def keep(path: Path) -> Path:
    return path


def hide(path: Path) -> Path:
    return withhold(path, "medqa")


@pytest.mark.parametrize(
    ("old_is", "new_is"), [(hide, hide), (keep, hide), (hide, keep)], ids=["both", "new", "old"]
)
def test_withheld_rows_are_compared_by_their_fingerprints(
    old_is: Callable[[Path], Path], new_is: Callable[[Path], Path], tmp_path: Path
) -> None:
    extra = replace(ITEMS[0], item_id="extra")
    old, new = both(tmp_path, ITEMS, [*changed(correct_answers=("Perth",))[1:], extra])
    diff = diff_releases(old_is(old), new_is(new))
    assert [(c.where, c.parts) for c in diff.rows.changed] == [(WHERE, (Part.WITHHELD,))]
    assert diff.rows.added == ("medqa/plain/extra",)
    assert diff.rows.removed == (f"medqa/plain/{ITEMS[0].item_id}",)
    assert needed(diff) is Bump.MAJOR


@pytest.mark.parametrize(
    ("old_is", "new_is", "bump"),
    [(hide, hide, Bump.NONE), (keep, hide, Bump.MAJOR), (hide, keep, Bump.MINOR)],
)
def test_the_same_rows_withheld_or_handed_out(
    old_is: Callable[[Path], Path], new_is: Callable[[Path], Path], bump: Bump, tmp_path: Path
) -> None:
    old, new = both(tmp_path, ITEMS, ITEMS)
    diff = diff_releases(old_is(old), new_is(new))
    assert (diff.rows.changed, diff.rows.unknown, needed(diff)) == ((), (), bump)


def test_added_rows_are_minor_where_all_fingerprints_are_known(tmp_path: Path) -> None:
    extra = replace(ITEMS[0], item_id="extra")
    old, new = map(hide, both(tmp_path, ITEMS, [*ITEMS, extra]))
    assert needed(diff_releases(old, new)) is Bump.MINOR
    (new / "rows.sha256").unlink()
    diff = diff_releases(old, new)
    assert (diff.rows.added, diff.rows.unknown) == (("medqa/plain/extra",), ("medqa/plain",))
    assert needed(diff) is Bump.MAJOR


def test_row_hashes_that_do_not_fit_are_reported(tmp_path: Path) -> None:
    old, new = map(hide, both(tmp_path, ITEMS, changed(question="What?")))
    write_hashes(new, {"medqa": ITEMS})
    with pytest.raises(DataError, match=r"rows\.sha256: the rows of medqa/sadness are not those"):
        diff_releases(old, new)


def test_two_kinds_can_not_be_compared(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"a QA release, .* an SFT release; give two of one kind"):
        diff_releases(make_qa(tmp_path / "old", {"medqa": ITEMS}), make_sft(tmp_path / "new"))


def drop_row(rows: list[dict[str, object]]) -> list[dict[str, object]]:
    return rows[1:]


def change_row(rows: list[dict[str, object]]) -> list[dict[str, object]]:
    return [{**rows[0], "license": "MIT"}, *rows[1:]]


@pytest.mark.parametrize(
    ("damage", "expected"),
    [(drop_row, "5 rows, but release.json says 6"), (change_row, "not those of release")],
)
def test_damaged_files_are_reported(
    damage: Callable[[list[dict[str, object]]], list[dict[str, object]]],
    expected: str,
    tmp_path: Path,
) -> None:
    old, new = both(tmp_path, ITEMS, changed(question="What?"))
    file = split_path(new, "medqa", "sadness")
    write_rows(file, damage(read_rows(file)))
    with pytest.raises(DataError, match=expected):
        diff_releases(old, new)


def test_two_rows_of_one_name_are_reported(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=f"the row '{ITEMS[0].item_id}' appears more than once"):
        compare(tmp_path, ITEMS, [*ITEMS, ITEMS[0]])


def test_a_folder_without_a_manifest_is_reported(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=f"no {MANIFEST_NAME} here"):
        diff_releases(tmp_path, open_release_path())
