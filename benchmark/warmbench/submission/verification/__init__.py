"""Recomputes what a release or a bundle claims."""
