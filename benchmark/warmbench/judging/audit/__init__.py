"""The audit: a judge's verdicts against human labels, and what the loss is without its errors."""
