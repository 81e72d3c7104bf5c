"""Requested runs: for people without a GPU or a key, run by a maintainer."""
