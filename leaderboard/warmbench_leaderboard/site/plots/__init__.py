"""Pictures: pure functions from figures of the board to SVG or plotly."""
