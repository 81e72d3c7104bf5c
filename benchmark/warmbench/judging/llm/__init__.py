"""Judging by a language model, alone, beside the reference judge, or in a panel."""
