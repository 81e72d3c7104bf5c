"""Judging: from an answer and its references to a verdict."""
