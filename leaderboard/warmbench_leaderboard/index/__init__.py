"""The index: submissions folded into one small board, and kept up to date."""
