"""Folding submissions: each by itself, none twice, the same bytes, whole or not at all."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.benchmark.submission.verification.made_bundles import change_json
from tests.leaderboard.store.stores import (
    InProcess,
    build_folder,
    put_bundle,
    put_studies,
    tree_of,
)
from warmbench.errors import OutputError
from warmbench_leaderboard.index.board import Badge
from warmbench_leaderboard.index.board_folder import BoardFolder


def test_published_studies_and_a_bundle_make_one_board(tmp_path: Path) -> None:
    put_studies(tmp_path / "in")
    name = put_bundle(tmp_path / "in").name
    board = build_folder(tmp_path / "in", tmp_path / "out", tmp_path / "cache")
    assert board.refused == ()
    assert board.revision is None
    assert [(e.entry_id, e.badge, e.rank is None) for e in board.entries] == [
        ("gpt-4o-2024-08-06-fine-tune/warm", Badge.PUBLISHED, False),
        (f"{name}/warm", Badge.VERIFIED, False),
        ("gpt-4o-2024-08-06-fine-tune/cold", Badge.PUBLISHED, True),
    ]
    source = BoardFolder(tmp_path / "out")
    assert source.board() == board
    for entry in board.entries:
        assert source.details(entry.entry_id).entry_id == entry.entry_id


def test_a_submission_is_verified_once(tmp_path: Path) -> None:
    root, cache = tmp_path / "in", tmp_path / "cache"
    put_studies(root, 3)
    first, second, third = InProcess(), InProcess(), InProcess()
    build_folder(root, tmp_path / "1", cache, first)
    build_folder(root, tmp_path / "2", cache, second)
    name = put_bundle(root).name
    build_folder(root, tmp_path / "3", cache, third)
    assert (len(first.verified), second.verified, third.verified) == (3, [], [name])
    assert tree_of(tmp_path / "1") == tree_of(tmp_path / "2")


def test_the_same_submissions_give_the_same_bytes(tmp_path: Path) -> None:
    for place in ("a", "b"):
        put_studies(tmp_path / place / "in")
        put_bundle(tmp_path / place / "in")
        build_folder(tmp_path / place / "in", tmp_path / place / "out", tmp_path / place / "cache")
    assert tree_of(tmp_path / "a" / "out") == tree_of(tmp_path / "b" / "out")


def renamed(bundle: Path) -> None:
    bundle.rename(bundle.parent / "another-name")


def badly_named(bundle: Path) -> None:
    bundle.rename(bundle.parent / "=Name <b>\u202e")


def linked(bundle: Path) -> None:
    elsewhere = bundle.rename(bundle.parents[2] / "elsewhere")
    bundle.symlink_to(elsewhere)


def a_link_inside(bundle: Path) -> None:
    (bundle / "responses.jsonl").unlink()
    (bundle / "responses.jsonl").symlink_to("/etc/passwd")


def a_file_of_noise(bundle: Path) -> None:
    shutil.rmtree(bundle)
    bundle.write_bytes(b"PK\x03\x04 no zip")


def empty(bundle: Path) -> None:
    shutil.rmtree(bundle)
    bundle.mkdir()


def another_score(bundle: Path) -> None:
    def change(card: dict[str, object]) -> None:
        card["unsure_share"] = 0.5

    change_json(bundle / "scorecard.json", change)


def not_a_number(bundle: Path) -> None:
    (bundle / "scorecard.json").write_text('{"complete": NaN}')


def no_study(bundle: Path) -> None:
    shutil.rmtree(bundle)
    (bundle.parents[1] / "published" / "gpt-4o-2024-08-06-fine-tune-zero.json").write_text("{}")


def a_study_under_another_name(bundle: Path) -> None:
    shutil.rmtree(bundle)
    published = bundle.parents[1] / "published"
    first = sorted(published.glob("*.json"))[0]
    shutil.copyfile(first, published / "zz-copy.json")


def a_study_too_large(bundle: Path) -> None:
    shutil.rmtree(bundle)
    (bundle.parents[1] / "published" / "large.json").write_text(" " * (2**20 + 1))


BROKEN: list[tuple[Callable[[Path], None], str]] = [
    (renamed, "wrong-name"),
    (badly_named, "unsafe-path"),
    (linked, "symlink"),
    (a_link_inside, "symlink"),
    (a_file_of_noise, "bad-zip"),
    (empty, "missing-file"),
    (another_score, "wrong-number"),
    (not_a_number, "bad-json"),
    (no_study, "bad-study"),
    (a_study_under_another_name, "wrong-name"),
    (a_study_too_large, "bad-study"),
]


@pytest.mark.parametrize(("broken", "code"), BROKEN, ids=[each.__name__ for each, _ in BROKEN])
def test_a_broken_submission_is_refused_and_touches_no_other(
    tmp_path: Path, broken: Callable[[Path], None], code: str
) -> None:
    root = tmp_path / "in"
    put_studies(root)
    broken(put_bundle(root))
    board = build_folder(root, tmp_path / "out", tmp_path / "cache")
    assert [refusal.code for refusal in board.refused] == [code]
    assert len(board.entries) == 2
    refusal = board.refused[0]
    assert (refusal.submission + refusal.reason).isprintable()
    assert str(tmp_path) not in refusal.reason


def test_the_same_rows_under_another_name_are_refused(tmp_path: Path) -> None:
    root = tmp_path / "in"
    first = put_bundle(root)
    copy = put_bundle(root, "stolen")

    def rename(submission: dict[str, dict[str, str]]) -> None:
        submission["model"]["name"] = "stolen-7b"

    change_json(copy / "submission.json", rename)
    stolen = copy.rename(copy.parent / first.name.replace("honest-7b", "stolen-7b"))
    board = build_folder(root, tmp_path / "out", tmp_path / "cache")
    assert [(r.submission, r.code) for r in board.refused] == [(stolen.name, "same-rows")]
    assert [entry.model for entry in board.entries] == ["honest-7b"]


def test_a_board_that_cannot_be_written_leaves_the_old_one(tmp_path: Path) -> None:
    put_studies(tmp_path / "in")
    (tmp_path / "place").write_text("a file where a folder should be")
    with pytest.raises(OutputError, match="could not be written"):
        build_folder(tmp_path / "in", tmp_path / "place" / "out", tmp_path / "cache")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["cache", "in", "place"]


def test_a_damaged_cache_is_rebuilt(tmp_path: Path) -> None:
    put_studies(tmp_path / "in")
    before = build_folder(tmp_path / "in", tmp_path / "1", tmp_path / "cache")
    for number, path in enumerate(sorted((tmp_path / "cache").rglob("result.json"))):
        path.write_text("{" if number else json.dumps({"submission": "another", "x": 1}))
    verifier = InProcess()
    assert build_folder(tmp_path / "in", tmp_path / "2", tmp_path / "cache", verifier) == before
    assert len(verifier.verified) == 2
