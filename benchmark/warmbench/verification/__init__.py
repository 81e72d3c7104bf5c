"""Recomputes what a release says of itself."""
