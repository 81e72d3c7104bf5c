"""Models converted for another engine."""
