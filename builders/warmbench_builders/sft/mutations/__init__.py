"""Planted errors: how many of them the faithfulness checks find."""
