"""Judging by a language model: alone, after the reference judge, or in a panel."""
