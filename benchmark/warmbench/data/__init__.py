"""Releases: reading, fingerprints, the Hub, loading, what two of them differ in."""
