"""Builds what WarmBench publishes: the framed questions, the open pool, the reference model."""
