"""Figures: pure functions from estimates of the board to SVG or plotly."""
