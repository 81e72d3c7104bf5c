"""Makes built data ready to be published: a folder that says all of itself and never changes.

release.json    manifest: versions, sources, row counts, fingerprint, SHA-256 of every file
README.md       the dataset card, with the configs by which ``load_dataset`` finds the files
data/           the rows, or ids alone where a licence forbids to hand the text on
rows.sha256     the fingerprint of every row
croissant.json  the same for programs, as MLCommons' Croissant
CITATION.cff    how to cite this version
eval.yaml       a QA release: what the Hub needs to list it as a benchmark
"""
