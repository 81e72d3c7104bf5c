"""Prepares built data for publication: a self-describing folder that never changes.

release.json    manifest: versions, sources, row counts, fingerprint, SHA-256 of every file
README.md       the dataset card, with the configs by which ``load_dataset`` finds the files
data/           the rows, or only their ids where the licence forbids redistribution
rows.sha256     the fingerprint of every row
croissant.json  the same for programs, in MLCommons' Croissant format
CITATION.cff    how to cite this version
eval.yaml       a QA release: what the Hub needs to list it as a benchmark
"""
