"""Where questions come from: the open pool, the Hub's data sets, or the same files on disk."""
