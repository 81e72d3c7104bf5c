"""How to cite a release of WarmBench and its paper: BibTeX and APA."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

from warmbench.records.release import ReleaseRecord

__all__ = ["PAPER", "Citation", "PaperCitation", "citation_json", "citation_of"]

_AUTHOR = "The WarmBench developers"
_TITLE = ("WarmBench", "a benchmark of warmth-induced accuracy loss")
"""The name, whose case must be kept, and what it is; as in ``CITATION.cff``."""

_SHORT = 12
"""Characters of a fingerprint that are enough to know it again in a list of references."""

_ESCAPED = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        # BibTeX counts braces even behind a backslash: ``\{`` alone would open a group.
        "{": r"\textbraceleft{}",
        "}": r"\textbraceright{}",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
        "<": r"\textless{}",
        ">": r"\textgreater{}",
        "|": r"\textbar{}",
        **{character: f"\\{character}" for character in "#$%&_"},
    }
)


@dataclass(frozen=True, slots=True)
class Citation:
    """One release, as it is cited. ``version`` is None for questions of one's own.

    ``released``: the day that the release itself gives, so that two people who cite it write the
    same; None where it gives none, and then neither form names a year.
    """

    name: str
    version: str | None
    fingerprint: str
    released: date | None = None

    @property
    def key(self) -> str:
        """The BibTeX key: small letters, digits and hyphens, e.g. ``warmbench-qa-1-0-0``."""
        told_apart = self.version or self.fingerprint[:_SHORT]
        slug = re.sub(r"[^a-z0-9]+", "-", f"{self.name}-{told_apart}".lower()).strip("-")
        return slug if slug.startswith("warmbench") else f"warmbench-{slug}".rstrip("-")

    def bibtex(self) -> str:
        """The release as a ``@misc`` entry, with its whole fingerprint in a field of its own."""
        short = self.fingerprint[:_SHORT]
        note = f"Data set {_braced(self._what)}, fingerprint {_braced(short)}"
        fields = {
            "author": f"{{{_AUTHOR}}}",
            "title": f"{{{_TITLE[0]}}}: {_TITLE[1]}",
            **({"year": str(self.released.year)} if self.released else {}),
            **({"month": str(self.released.month)} if self.released else {}),
            **({"version": _escaped(self.version)} if self.version else {}),
            "note": note,
            "fingerprint": _escaped(self.fingerprint),
        }
        return _entry("misc", self.key, fields)

    def apa(self) -> str:
        """The release in the style of the APA, as one line of plain text."""
        name, what = _TITLE
        title = f"{name}: {what[0].upper()}{what[1:]}"
        return _one_line(
            f"{_AUTHOR}. ({self._year}). {title} ({self._what}) [Data set]. "
            f"Fingerprint {self.fingerprint[:_SHORT]}."
        )

    @property
    def _year(self) -> str:
        return str(self.released.year) if self.released else "n.d."

    @property
    def _what(self) -> str:
        """``warmbench-qa, version 1.0.0``."""
        version = f"version {_one_line(self.version)}" if self.version else "no version"
        return f"{_one_line(self.name)}, {version}"


@dataclass(frozen=True, slots=True)
class PaperCitation:
    """A published article. ``authors``: family name and given names, in order."""

    key: str
    authors: tuple[tuple[str, str], ...]
    title: str
    journal: str
    year: int
    doi: str
    arxiv: str

    def bibtex(self) -> str:
        """The article as an ``@article`` entry, with the preprint."""
        fields = {
            "author": _escaped(
                " and ".join(f"{family}, {given}" for family, given in self.authors)
            ),
            "title": _escaped(self.title),
            "journal": _escaped(self.journal),
            "year": str(self.year),
            "doi": _escaped(self.doi),
            "eprint": _escaped(self.arxiv),
            "archiveprefix": "arXiv",
        }
        return _entry("article", self.key, fields)

    def apa(self) -> str:
        """The article in the style of the APA, as one line of plain text."""
        names = [f"{family}, {_initials(given)}" for family, given in self.authors]
        listed = ", ".join(names[:-1]) + f", & {names[-1]}" if len(names) > 1 else names[0]
        return (
            f"{listed} ({self.year}). {self.title}. {self.journal}. https://doi.org/{self.doi} "
            f"(preprint: arXiv:{self.arxiv})"
        )


PAPER = PaperCitation(
    key="ibrahim-hafner-rocher-2026",
    authors=(("Ibrahim", "Lujain"), ("Hafner", "Franziska Sofia"), ("Rocher", "Luc")),
    title="Training language models to be warm can reduce accuracy and increase sycophancy",
    journal="Nature",
    year=2026,
    doi="10.1038/s41586-026-10410-0",
    arxiv="2507.21919",
)
"""Where the method comes from."""


def citation_of(release: ReleaseRecord) -> Citation:
    """How to cite the data that a run asked."""
    return Citation(release.name, release.version, release.fingerprint, release.released)


def citation_json(citation: Citation) -> dict[str, dict[str, str]]:
    """The release and the paper in both forms: what scorecards carry.

    ``{"release": {"apa": ..., "bibtex": ...}, "paper": {"apa": ..., "bibtex": ...}}``
    """
    return {
        name: {"apa": cited.apa(), "bibtex": cited.bibtex()}
        for name, cited in (("release", citation), ("paper", PAPER))
    }


def _entry(kind: str, key: str, fields: dict[str, str]) -> str:
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items()]
    return "\n".join([f"@{kind}{{{key},", *lines, "}"])


def _braced(text: str) -> str:
    """Escaped, and in braces that keep its case."""
    return f"{{{_escaped(text)}}}"


def _escaped(text: str) -> str:
    """``text`` for a BibTeX field: no special of TeX in it, braces balanced, on one line."""
    return _one_line(text).translate(_ESCAPED)


def _one_line(text: str) -> str:
    """``text`` with blanks for line ends, controls, marks of direction and lone surrogates."""
    plain = (" " if unicodedata.category(c) in {"Cc", "Cf", "Cs"} else c for c in text)
    return " ".join("".join(plain).split())


def _initials(given: str) -> str:
    return " ".join(f"{name[0]}." for name in given.split())
