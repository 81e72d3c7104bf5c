"""Cite: the releases on the board, and their citations."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from warmbench.data.citation import PAPER, Citation, citation_of
from warmbench.data.release import open_release_path, read_release
from warmbench_leaderboard.index.board import Board

__all__ = ["CitePage", "Cited", "cite_page"]


@dataclass(frozen=True, slots=True)
class Cited:
    """``key``: in the address, as ``warmbench-qa-1-0-0``."""

    key: str
    title: str
    citation: Citation


@dataclass(frozen=True, slots=True)
class CitePage:
    """``releases``: the choices; ``chosen``: one of them; and the paper."""

    releases: tuple[Cited, ...]
    chosen: Cited
    paper_apa: str
    paper_bibtex: str


def cite_page(board: Board, key: str) -> CitePage:
    """The chosen release, the first one where ``key`` names none."""
    releases = tuple(_releases(board).values())
    chosen = next((cited for cited in releases if cited.key == key), releases[0])
    return CitePage(releases, chosen, PAPER.apa(), PAPER.bibtex())


def _releases(board: Board) -> dict[str, Cited]:
    """By key: the packaged open release, then those of the entries, newest first."""
    found: dict[str, Cited] = {}
    for citation in (_open_release(), *_of_entries(board)):
        if citation.fingerprint not in {cited.citation.fingerprint for cited in found.values()}:
            version = f"version {citation.version}" if citation.version else "no version"
            found[citation.key] = Cited(citation.key, f"{citation.name}, {version}", citation)
    return found


def _of_entries(board: Board) -> list[Citation]:
    known = {
        (entry.release_version or "", entry.release, entry.release_fingerprint)
        for entry in board.entries
        if entry.release_fingerprint
    }
    return [
        Citation(name, version or None, fingerprint)
        for version, name, fingerprint in sorted(known, reverse=True)
        if fingerprint
    ]


@lru_cache(maxsize=1)
def _open_release() -> Citation:
    return citation_of(read_release(open_release_path()).record())
