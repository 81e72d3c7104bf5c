"""Recomputes what a release, or a bundle, says of itself."""
