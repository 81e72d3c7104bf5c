"""Runs that were asked for: by who has no GPU and no key, done by a maintainer."""
