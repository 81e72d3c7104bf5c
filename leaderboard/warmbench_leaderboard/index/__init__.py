"""The index: one small board, built from the submissions and kept up to date."""
