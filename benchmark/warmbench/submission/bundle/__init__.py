"""Bundles: what is submitted, as a folder or one .zip."""
