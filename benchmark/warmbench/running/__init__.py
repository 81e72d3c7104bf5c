"""A run: what is asked, asking it, and the folder that keeps the answers."""
