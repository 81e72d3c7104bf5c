"""The metric: from verdicts to the loss and its interval. Pure functions, no files."""
